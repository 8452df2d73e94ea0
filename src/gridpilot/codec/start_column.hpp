#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "gridpilot/codec/csv.hpp"
#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/core/result.hpp"

namespace gridpilot::codec {

/// The column of a CSV table that tells when its rows begin: `start_utc` (RFC 3339; without offset it is UTC all the
/// same) or `start_local`, of a zone, where in the repeated autumn hour the rows' order tells the passes apart.
class StartColumn {
 public:
  /// A column of another name is local where its name does not end in `_utc`. bad_input where the zone of local times
  /// is lacking or the column wanted is, malformed where neither of the usual ones is there. The zone is borrowed.
  [[nodiscard]] static Result<StartColumn> find(const CsvReader& csv, const TimeZone* local_zone,
                                                std::string_view wanted = {});

  [[nodiscard]] std::string_view name() const { return name_; }

  /// Of the row the reader stands on; nullopt for a local time that the clock skipped.
  [[nodiscard]] Result<std::optional<Instant>> read(const CsvReader& csv);

 private:
  StartColumn(std::size_t column, std::string name, const TimeZone* local_zone)
      : column_(column), name_(std::move(name)), local_zone_(local_zone) {}

  [[nodiscard]] std::optional<Instant> place(const CivilTime& civil);

  std::size_t column_;
  std::string name_;
  const TimeZone* local_zone_;
  std::optional<Instant> before_;
};

/// "line 7, start_utc": where in a table something is wrong.
[[nodiscard]] std::string at_line(int line, std::string_view column);

}  // namespace gridpilot::codec
