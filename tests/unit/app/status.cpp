#include "gridpilot/app/commands/status.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <future>
#include <sstream>
#include <thread>

#include "gridpilot/net/http_server.hpp"

namespace gridpilot::app {
namespace {

constexpr std::string_view a_source_fails =
    R"({"time":"2026-03-25T09:07:25Z","time_zone":"Europe/Warsaw","mode":"demo","control":"observe","healthy":true,)"
    R"("reasons":[],"reading":{"time":"2026-03-25T09:07:20Z","age_s":5,"soc_percent":75.4,"pv_w":4321,"load_w":null,)"
    R"("grid_w":-310,"battery_w":3990,"implausible":null},"price":{"import_per_kwh":0.945678,"export_per_kwh":-0.01,)"
    R"("currency":"PLN","price_state":"foreseen","zone":"high"},"decision":{"time":"2026-03-25T09:00:00Z",)"
    R"("action":"charge","power_w":3000,"until":"2026-03-25T09:15:00Z","reason":"Cheap.","verdict":"not_sent",)"
    R"("bound_by":null,"alternatives":[]},"sources":[{"name":"inverter","state":"fresh","age_s":5,"failures":0,)"
    R"("detail":null},{"name":"rce-pln","state":"failing","age_s":null,"failures":2,"detail":"no answer"}],)"
    R"("progress":null})";

constexpr std::string_view all_is_well =
    R"({"time":"2026-03-25T09:07:25Z","time_zone":"Europe/Warsaw","mode":"live","control":"active","healthy":true,)"
    R"("reasons":[],"reading":null,"price":null,"decision":null,"sources":[{"name":"inverter","state":"fresh",)"
    R"("age_s":5,"failures":3,"detail":null}],"progress":null})";

constexpr std::string_view nothing_known =
    R"({"time":"2026-03-25T09:07:25Z","time_zone":"UTC","mode":"live","control":"active","healthy":false,)"
    R"("reasons":["no decision has been made yet"],"reading":null,"price":null,"decision":null,"sources":[],)"
    R"("progress":{"phase":"filling","done":0.5}})";

TEST(StatusTable, SaysEverythingInLocalTime) {
  const auto described = describe_status(a_source_fails);
  ASSERT_TRUE(described) << described.error().message;
  EXPECT_FALSE(described->is_well) << "a source fails";
  EXPECT_EQ(described->table,
            "time      2026-03-25 10:07 (Europe/Warsaw)\n"
            "mode      demo, control: observe\n"
            "sun       4.32 kW\n"
            "house     —\n"
            "battery   75 %, 3.99 kW in\n"
            "grid      310 W sold\n"
            "measured  5 s ago\n"
            "price     buy 0.9457, sell -0.0100 PLN per kWh (foreseen)\n"
            "decision  charge at 3.00 kW until 10:15 (not_sent)\n"
            "          Cheap.\n"
            "sources   inverter  fresh       5 s\n"
            "          rce-pln   failing          2 failures: no answer\n");
}

TEST(StatusTable, CallsItWellWhenEverySourceDelivers) {
  const auto described = describe_status(all_is_well);
  ASSERT_TRUE(described) << described.error().message;
  EXPECT_TRUE(described->is_well);
}

TEST(StatusTable, ShowsADashWhereNothingIsKnown) {
  const auto described = describe_status(nothing_known);
  ASSERT_TRUE(described);
  EXPECT_FALSE(described->is_well);
  EXPECT_EQ(described->table,
            "time      2026-03-25 09:07 (UTC)\n"
            "mode      live, control: active\n"
            "measured  —\n"
            "price     —\n"
            "decision  —\n"
            "progress  filling: 50 %\n"
            "degraded  no decision has been made yet\n");
}

TEST(StatusTable, RefusesWhatIsNoStatus) {
  EXPECT_FALSE(describe_status("<html>"));
  EXPECT_FALSE(describe_status("{}"));
  EXPECT_FALSE(describe_status(R"({"healthy":true})"));
}

/// A daemon that says one thing, on a loop of its own, as another process would.
class Daemon {
 public:
  Daemon(int status, std::string_view body) {
    std::promise<std::uint16_t> listening;
    thread_ = std::thread([this, status, body, &listening] {
      auto server = net::HttpServer::create(io_, "127.0.0.1", 0).value();
      server->serve([status, body](net::HttpQuery) -> net::Awaitable<net::HttpReply> {
        co_return net::HttpReply{.status = status, .body = std::string(body)};
      });
      server_ = server.get();
      listening.set_value(server->port());
      io_.run();
    });
    url = "http://127.0.0.1:" + std::to_string(listening.get_future().get());
  }
  ~Daemon() {
    net::asio::post(io_, [this] { net::asio::co_spawn(io_, server_->stop(), [](const std::exception_ptr&) {}); });
    thread_.join();
  }
  std::string url;

 private:
  net::asio::io_context io_;
  net::HttpServer* server_ = nullptr;
  std::thread thread_;
};

struct Printed {
  ExitCode code;
  std::string out, notices;
};

Printed print(const StatusOptions& options) {
  std::ostringstream out;
  std::ostringstream notices;
  const ExitCode code = print_status(options, {.out = out, .notices = notices});
  return {.code = code, .out = out.str(), .notices = notices.str()};
}

TEST(StatusCommand, PrintsTheDocumentAndTellsHealthByItsExitCode) {
  const Daemon well(200, all_is_well);
  const Printed table = print({.url = well.url + "/"});
  EXPECT_EQ(table.code, ExitCode::done) << table.notices;
  EXPECT_TRUE(table.out.starts_with("time ")) << table.out;
  const Printed document = print({.url = well.url, .configuration = {}, .as_json = true});
  EXPECT_EQ(document.out, std::string(all_is_well) + "\n");
  const Daemon ill(200, nothing_known);
  EXPECT_EQ(print({.url = ill.url}).code, ExitCode::degraded);
}

TEST(StatusCommand, SaysWhenNobodyAnswersOrSomebodyElseDoes) {
  std::string url;
  {
    const Daemon other(404, "{}");
    url = other.url;
    const Printed printed = print({.url = url});
    EXPECT_EQ(printed.code, ExitCode::not_running);
    EXPECT_TRUE(printed.notices.contains("404")) << printed.notices;
  }
  const Printed printed = print({.url = url});
  EXPECT_EQ(printed.code, ExitCode::not_running);
  EXPECT_EQ(printed.out, "");
  EXPECT_TRUE(printed.notices.contains(url)) << printed.notices;
  const Daemon stranger(200, R"({"hello":1})");
  EXPECT_EQ(print({.url = stranger.url}).code, ExitCode::not_running);
}

TEST(StatusCommand, RefusesAnAddressThatIsNone) {
  EXPECT_EQ(print({.url = "ftp://127.0.0.1"}).code, ExitCode::bad_input);
}

}  // namespace
}  // namespace gridpilot::app
