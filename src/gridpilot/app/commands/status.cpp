#include "gridpilot/app/commands/status.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <ostream>
#include <utility>

#include "gridpilot/config/configuration.hpp"
#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/core/json.hpp"
#include "gridpilot/net/http_client.hpp"
#include "gridpilot/os/folders.hpp"

namespace gridpilot::app {
namespace {

using json::Value;

constexpr std::string_view unknown = "—";

/// Where the daemon listens, as a client reaches it: "any address" is this machine.
std::string url_of(const config::Endpoint& api) {
  std::string host = api.address;
  if (host == "0.0.0.0") host = "127.0.0.1";
  if (host == "::") host = "::1";
  if (host.contains(':')) host = "[" + host + "]";
  return fmt::format("http://{}:{}", host, api.port);
}

/// Problems of a configuration that was named are the caller's to mend; one that nobody named does not stop a question.
std::optional<std::string> chosen_url(const StatusOptions& options, const Streams& streams) {
  if (options.url) return options.url->ends_with('/') ? options.url->substr(0, options.url->size() - 1) : *options.url;
  const auto file = options.configuration.value_or(os::default_folders().configuration_file);
  std::error_code none;
  if (!options.configuration && !std::filesystem::exists(file, none)) return url_of(config::Configuration{}.api);
  const config::Loaded loaded = config::load_configuration(file, config::Purpose::plan);
  if (!loaded.problems.empty() && options.configuration) {
    streams.notices << config::to_text(loaded.problems);
    return std::nullopt;
  }
  return url_of(loaded.configuration.api);
}

Result<net::HttpResponse> fetched(const std::string& url) {
  net::asio::io_context io(1);
  Result<net::HttpResponse> answer = failure(ErrorCode::bug, "the request did not end");
  {
    net::HttpClient client(io.get_executor());
    net::HttpRequest request{.url = url};
    request.limits.connect = std::chrono::seconds(2);
    request.limits.total = std::chrono::seconds(5);
    net::asio::co_spawn(io, client.get(std::move(request)),
                        [&answer](const std::exception_ptr& thrown, Result<net::HttpResponse> got) {
                          if (!thrown) answer = std::move(got);
                        });
    io.run();
  }
  return answer;
}

std::string power(std::optional<double> watts) {
  if (!watts) return std::string(unknown);
  return std::abs(*watts) < 999.5 ? fmt::format("{:.0f} W", *watts) : fmt::format("{:.2f} kW", *watts / 1000.0);
}

std::string age(double seconds) {
  if (seconds < 60) return fmt::format("{:.0f} s", seconds);
  if (seconds < 3600) return fmt::format("{:.0f} min", seconds / 60);
  if (seconds < 172800) return fmt::format("{:.0f} h", seconds / 3600);
  return fmt::format("{:.0f} days", seconds / 86400);
}

std::optional<double> number(const Value& of, std::string_view name) {
  return of.optional_number(name).value_or(std::nullopt);
}

std::string text(const Value& of, std::string_view name, std::string_view otherwise = unknown) {
  return std::string(of.optional_string(name).value_or(std::nullopt).value_or(otherwise));
}

/// "310 W sold": magnitude and direction; a few watts either way are noise of the meter.
std::string directed(std::optional<double> watts, std::string_view positive, std::string_view negative,
                     std::string_view neither) {
  if (!watts) return std::string(unknown);
  if (std::abs(*watts) < 10) return std::string(neither);
  return power(std::abs(*watts)) + " " + std::string(*watts > 0 ? positive : negative);
}

void put(std::string& out, std::string_view name, std::string_view value) {
  out += fmt::format("{:<10}{}\n", name, value);
}

void put_reading(std::string& out, const Value& status) {
  const auto reading = status.object("reading");
  if (!reading) {
    put(out, "measured", unknown);
    return;
  }
  const auto soc = number(*reading, "soc_percent");
  put(out, "sun", power(number(*reading, "pv_w")));
  put(out, "house", power(number(*reading, "load_w")));
  put(out, "battery",
      fmt::format("{}, {}", soc ? fmt::format("{:.0f} %", *soc) : std::string(unknown),
                  directed(number(*reading, "battery_w"), "in", "out", "at rest")));
  put(out, "grid", directed(number(*reading, "grid_w"), "bought", "sold", "nothing flows"));
  put(out, "measured", age(number(*reading, "age_s").value_or(0)) + " ago");
}

void put_price(std::string& out, const Value& status) {
  const auto price = status.object("price");
  const auto buy = price ? number(*price, "import_per_kwh") : std::nullopt;
  const auto sell = price ? number(*price, "export_per_kwh") : std::nullopt;
  put(out, "price",
      buy && sell ? fmt::format("buy {:.4f}, sell {:.4f} {} per kWh{}", *buy, *sell, text(*price, "currency", ""),
                                text(*price, "price_state") == "foreseen" ? " (foreseen)" : "")
                  : std::string(unknown));
}

void put_decision(std::string& out, const Value& status, const TimeZone& zone) {
  const auto decision = status.object("decision");
  if (!decision) {
    put(out, "decision", unknown);
    return;
  }
  const auto watts = number(*decision, "power_w");
  std::string line = text(*decision, "action");
  if (watts) line += " at " + power(watts);
  if (const auto until = parse_rfc3339(text(*decision, "until"))) line += " until " + clock_text(zone, *until);
  if (const auto lapses = status.optional_boolean("action_lapses").value_or(std::nullopt))
    line += *lapses ? ", lapses by itself" : ", stays until it is given back";
  put(out, "decision", line + " (" + text(*decision, "verdict") + ")");
  put(out, "", text(*decision, "reason"));
}

void put_sources(std::string& out, const Value& status) {
  const auto sources = status.array("sources");
  if (!sources) return;
  std::size_t widest = 0;
  for (const Value& source : *sources) widest = std::max(widest, text(source, "name").size());
  std::string_view name = "sources";
  for (const Value& source : *sources) {
    const auto seconds = number(source, "age_s");
    std::string line = fmt::format("{:<{}}  {:<7}{:>8}", text(source, "name"), widest, text(source, "state"),
                                   seconds ? age(*seconds) : std::string());
    if (const double failures = number(source, "failures").value_or(0); failures > 0)
      line += fmt::format("  {:.0f} {}", failures, failures == 1 ? "failure" : "failures");
    if (const std::string detail = text(source, "detail", ""); !detail.empty()) line += ": " + detail;
    put(out, std::exchange(name, ""), line);
  }
}

/// Whether every source delivers; one that has not had the time to is not held against it.
bool sources_deliver(const Value& status) {
  const auto sources = status.array("sources");
  if (!sources) return true;
  return std::ranges::none_of(*sources, [](const Value& source) {
    const std::string state = text(source, "state");
    return state == "failing" || state == "stale";
  });
}

}  // namespace

Result<StatusText> describe_status(std::string_view document) {
  const auto parsed = json::Document::parse(std::string(document));
  if (!parsed) return parsed.failed();
  const Value status = parsed->root();
  const auto healthy = status.boolean("healthy");
  if (!healthy) return healthy.failed();
  const auto time = status.string("time");
  if (!time) return time.failed();
  auto zone = TimeZone::load(text(status, "time_zone"));
  if (!zone) zone = TimeZone::utc();

  StatusText result{.table = {}, .is_well = *healthy && sources_deliver(status)};
  std::string& out = result.table;
  const auto now = parse_rfc3339(*time);
  put(out, "time",
      now ? fmt::format("{} {} ({})", to_iso(zone->date_of(*now)), clock_text(*zone, *now), zone->name())
          : std::string(*time));
  put(out, "mode", text(status, "mode") + ", control: " + text(status, "control"));
  put_reading(out, status);
  put_price(out, status);
  put_decision(out, status, *zone);
  if (const auto until = parse_rfc3339(text(status, "paused_until")))
    put(out, "paused", "nothing is sent to the inverter until " + clock_text(*zone, *until));
  if (const auto warnings = status.array("warnings")) {
    std::string_view name = "warning";
    for (const Value& warning : *warnings)
      if (const auto sentence = warning.string()) put(out, std::exchange(name, ""), *sentence);
  }
  put_sources(out, status);
  if (const auto progress = status.object("progress"))
    put(out, "progress",
        fmt::format("{}: {:.0f} %", text(*progress, "phase"), 100 * number(*progress, "done").value_or(0)));
  const auto reasons = status.array("reasons");
  if (*healthy || !reasons) return result;
  std::string_view name = "degraded";
  for (const Value& reason : *reasons)
    if (const auto sentence = reason.string()) put(out, std::exchange(name, ""), *sentence);
  return result;
}

ExitCode print_status(const StatusOptions& options, const Streams& streams) {
  const auto url = chosen_url(options, streams);
  if (!url) return ExitCode::bad_input;
  const auto answer = fetched(*url + "/api/v1/status");
  if (!answer) {
    streams.notices << "gridpilot does not answer at " << *url << ": " << answer.error().message << '\n';
    return answer.error().code == ErrorCode::bad_input ? ExitCode::bad_input : ExitCode::not_running;
  }
  if (answer->status != 200) {
    streams.notices << "what answers at " << *url << " is not gridpilot: HTTP status " << answer->status << '\n';
    return ExitCode::not_running;
  }
  const auto described = describe_status(answer->body);
  if (!described) {
    streams.notices << "what answers at " << *url << " is not gridpilot: " << described.error().message << '\n';
    return ExitCode::not_running;
  }
  if (options.as_json) {
    streams.out << answer->body << '\n';
  } else {
    streams.out << described->table;
  }
  return described->is_well ? ExitCode::done : ExitCode::degraded;
}

}  // namespace gridpilot::app
