-- Times are UTC seconds (_s); every number's unit is the end of its name. Absent is NULL.
-- Signs are the house's view: battery + charges, grid + imports.

CREATE TABLE readings (
  time_s INTEGER PRIMARY KEY CHECK (time_s >= 0),
  -- The chart's columns come first: a row is decoded only as far as it is read.
  soc_permille INTEGER,
  pv_w INTEGER,
  load_w INTEGER,
  grid_w INTEGER,
  battery_w INTEGER,
  state_of_health_permille INTEGER,
  backup_w INTEGER,
  grid_l1_w INTEGER,
  grid_l2_w INTEGER,
  grid_l3_w INTEGER,
  grid_voltage_l1_centivolts INTEGER,
  grid_voltage_l2_centivolts INTEGER,
  grid_voltage_l3_centivolts INTEGER,
  battery_voltage_centivolts INTEGER,
  battery_current_centiamperes INTEGER,
  battery_charge_limit_centiamperes INTEGER,
  battery_discharge_limit_centiamperes INTEGER,
  battery_temperature_centidegrees INTEGER,
  inverter_temperature_centidegrees INTEGER,
  pv_total_mwh INTEGER,
  load_total_mwh INTEGER,
  import_total_mwh INTEGER,
  export_total_mwh INTEGER,
  charge_total_mwh INTEGER,
  discharge_total_mwh INTEGER,
  battery_alarms_bits INTEGER NOT NULL,
  inverter_faults_bits INTEGER NOT NULL,
  operation_mode_code INTEGER NOT NULL
) STRICT;

-- Measured energy of a quarter of an hour; mWh.
CREATE TABLE slot_energies (
  start_s INTEGER PRIMARY KEY CHECK (start_s >= 0 AND start_s % 900 = 0),
  load_mwh INTEGER NOT NULL,
  pv_mwh INTEGER NOT NULL,
  import_mwh INTEGER NOT NULL,
  export_mwh INTEGER NOT NULL,
  charge_mwh INTEGER NOT NULL,
  discharge_mwh INTEGER NOT NULL,
  coverage_ppm INTEGER NOT NULL
) STRICT;

-- Net market prices in 1e-9 of the currency per kWh.
CREATE TABLE prices (
  series TEXT NOT NULL,
  start_s INTEGER NOT NULL CHECK (start_s % 900 = 0),
  net_nanos_per_kwh INTEGER NOT NULL,
  published_at_s INTEGER,
  fetched_at_s INTEGER NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (series, start_s)
) STRICT, WITHOUT ROWID;

-- The first plan of each slot. `slots` is packed as docs/storage.md describes.
CREATE TABLE plans (
  start_s INTEGER PRIMARY KEY CHECK (start_s % 900 = 0),
  computed_at_s INTEGER NOT NULL,
  horizon_end_s INTEGER NOT NULL,
  initial_mwh INTEGER NOT NULL,
  cost_1e8 INTEGER NOT NULL,
  value_of_stored_nanos_per_kwh INTEGER NOT NULL,
  packing INTEGER NOT NULL,
  slots BLOB NOT NULL
) STRICT;

CREATE TABLE decisions (
  id INTEGER PRIMARY KEY,
  time_s INTEGER NOT NULL,
  action TEXT NOT NULL,
  power_w INTEGER NOT NULL,
  stop_soc_permille INTEGER NOT NULL,
  until_s INTEGER NOT NULL,
  verdict TEXT NOT NULL,
  bound_by TEXT,
  reason TEXT NOT NULL
) STRICT;
CREATE INDEX decisions_by_time ON decisions (time_s);

-- What else was possible, and what it would have cost more (1e-8 of the currency).
CREATE TABLE decision_alternatives (
  decision_id INTEGER NOT NULL REFERENCES decisions (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  action TEXT NOT NULL,
  power_w INTEGER NOT NULL,
  extra_cost_1e8 INTEGER NOT NULL,
  PRIMARY KEY (decision_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE commands (
  id INTEGER PRIMARY KEY,
  time_s INTEGER NOT NULL,
  action TEXT NOT NULL,
  power_w INTEGER NOT NULL,
  stop_soc_permille INTEGER NOT NULL,
  until_s INTEGER NOT NULL,
  verdict TEXT NOT NULL,
  registers_written INTEGER NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX commands_by_time ON commands (time_s);
