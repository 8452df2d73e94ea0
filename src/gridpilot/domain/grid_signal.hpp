#pragma once

#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "gridpilot/core/time.hpp"

namespace gridpilot {

/// The grid operator's signal of one slot (PSE's Kompas): 0 recommended use, 1 normal, 2 recommended saving,
/// 3 required reduction. Contracts may take their zones from it.
struct GridSignal {
  Slot slot;
  int level = 0;                        ///< 0 to 3
  std::optional<Instant> published_at;  ///< as the source says
  Instant fetched_at{};
  std::string_view source;  ///< must outlive the book

  [[nodiscard]] friend bool operator==(const GridSignal&, const GridSignal&) = default;
};

/// What is known of the signal, slot by slot; what is not known is absent. A later document replaces an earlier one.
class GridSignalBook {
 public:
  /// Returns how many slots are new or have another level than before.
  int merge(const std::vector<GridSignal>& signals) {
    int changed = 0;
    for (const GridSignal& signal : signals) {
      const auto [entry, is_new] = book_.try_emplace(signal.slot, signal);
      if (is_new || entry->second.level != signal.level) ++changed;
      entry->second = signal;
    }
    return changed;
  }
  [[nodiscard]] std::optional<GridSignal> find(Slot slot) const {
    const auto found = book_.find(slot);
    return found == book_.end() ? std::nullopt : std::optional(found->second);
  }
  [[nodiscard]] const std::map<Slot, GridSignal>& signals() const { return book_; }
  /// Drops what lies before a slot.
  void forget_before(Slot slot) { book_.erase(book_.begin(), book_.lower_bound(slot)); }

 private:
  std::map<Slot, GridSignal> book_;
};

}  // namespace gridpilot
