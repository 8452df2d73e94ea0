#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/core/result.hpp"

namespace gridpilot::codec {

/// What a column of numbers counts.
enum class SeriesUnit {
  kilowatt_hours,     ///< energy of the row
  watt_hours,         ///< energy of the row
  kilowatts,          ///< mean power of the row
  watts,              ///< mean power of the row
  per_kilowatt_hour,  ///< price
  per_megawatt_hour,  ///< price
};
[[nodiscard]] std::string_view name_of(SeriesUnit unit) noexcept;  ///< "kwh", "wh", "kw", "w", "per_kwh", "per_mwh"
/// What a name of above means; nullopt for any other.
[[nodiscard]] std::optional<SeriesUnit> series_unit(std::string_view name);

/// What is wanted of a table. Borrowed for the call.
struct SeriesQuery {
  enum class Kind { energy, price };
  Kind kind = Kind::energy;
  /// The column of values; also several, added and subtracted: "pv_kwh+import_kwh-export_kwh". Empty: the only column
  /// whose name begins with `usual` and ends in a unit of the kind, or for prices the only one that ends in one.
  std::string_view column;
  std::string_view usual;          ///< "load", "pv"
  std::optional<SeriesUnit> unit;  ///< needed where the column's name does not end in it
  std::string_view time_column;    ///< empty: start_utc, start_local, or date with time_from
  const TimeZone* zone = nullptr;  ///< of local times
};

/// A series by quarters of an hour: kWh of each quarter, or price per kWh.
struct SeriesTable {
  std::string column;
  SeriesUnit unit = SeriesUnit::kilowatt_hours;
  std::chrono::minutes row_length{15};         ///< the shortest there is
  std::vector<std::pair<Slot, double>> slots;  ///< in order of time, each once; what the table lacks is not there
  int rows_without_number = 0;                 ///< empty, or a text instead of a number: those slots are missing
  std::string first_without_number;            ///< "line 7, price_eur_mwh: 'SN'"; empty where all are numbers
};

/// Reads a whole CSV table of rows of 15, 30 or 60 minutes; how long a row holds is the distance to the nearer
/// of its neighbours. Rows may stand in any order. A time column whose name begins with `end` tells when rows end. A
/// table with `date` and `time_from` lists local days row by row: the i-th row of a date is its i-th quarter, half-hour
/// or hour, whatever its label says on the days the clock changes. bad_input where the query does not fit the table,
/// malformed with line and field where the table is wrong (not a time, a row twice, rows that do not begin on a
/// quarter), not_found where no row has a number.
[[nodiscard]] Result<SeriesTable> read_series_table(std::string_view csv, const SeriesQuery& query);

}  // namespace gridpilot::codec
