#pragma once

#include <string>
#include <string_view>

#include "gridpilot/core/result.hpp"

namespace gridpilot::net {

/// The parts of an http or https URL that decide where a request goes.
struct Origin {
  std::string scheme;  ///< "http" or "https"
  std::string host;
  std::string port;  ///< with the scheme's own filled in
  [[nodiscard]] friend bool operator==(const Origin&, const Origin&) = default;
};

/// bad_input for a text that is no absolute http or https URL. The sentence never repeats user names or passwords.
[[nodiscard]] Result<Origin> origin_of(std::string_view url);
/// Whether a host, as origin_of() gives it, is this machine by its loopback address or as localhost.
[[nodiscard]] bool is_loopback(std::string_view host);
/// What a link found in the document at `base` points to; a relative one is taken from there. bad_input as above.
[[nodiscard]] Result<std::string> resolve_link(std::string_view base, std::string_view link);

}  // namespace gridpilot::net
