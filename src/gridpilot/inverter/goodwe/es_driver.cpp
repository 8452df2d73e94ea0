#include "gridpilot/codec/goodwe/reading_codec.hpp"
#include "gridpilot/inverter/goodwe/driver.hpp"
#include "gridpilot/inverter/goodwe/es_registers.hpp"

namespace gridpilot::goodwe {

net::Awaitable<Result<Abilities>> EsDriver::probe() {
  const DeviceInfo& info = known_device();
  Abilities found{.eco_format = has_es_groups_v2(info) ? EcoFormat::v2 : EcoFormat::v1,
                  .has_windows = obeys_es_groups(info),
                  .rating = rated_power(info).value_or(Power{})};
  EsRegisters registers(aa55_, modbus(), info, clock());
  const Result<Words> export_switch = co_await registers.read(export_enable_register, 1);
  if (!export_switch) co_return export_switch.failed();
  found.has_export_limit = (*export_switch)[0] == 1;
  co_return found;
}

net::Awaitable<Result<Reading>> EsDriver::sample() {
  const Result<std::vector<std::uint8_t>> payload = co_await aa55_.ask(0x01, 0x06, {});
  if (!payload) co_return payload.failed();
  co_return decode_es_reading(*payload, known_device(), clock().now());
}

ports::MeasuredBySafety EsDriver::measures() const {
  return {.grid_phases = 1, .grid_voltages = 1};
}

std::unique_ptr<ControlRegisters> EsDriver::translation() {
  return std::make_unique<EsRegisters>(aa55_, modbus(), known_device(), clock());
}

}  // namespace gridpilot::goodwe
