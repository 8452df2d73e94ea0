#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/core/result.hpp"
#include "gridpilot/net/http_server.hpp"

namespace gridpilot::api {

/// A file as the build embedded it (web/dist, compressed): static memory.
struct EmbeddedFile {
  std::string_view path;  ///< "/page.js"; the page itself is "/"
  std::string_view content_type;
  std::string_view gzip;
};

/// The page and its files, ready to be sent.
class Page {
 public:
  struct File {
    EmbeddedFile embedded;
    std::string identity;  ///< unpacked, for clients that do not take gzip
    std::string etag;      ///< quoted; from the checksum and length that gzip keeps of the content
  };

  Page();
  /// null where the page has no such file.
  [[nodiscard]] const File* find(std::string_view path) const;
  /// The file, or 304 where the client has it already. Clients ask again each time, so that a new program shows its new
  /// page. The page must outlive the reply.
  [[nodiscard]] static net::HttpReply reply(const File& file, const net::HttpQuery& query);

 private:
  std::vector<File> files_;
};

/// malformed where the bytes are no gzip stream, or end early.
[[nodiscard]] Result<std::string> gunzip(std::string_view gzip);

/// Whether an If-None-Match header names this quoted tag, compared weakly (RFC 9110, 13.1.2).
[[nodiscard]] bool names_tag(std::string_view if_none_match, std::string_view etag);

}  // namespace gridpilot::api
