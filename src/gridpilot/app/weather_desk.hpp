#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gridpilot/app/knowledge.hpp"
#include "gridpilot/app/live_state.hpp"
#include "gridpilot/app/reporter.hpp"
#include "gridpilot/domain/weather_source.hpp"
#include "gridpilot/net/task_group.hpp"
#include "gridpilot/weather/outlook_keeper.hpp"
#include "gridpilot/weather/weather_sources.hpp"

namespace gridpilot::app {

/// The home's sources of weather and PV outlook: each with its door and the task that keeps its newest, which goes into
/// what the home knows, into status and the log.
class WeatherDesk {
 public:
  struct Parts {
    Knowledge& knowledge;
    LiveState& state;
    Reporter& reporter;
    net::Fetcher::Parts door;  ///< what all doors are made of
  };
  /// Parts must outlive it. A source whose settings do not fit the home (forecast-solar without modules) is left out,
  /// and the sentence says so.
  WeatherDesk(Parts parts, const std::vector<WeatherSourceSettings>& sources, const weather::Home& home);
  WeatherDesk(const WeatherDesk&) = delete;
  WeatherDesk& operator=(const WeatherDesk&) = delete;

  /// Each source a task of its own.
  void start(net::TaskGroup& tasks);
  /// What was left out and why, a sentence each.
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }
  [[nodiscard]] std::vector<const net::Fetcher*> doors() const;

 private:
  template <class Value>
  void keep(ports::OutlookSource<Value>& source, Seconds interval);

  Parts parts_;
  std::vector<std::unique_ptr<weather::BuiltSource>> sources_;
  std::vector<std::unique_ptr<weather::WeatherKeeper>> weather_;
  std::vector<std::unique_ptr<weather::PvKeeper>> pv_;
  std::vector<std::unique_ptr<weather::ObservationKeeper>> observations_;
  std::vector<std::string> warnings_;
};

}  // namespace gridpilot::app
