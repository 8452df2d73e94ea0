#include "gridpilot/inverter/goodwe/aa55_access.hpp"

#include <array>
#include <utility>

namespace gridpilot::goodwe {
namespace {

constexpr std::uint8_t acknowledgement = 0x06;
constexpr std::size_t registers_in_group = 4;

[[nodiscard]] net::Examined examined(AnswerState state) {
  switch (state) {
    case AnswerState::complete: return net::Examined::complete;
    case AnswerState::need_more: return net::Examined::need_more;
    case AnswerState::checksum: return net::Examined::invalid;
    case AnswerState::not_mine:
    case AnswerState::exception: break;
  }
  return net::Examined::not_mine;
}

}  // namespace

net::Awaitable<Result<std::vector<std::uint8_t>>> Aa55Access::ask(std::uint8_t control, std::uint8_t function,
                                                                  std::vector<std::uint8_t> data) {
  const FrameBuffer frame = encode(Aa55Command{.control = control, .function = function, .data = data});
  net::ExchangeRequest question{
      .bytes = {frame.bytes().begin(), frame.bytes().end()},
      .examine =
          [control, function](Bytes received) {
            return examined(examine(Aa55Command{.control = control, .function = function, .data = {}}, received).state);
          },
      .repeatable = unanswered_ < silence_before_patience_ends ? net::Repeatable::yes : net::Repeatable::no};
  Result<std::vector<std::uint8_t>> received = co_await exchange_.request(std::move(question));
  if (!received) {
    ++unanswered_;
    co_return std::unexpected(
        std::move(received.error()).in("AA55 command " + to_hex(std::array<std::uint8_t, 2>{control, function})));
  }
  unanswered_ = 0;
  const Answer answer = examine(Aa55Command{.control = control, .function = function, .data = {}}, *received);
  co_return std::vector<std::uint8_t>(answer.data.begin(), answer.data.end());
}

net::Awaitable<Result<void>> Aa55Access::order(std::uint8_t control, std::uint8_t function,
                                               std::vector<std::uint8_t> data) {
  const Result<std::vector<std::uint8_t>> answer = co_await ask(control, function, std::move(data));
  if (!answer) co_return answer.failed();
  if (answer->size() != 1 || answer->front() != acknowledgement)
    co_return failure(ErrorCode::wrong_answer, "AA55 command " +
                                                   to_hex(std::array<std::uint8_t, 2>{control, function}) +
                                                   ": the answer is no acknowledgement");
  co_return Result<void>();
}

net::Awaitable<Result<Words>> Aa55Access::read_registers(std::uint16_t first, std::uint8_t count) {
  const std::vector<std::uint8_t> question{static_cast<std::uint8_t>(first >> 8U),
                                           static_cast<std::uint8_t>(first & 0xFFU), count};
  const Result<std::vector<std::uint8_t>> data = co_await ask(0x01, 0x1A, question);
  if (!data) co_return data.failed();
  if (data->size() != std::size_t{2} * count)
    co_return failure(ErrorCode::wrong_answer,
                      "AA55 register " + std::to_string(first) + ": " + std::to_string(data->size()) + " bytes");
  Words words;
  for (std::size_t i = 0; i < data->size(); i += 2) words.append(u16_at(*data, i));
  co_return words;
}

net::Awaitable<Result<void>> Aa55Access::write_registers(std::uint16_t first, Words values) {
  const bool whole_group = values.size() == registers_in_group;
  std::vector<std::uint8_t> data{static_cast<std::uint8_t>(first >> 8U), static_cast<std::uint8_t>(first & 0xFFU),
                                 static_cast<std::uint8_t>(whole_group ? 2 * values.size() : 1)};
  for (const std::uint16_t value : values.span()) {
    data.push_back(static_cast<std::uint8_t>(value >> 8U));
    data.push_back(static_cast<std::uint8_t>(value & 0xFFU));
  }
  co_return co_await order(0x02, 0x39, std::move(data));
}

}  // namespace gridpilot::goodwe
