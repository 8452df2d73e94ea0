#include "gridpilot/inverter/goodwe/register_access.hpp"

#include <algorithm>
#include <array>

namespace gridpilot::goodwe {
namespace {

constexpr int attempts_on_sporadic_exception = 3;

[[nodiscard]] net::Examined examined(AnswerState state) {
  switch (state) {
    case AnswerState::complete:
    case AnswerState::exception: return net::Examined::complete;
    case AnswerState::need_more: return net::Examined::need_more;
    case AnswerState::not_mine: return net::Examined::not_mine;
    case AnswerState::checksum: break;
  }
  return net::Examined::invalid;
}

[[nodiscard]] Error refusal(const ModbusRequest& request, std::uint8_t exception) {
  const ErrorCode code = exception == illegal_address ? ErrorCode::unsupported
                         : exception == illegal_value ? ErrorCode::rejected
                                                      : ErrorCode::busy;
  return {.code = code,
          .message = "register " + std::to_string(request.first) + ": exception " + std::to_string(exception) + " (" +
                     std::string(exception_name(exception)) + ")"};
}

/// Registers that set something off: restart, resets, power on and off, clearing the eco groups.
constexpr std::array<std::uint16_t, 8> action_registers{40330, 40331, 40332, 45216, 45217, 45220, 45221, 47533};

}  // namespace

bool may_be_repeated(const ModbusRequest& request) noexcept {
  if (request.function == Function::read) return true;
  return std::ranges::none_of(action_registers, [&request](std::uint16_t number) {
    return number >= request.first && number < request.first + request.count;
  });
}

std::string text_of(const Words& words) {
  std::string text;
  for (const std::uint16_t word : words.span()) text += (text.empty() ? "" : " ") + std::to_string(word);
  return text;
}

net::Repeatable RegisterAccess::repeatable(const ModbusRequest& request) const {
  const bool patient = unanswered_ < silence_before_patience_ends;
  return patient && may_be_repeated(request) ? net::Repeatable::yes : net::Repeatable::no;
}

net::Awaitable<Result<std::vector<std::uint8_t>>> RegisterAccess::ask(ModbusRequest request) {
  transaction_ = transaction_ >= 0xFFFE ? std::uint16_t{1} : static_cast<std::uint16_t>(transaction_ + 1);
  const Framing framing = options_.framing;
  const FrameBuffer frame = encode(request, framing, transaction_);
  // An answer under another number is somebody else's, where the unit was seen to echo the number at all.
  const bool must_echo = framing == Framing::tcp && echoes_in_a_row_ >= echoes_before_trust;
  const auto is_mine = [transaction = transaction_](Bytes received) {
    return received.size() < 2 || u16_at(received, 0) == transaction;
  };
  net::ExchangeRequest question{.bytes = {frame.bytes().begin(), frame.bytes().end()},
                                .examine =
                                    [request, framing, must_echo, is_mine](Bytes received) {
                                      if (must_echo && !is_mine(received)) return net::Examined::not_mine;
                                      return examined(examine(request, received, framing).state);
                                    },
                                .repeatable = repeatable(request)};
  Result<std::vector<std::uint8_t>> received = co_await exchange_.request(std::move(question));
  if (!received) {
    ++unanswered_;
    co_return std::unexpected(std::move(received.error()).in("register " + std::to_string(request.first)));
  }
  unanswered_ = 0;
  if (framing == Framing::tcp) echoes_in_a_row_ = is_mine(*received) ? echoes_in_a_row_ + 1 : 0;
  const Answer answer = examine(request, *received, framing);
  if (answer.state == AnswerState::exception) co_return std::unexpected(refusal(request, answer.exception));
  co_return std::vector<std::uint8_t>(answer.data.begin(), answer.data.end());
}

net::Awaitable<Result<std::vector<std::uint8_t>>> RegisterAccess::ask_again_when_busy(ModbusRequest request) {
  Result<std::vector<std::uint8_t>> data = co_await ask(request);
  for (int attempt = 1; attempt < attempts_on_sporadic_exception; ++attempt) {
    if (data || data.error().code != ErrorCode::busy) break;
    data = co_await ask(request);
  }
  co_return data;
}

net::Awaitable<Result<std::vector<std::uint8_t>>> RegisterAccess::read_block(std::uint16_t first, std::uint16_t count) {
  std::vector<std::uint8_t> whole;
  for (std::uint16_t done = 0; done < count;) {
    const auto piece = std::min(options_.longest_read, static_cast<std::uint16_t>(count - done));
    Result<std::vector<std::uint8_t>> data =
        co_await ask_again_when_busy(read_registers(options_.unit, static_cast<std::uint16_t>(first + done), piece));
    if (!data || piece == count) co_return data;
    whole.insert(whole.end(), data->begin(), data->end());
    done = static_cast<std::uint16_t>(done + piece);
  }
  co_return whole;
}

net::Awaitable<Result<Words>> RegisterAccess::read(std::uint16_t first, std::uint16_t count) {
  const Result<std::vector<std::uint8_t>> data = co_await read_block(first, count);
  if (!data) co_return data.failed();
  Words words;
  for (std::size_t i = 0; i < data->size(); i += 2) words.append(u16_at(*data, i));
  co_return words;
}

net::Awaitable<Result<Words>> RegisterAccess::probe(std::uint16_t first, std::uint16_t count) {
  // "Illegal data address" was seen now and then on units that have the register.
  for (int asked = 0; asked < 2; ++asked) {
    Result<Words> words = co_await read(first, count);
    if (words || words.error().code != ErrorCode::unsupported) co_return words;
  }
  co_return Words();
}

net::Awaitable<Result<void>> RegisterAccess::write(RegisterSpan span) {
  const Result<std::vector<std::uint8_t>> echoed =
      co_await ask(write_registers(options_.unit, span.first, span.values.span()));
  if (!echoed) co_return echoed.failed();
  co_return Result<void>();
}

net::Awaitable<Result<WriteReport>> RegisterAccess::write_and_read_back(RegisterSpan span) {
  const auto count = static_cast<std::uint16_t>(span.values.size());
  std::optional<Error> refusal;
  for (int sent = 0; sent < 2; ++sent) {
    const Result<void> written = co_await write(span);
    if (!written && written.error().code == ErrorCode::busy) refusal = written.error();
    const bool refused =
        !written && (written.error().code == ErrorCode::rejected || written.error().code == ErrorCode::unsupported);
    if (refused) co_return WriteReport{.taken = WriteReport::Taken::no, .detail = written.error().message};
    const Result<Words> present = co_await read(span.first, count);
    if (!present) co_return present.failed();
    if (*present == span.values) co_return WriteReport{.taken = WriteReport::Taken::yes, .detail = {}};
    if (written)
      co_return WriteReport{.taken = WriteReport::Taken::no,
                            .detail = "register " + std::to_string(span.first) + ": wrote " + text_of(span.values) +
                                      ", reads " + text_of(*present)};
  }
  // The unit answers, and refuses to be written to (hazard 10).
  if (refusal) co_return std::unexpected(std::move(*refusal));
  co_return failure(ErrorCode::timeout, "register " + std::to_string(span.first) + ": writes stay without effect");
}

}  // namespace gridpilot::goodwe
