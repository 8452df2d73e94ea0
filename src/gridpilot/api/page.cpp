#include "gridpilot/api/page.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <utility>

#include "gridpilot/api/page_files.hpp"
#include "gridpilot/core/verify.hpp"

namespace gridpilot::api {
namespace {

/// CRC-32 and length stand in gzip's last eight bytes (RFC 1952, 2.3.1).
std::string tag_of(std::string_view gzip) {
  static constexpr std::string_view hex = "0123456789abcdef";
  std::string tag = "\"";
  for (const char c : gzip.substr(gzip.size() - 8)) {
    const auto byte = static_cast<unsigned char>(c);
    tag.push_back(hex[byte >> 4]);
    tag.push_back(hex[byte & 15]);
  }
  tag.push_back('"');
  return tag;
}

}  // namespace

Result<std::string> gunzip(std::string_view gzip) {
  z_stream stream{};
  constexpr int gzip_wrapper = 16 + MAX_WBITS;
  if (inflateInit2(&stream, gzip_wrapper) != Z_OK) return failure(ErrorCode::bug, "zlib does not start");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzip.data()));
  stream.avail_in = static_cast<uInt>(gzip.size());
  std::string text;
  std::array<char, 16384> part{};
  int state = Z_OK;
  while (state == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(part.data());
    stream.avail_out = static_cast<uInt>(part.size());
    state = inflate(&stream, Z_NO_FLUSH);
    text.append(part.data(), part.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (state != Z_STREAM_END) return failure(ErrorCode::malformed, "the gzip stream is torn");
  return text;
}

bool names_tag(std::string_view if_none_match, std::string_view etag) {
  while (!if_none_match.empty()) {
    const std::size_t comma = if_none_match.find(',');
    std::string_view one = if_none_match.substr(0, comma);
    if_none_match = comma == std::string_view::npos ? std::string_view() : if_none_match.substr(comma + 1);
    while (one.starts_with(' ') || one.starts_with('\t')) one.remove_prefix(1);
    while (one.ends_with(' ') || one.ends_with('\t')) one.remove_suffix(1);
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == "*" || one == etag) return true;
  }
  return false;
}

Page::Page() {
  for (const EmbeddedFile& embedded : embedded_page_files()) {
    auto identity = gunzip(embedded.gzip);
    GRIDPILOT_VERIFY(identity.has_value());  // the build made it
    files_.push_back({.embedded = embedded, .identity = std::move(*identity), .etag = tag_of(embedded.gzip)});
  }
}

const Page::File* Page::find(std::string_view path) const {
  const auto found = std::ranges::find(files_, path, [](const File& file) { return file.embedded.path; });
  return found == files_.end() ? nullptr : &*found;
}

net::HttpReply Page::reply(const File& file, const net::HttpQuery& query) {
  net::HttpReply reply{
      .content_type = std::string(file.embedded.content_type),
      .body = net::HttpBody::borrowed(file.identity),
      .gzip_body = net::HttpBody::borrowed(file.embedded.gzip),
      .headers = {{.name = "ETag", .value = "W/" + file.etag}, {.name = "Cache-Control", .value = "no-cache"}}};
  if (names_tag(query.header("if-none-match").value_or(""), file.etag)) reply.status = 304;
  return reply;
}

}  // namespace gridpilot::api
