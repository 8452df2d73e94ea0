#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/config/problems.hpp"
#include "gridpilot/core/result.hpp"
#include "gridpilot/tariff/catalogue.hpp"

namespace gridpilot::config {

/// A file of contracts/ as it was when the program was built; the program needs none installed.
struct EmbeddedFile {
  std::string_view name;  ///< "distribution/tauron-2026.yaml"
  std::string_view text;
};
[[nodiscard]] std::span<const EmbeddedFile> embedded_contracts();

/// Reads one contract file (docs/tariffs.md states its form) into the catalogue: a distribution operator's groups, a
/// default seller's rates, or export terms. What is wrong is added to `problems`, and then nothing of it is kept.
void add_contract_text(std::string_view text, const std::string& file, tariff::Catalogue& catalogue,
                       std::vector<Problem>& problems);

/// The embedded contracts. That they are right is tested when the program is built.
[[nodiscard]] tariff::Catalogue shipped_catalogue();

/// Adds the owner's contracts: files, or folders whose *.yaml files are taken in order of name. A group in a later file
/// takes the place of an earlier one of the same name.
void add_contract_files(std::span<const std::filesystem::path> files, tariff::Catalogue& catalogue,
                        std::vector<Problem>& problems);

}  // namespace gridpilot::config
