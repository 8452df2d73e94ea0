#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gridpilot/core/result.hpp"

/// The values of one sheet of an XLSX workbook (ECMA-376): what it shows, without formats, formulas and pictures.
namespace gridpilot::codec {

/// Row and column from 1, as "I13" is {13, 9}.
using CellPlace = std::pair<int, int>;
/// "I13".
[[nodiscard]] std::string to_text(CellPlace place);

struct Cell {
  bool is_number = false;
  std::string text;  ///< a number as it stands in the file: "369.83", "385.58999999999997"
};

class Sheet {
 public:
  /// Null where the cell is empty.
  [[nodiscard]] const Cell* at(CellPlace place) const;
  [[nodiscard]] const std::map<CellPlace, Cell>& cells() const { return cells_; }

 private:
  friend class SheetReader;
  std::map<CellPlace, Cell> cells_;
};

/// Reads the sheet of that name. malformed where the bytes are no such workbook, not_found where it has no such sheet,
/// too_large where an unpacked part would take more than 16 MB, whatever its packed size.
[[nodiscard]] Result<Sheet> read_sheet(std::string_view xlsx, std::string_view name);

}  // namespace gridpilot::codec
