#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/net/document_door.hpp"
#include "gridpilot/ports/weather_source.hpp"

namespace gridpilot::weather {

/// A document to ask for, and how it is read.
template <class Value>
struct Question {
  net::DocumentRequest request;
  std::function<Result<Value>(std::string body, Instant fetched_at)> decode;
};

/// A source that asks one document after the other and puts what they say together. An answer that cannot be read is
/// the door's failure too (its `check`), so that it is not kept.
template <class Value>
class DocumentSource final : public ports::OutlookSource<Value> {
 public:
  /// `name` is static text; the door must outlive it; at least one question.
  DocumentSource(std::string_view name, net::DocumentDoor& door, std::vector<Question<Value>> questions);

  [[nodiscard]] std::string_view name() const override { return name_; }
  /// All of it or the first failure.
  [[nodiscard]] net::Awaitable<Result<Value>> fetch() override;
  [[nodiscard]] net::Awaitable<Result<Value>> remembered() override;

 private:
  std::string_view name_;
  net::DocumentDoor& door_;
  std::vector<Question<Value>> questions_;
};

extern template class DocumentSource<WeatherForecast>;
extern template class DocumentSource<PvForecast>;
extern template class DocumentSource<WeatherObservation>;

}  // namespace gridpilot::weather
