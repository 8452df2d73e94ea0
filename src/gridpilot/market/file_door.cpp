#include "gridpilot/market/file_door.hpp"

#include <filesystem>
#include <utility>

#include "gridpilot/net/run_on.hpp"
#include "gridpilot/os/file.hpp"

namespace gridpilot::market {
namespace {

constexpr std::string_view scheme = "file://";

}  // namespace

bool FileDoor::leads_to_file(std::string_view url) {
  return url.starts_with(scheme);
}

net::Awaitable<Result<net::Document>> FileDoor::fetch(net::DocumentRequest request) {
  if (!leads_to_file(request.url)) co_return failure(ErrorCode::bad_input, "not the address of a file");
  const std::filesystem::path path = request.url.substr(scheme.size());
  auto text = co_await net::run_on(
      blocking_, [path, most = request.max_body_bytes] { return os::read_file_unpacked(path, most); });
  if (!text && text.error().code == ErrorCode::not_found)
    co_return failure(ErrorCode::not_published, std::move(text.error().message));
  if (!text) co_return std::move(text).failed();
  if (request.check) {
    if (auto good = request.check(*text); !good) co_return std::unexpected(std::move(good.error()).in(path.string()));
  }
  const Instant now = clock_.now();
  co_return net::Document{.body = std::move(*text), .content_type = {}, .received_at = now, .confirmed_at = now};
}

}  // namespace gridpilot::market
