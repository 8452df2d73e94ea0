#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gridpilot/api/event_hub.hpp"
#include "gridpilot/api/state.hpp"
#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/net/http_server.hpp"
#include "gridpilot/ports/record.hpp"

namespace gridpilot::api {

class Page;

struct ApiOptions {
  TimeZone zone;  ///< the site's: days begin at its midnight, and the page shows its clock
  /// Names the daemon may be addressed by, besides IP addresses and localhost. A page of a stranger whose name was
  /// pointed at this machine (DNS rebinding) has another one and is refused.
  std::vector<std::string> host_names{};
  /// The text of /metrics in Prometheus' format; without it there is nothing at that path.
  std::function<std::string()> metrics{};
};

/// Answers the requests of docs/api.md: documents, events and the page.
///
///   Api api(coordinator, record, events, {.zone = zone});
///   server->serve([&api](net::HttpQuery query) { return api.answer(std::move(query)); });
///
/// What it refers to must outlive the server's stop().
class Api {
 public:
  Api(const StateView& state, ports::RecordReader& record, EventHub& events, ApiOptions options);
  ~Api();
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  [[nodiscard]] net::Awaitable<net::HttpReply> answer(net::HttpQuery query);

 private:
  [[nodiscard]] net::Awaitable<net::HttpReply> route(net::HttpQuery query);
  [[nodiscard]] net::HttpReply health() const;
  [[nodiscard]] net::HttpReply metrics() const;
  [[nodiscard]] net::HttpReply status() const;
  [[nodiscard]] net::HttpReply plan();
  [[nodiscard]] net::HttpReply prices(const net::HttpQuery& query) const;
  [[nodiscard]] net::Awaitable<net::HttpReply> readings(net::HttpQuery query);
  [[nodiscard]] net::Awaitable<net::HttpReply> decisions(net::HttpQuery query);
  [[nodiscard]] net::HttpReply subscribe(const net::HttpQuery& query);
  [[nodiscard]] bool addressed_rightly(const net::HttpQuery& query) const;

  const StateView& state_;
  ports::RecordReader& record_;
  EventHub& events_;
  ApiOptions options_;
  std::unique_ptr<const Page> page_;
  /// The plan's document is the largest; it is made once for each plan.
  std::shared_ptr<const Plan> documented_plan_;
  std::shared_ptr<const std::string> plan_document_;
};

}  // namespace gridpilot::api
