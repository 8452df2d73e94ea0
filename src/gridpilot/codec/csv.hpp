#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/core/result.hpp"

namespace gridpilot::codec {

/// A comma-separated text with a header, read row by row: fields may stand in double quotes ("" inside is one quote),
/// lines end in LF or CRLF, a byte-order mark is skipped, empty lines too. Views refer to the text, which must outlive
/// the reader.
class CsvReader {
 public:
  /// malformed where there is no header, or a quote is never closed.
  [[nodiscard]] static Result<CsvReader> open(std::string_view text);

  [[nodiscard]] const std::vector<std::string>& header() const { return header_; }
  [[nodiscard]] std::optional<std::size_t> column(std::string_view name) const;

  /// The next row into fields(); false at the end. malformed, with its line, where it has not as many fields as the
  /// header.
  [[nodiscard]] Result<bool> next();
  [[nodiscard]] const std::vector<std::string>& fields() const { return fields_; }
  /// The line on which the row began, from 1.
  [[nodiscard]] int line() const { return row_line_; }

 private:
  explicit CsvReader(std::string_view text) : rest_(text) {}
  [[nodiscard]] Result<bool> read_row();
  [[nodiscard]] Result<void> read_quoted(std::string& field);

  std::string_view rest_;
  int next_line_ = 1;
  int row_line_ = 0;
  std::vector<std::string> header_;
  std::vector<std::string> fields_;
};

}  // namespace gridpilot::codec
