// The room holds interfaces only; this file makes sure that each header stands alone.
#include "gridpilot/ports/inverter.hpp"
#include "gridpilot/ports/price_source.hpp"
#include "gridpilot/ports/record.hpp"
