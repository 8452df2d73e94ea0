#include "gridpilot/codec/goodwe/frames.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "unit/codec/goodwe/hex.hpp"

namespace gridpilot::goodwe {
namespace {

constexpr Framing both_framings[] = {Framing::rtu_over_udp, Framing::tcp};

std::string hex(Bytes bytes) {
  return to_hex(bytes);
}

std::vector<std::uint8_t> plus(std::vector<std::uint8_t> a, std::string_view more) {
  for (const std::uint8_t byte : from_hex(more)) a.push_back(byte);
  return a;
}

// ---- the complete frames that the protocol reference works out ----

TEST(ModbusRtuRequest, IsTheWorkedExample) {
  EXPECT_EQ(hex(encode(read_registers(et_unit, 35000, 33), Framing::rtu_over_udp)), "F70388B800213AC1");
  EXPECT_EQ(hex(encode(read_registers(et_unit, 47511, 2), Framing::rtu_over_udp)), "F703B9970002442D");
  EXPECT_EQ(hex(encode(read_registers(dt_unit, 30001, 40), Framing::rtu_over_udp)), "7F03753100280409");
  EXPECT_EQ(hex(encode(write_registers(et_unit, 47512, Words{2500}.span()), Framing::rtu_over_udp)),
            "F706B99809C43E2C");
  EXPECT_EQ(hex(encode(write_registers(et_unit, 47511, Words{1, 0}.span()), Framing::rtu_over_udp)),
            "F710B99700020400010000A8F9");
  EXPECT_EQ(hex(encode(write_registers(et_unit, 47511, Words{7, 0}.span()), Framing::rtu_over_udp)),
            "F710B9970002040007000048F8");
  EXPECT_EQ(hex(encode(write_registers(et_unit, 47533, Words{1}.span()), Framing::rtu_over_udp)), "F706B9AD0001E821");
}

TEST(ModbusTcpRequest, IsTheWorkedExample) {
  EXPECT_EQ(hex(encode(read_registers(et_unit, 47511, 2), Framing::tcp, 1)), "000100000006F703B9970002");
  EXPECT_EQ(hex(encode(write_registers(et_unit, 47511, Words{1, 0}.span()), Framing::tcp, 1)),
            "00010000000BF710B99700020400010000");
}

TEST(ModbusRtuAnswer, OfTheWorkedReadHoldsModeAndPower) {
  const auto frame = from_hex("AA 55 F7 03 04 00 01 09 C4 3A 3F");
  const Answer answer = examine(read_registers(et_unit, 47511, 2), frame, Framing::rtu_over_udp);
  ASSERT_EQ(answer.state, AnswerState::complete);
  EXPECT_EQ(hex(answer.data), "000109C4");
  EXPECT_EQ(answer.frame_size, 11U);
}

TEST(ModbusRtuAnswer, OfAWriteMustEchoRegisterAndValue) {
  const auto one = from_hex("AA 55 F7 06 B9 98 09 C4 3E 2C");
  EXPECT_EQ(examine(write_registers(et_unit, 47512, Words{2500}.span()), one, Framing::rtu_over_udp).state,
            AnswerState::complete);
  EXPECT_EQ(examine(write_registers(et_unit, 47512, Words{2501}.span()), one, Framing::rtu_over_udp).state,
            AnswerState::not_mine);
  EXPECT_EQ(examine(write_registers(et_unit, 47511, Words{2500}.span()), one, Framing::rtu_over_udp).state,
            AnswerState::not_mine);
  const auto many = from_hex("AA 55 F7 10 B9 97 00 02 C1 EE");
  EXPECT_EQ(examine(write_registers(et_unit, 47511, Words{1, 0}.span()), many, Framing::rtu_over_udp).state,
            AnswerState::complete);
}

TEST(ModbusRtuAnswer, TellsTheExceptionCodeOnlyWithARightChecksum) {
  const ModbusRequest request = read_registers(et_unit, 47511, 2);
  const Answer refused = examine(request, from_hex("AA 55 F7 83 02 20 C3"), Framing::rtu_over_udp);
  ASSERT_EQ(refused.state, AnswerState::exception);
  EXPECT_EQ(refused.exception, illegal_address);
  EXPECT_EQ(result_of(refused).error().code, ErrorCode::rejected);
  EXPECT_EQ(result_of(refused).error().message, "exception 2 (ILLEGAL DATA ADDRESS)");
  EXPECT_EQ(examine(request, from_hex("AA 55 F7 83 02 20 C4"), Framing::rtu_over_udp).state, AnswerState::checksum);
}

TEST(ModbusRtuAnswer, AcceptsAnExceptionWhoseChecksumClosesALongerDatagram) {
  const auto inner = from_hex("F7 83 02 00 00 00");
  const std::uint16_t crc = crc16(inner);
  std::vector<std::uint8_t> frame = from_hex("AA 55 F7 83 02 00 00 00");
  frame.push_back(static_cast<std::uint8_t>(crc & 0xFFU));
  frame.push_back(static_cast<std::uint8_t>(crc >> 8U));
  const Answer refused = examine(read_registers(et_unit, 47511, 2), frame, Framing::rtu_over_udp);
  EXPECT_EQ(refused.state, AnswerState::exception);
  EXPECT_EQ(refused.exception, 2);
}

TEST(ModbusRtuAnswer, IgnoresGarbageAndRepetitionBehindTheFrame) {
  const std::string frame = "AA55F70304000109C43A3F";
  for (const std::string& tail : {std::string("00"), frame, std::string("FFFFFFFFFFFF")}) {
    const auto received = plus(from_hex(frame), tail);
    const Answer answer = examine(read_registers(et_unit, 47511, 2), received, Framing::rtu_over_udp);
    EXPECT_EQ(answer.state, AnswerState::complete) << tail;
    EXPECT_EQ(answer.frame_size, 11U);
  }
}

TEST(ModbusRtuAnswer, OfAnotherByteCountIsALateAnswer) {
  const auto late = from_hex("AA55F70304000109C43A3F");
  EXPECT_EQ(examine(read_registers(et_unit, 47511, 1), late, Framing::rtu_over_udp).state, AnswerState::not_mine);
  EXPECT_EQ(result_of(examine(read_registers(et_unit, 47511, 3), late, Framing::rtu_over_udp)).error().code,
            ErrorCode::wrong_answer);
}

TEST(ModbusRtuAnswer, WithOneWrongByteIsAChecksumFault) {
  const auto torn = from_hex("AA55F70304000109C43A40");
  const auto result = result_of(examine(read_registers(et_unit, 47511, 2), torn, Framing::rtu_over_udp));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::checksum);
}

TEST(ModbusTcpAnswer, TakesItsLengthFromTheByteCountAndNotFromTheHeader) {
  // One register: the header's length should be 5, devices say 6.
  const auto frame = from_hex("0001 0000 0006 F7 03 02 09C4");
  const Answer answer = examine(read_registers(et_unit, 47512, 1), frame, Framing::tcp);
  ASSERT_EQ(answer.state, AnswerState::complete);
  EXPECT_EQ(hex(answer.data), "09C4");
  const auto refused = from_hex("0001 0000 0003 F7 83 02");
  EXPECT_EQ(examine(read_registers(et_unit, 47512, 1), refused, Framing::tcp).exception, 2);
}

TEST(Aa55Request, IsTheWorkedExample) {
  EXPECT_EQ(hex(encode(aa55_device_info)), "AA55C07F0102000241");
  EXPECT_EQ(hex(encode(aa55_runtime)), "AA55C07F0106000245");
  EXPECT_EQ(hex(encode(aa55_settings)), "AA55C07F0109000248");
  const auto registers = from_hex("07 01 04");
  EXPECT_EQ(hex(encode(Aa55Command{.control = 1, .function = 0x1A, .data = registers})), "AA55C07F011A030701040268");
  const auto limit = from_hex("17 70");
  EXPECT_EQ(hex(encode(Aa55Command{.control = 3, .function = 0x35, .data = limit})), "AA55C07F033502177002FF");
  const auto clock = from_hex("1F 03 02 04 05 06");
  EXPECT_EQ(hex(encode(Aa55Command{.control = 3, .function = 0x02, .data = clock})), "AA55C07F0302061F0302040506027C");
  const auto group = from_hex("07 01 08 00 00 17 3B FF DD FF 7F");
  EXPECT_EQ(hex(encode(Aa55Command{.control = 2, .function = 0x39, .data = group})),
            "AA55C07F02390B0701080000173BFFDDFF7F0640");
}

TEST(Aa55Answer, IsAcceptedByTypeLengthAndSum) {
  const auto limit = from_hex("17 70");
  const Aa55Command command{.control = 3, .function = 0x35, .data = limit};
  const auto acknowledged = from_hex("AA 55 7F C0 03 B5 01 06 02 FD");
  EXPECT_EQ(hex(examine(command, acknowledged).data), "06");
  EXPECT_EQ(examine(aa55_runtime, acknowledged).state, AnswerState::not_mine);
  EXPECT_EQ(examine(command, from_hex("AA 55 7F C0 03 B5 01 06 02 FE")).state, AnswerState::checksum);
  EXPECT_EQ(examine(command, Bytes(acknowledged).first(9)).state, AnswerState::need_more);
}

// ---- properties: both sides understand each other ----

rc::Gen<ModbusRequest> any_request() {
  return rc::gen::exec([] {
    const auto unit = *rc::gen::arbitrary<std::uint8_t>();
    const auto first = *rc::gen::arbitrary<std::uint16_t>();
    if (*rc::gen::arbitrary<bool>())
      return read_registers(unit, first, static_cast<std::uint16_t>(*rc::gen::inRange(1, 126)));
    const auto size = static_cast<std::size_t>(*rc::gen::inRange(1, 124));
    const auto values = *rc::gen::container<std::vector<std::uint16_t>>(size, rc::gen::arbitrary<std::uint16_t>());
    return write_registers(unit, first, values);
  });
}

FrameBuffer answer_to(const ModbusRequest& request, const std::vector<std::uint8_t>& data, Framing framing) {
  return request.function == Function::read ? encode_read_answer(request, data, framing, 7)
                                            : encode_write_answer(request, framing, 7);
}

RC_GTEST_PROP(Modbus, ServerParsesWhatTheClientBuilds, ()) {
  const ModbusRequest request = *any_request();
  for (const Framing framing : both_framings) {
    const FrameBuffer frame = encode(request, framing, 7);
    const auto received = parse_request(frame, framing);
    RC_ASSERT(received.has_value());
    RC_ASSERT(received->request == request);
    RC_ASSERT(received->frame_size == frame.size());
    for (std::size_t cut = 0; cut < frame.size(); ++cut)
      RC_ASSERT(!parse_request(frame.bytes().first(cut), framing).has_value());
  }
}

RC_GTEST_PROP(Modbus, ClientAcceptsTheWholeAnswerAndAsksForMoreOfEveryPart, ()) {
  const ModbusRequest request = *any_request();
  const auto data =
      *rc::gen::container<std::vector<std::uint8_t>>(2U * request.count, rc::gen::arbitrary<std::uint8_t>());
  for (const Framing framing : both_framings) {
    const FrameBuffer frame = answer_to(request, data, framing);
    const Answer whole = examine(request, frame, framing);
    RC_ASSERT(whole.state == AnswerState::complete);
    RC_ASSERT(whole.frame_size == frame.size());
    if (request.function == Function::read)
      RC_ASSERT(std::equal(whole.data.begin(), whole.data.end(), data.begin(), data.end()));
    for (std::size_t cut = 0; cut < frame.size(); ++cut)
      RC_ASSERT(examine(request, frame.bytes().first(cut), framing).state == AnswerState::need_more);
  }
}

RC_GTEST_PROP(Modbus, NoSingleBitFlipIsAcceptedOverUdp, ()) {
  const ModbusRequest request = *any_request();
  const auto data =
      *rc::gen::container<std::vector<std::uint8_t>>(2U * request.count, rc::gen::arbitrary<std::uint8_t>());
  const FrameBuffer frame = answer_to(request, data, Framing::rtu_over_udp);
  std::vector<std::uint8_t> torn(frame.bytes().begin(), frame.bytes().end());
  const auto bit = *rc::gen::inRange<std::size_t>(0, torn.size() * 8);
  torn[bit / 8] = static_cast<std::uint8_t>(torn[bit / 8] ^ (1U << (bit % 8)));
  const Answer judged = examine(request, torn, Framing::rtu_over_udp);
  // The unit's byte is under the CRC; a flip there shows as a checksum fault too.
  RC_ASSERT(judged.state != AnswerState::complete && judged.state != AnswerState::exception);
}

RC_GTEST_PROP(Aa55, BothSidesUnderstandEachOther, (std::uint8_t control, std::uint8_t function)) {
  const auto size = static_cast<std::size_t>(*rc::gen::inRange(0, 256));
  const auto data = *rc::gen::container<std::vector<std::uint8_t>>(size, rc::gen::arbitrary<std::uint8_t>());
  const Aa55Command command{.control = control, .function = function, .data = data};
  const FrameBuffer request = encode(command);
  const auto received = parse_aa55_request(request);
  RC_ASSERT(received.has_value());
  RC_ASSERT(received->control == control && received->function == function);
  RC_ASSERT(std::equal(received->data.begin(), received->data.end(), data.begin(), data.end()));
  const FrameBuffer answer = encode_aa55_answer(command, data);
  const Answer judged = examine(command, answer);
  RC_ASSERT(judged.state == AnswerState::complete);
  RC_ASSERT(std::equal(judged.data.begin(), judged.data.end(), data.begin(), data.end()));
}

TEST(ModbusServer, AnswersNothingToAWrongChecksum) {
  auto frame = from_hex("F70388B800213AC1");
  frame.back() ^= 1U;
  EXPECT_EQ(parse_request(frame, Framing::rtu_over_udp).error().code, ErrorCode::checksum);
}

TEST(ModbusServer, TellsUnknownFunctionsApart) {
  const std::vector<std::uint8_t> body = from_hex("F7 04 88 B8 00 01");
  FrameBuffer frame;
  frame.append(body);
  const std::uint16_t crc = crc16(body);
  frame.append(static_cast<std::uint8_t>(crc & 0xFFU));
  frame.append(static_cast<std::uint8_t>(crc >> 8U));
  EXPECT_EQ(parse_request(frame, Framing::rtu_over_udp).error().code, ErrorCode::unsupported);
  EXPECT_EQ(hex(encode_exception(et_unit, 0x03, illegal_address, Framing::rtu_over_udp)), "AA55F7830220C3");
}

}  // namespace
}  // namespace gridpilot::goodwe
