#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/net/http_query.hpp"
#include "gridpilot/plant/weather.hpp"

namespace gridpilot::sim {

struct OpenMeteoAnswer {
  int status = 200;
  std::string body;
};

/// Forecasts in Open-Meteo's form of the weather that the simulated houses live in. What is past is what was; what lies
/// ahead is off the more the further it is (the day before has a growing part in it), so that forecasts have something
/// to miss. Answers `minutely_15` and `hourly` with the variables that gridpilot asks for, in UTC.
class OpenMeteoDocuments {
 public:
  static constexpr std::string_view path = "/v1/forecast";

  explicit OpenMeteoDocuments(std::uint64_t house_seed) : house_seed_(house_seed) {}

  /// 400 with the service's own form of refusal for a parameter that it would refuse.
  [[nodiscard]] OpenMeteoAnswer answer(const std::vector<net::HttpParameter>& parameters, Instant now);

 private:
  /// Means over a quarter of an hour in W/m², the sun's height and direction in its middle.
  struct Mean {
    double beam_normal = 0.0;
    double diffuse = 0.0;
    plant::SunDirection sun;
  };
  struct Ask;
  [[nodiscard]] const Mean& mean_of(Slot slot);
  [[nodiscard]] Mean foreseen(Slot slot, Instant now);
  [[nodiscard]] double value_at(std::string_view variable, Instant label, const Ask& ask, Instant now);
  void move_to(double latitude_degrees, double longitude_degrees);

  std::uint64_t house_seed_;
  double latitude_degrees_ = 0.0;
  double longitude_degrees_ = 0.0;
  plant::Weather weather_{0.0, 0.0, 0};
  std::map<Slot, Mean> means_;  ///< of the place last asked for: working one out takes five looks at the sky
};

}  // namespace gridpilot::sim
