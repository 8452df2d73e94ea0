#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/codec/goodwe/decode.hpp"
#include "gridpilot/codec/goodwe/device_info.hpp"
#include "gridpilot/codec/goodwe/registers.hpp"
#include "gridpilot/inverter/goodwe/aa55_access.hpp"
#include "gridpilot/inverter/goodwe/register_access.hpp"

/// Settings of a unit one by one, by their ids, for people who look at them and change them by hand.
namespace gridpilot::goodwe {

/// One setting of a family's tables.
struct SettingId {
  const BlockTable* block = nullptr;  ///< static
  const RegisterRow* row = nullptr;   ///< static
};

/// A setting as it stands in the unit.
struct SettingValue {
  SettingId setting;
  Words present;     ///< its registers
  std::string text;  ///< with its unit, as encode_setting() takes it
  Datum value;
};

/// One request at a time; errors of the exchange as RegisterAccess has them.
class SettingEditor {
 public:
  /// Both must outlive it. `aa55` is for units of the ES family, which keep most of their settings behind such
  /// commands; null for others.
  SettingEditor(RegisterAccess& registers, Aa55Access* aa55, DeviceInfo device)
      : registers_(registers), aa55_(aa55), device_(std::move(device)) {}

  /// Every setting that the unit has, in the order of the tables. What it refuses as unknown is left out.
  [[nodiscard]] net::Awaitable<Result<std::vector<SettingValue>>> read_all();
  /// not_found naming the nearest id where the family has no such setting; unsupported where the unit has not. Of an id
  /// that several firmware generations have, the newest that the unit answers.
  [[nodiscard]] net::Awaitable<Result<SettingValue>> read(std::string id);

  /// What writing would do, without doing it: bad_input where the text or the setting does not permit it.
  [[nodiscard]] Result<Words> encoded(const SettingValue& present, std::string_view text) const;
  /// Writes and reads back.
  [[nodiscard]] net::Awaitable<Result<WriteReport>> write(SettingValue present, Words values);

 private:
  [[nodiscard]] std::vector<SettingId> settings() const;
  [[nodiscard]] net::Awaitable<Result<std::vector<SettingValue>>> read_run(std::vector<SettingId> run);
  [[nodiscard]] net::Awaitable<Result<SettingValue>> read_setting(SettingId setting);
  [[nodiscard]] net::Awaitable<Result<std::vector<std::uint8_t>>> read_bytes(SettingId setting);
  [[nodiscard]] net::Awaitable<Result<WriteReport>> write_aa55(SettingValue present, Words values);

  RegisterAccess& registers_;
  Aa55Access* aa55_;
  DeviceInfo device_;
};

}  // namespace gridpilot::goodwe
