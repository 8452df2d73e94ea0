#include "gridpilot/weather/document_source.hpp"

#include <utility>

#include "gridpilot/core/verify.hpp"
#include "gridpilot/weather/combine.hpp"

namespace gridpilot::weather {

using net::Awaitable;

template <class Value>
DocumentSource<Value>::DocumentSource(std::string_view name, net::DocumentDoor& door,
                                      std::vector<Question<Value>> questions)
    : name_(name), door_(door), questions_(std::move(questions)) {
  GRIDPILOT_VERIFY(!questions_.empty());
  for (Question<Value>& question : questions_) {
    question.request.check = [decode = question.decode](std::string_view body) -> Result<void> {
      auto value = decode(std::string(body), Instant{});
      if (!value) return std::move(value).failed();
      return {};
    };
  }
}

template <class Value>
Awaitable<Result<Value>> DocumentSource<Value>::fetch() {
  std::vector<Value> parts;
  for (const Question<Value>& question : questions_) {
    auto document = co_await door_.fetch(question.request);
    if (!document) co_return std::move(document).failed();
    auto part = question.decode(std::move(document->body), document->confirmed_at);
    if (!part) co_return std::move(part).failed();
    parts.push_back(std::move(*part));
  }
  co_return combine(std::move(parts));
}

template <class Value>
Awaitable<Result<Value>> DocumentSource<Value>::remembered() {
  std::vector<Value> parts;
  for (const Question<Value>& question : questions_) {
    auto document = co_await door_.remembered(question.request);
    if (!document) co_return std::move(document).failed();
    auto part = question.decode(std::move(document->body), document->confirmed_at);
    if (!part) co_return std::move(part).failed();
    parts.push_back(std::move(*part));
  }
  co_return combine(std::move(parts));
}

template class DocumentSource<WeatherForecast>;
template class DocumentSource<PvForecast>;
template class DocumentSource<WeatherObservation>;

}  // namespace gridpilot::weather
