#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "gridpilot/net/pacer.hpp"

namespace gridpilot::net {

/// One pacer for each device address, shared by everybody in the program who talks to it. Lives as long as they do.
class Pacers {
 public:
  explicit Pacers(asio::any_io_executor executor) : executor_(std::move(executor)) {}

  /// The pacer of an address like "192.168.1.40:8899". The gap is that of whoever asked first.
  [[nodiscard]] Pacer& of(const std::string& address, SteadyDuration min_gap) {
    std::unique_ptr<Pacer>& pacer = pacers_[address];
    if (!pacer) pacer = std::make_unique<Pacer>(executor_, min_gap);
    return *pacer;
  }

 private:
  asio::any_io_executor executor_;
  std::map<std::string, std::unique_ptr<Pacer>> pacers_;
};

}  // namespace gridpilot::net
