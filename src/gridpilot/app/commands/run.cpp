#include "gridpilot/app/commands/run.hpp"

#include <filesystem>
#include <ostream>

#include "gridpilot/app/daemon.hpp"
#include "gridpilot/app/lifecycle.hpp"
#include "gridpilot/app/opened_record.hpp"
#include "gridpilot/app/version.hpp"
#include "gridpilot/config/configuration.hpp"
#include "gridpilot/os/folders.hpp"
#include "gridpilot/os/service.hpp"
#include "gridpilot/os/signals.hpp"

namespace gridpilot::app {
namespace {

ExitCode fail(const Streams& streams, const Error& error) {
  streams.notices << "gridpilot: " << error.message << '\n';
  return error.code == ErrorCode::bad_input ? ExitCode::bad_input : ExitCode::failed;
}

obs::Log::Options log_options(const config::LogSettings& settings) {
  return {
      .level = static_cast<obs::Level>(static_cast<int>(config::LogLevel::debug) - static_cast<int>(settings.level)),
      .format = settings.format == config::LogFormat::json ? obs::Format::json : obs::Log::format_of_standard_error()};
}

std::filesystem::path first_given(const std::filesystem::path& a, const std::filesystem::path& b,
                                  const std::filesystem::path& c) {
  if (!a.empty()) return a;
  return b.empty() ? c : b;
}

}  // namespace

ExitCode run_daemon(const RunOptions& options, const Streams& streams) {
  const os::Folders folders = os::default_folders();
  const std::filesystem::path file = first_given(options.config, {}, folders.configuration_file);
  const config::Loaded loaded = config::load_configuration(file, config::Purpose::run);
  if (!loaded.problems.empty()) {
    streams.notices << config::to_text(loaded.problems) << '\n';
    return ExitCode::bad_input;
  }
  const config::Configuration& configuration = loaded.configuration;
  const std::filesystem::path data = first_given(options.data, configuration.data_folder, folders.state);

  os::ignore_broken_pipes();
  obs::Log log(log_options(configuration.log));
  log.info("starting", {{"version", version}, {"configuration", file.string()}, {"data", data.string()}});
  log.debug("configuration", {{"effective", config::effective_text(configuration)}});

  net::asio::io_context io(1);
  Result<OpenedRecord> opened = OpenedRecord::open(data, io.get_executor(), log);
  if (!opened) return fail(streams, opened.error());
  const os::SystemClock clock;
  net::LiveTimeline timeline(clock);
  const HostClockTrust trust(configuration.control.require_synchronised_clock
                                 ? HostClockTrust::Synchronisation::required
                                 : HostClockTrust::Synchronisation::not_required);
  Lifecycle lifecycle(io, log);
  Result<std::unique_ptr<Daemon>> daemon = Daemon::create(loaded,
                                                          {.io = io,
                                                           .timeline = timeline,
                                                           .clock_trust = trust,
                                                           .log = log,
                                                           .monitor = lifecycle.monitor(),
                                                           .mode = "live",
                                                           .data_folder = data,
                                                           .give_up = [&lifecycle] { lifecycle.give_up(); }},
                                                          std::move(opened->record));
  if (!daemon) return fail(streams, daemon.error());
  const os::ServiceManager manager = os::ServiceManager::from_environment();
  (*daemon)->start();
  static_cast<void>(manager.ready());
  const ExitCode code = lifecycle.run([&]() -> net::Awaitable<Result<void>> {
    static_cast<void>(manager.stopping());
    return (*daemon)->stop();
  });
  return code;
}

}  // namespace gridpilot::app
