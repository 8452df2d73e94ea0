#include "gridpilot/sim/goodwe_faults.hpp"

#include <algorithm>

#include "gridpilot/core/text.hpp"

namespace gridpilot::sim {
namespace {

constexpr std::array probabilities{
    &GoodweFaults::loss,          &GoodweFaults::delay,         &GoodweFaults::duplicate,
    &GoodweFaults::fragment,      &GoodweFaults::garbage,       &GoodweFaults::corrupt,
    &GoodweFaults::exception,     &GoodweFaults::write_failure, &GoodweFaults::second_client,
    &GoodweFaults::second_writer, &GoodweFaults::wrong_length,  &GoodweFaults::growing_garbage,
    &GoodweFaults::close};

std::size_t index_of(std::string_view name) {
  return static_cast<std::size_t>(std::find(fault_names.begin(), fault_names.end(), name) - fault_names.begin());
}

}  // namespace

Result<void> check_fault(const FaultOrder& order) {
  const std::size_t index = index_of(order.name);
  if (index == fault_names.size()) {
    std::string sentence = "fault '" + order.name + "' is not known; allowed: " + joined(fault_names);
    if (const auto near = nearest(order.name, fault_names); !near.empty())
      sentence += "; did you mean '" + std::string(near) + "'?";
    return failure(ErrorCode::bad_input, std::move(sentence));
  }
  const auto out_of_range = [&](std::string_view range) {
    return failure(ErrorCode::bad_input, "fault '" + order.name + "': expected " + std::string(range));
  };
  if (index < probabilities.size()) {
    if (order.value < 0.0 || order.value > 1.0) return out_of_range("a probability from 0 to 1");
  } else if (order.name == "clock_jump_s") {
    if (order.value < -1e7 || order.value > 1e7) return out_of_range("seconds from -10000000 to 10000000");
  } else if (order.name == "stuck") {
    if (order.value < 0.0 || order.value > 65535.0) return out_of_range("a register from 0 to 65535");
  } else if (order.name == "deaf") {
    if (order.value != 0.0 && order.value != 1.0) return out_of_range("0 or 1");
  } else if (order.value < 0.0 || order.value > 1e7) {
    return out_of_range("a length of time from 0 to 10000000");
  }
  return {};
}

Result<std::vector<FaultOrder>> parse_faults(std::string_view text) {
  std::vector<FaultOrder> orders;
  while (!text.empty()) {
    const std::string_view item = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), item.size() + 1));
    if (item.empty()) continue;
    const std::size_t equals = item.find('=');
    const auto value = equals == std::string_view::npos ? std::nullopt : parse_number(item.substr(equals + 1));
    FaultOrder order{.name = std::string(item.substr(0, equals)), .value = value.value_or(0.0)};
    if (auto known = check_fault(order); !known) return std::move(known).failed();
    if (!value)
      return failure(ErrorCode::bad_input, "fault '" + std::string(item) + "': expected NAME=NUMBER, as in loss=0.2");
    orders.push_back(std::move(order));
  }
  return orders;
}

bool set_fault(GoodweFaults& faults, const FaultOrder& order) {
  const std::size_t index = index_of(order.name);
  if (index < probabilities.size()) {
    faults.*probabilities[index] = order.value;
    return true;
  }
  if (order.name != "delay_ms") return false;
  faults.delay_for = std::chrono::milliseconds(static_cast<long long>(order.value));
  return true;
}

}  // namespace gridpilot::sim
