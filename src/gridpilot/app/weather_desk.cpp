#include "gridpilot/app/weather_desk.hpp"

#include <type_traits>
#include <utility>
#include <variant>

namespace gridpilot::app {
namespace {

api::SourceState described(const weather::SourceState& state) {
  using weather::SourceCondition;
  api::SourceState described{.name = std::string(state.name), .age = state.age, .failures = state.failure_count()};
  switch (state.condition) {
    case SourceCondition::starting: described.condition = api::SourceCondition::waiting; break;
    case SourceCondition::fresh: described.condition = api::SourceCondition::fresh; break;
    case SourceCondition::stale: described.condition = api::SourceCondition::stale; break;
    case SourceCondition::failing: described.condition = api::SourceCondition::failing; break;
  }
  if (state.is_failing && state.last_error) described.detail = state.last_error->message;
  return described;
}

}  // namespace

WeatherDesk::WeatherDesk(Parts parts, const std::vector<WeatherSourceSettings>& sources, const weather::Home& home)
    : parts_(std::move(parts)) {
  for (const WeatherSourceSettings& settings : sources) {
    auto built = weather::BuiltSource::create(settings, home, parts_.door, weather::BuiltSource::Asking::in_turn);
    if (!built) {
      warnings_.push_back("weather.sources: " + built.error().message + "; it is not asked");
      continue;
    }
    sources_.push_back(std::move(*built));
    weather::BuiltSource& source = *sources_.back();
    std::visit([&](const auto& port) { keep(*port, source.interval()); }, source.source());
  }
}

template <class Value>
void WeatherDesk::keep(ports::OutlookSource<Value>& source, Seconds interval) {
  using Keeper = weather::OutlookKeeper<Value>;
  auto keeper = std::make_unique<Keeper>(
      source, parts_.door.timeline, weather::KeeperOptions{.interval = interval},
      typename Keeper::Hooks{
          .on_value = [this](const Value& value) { parts_.knowledge.learn(value); },
          .on_event = [this](const weather::SourceEvent& event) { parts_.reporter.on_weather_event(event); }},
      parts_.door.random);
  parts_.state.add_source([kept = keeper.get()] { return described(kept->state()); });
  if constexpr (std::is_same_v<Value, WeatherForecast>)
    weather_.push_back(std::move(keeper));
  else if constexpr (std::is_same_v<Value, PvForecast>)
    pv_.push_back(std::move(keeper));
  else
    observations_.push_back(std::move(keeper));
}

void WeatherDesk::start(net::TaskGroup& tasks) {
  for (const auto& keeper : weather_) tasks.spawn("weather", keeper->run());
  for (const auto& keeper : pv_) tasks.spawn("pv forecast", keeper->run());
  for (const auto& keeper : observations_) tasks.spawn("observed weather", keeper->run());
}

std::vector<const net::Fetcher*> WeatherDesk::doors() const {
  std::vector<const net::Fetcher*> doors;
  doors.reserve(sources_.size());
  for (const auto& source : sources_) doors.push_back(&source->fetcher());
  return doors;
}

}  // namespace gridpilot::app
