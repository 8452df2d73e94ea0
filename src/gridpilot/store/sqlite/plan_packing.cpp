#include "gridpilot/store/sqlite/plan_packing.hpp"

#include <algorithm>
#include <array>

#include "gridpilot/store/sqlite/integers.hpp"
#include "gridpilot/store/sqlite/packing.hpp"

namespace gridpilot::store {
namespace {

// The numbers of the enumerations are part of the layout.
static_assert(static_cast<int>(Action::self_use) == 0 && static_cast<int>(Action::hold) == 1 &&
              static_cast<int>(Action::charge) == 2 && static_cast<int>(Action::sell) == 3 &&
              static_cast<int>(Action::curtail) == 4 && static_cast<int>(Action::standby) == 5);
static_assert(static_cast<int>(Origin::published) == 0 && static_cast<int>(Origin::recent_days) == 1 &&
              static_cast<int>(Origin::standard_profile) == 2 && static_cast<int>(Origin::clear_sky) == 3);

/// A slot as integers. Unsigned, because differences and predictions may wrap around: they do so alike both ways.
struct Numbers {
  std::uint64_t import_price = 0, export_price = 0;  // nanos per kWh
  std::uint64_t load = 0, pv = 0;                    // mWh
  std::uint64_t ac = 0, curtailed = 0, grid_import = 0, grid_export = 0, stored = 0;
  std::uint64_t value_of_stored = 0;  // nanos per kWh
  std::uint64_t cost = 0;             // 1e-8

  [[nodiscard]] std::uint64_t net() const { return load - pv + curtailed + ac; }
  [[nodiscard]] std::uint64_t expected_import() const { return static_cast<std::int64_t>(net()) > 0 ? net() : 0; }
  [[nodiscard]] std::uint64_t expected_export() const { return static_cast<std::int64_t>(net()) < 0 ? 0 - net() : 0; }
  [[nodiscard]] std::uint64_t expected_cost() const {
    constexpr std::int64_t nanos_of_mwh = 10'000'000;  // mWh × nanos per kWh in units of 1e-8
    const std::uint64_t product = grid_import * import_price - grid_export * export_price;
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(product) / nanos_of_mwh);
  }
};

/// nullopt where a number cannot be recorded.
std::optional<Numbers> numbers_of(const PlanSlot& slot) {
  bool sound = true;
  const auto take = [&](auto quantity) {
    const std::optional<std::int64_t> number = to_integer(quantity);
    sound = sound && number.has_value();
    return static_cast<std::uint64_t>(number.value_or(0));
  };
  const PlannedFlow& flow = slot.flow;
  const Numbers numbers{
      .import_price = static_cast<std::uint64_t>(slot.price.import_price.nanos_per_kwh()),
      .export_price = static_cast<std::uint64_t>(slot.price.export_price.nanos_per_kwh()),
      .load = take(slot.outlook.load),
      .pv = take(slot.outlook.pv),
      .ac = take(flow.ac),
      .curtailed = take(flow.curtailed),
      .grid_import = take(flow.grid_import),
      .grid_export = take(flow.grid_export),
      .stored = take(flow.stored),
      .value_of_stored = take(flow.value_of_stored),
      .cost = take(slot.cost),
  };
  if (!sound) return std::nullopt;
  return numbers;
}

void pack(Packer& out, const Numbers& n, const Numbers& before) {
  out.difference(n.import_price, before.import_price);
  out.difference(n.export_price, before.export_price);
  out.difference(n.load, before.load);
  out.difference(n.pv, before.pv);
  out.difference(n.ac, 0);
  out.difference(n.curtailed, 0);
  out.difference(n.grid_import, n.expected_import());
  out.difference(n.grid_export, n.expected_export());
  out.difference(n.stored, before.stored + n.ac);
  out.difference(n.value_of_stored, before.value_of_stored);
  out.difference(n.cost, n.expected_cost());
}

Numbers unpack(Unpacker& in, const Numbers& before) {
  Numbers n;
  n.import_price = in.value(before.import_price);
  n.export_price = in.value(before.export_price);
  n.load = in.value(before.load);
  n.pv = in.value(before.pv);
  n.ac = in.value(0);
  n.curtailed = in.value(0);
  n.grid_import = in.value(n.expected_import());
  n.grid_export = in.value(n.expected_export());
  n.stored = in.value(before.stored + n.ac);
  n.value_of_stored = in.value(before.value_of_stored);
  n.cost = in.value(n.expected_cost());
  return n;
}

template <class Q>
Q quantity(std::uint64_t number) {
  return from_integer<Q>(static_cast<std::int64_t>(number));
}
GrossPrice price(std::uint64_t number) {
  return GrossPrice::from_nanos_per_kwh(static_cast<std::int64_t>(number));
}

/// By code. Sun is never published and has no standard profile: their codes are free for what came later.
constexpr std::array pv_origins{Origin::weather, Origin::recent_days, Origin::service, Origin::clear_sky};

unsigned code_of_pv(Origin origin) {
  const auto found = std::ranges::find(pv_origins, origin);
  return found == pv_origins.end() ? 3U : static_cast<unsigned>(found - pv_origins.begin());
}

ports::RecordedPlanSlot slot_of(const Numbers& n, Slot slot, unsigned marks) {
  const auto load_origin = static_cast<Origin>((marks >> 4U) & 3U);
  const Origin pv_origin = pv_origins[(marks >> 6U) & 3U];
  return {
      .slot = slot,
      .import_price = price(n.import_price),
      .export_price = price(n.export_price),
      .foreseen = (marks & 8U) != 0,
      .outlook = {.slot = slot,
                  .load = quantity<Energy>(n.load),
                  .pv = quantity<Energy>(n.pv),
                  .load_origin = load_origin,
                  .pv_origin = pv_origin},
      .flow = {.ac = quantity<Energy>(n.ac),
               .curtailed = quantity<Energy>(n.curtailed),
               .grid_import = quantity<Energy>(n.grid_import),
               .grid_export = quantity<Energy>(n.grid_export),
               .stored = quantity<Energy>(n.stored),
               .value_of_stored = quantity<ValuePerEnergy>(n.value_of_stored)},
      .action = static_cast<Action>(marks & 7U),
      .cost = quantity<Value>(n.cost),
  };
}

}  // namespace

