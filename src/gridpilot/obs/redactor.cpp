#include "gridpilot/obs/redactor.hpp"

#include <algorithm>

#include "gridpilot/core/text.hpp"

namespace gridpilot::obs {

void Redactor::add_secret(std::string_view secret) {
  if (secret.empty()) return;
  add(std::string(secret));
  add(percent_encoded(secret));
}

void Redactor::add(std::string secret) {
  if (std::ranges::find(secrets_, secret) != secrets_.end()) return;
  // A secret that contains another must be found before the inner one is masked away.
  const auto place = std::ranges::find_if(secrets_, [&](const std::string& s) { return s.size() < secret.size(); });
  secrets_.insert(place, std::move(secret));
}

std::string Redactor::masked(std::string_view text) const {
  std::string result(text);
  for (const std::string& secret : secrets_)
    for (std::size_t at = result.find(secret); at != std::string::npos; at = result.find(secret, at + mask.size()))
      result.replace(at, secret.size(), mask);
  return result;
}

}  // namespace gridpilot::obs
