#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/codec/goodwe/frames.hpp"
#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/plant/house.hpp"
#include "gridpilot/sim/eco_schedule.hpp"
#include "gridpilot/sim/register_map.hpp"

namespace gridpilot::sim {

/// What a unit of the ET family has: which blocks, which form of eco groups.
enum class EtProfile {
  et_v1,   ///< 205 platform, older firmware: groups at 47515, meter block of 45 registers
  et_v2,   ///< 205 platform, newer firmware: groups at 47547, meter block of 45 registers
  et_745,  ///< 745 platform: groups in permille behind the switch 47612, trackers' block, meter block of 125
};
inline constexpr std::array all_et_profiles{EtProfile::et_v1, EtProfile::et_v2, EtProfile::et_745};
[[nodiscard]] std::string_view name_of(EtProfile profile) noexcept;  ///< "et-v1", "et-v2", "et-745"
[[nodiscard]] std::optional<EtProfile> et_profile_named(std::string_view name) noexcept;

struct EtOptions {
  EtProfile profile = EtProfile::et_v2;
  std::string serial{};     ///< 16 printable characters; empty: one that fits profile and rating
  Seconds clock_offset{0};  ///< how far the inverter's clock is ahead of the true time
  EcoAssumptions assumptions{};
};

/// One write request as it came in.
struct WriteRecord {
  Instant time{};
  std::uint16_t first = 0;
  goodwe::Words values{};
  std::uint8_t exception = 0;  ///< 0: accepted
};

/// A GoodWe ET without its network: registers that are read and written, and a house that does what they say.
/// Registers, ranges and effects are those of the maker's map as far as they touch PV, battery and meter; writable
/// registers that have no part in that (grid code, relays, heat of the day) are kept and read back.
/// Not thread-safe; borrows the house.
class EtDevice {
 public:
  /// bad_input where the serial number does not have 16 printable characters.
  [[nodiscard]] static Result<EtDevice> create(TimeZone zone, EtOptions options, plant::House& house);

  /// Lives on to `now`: windows open and close, the house moves, the registers follow. Cheap where the time is the
  /// same.
  void advance_to(Instant now);

  /// The answer to a request; nullopt where it is for another unit. Advance first.
  [[nodiscard]] std::optional<goodwe::FrameBuffer> answer(const goodwe::ReceivedRequest& received,
                                                          goodwe::Framing framing);
  /// To the identification read that every family answers; nullopt for other AA55 commands.
  [[nodiscard]] std::optional<goodwe::FrameBuffer> answer(const goodwe::Aa55Command& command) const;

  /// The register's present value; nullopt where it does not exist.
  [[nodiscard]] std::optional<std::uint16_t> value_of(std::uint16_t number) const;
  /// As somebody else would write it (the maker's app, another controller): neither counted nor logged. False where the
  /// device refuses.
  [[nodiscard]] bool set_behind_the_back(std::uint16_t number, std::uint16_t value);

  /// Requests to write a register, accepted or not, by register.
  [[nodiscard]] const std::map<std::uint16_t, std::uint32_t>& write_counts() const { return write_counts_; }
  /// The last 1000 write requests, oldest first.
  [[nodiscard]] const std::deque<WriteRecord>& write_log() const { return write_log_; }
  [[nodiscard]] std::uint32_t writes_accepted() const { return writes_accepted_; }

  /// From now on writes of this register are acknowledged and have no effect.
  void stick(std::uint16_t number) { stuck_.push_back(number); }
  void unstick() { stuck_.clear(); }
  /// The inverter's clock jumps.
  void jump_clock(Seconds by);
  /// Neither PV nor battery nor answers until then, by the true time.
  void reboot_until(Instant t);
  [[nodiscard]] bool rebooting() const { return now_ < reboot_until_; }

  [[nodiscard]] const EtOptions& options() const { return options_; }
  [[nodiscard]] const plant::House& house() const { return house_; }
  [[nodiscard]] std::uint8_t unit() const;
  /// What the inverter takes for the local time.
  [[nodiscard]] CivilTime own_clock() const { return zone_.civil(now_ + offset_); }

 private:
  EtDevice(TimeZone zone, EtOptions options, plant::House& house);
  void lay_out_registers();
  /// 0, or the exception's code; changes nothing where it refuses.
  [[nodiscard]] std::uint8_t write(std::uint16_t first, std::span<const std::uint16_t> values);
  [[nodiscard]] std::uint8_t judge_write(std::uint16_t first, std::span<const std::uint16_t> values) const;
  void take_effect(std::uint16_t first, std::uint16_t count, std::uint16_t work_mode_before);
  void set_own_clock();
  void clear_eco_groups();
  [[nodiscard]] plant::InverterSetting setting_now();
  [[nodiscard]] plant::InverterSetting common_setting() const;
  [[nodiscard]] plant::InverterSetting ems_setting(plant::InverterSetting common) const;
  [[nodiscard]] plant::InverterSetting eco_setting(plant::InverterSetting common) const;
  [[nodiscard]] std::optional<EcoOrder> eco_order() const;
  [[nodiscard]] bool fast_charges(Soc& stop);
  void apply_setting();
  void refresh_registers();

  TimeZone zone_;
  EtOptions options_;
  plant::House& house_;
  RegisterMap registers_;
  Instant now_{};
  Seconds offset_{0};
  Instant reboot_until_{};
  std::vector<std::uint16_t> stuck_;
  std::map<std::uint16_t, std::uint32_t> write_counts_;
  std::deque<WriteRecord> write_log_;
  std::uint32_t writes_accepted_ = 0;
};

}  // namespace gridpilot::sim
