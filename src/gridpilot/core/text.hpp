#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gridpilot {

/// A whole decimal number ("4.5", "-3", "1e-3"); nullopt where anything else stands in the text, or it is not finite.
[[nodiscard]] std::optional<double> parse_number(std::string_view text);
[[nodiscard]] std::optional<long long> parse_integer(std::string_view text);

/// The candidate that differs least from `text` (letters inserted, dropped, replaced or swapped), for "did you mean";
/// empty where nothing is near.
[[nodiscard]] std::string_view nearest(std::string_view text, std::span<const std::string_view> candidates);

/// A text as part of a URL's query (RFC 3986, section 2.1): everything but letters, digits and "-._~" as %XX.
[[nodiscard]] std::string percent_encoded(std::string_view text);

/// "a, b, c".
[[nodiscard]] std::string joined(std::span<const std::string_view> words, std::string_view separator = ", ");

}  // namespace gridpilot
