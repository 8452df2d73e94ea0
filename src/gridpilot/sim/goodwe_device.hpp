#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/codec/goodwe/frames.hpp"
#include "gridpilot/codec/goodwe/registers.hpp"
#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/plant/house.hpp"
#include "gridpilot/sim/eco_schedule.hpp"
#include "gridpilot/sim/register_map.hpp"

namespace gridpilot::sim {

/// What a unit is: its family, and which blocks and which form of eco groups its firmware has.
enum class Profile {
  et_v1,   ///< ET, 205 platform, older firmware: groups at 47515, meter block of 45 registers
  et_v2,   ///< ET, 205 platform, newer firmware: groups at 47547, meter block of 45 registers
  et_745,  ///< ET, 745 platform: groups in permille behind the switch 47612, trackers' block, meter block of 125
  dt,      ///< DT, three phases, no battery; export limit in percent of the rating
  dt_1ph,  ///< DT family, one phase, no battery; export limit in W
  es,      ///< ES, AA55 frames; newer firmware: groups at 47547 over Modbus
  es_v1,   ///< ES with firmware between: groups as AA55 registers
  es_old,  ///< ES with old firmware: charge and discharge windows only, which it takes and does not obey
};
inline constexpr std::array all_profiles{Profile::et_v1,  Profile::et_v2, Profile::et_745, Profile::dt,
                                         Profile::dt_1ph, Profile::es,    Profile::es_v1,  Profile::es_old};
[[nodiscard]] std::string_view name_of(Profile profile) noexcept;  ///< "et-v1", "et-745", "dt-1ph"
[[nodiscard]] std::optional<Profile> profile_named(std::string_view name) noexcept;
[[nodiscard]] goodwe::Family family_of(Profile profile) noexcept;
/// What a family is emulated as unless told otherwise: et-v2, dt, es.
[[nodiscard]] Profile usual_profile(goodwe::Family family) noexcept;

struct DeviceOptions {
  Profile profile = Profile::et_v2;
  std::string serial{};     ///< 16 printable characters; empty: one that fits profile and rating
  Seconds clock_offset{0};  ///< how far the inverter's clock is ahead of the true time
  EcoAssumptions assumptions{};
};

/// Whether a unit does what its registers say.
enum class Hearing { obeys, deaf };

/// One write request as it came in.
struct WriteRecord {
  Instant time{};
  std::uint16_t first = 0;     ///< register; of an AA55 command that is none, its control and function code
  goodwe::Words values{};      ///< of a command that is none: its bytes, at most 16
  std::uint8_t exception = 0;  ///< 0: accepted
};

/// What the unit measures, whatever the house does: for trying a client's limits. Absent: as the house has it.
struct MeasuredOverrides {
  std::optional<Temperature> battery_temperature{};
  std::optional<Voltage> battery_voltage{};
  std::optional<Voltage> grid_voltage{};  ///< of the first phase
  std::uint32_t battery_alarms = 0;       ///< bits of the battery management system's error
};

/// A GoodWe inverter without its network: registers that are read and written, and a house that does what they say.
/// Registers, ranges and effects are those of the protocol as far as they touch PV, battery and meter; writable
/// registers that have no part in that (grid code, relays, serial line) are kept and read back.
/// Not thread-safe; borrows the house.
class GoodweDevice {
 public:
  /// bad_input where the serial number does not have 16 printable characters.
  [[nodiscard]] static Result<std::unique_ptr<GoodweDevice>> create(TimeZone zone, DeviceOptions options,
                                                                    plant::House& house);
  virtual ~GoodweDevice() = default;
  GoodweDevice(const GoodweDevice&) = delete;
  GoodweDevice& operator=(const GoodweDevice&) = delete;

  /// Lives on to `now`: windows open and close, the house moves, the registers follow. Cheap where the time is the
  /// same.
  void advance_to(Instant now);

  /// The answer to a request; nullopt where it is for another unit. Advance first.
  [[nodiscard]] std::optional<goodwe::FrameBuffer> answer(const goodwe::ReceivedRequest& received,
                                                          goodwe::Framing framing);
  /// To an AA55 command; nullopt for those that the family does not answer.
  [[nodiscard]] std::optional<goodwe::FrameBuffer> answer(const goodwe::Aa55Command& command);
  /// What goes to another client that asked at the same time: nobody here asked for it.
  [[nodiscard]] std::optional<goodwe::FrameBuffer> answer_for_somebody_else(goodwe::Framing framing);

