#include "gridpilot/codec/csv.hpp"

#include <algorithm>

namespace gridpilot::codec {
namespace {

/// No table of prices comes near; a text of nothing but commas does.
constexpr std::size_t most_columns = 1000;

std::string at_line(int line) {
  return "line " + std::to_string(line);
}

}  // namespace

Result<CsvReader> CsvReader::open(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  CsvReader reader(text);
  const auto row = reader.read_row();
  if (!row) return row.failed();
  if (!*row) return failure(ErrorCode::malformed, "has no header line");
  reader.header_ = std::move(reader.fields_);
  reader.fields_ = {};
  return reader;
}

std::optional<std::size_t> CsvReader::column(std::string_view name) const {
  const auto found = std::find(header_.begin(), header_.end(), name);
  if (found == header_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - header_.begin());
}

Result<bool> CsvReader::next() {
  auto row = read_row();
  if (row && *row && fields_.size() != header_.size())
    return failure(ErrorCode::malformed, at_line(row_line_) + " has " + std::to_string(fields_.size()) +
                                             " fields, the header has " + std::to_string(header_.size()));
  return row;
}

Result<void> CsvReader::read_quoted(std::string& field) {
  rest_.remove_prefix(1);
  while (true) {
    const std::size_t quote = rest_.find('"');
    if (quote == std::string_view::npos)
      return failure(ErrorCode::malformed, at_line(row_line_) + " has a quote that is never closed");
    field.append(rest_.substr(0, quote));
    next_line_ += static_cast<int>(std::count(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(quote), '\n'));
    rest_.remove_prefix(quote + 1);
    if (!rest_.starts_with('"')) return {};
    field += '"';
    rest_.remove_prefix(1);
  }
}

Result<bool> CsvReader::read_row() {
  while (rest_.starts_with('\n') || rest_.starts_with("\r\n")) {
    rest_.remove_prefix(rest_.front() == '\n' ? 1 : 2);
    ++next_line_;
  }
  fields_.clear();
  if (rest_.empty()) return false;
  row_line_ = next_line_;
  while (true) {
    std::string field;
    if (rest_.starts_with('"'))
      if (auto read = read_quoted(field); !read) return std::move(read).failed();
    const std::size_t end = std::min(rest_.find_first_of(",\n"), rest_.size());
    std::string_view plain = rest_.substr(0, end);
    const bool ends_line = end == rest_.size() || rest_[end] == '\n';
    if (ends_line && plain.ends_with('\r')) plain.remove_suffix(1);
    field.append(plain);
    fields_.push_back(std::move(field));
    if (fields_.size() > most_columns)
      return failure(ErrorCode::malformed, at_line(row_line_) + " has more than 1000 fields");
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    if (ends_line) break;
  }
  ++next_line_;
  return true;
}

}  // namespace gridpilot::codec
