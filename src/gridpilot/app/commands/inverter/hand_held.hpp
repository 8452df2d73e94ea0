#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gridpilot/app/commands/inverter/target.hpp"
#include "gridpilot/app/inverter_door.hpp"
#include "gridpilot/inverter/goodwe/setting_editor.hpp"

/// One inverter that a person speaks to.
namespace gridpilot::app {

/// Nothing is kept: for commands that only look.
class NoSnapshots final : public goodwe::SnapshotStore {
 public:
  [[nodiscard]] net::Awaitable<Result<std::optional<std::string>>> load() override;
  [[nodiscard]] net::Awaitable<Result<void>> save(std::string text) override;
  [[nodiscard]] net::Awaitable<Result<void>> remove() override;
};

/// Registers of the unit, without a driver: for settings by their ids.
class OpenUnit {
 public:
  OpenUnit(net::asio::any_io_executor executor, config::InverterSettings settings)
      : pacers_(std::move(executor)), settings_(std::move(settings)) {}

  /// Looks the name up, opens the link and finds out what answers.
  [[nodiscard]] net::Awaitable<Result<goodwe::Detected>> open();
  /// After open().
  [[nodiscard]] goodwe::SettingEditor& settings() { return *editor_; }
  [[nodiscard]] goodwe::RegisterAccess& registers() { return *registers_; }

 private:
  net::Pacers pacers_;
  config::InverterSettings settings_;
  std::unique_ptr<net::Exchange> exchange_;
  std::unique_ptr<goodwe::RegisterAccess> registers_;
  std::unique_ptr<goodwe::Aa55Access> aa55_;
  std::unique_ptr<goodwe::SettingEditor> editor_;
};

}  // namespace gridpilot::app