  /// The register's present value; nullopt where it does not exist.
  [[nodiscard]] virtual std::optional<std::uint16_t> value_of(std::uint16_t number) const;
  /// As somebody else would write it (the maker's app, another controller): neither counted nor logged. False where the
  /// device refuses.
  [[nodiscard]] virtual bool set_behind_the_back(std::uint16_t number, std::uint16_t value);
  /// Another client sends the unit back to its own rule; nothing happens where there is none to leave.
  virtual void reset_behind_the_back() = 0;

  /// Requests to write a register, accepted or not, by register; AA55 commands by control and function code.
  [[nodiscard]] const std::map<std::uint16_t, std::uint32_t>& write_counts() const { return write_counts_; }
  /// The last 1000 write requests, oldest first.
  [[nodiscard]] const std::deque<WriteRecord>& write_log() const { return write_log_; }
  [[nodiscard]] std::uint32_t writes_accepted() const { return writes_accepted_; }

  /// From now on writes of this register are acknowledged and have no effect.
  void stick(std::uint16_t number) { stuck_.push_back(number); }
  void unstick() { stuck_.clear(); }
  /// Deaf, the unit goes on with what it does, whatever its registers say; it still stops for a reboot.
  void set_hearing(Hearing hearing);
  /// The inverter's clock jumps.
  void jump_clock(Seconds by);
  /// Neither PV nor battery nor answers until then, by the true time.
  void reboot_until(Instant t);
  [[nodiscard]] bool rebooting() const { return now_ < reboot_until_; }

  [[nodiscard]] const MeasuredOverrides& overrides() const { return overrides_; }
  void override_measurements(const MeasuredOverrides& overrides);
  void set_soc(Soc soc);

  [[nodiscard]] const DeviceOptions& options() const { return options_; }
  [[nodiscard]] const plant::House& house() const { return house_; }
  [[nodiscard]] virtual std::uint8_t unit() const = 0;
  /// What the inverter takes for the local time.
  [[nodiscard]] CivilTime own_clock() const { return zone_.civil(now_ + offset_); }

 protected:
  GoodweDevice(TimeZone zone, DeviceOptions options, plant::House& house);
  /// To be called at the end of the constructor of a family.
  void begin();

  // What a family is.
  /// 0, or the exception's code that a write gets.
  [[nodiscard]] virtual std::uint8_t judge_write(std::uint16_t first, std::span<const std::uint16_t> values) const = 0;
  /// Registers were written; `before` held what stood there. The house is told afterwards.
  virtual void take_effect(std::uint16_t first, std::span<const std::uint16_t> before) = 0;
  /// What the house is told now.
  [[nodiscard]] virtual plant::InverterSetting setting_now() = 0;
  /// Writes the present measurements into the registers.
  virtual void refresh_registers() = 0;
  /// The data of the identification that every family answers.
  [[nodiscard]] virtual std::vector<std::uint8_t> identification() const = 0;
  /// Other AA55 commands; nullopt: not answered.
  [[nodiscard]] virtual std::optional<std::vector<std::uint8_t>> answer_aa55(const goodwe::Aa55Command& command);

  /// 0, or the exception's code; changes nothing where it refuses.
  [[nodiscard]] std::uint8_t write(std::uint16_t first, std::span<const std::uint16_t> values);
  /// A write of registers, counted for each of them.
  void log_write(std::uint16_t first, const goodwe::Words& values, std::uint8_t exception);
  /// A command that is no register, counted once under its code.
  void log_command(std::uint16_t code, const goodwe::Words& values, std::uint8_t exception);
  [[nodiscard]] bool is_stuck(std::uint16_t number) const;
  void set_own_clock(const CivilTime& time) { offset_ = zone_.instant_of(time) - now_; }
  void apply_setting();

  TimeZone zone_;
  DeviceOptions options_;
  plant::House& house_;
  RegisterMap registers_;
  Instant now_{};
  Seconds offset_{0};

 private:
  Instant reboot_until_{};
  std::optional<plant::InverterSetting> kept_;  ///< what a deaf unit goes on with
  MeasuredOverrides overrides_;
  std::vector<std::uint16_t> stuck_;
  std::map<std::uint16_t, std::uint32_t> write_counts_;
  std::deque<WriteRecord> write_log_;
  std::uint32_t writes_accepted_ = 0;
};

/// Year from 2000, month, day, hour, minute, second, a byte each in three registers; nullopt for what no clock shows.
[[nodiscard]] std::optional<CivilTime> clock_in(std::span<const std::uint16_t> words);
/// The reverse, into registers that exist.
void write_clock(RegisterMap& map, std::uint16_t first, const CivilTime& time);

}  // namespace gridpilot::sim
