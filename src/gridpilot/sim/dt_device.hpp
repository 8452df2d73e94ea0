#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gridpilot/sim/goodwe_device.hpp"

namespace gridpilot::sim {

/// The DT family: PV and meter, no battery, Modbus alone beside the identification.
class DtDevice final : public GoodweDevice {
 public:
  /// The options have been checked (GoodweDevice::create).
  DtDevice(TimeZone zone, DeviceOptions options, plant::House& house);
  /// "9010KDTU000W0001"; a tag of one phase for the profile that has one
  [[nodiscard]] static std::string usual_serial(Profile profile, Power rating);

  void reset_behind_the_back() override;
  [[nodiscard]] std::uint8_t unit() const override { return goodwe::dt_unit; }

 protected:
  [[nodiscard]] std::uint8_t judge_write(std::uint16_t first, std::span<const std::uint16_t> values) const override;
  void take_effect(std::uint16_t first, std::span<const std::uint16_t> before) override;
  [[nodiscard]] plant::InverterSetting setting_now() override;
  void refresh_registers() override;
  [[nodiscard]] std::vector<std::uint8_t> identification() const override;

 private:
  void lay_out_registers();
  void write_strings();
  void write_ac();
  void write_state();
  void write_meter();
  [[nodiscard]] bool single_phase() const { return options_.profile == Profile::dt_1ph; }
  [[nodiscard]] std::string model_name() const;

  bool powered_ = true;  ///< by 40330 and 40331
};

}  // namespace gridpilot::sim
