#pragma once

#include "gridpilot/domain/quantiles.hpp"

namespace gridpilot::forecast {

using gridpilot::quantile_levels;
using gridpilot::Quantiles;

}  // namespace gridpilot::forecast
