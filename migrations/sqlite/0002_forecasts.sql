-- Forecasts with the time of their issue. `slots` is packed as docs/storage.md describes.
CREATE TABLE forecasts (
  series TEXT NOT NULL,
  issued_at_s INTEGER NOT NULL,
  first_s INTEGER NOT NULL CHECK (first_s % 900 = 0),
  packing INTEGER NOT NULL,
  slots BLOB NOT NULL,
  PRIMARY KEY (series, issued_at_s)
) STRICT, WITHOUT ROWID;

-- How forecasts did on the slots of a local day: sums over `slots_count` slots, in 1e-9 of the series' unit
-- (kWh a slot, or the currency per kWh).
CREATE TABLE forecast_scores (
  series TEXT NOT NULL,
  day TEXT NOT NULL,
  method TEXT NOT NULL,
  horizon TEXT NOT NULL,
  slots_count INTEGER NOT NULL,
  inside_count INTEGER NOT NULL,
  absolute_error_nanos INTEGER NOT NULL,
  error_nanos INTEGER NOT NULL,
  pinball_nanos INTEGER NOT NULL,
  PRIMARY KEY (series, day, method, horizon)
) STRICT, WITHOUT ROWID;
