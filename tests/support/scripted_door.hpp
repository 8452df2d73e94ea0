#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "gridpilot/core/time.hpp"
#include "gridpilot/net/document_door.hpp"

namespace gridpilot::test {

/// A door whose documents a function makes of the question; it remembers what it was asked.
class ScriptedDoor final : public net::DocumentDoor {
 public:
  using Answer = std::function<Result<std::string>(const net::DocumentRequest& request)>;
  explicit ScriptedDoor(Answer answer, Instant now = {}) : answer_(std::move(answer)), now_(now) {}
  explicit ScriptedDoor(std::string body, Instant now = {})
      : ScriptedDoor([body = std::move(body)](const net::DocumentRequest&) { return Result<std::string>(body); }, now) {
  }

  [[nodiscard]] net::Awaitable<Result<net::Document>> fetch(net::DocumentRequest request) override {
    asked.push_back(request);
    auto body = answer_(request);
    if (!body) co_return std::move(body).failed();
    if (request.check) {
      if (auto good = request.check(*body); !good) co_return std::move(good).failed();
    }
    co_return net::Document{.body = std::move(*body), .content_type = {}, .received_at = now_, .confirmed_at = now_};
  }
  std::vector<net::DocumentRequest> asked;

 private:
  Answer answer_;
  Instant now_;
};

}  // namespace gridpilot::test
