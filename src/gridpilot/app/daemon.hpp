#pragma once

#include <boost/asio/thread_pool.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gridpilot/app/live_state.hpp"
#include "gridpilot/config/configuration.hpp"
#include "gridpilot/net/loop_monitor.hpp"
#include "gridpilot/net/timeline.hpp"
#include "gridpilot/obs/log.hpp"
#include "gridpilot/store/sqlite/record.hpp"

namespace gridpilot::app {

/// Everything that runs for one home, built from its configuration: record, prices, inverter, coordinator, API. The one
/// place that names concrete adapters. Lives on the loop of its surroundings.
class Daemon {
 public:
  struct Surroundings {
    net::asio::io_context& io;
    net::Timeline& timeline;
    const ClockTrust& clock_trust;
    obs::Log& log;
    net::LoopMonitor& monitor;
    std::string mode;                   ///< "live" or "demo"
    std::filesystem::path data_folder;  ///< exists, and is nobody else's
    std::function<void()> give_up;      ///< ends the program after a fault that it cannot live with
  };

  /// Builds everything and takes the API's port; nothing runs yet. bad_input where the port is taken, or the
  /// configuration's contract, zone or addresses are none.
  [[nodiscard]] static Result<std::unique_ptr<Daemon>> create(const config::Loaded& loaded, Surroundings surroundings,
                                                              std::unique_ptr<store::SqliteRecord> record);
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  /// Begins: the record is taken up, then prices are kept, the coordinator ticks and the API answers.
  void start();

  /// Ends everything: tasks are cancelled, the owner's settings given back where control is active, the record closed.
  /// The failure says what was left undone.
  [[nodiscard]] net::Awaitable<Result<void>> stop();

  [[nodiscard]] LiveState& state();
  [[nodiscard]] std::uint16_t api_port() const;
  [[nodiscard]] const Coordinator& coordinator() const;

  /// Tells those who listen at the API.
  void publish(const api::Progress& progress);

 private:
  struct Parts;
  explicit Daemon(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace gridpilot::app
