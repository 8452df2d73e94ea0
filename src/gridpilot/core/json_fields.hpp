#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gridpilot::json {

/// What to do with an object's members that the list of fields does not have.
enum class Unknown { refuse, skip };

/// Which fields of a `Fields` list a record had; a field that is there and null was seen.
struct Seen {
  std::uint64_t bits = 0;
  [[nodiscard]] constexpr bool has(std::size_t field) const { return ((bits >> field) & 1U) != 0; }
};

/// Bytes behind the start of Fields::quoted.
inline constexpr std::size_t quoted_room = 48;

/// The member names of a record, in the order in which they usually come: a record in that order is read without
/// searching. Names are ASCII literals without characters that JSON escapes. At most 64.
template <std::size_t N>
class Fields {
 public:
  static_assert(N <= 64);
  template <class... Name>
  consteval explicit Fields(const Name&... names) : names_{std::string_view(names)...} {
    for (std::size_t i = 0; i < N; ++i) {
      const std::string_view name = names_[i];
      if (name.empty() || name.size() > longest) throw "a field name has 1 to 40 characters";
      for (const char c : name)
        if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') throw "a field name is plain ASCII";
      Quoted& quoted = quoted_[i];
      quoted.text[quoted.size++] = '"';
      for (const char c : name) quoted.text[quoted.size++] = c;
      quoted.text[quoted.size++] = '"';
      quoted.text[quoted.size++] = ':';
    }
  }
  [[nodiscard]] constexpr std::size_t size() const { return N; }
  [[nodiscard]] constexpr std::string_view name(std::size_t field) const { return names_[field]; }
  [[nodiscard]] constexpr const std::array<std::string_view, N>& names() const { return names_; }
  /// N where there is no such field.
  [[nodiscard]] constexpr std::size_t find(std::string_view name) const {
    for (std::size_t i = 0; i < N; ++i)
      if (names_[i] == name) return i;
    return N;
  }
  /// The field's name with quotes and colon: what compact JSON has there. Bytes up to `quoted_room` may be copied.
  [[nodiscard]] constexpr std::string_view quoted(std::size_t field) const {
    return {quoted_[field].text.data(), quoted_[field].size};
  }

 private:
  static constexpr std::size_t longest = quoted_room - 8;
  struct Quoted {
    std::array<char, quoted_room> text{};
    std::size_t size = 0;
  };
  std::array<std::string_view, N> names_;
  std::array<Quoted, N> quoted_{};
};
template <class... Name>
Fields(const Name&...) -> Fields<sizeof...(Name)>;

}  // namespace gridpilot::json
