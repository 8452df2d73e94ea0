#include "gridpilot/codec/goodwe/reading_codec.hpp"
#include "gridpilot/inverter/goodwe/driver.hpp"

namespace gridpilot::goodwe {

net::Awaitable<Result<Abilities>> DtDriver::probe() {
  meter_.answered();
  Abilities found{.has_windows = false, .rating = rated_power(known_device()).value_or(Power{})};
  const bool needs_rating = options().dt_limit_unit == DtLimitUnit::percent;
  if (options().dt_limit_unit == DtLimitUnit::unknown || (needs_rating && found.rating <= Power{})) co_return found;
  DtRegisters registers(modbus(), options().dt_limit_unit, found.rating);
  const Result<Words> limit = co_await registers.probe(export_enable_register, 2);
  if (!limit) co_return limit.failed();
  found.has_export_limit = limit->size() > 0;
  co_return found;
}

net::Awaitable<Result<Reading>> DtDriver::sample() {
  const auto runtime = co_await modbus().read_block(dt_runtime_register, dt_runtime_count);
  if (!runtime) co_return runtime.failed();
  const Instant time = clock().now();
  // Units without a meter refuse its block, or stay silent over it.
  Result<std::vector<std::uint8_t>> meter = co_await read_optional(&meter_, dt_meter_register, dt_meter_count);
  if (!meter && meter.error().code != ErrorCode::timeout) co_return meter.failed();
  co_return decode_dt_reading(*runtime, meter ? Bytes(*meter) : Bytes(), known_device(), time);
}

ports::MeasuredBySafety DtDriver::measures() const {
  return {.state_of_charge = false,
          .battery_voltage = false,
          .battery_temperature = false,
          .battery_limits = false,
          .grid_phases = known_device().single_phase ? 1 : 0,
          .grid_voltages = known_device().single_phase ? 1 : 3};
}

std::unique_ptr<ControlRegisters> DtDriver::translation() {
  return std::make_unique<DtRegisters>(modbus(), options().dt_limit_unit,
                                       rated_power(known_device()).value_or(Power{}));
}

}  // namespace gridpilot::goodwe
