// Any text as a configuration and as a contract file: what is accepted has no problems and reads back the same, what
// is not has a problem with a reason.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gridpilot/config/configuration.hpp"
#include "gridpilot/config/contract_files.hpp"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gridpilot;
  static const tariff::Catalogue shipped = config::shipped_catalogue();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // Files named in a configuration would be read: that is another test's.
  if (text.find("contract_files") == std::string_view::npos) {
    const auto loaded = config::parse_configuration(text, "fuzz.yaml", config::Purpose::plan, shipped);
    for (const auto& problem : loaded.problems) must(!problem.reason.empty());
    if (loaded.problems.empty()) {
      const std::string effective = config::effective_text(loaded.configuration);
      const auto again = config::parse_configuration(effective, "effective.yaml", config::Purpose::plan, shipped);
      must(again.problems.empty());
      must(config::effective_text(again.configuration) == effective);
    }
  }
  tariff::Catalogue catalogue;
  std::vector<config::Problem> problems;
  config::add_contract_text(text, "fuzz.yaml", catalogue, problems);
  must(problems.empty() || catalogue.groups().empty());
  return 0;
}
