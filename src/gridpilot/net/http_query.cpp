#include "gridpilot/net/http_query.hpp"

#include <algorithm>

#include "gridpilot/core/text.hpp"

namespace gridpilot::net {
namespace {

constexpr std::size_t most_parameters = 64;

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char l = lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

enum class Plus { itself, blank };

/// nullopt for a torn escape or a control character, escaped or not.
std::optional<std::string> decoded(std::string_view text, Plus plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus == Plus::blank) {
      c = ' ';
    }
    const auto code = static_cast<unsigned char>(c);
    if (code < 0x20 || code == 0x7f) return std::nullopt;
    out.push_back(c);
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Takes the text up to the separator off the front.
std::string_view taken(std::string_view& rest, char separator) {
  const std::size_t end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return part;
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::string_view> HttpQuery::parameter(std::string_view name) const {
  const auto found = std::ranges::find(parameters, name, &HttpParameter::name);
  return found == parameters.end() ? std::nullopt : std::optional<std::string_view>(found->value);
}

std::optional<std::string_view> HttpQuery::header(std::string_view name) const {
  const auto found =
      std::ranges::find_if(headers, [name](const HttpHeader& h) { return equal_ignoring_case(h.name, name); });
  return found == headers.end() ? std::nullopt : std::optional<std::string_view>(found->value);
}

Result<HttpTarget> parse_http_target(std::string_view target) {
  target = target.substr(0, target.find('#'));
  if (constexpr std::string_view scheme = "http://"; equal_ignoring_case(target.substr(0, scheme.size()), scheme)) {
    target.remove_prefix(scheme.size());
    target.remove_prefix(std::min(target.find('/'), target.size()));
    if (target.empty()) target = "/";
  }
  if (target.empty() || target.front() != '/')
    return failure(ErrorCode::bad_input, "the request target must begin with '/'");
  std::string_view rest = target;
  auto path = decoded(taken(rest, '?'), Plus::itself);
  if (!path) return failure(ErrorCode::bad_input, "the path has a bad percent escape or a control character");
  HttpTarget result{.path = std::move(*path), .parameters = {}};
  while (!rest.empty()) {
    std::string_view value = taken(rest, '&');
    if (value.empty()) continue;
    auto name = decoded(taken(value, '='), Plus::blank);
    auto text = decoded(value, Plus::blank);
    if (!name || !text)
      return failure(ErrorCode::bad_input, "the query has a bad percent escape or a control character");
    if (result.parameters.size() == most_parameters)
      return failure(ErrorCode::bad_input, "the query has more than 64 parameters");
    result.parameters.push_back({.name = std::move(*name), .value = std::move(*text)});
  }
  return result;
}

bool accepts_gzip(std::string_view accept_encoding) {
  bool any = false;  // what "*" says, where gzip itself is not named
  while (!accept_encoding.empty()) {
    std::string_view item = taken(accept_encoding, ',');
    const std::string_view coding = trimmed(taken(item, ';'));
    bool wanted = true;
    while (!item.empty()) {
      std::string_view value = trimmed(taken(item, ';'));
      const std::string_view name = trimmed(taken(value, '='));
      if (equal_ignoring_case(name, "q")) wanted = parse_number(trimmed(value)).value_or(0.0) > 0.0;
    }
    if (equal_ignoring_case(coding, "gzip") || equal_ignoring_case(coding, "x-gzip")) return wanted;
    if (coding == "*") any = wanted;
  }
  return any;
}

}  // namespace gridpilot::net