Result<std::vector<std::byte>> pack_slots(std::span<const PlanSlot> slots) {
  Packer out;
  Numbers before;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const PlanSlot& slot = slots[i];
    if (slot.slot != slots[0].slot + static_cast<std::int64_t>(i))
      return failure(ErrorCode::bug, "plan not recorded: slot " + std::to_string(i) + " leaves a gap");
    const std::optional<Numbers> numbers = numbers_of(slot);
    if (!numbers)
      return failure(ErrorCode::bug,
                     "plan not recorded: slot " + std::to_string(i) + " has a number that is not finite");
    out.byte(static_cast<unsigned>(slot.action) | (slot.price.foreseen ? 8U : 0U) |
             static_cast<unsigned>(slot.outlook.load_origin) << 4U | code_of_pv(slot.outlook.pv_origin) << 6U);
    pack(out, *numbers, before);
    before = *numbers;
  }
  return out.take();
}

Result<std::vector<ports::RecordedPlanSlot>> unpack_slots(std::span<const std::byte> packed, Slot first) {
  std::vector<ports::RecordedPlanSlot> slots;
  Unpacker in(packed);
  Numbers before;
  while (!in.at_end()) {
    const unsigned marks = in.byte();
    const Numbers numbers = unpack(in, before);
    if (in.torn() || (marks & 7U) > static_cast<unsigned>(Action::standby))
      return failure(ErrorCode::corrupt, "the recorded plan of " + to_rfc3339(first.start()) + " is damaged");
    slots.push_back(slot_of(numbers, first + static_cast<std::int64_t>(slots.size()), marks));
    before = numbers;
  }
  return slots;
}

}  // namespace gridpilot::store
