#pragma once

#include <memory>
#include <span>
#include <variant>
#include <vector>

#include "gridpilot/net/fetcher.hpp"
#include "gridpilot/weather/questions.hpp"

namespace gridpilot::weather {

/// One source with the door it asks through.
class BuiltSource {
 public:
  using Source = std::variant<std::unique_ptr<ports::WeatherSource>, std::unique_ptr<ports::PvSource>,
                              std::unique_ptr<ports::ObservationSource>>;

  /// How far what the caches hold is used instead of asking.
  enum class Asking {
    in_turn,  ///< each interval: a document that is younger, of this process or another, is the answer
    now,      ///< whatever is known
  };

  /// bad_input where the settings lack what the kind needs: a station, a key, a site, a plane of modules.
  [[nodiscard]] static Result<std::unique_ptr<BuiltSource>> create(const WeatherSourceSettings& settings,
                                                                   const Home& home, const net::Fetcher::Parts& parts,
                                                                   Asking asking);

  [[nodiscard]] const WeatherSourceSettings& settings() const { return settings_; }
  [[nodiscard]] Seconds interval() const;
  [[nodiscard]] const net::Fetcher& fetcher() const { return fetcher_; }
  [[nodiscard]] Source& source() { return source_; }

 private:
  BuiltSource(const WeatherSourceSettings& settings, const Home& home, const net::Fetcher::Parts& parts, Asking asking);
  WeatherSourceSettings settings_;
  net::Fetcher fetcher_;
  Source source_;
};

/// The limits, deadlines and times that go with a kind of source.
[[nodiscard]] net::FetcherOptions fetcher_options(const WeatherSourceSettings& settings, BuiltSource::Asking asking);

}  // namespace gridpilot::weather
