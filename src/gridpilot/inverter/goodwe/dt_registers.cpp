#include "gridpilot/inverter/goodwe/dt_registers.hpp"

#include <algorithm>
#include <cmath>

namespace gridpilot::goodwe {
namespace {

constexpr std::uint16_t export_switch = 40327;
constexpr std::uint16_t limit_in_watts = 40328;
constexpr std::uint16_t limit_in_percent = 40336;
constexpr double most_percent = 200.0;
constexpr std::uint16_t largest_limit = 0xFFFF;  // W

[[nodiscard]] std::unexpected<Error> unknown(std::uint16_t number) {
  return failure(ErrorCode::unsupported, "a DT has nothing in place of register " + std::to_string(number));
}

/// It could not be given back as it was, so such a unit counts as one without a limit.
[[nodiscard]] std::unexpected<Error> beyond_a_register() {
  return failure(ErrorCode::unsupported, "the owner's export limit is above 65.5 kW");
}

}  // namespace

net::Awaitable<Result<Words>> DtRegisters::read(std::uint16_t first, std::uint16_t count) {
  Words words;
  for (std::uint16_t number = first; number < first + count; ++number) {
    if (number != export_enable_register && number != export_limit_register) co_return unknown(number);
    const Result<Words> word =
        number == export_enable_register ? co_await modbus_.read(export_switch, 1) : co_await read_limit();
    if (!word) co_return word.failed();
    words.append((*word)[0]);
  }
  co_return words;
}

net::Awaitable<Result<Words>> DtRegisters::probe(std::uint16_t first, std::uint16_t count) {
  // "Illegal data address" was seen now and then on units that have the register.
  for (int asked = 0; asked < 2; ++asked) {
    Result<Words> words = co_await read(first, count);
    if (words || words.error().code != ErrorCode::unsupported) co_return words;
  }
  co_return Words();
}

/// What was asked for, as long as the unit shows it as well as it can: whole percent lose watts, and some units read 0.
std::uint16_t DtRegisters::as_asked(std::uint32_t raw, std::uint16_t limit_w) const {
  const bool stands = written_ && (raw == written_->raw || raw == 0);
  return stands ? written_->limit_w : limit_w;
}

net::Awaitable<Result<Words>> DtRegisters::read_limit() {
  if (unit_ == DtLimitUnit::unknown) co_return unknown(export_limit_register);
  if (unit_ == DtLimitUnit::percent) {
    const Result<Words> percent = co_await modbus_.read(limit_in_percent, 1);
    if (!percent) co_return percent.failed();
    const double limit_w = std::round((*percent)[0] * in_watts(rating_) / 100.0);
    if (limit_w > largest_limit) co_return beyond_a_register();
    co_return Words{as_asked((*percent)[0], static_cast<std::uint16_t>(limit_w))};
  }
  const Result<Words> limit = co_await modbus_.read(limit_in_watts, 2);
  if (!limit) co_return limit.failed();
  const std::uint32_t raw = (static_cast<std::uint32_t>((*limit)[0]) << 16U) | (*limit)[1];
  if (raw > largest_limit) co_return beyond_a_register();
  co_return Words{as_asked(raw, static_cast<std::uint16_t>(raw))};
}

/// Downwards: a limit is not to be exceeded.
std::uint16_t DtRegisters::percent_of(std::uint16_t limit_w) const {
  return static_cast<std::uint16_t>(
      std::clamp(std::floor(limit_w / in_watts(rating_) * 100.0 + 1e-9), 0.0, most_percent));
}

net::Awaitable<Result<void>> DtRegisters::write_limit(std::uint16_t limit_w) {
  if (unit_ == DtLimitUnit::unknown) co_return unknown(export_limit_register);
  const bool in_percent = unit_ == DtLimitUnit::percent;
  written_ = Written{.limit_w = limit_w, .raw = in_percent ? percent_of(limit_w) : limit_w};
  if (in_percent) co_return co_await modbus_.write({.first = limit_in_percent, .values = {percent_of(limit_w)}});
  co_return co_await modbus_.write({.first = limit_in_watts, .values = {0, limit_w}});
}

/// The limit before its switch, so that no other limit holds in between.
net::Awaitable<Result<void>> DtRegisters::write(RegisterSpan span) {
  std::optional<std::uint16_t> on;
  std::optional<std::uint16_t> limit;
  for (std::size_t i = 0; i < span.values.size(); ++i) {
    const auto number = static_cast<std::uint16_t>(span.first + i);
    if (number == export_enable_register)
      on = span.values[i];
    else if (number == export_limit_register)
      limit = span.values[i];
    else
      co_return unknown(number);
  }
  if (limit) {
    const Result<void> written = co_await write_limit(*limit);
    if (!written) co_return written;
  }
  if (on) co_return co_await modbus_.write({.first = export_switch, .values = {*on}});
  co_return Result<void>();
}

net::Awaitable<Result<WriteReport>> DtRegisters::write_and_read_back(RegisterSpan span) {
  const auto count = static_cast<std::uint16_t>(span.values.size());
  for (int sent = 0; sent < 2; ++sent) {
    const Result<void> written = co_await write(span);
    const bool refused =
        !written && (written.error().code == ErrorCode::rejected || written.error().code == ErrorCode::unsupported);
    if (refused) co_return WriteReport{.taken = WriteReport::Taken::no, .detail = written.error().message};
    const Result<Words> present = co_await read(span.first, count);
    if (!present) co_return present.failed();
    if (*present == span.values) co_return WriteReport{.taken = WriteReport::Taken::yes, .detail = {}};
    if (written)
      co_return WriteReport{.taken = WriteReport::Taken::no,
                            .detail = "export limit: wrote " + text_of(span.values) + ", reads " + text_of(*present)};
  }
  co_return failure(ErrorCode::timeout, "the export limit stays as it was: writes have no effect");
}

}  // namespace gridpilot::goodwe
