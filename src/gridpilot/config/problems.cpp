#include "gridpilot/config/problems.hpp"

namespace gridpilot::config {

std::string to_text(const Problem& problem) {
  std::string text = problem.file;
  if (problem.line > 0) text += ":" + std::to_string(problem.line);
  if (!problem.key.empty()) text += ": " + problem.key;
  text += ": " + problem.reason;
  if (!problem.nearest.empty()) text += "; did you mean '" + problem.nearest + "'?";
  if (!problem.allowed.empty()) {
    text += problem.nearest.empty() ? "; allowed: " : " Allowed: ";
    for (std::size_t i = 0; i < problem.allowed.size(); ++i) text += (i == 0 ? "" : ", ") + problem.allowed[i];
  }
  return text;
}

std::string to_text(std::span<const Problem> problems) {
  std::string text;
  for (const Problem& problem : problems) text += to_text(problem) + "\n";
  return text;
}

}  // namespace gridpilot::config
