#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gridpilot/sim/et_image.hpp"
#include "gridpilot/sim/goodwe_device.hpp"

namespace gridpilot::sim {

/// The ET family: Modbus alone, and the identification that every family answers. Units of 15 kW and more have the long
/// meter and tracker blocks, those of 25 kW and more show the battery as two halves.
class EtDevice final : public GoodweDevice {
 public:
  /// The options have been checked (GoodweDevice::create).
  EtDevice(TimeZone zone, DeviceOptions options, plant::House& house);
  /// "9010KETU000W0001"
  [[nodiscard]] static std::string usual_serial(Profile profile, Power rating);

  void reset_behind_the_back() override;
  [[nodiscard]] std::uint8_t unit() const override;

 protected:
  [[nodiscard]] std::uint8_t judge_write(std::uint16_t first, std::span<const std::uint16_t> values) const override;
  void take_effect(std::uint16_t first, std::span<const std::uint16_t> before) override;
  [[nodiscard]] plant::InverterSetting setting_now() override;
  void refresh_registers() override;
  [[nodiscard]] std::vector<std::uint8_t> identification() const override;

 private:
  void lay_out_registers();
  void clear_eco_groups();
  [[nodiscard]] int battery_inputs() const;
  [[nodiscard]] plant::InverterSetting common_setting() const;
  [[nodiscard]] plant::InverterSetting ordered_setting();
  void look_after_the_pack(plant::InverterSetting& setting);
  [[nodiscard]] plant::InverterSetting ems_setting(plant::InverterSetting common) const;
  [[nodiscard]] plant::InverterSetting eco_setting(plant::InverterSetting common) const;
  [[nodiscard]] std::optional<EcoOrder> eco_order() const;
  [[nodiscard]] bool fast_charges(Soc& stop);

  et::FlashWrites written_;
  std::optional<Soc> rescued_to_;  ///< while the inverter charges by itself, and how far
};

}  // namespace gridpilot::sim
