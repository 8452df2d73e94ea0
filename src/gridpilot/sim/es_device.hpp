#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gridpilot/sim/eco_groups.hpp"
#include "gridpilot/sim/es_image.hpp"
#include "gridpilot/sim/goodwe_device.hpp"

namespace gridpilot::sim {

/// The ES family: AA55 frames for nearly everything, and on newer firmware some settings over Modbus. AA55 has no
/// exceptions: what the unit does not take gets no answer.
class EsDevice final : public GoodweDevice {
 public:
  /// The options have been checked (GoodweDevice::create).
  EsDevice(TimeZone zone, DeviceOptions options, plant::House& house);
  /// "9005KESU000W0001"
  [[nodiscard]] static std::string usual_serial(Profile profile, Power rating);

  void reset_behind_the_back() override;
  [[nodiscard]] std::uint8_t unit() const override { return goodwe::et_unit; }
  /// AA55 registers lie far below those of Modbus: the number tells which is meant.
  [[nodiscard]] std::optional<std::uint16_t> value_of(std::uint16_t number) const override;
  [[nodiscard]] bool set_behind_the_back(std::uint16_t number, std::uint16_t value) override;

 protected:
  [[nodiscard]] std::uint8_t judge_write(std::uint16_t first, std::span<const std::uint16_t> values) const override;
  void take_effect(std::uint16_t first, std::span<const std::uint16_t> before) override;
  [[nodiscard]] plant::InverterSetting setting_now() override;
  void refresh_registers() override;
  [[nodiscard]] std::vector<std::uint8_t> identification() const override;
  [[nodiscard]] std::optional<std::vector<std::uint8_t>> answer_aa55(const goodwe::Aa55Command& command) override;

 private:
  /// Of the commands 2C and 2D, by the unit's clock.
  struct Window {
    int start_minute = 0;   ///< of the day
    int end_minute = 0;     ///< exclusive, except that 23:59 means midnight
    int power_percent = 0;  ///< 0: none
    [[nodiscard]] bool is_open_at(int minute) const;
  };

  [[nodiscard]] es::ImageContext image_context() const;
  [[nodiscard]] std::optional<std::vector<std::uint8_t>> read_aa55_registers(goodwe::Bytes data) const;
  /// False where the unit does not answer.
  [[nodiscard]] bool write_aa55_registers(goodwe::Bytes data);
  [[nodiscard]] std::uint8_t judge_aa55_write(std::uint16_t first, std::span<const std::uint16_t> values) const;
  [[nodiscard]] bool execute(std::uint8_t function, goodwe::Bytes data);
  [[nodiscard]] bool carry_out(std::uint8_t function, goodwe::Bytes data);
  void set_aa55_registers(std::uint16_t first, std::span<const std::uint16_t> values);
  [[nodiscard]] static bool set_window(Window& window, goodwe::Bytes data);
  [[nodiscard]] const RegisterMap& map_of_groups() const;
  [[nodiscard]] std::optional<EcoOrder> window_order() const;
  void follow(const EcoOrder& order, plant::InverterSetting& setting) const;
  [[nodiscard]] bool fast_charges(Soc& stop);

  RegisterMap aa55_registers_;
  EcoGroups groups_{};
  es::Mode mode_ = es::Mode::general;
  bool off_grid_ = false;
  std::uint16_t export_limit_w_ = 0;
  std::uint16_t relay_ = 0;
  Window charge_window_;
  Window discharge_window_;
};

}  // namespace gridpilot::sim
