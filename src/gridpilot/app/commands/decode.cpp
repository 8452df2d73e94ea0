#include "gridpilot/app/commands/decode.hpp"

#include <cctype>
#include <ostream>
#include <variant>
#include <vector>

#include "gridpilot/codec/goodwe/decode.hpp"
#include "gridpilot/core/json_writer.hpp"

namespace gridpilot::app {
namespace {

[[nodiscard]] std::optional<int> nibble_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

[[nodiscard]] Result<std::vector<std::uint8_t>> bytes_of(std::string_view hex, std::string_view option) {
  std::vector<std::uint8_t> bytes;
  std::optional<int> high;
  for (const char c : hex) {
    if (std::isspace(static_cast<unsigned char>(c)) != 0 || c == ':') continue;
    const auto nibble = nibble_of(c);
    if (!nibble) return failure(ErrorCode::bad_input, std::string(option) + ": '" + c + "' is not a hexadecimal digit");
    if (high) {
      bytes.push_back(static_cast<std::uint8_t>(*high * 16 + *nibble));
      high.reset();
    } else {
      high = nibble;
    }
  }
  if (high) return failure(ErrorCode::bad_input, std::string(option) + ": half a byte at the end");
  return bytes;
}

[[nodiscard]] ExitCode refused(const Streams& streams, const Error& error) {
  streams.notices << "gridpilot decode: " << error.message << '\n';
  return ExitCode::bad_input;
}

void print(const goodwe::DecodedBlock& decoded, std::ostream& out) {
  std::string text;
  json::Writer writer(text);
  writer.begin_object().member("family", goodwe::name_of(decoded.family)).member("block", decoded.block);
  writer.key("values").begin_object();
  for (const goodwe::DecodedValue& value : decoded.values) {
    writer.key_text(value.id);
    if (const double* number = std::get_if<double>(&value.value))
      writer.value(*number);
    else if (const std::string* label = std::get_if<std::string>(&value.value))
      writer.value(*label);
    else
      writer.null();
  }
  writer.end_object().end_object();
  out << text << '\n';
}

}  // namespace

ExitCode decode(const DecodeOptions& options, const Streams& streams) {
  std::string family_name = options.family;
  for (char& c : family_name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  const auto family = goodwe::family_named(family_name);
  if (!family)
    return refused(streams,
                   {.code = ErrorCode::bad_input, .message = "--family " + options.family + ": one of ET, DT, ES"});
  const auto answer = bytes_of(options.answer, "--answer");
  if (!answer) return refused(streams, answer.error());
  const auto request = bytes_of(options.request, "--request");
  if (!request) return refused(streams, request.error());
  const auto device_info = bytes_of(options.device_info, "--device-info");
  if (!device_info) return refused(streams, device_info.error());

  goodwe::DecodeQuestion question{.family = *family, .answer = *answer, .block = options.block};
  if (!options.request.empty()) question.request = *request;
  if (!options.device_info.empty()) question.device_info = *device_info;
  const auto decoded = goodwe::decode_answer(question);
  if (!decoded) return refused(streams, decoded.error());
  print(*decoded, streams.out);
  return ExitCode::done;
}

}  // namespace gridpilot::app
