#include "gridpilot/codec/xml.hpp"

#include <algorithm>

namespace gridpilot::codec::xml {
namespace {

constexpr std::string_view blanks = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace

Result<pugi::xml_document> parse(std::string_view text) {
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(text.data(), text.size(), pugi::parse_default);
  if (!parsed) {
    const auto offset = std::min(static_cast<std::size_t>(std::max<std::ptrdiff_t>(parsed.offset, 0)), text.size());
    const auto line = 1 + std::ranges::count(text.substr(0, offset), '\n');
    return failure(ErrorCode::malformed,
                   "line " + std::to_string(line) + ": not an XML document: " + parsed.description());
  }
  return document;
}

std::string_view local_name(pugi::xml_node node) {
  const std::string_view name = node.name();
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

pugi::xml_node child(pugi::xml_node node, std::string_view name) {
  for (const pugi::xml_node item : node.children())
    if (local_name(item) == name) return item;
  return {};
}

std::string_view text(pugi::xml_node node) {
  return trimmed(node.child_value());
}

std::string_view text(pugi::xml_node node, std::string_view name) {
  return text(child(node, name));
}

pugi::xml_node root(const pugi::xml_document& document) {
  return document.document_element();
}

std::string quoted(std::string_view text) {
  constexpr std::size_t longest = 120;
  std::string line(trimmed(text).substr(0, longest));
  for (char& c : line)
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = ' ';
  return "'" + line + "'";
}

}  // namespace gridpilot::codec::xml
