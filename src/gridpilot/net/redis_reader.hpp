#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gridpilot/core/result.hpp"

struct redisReader;  // NOLINT(readability-identifier-naming): hiredis' name

namespace gridpilot::net {

/// An answer of Redis: text, whole number, nothing, or an error. Lists are not among what is asked for here.
struct RedisReply {
  enum class Kind { text, number, nothing, error };
  Kind kind = Kind::nothing;
  std::string text;  ///< of text and error
};

/// Takes answers out of a stream of bytes (RESP2, by hiredis) without trusting it: not more than `max_bytes` are held,
/// and lists are refused before memory is taken for them.
class RedisReader {
 public:
  explicit RedisReader(std::size_t max_bytes);
  ~RedisReader();
  RedisReader(const RedisReader&) = delete;
  RedisReader& operator=(const RedisReader&) = delete;

  /// Bytes as they came. too_large past the limit. After a failure nothing more can be read.
  [[nodiscard]] Result<void> feed(std::span<const char> bytes);
  /// The next whole answer; absent where there is none yet. malformed for what is not Redis' language.
  [[nodiscard]] Result<std::optional<RedisReply>> next();

 private:
  struct Free {
    void operator()(redisReader* reader) const;
  };
  std::size_t max_bytes_;
  std::unique_ptr<redisReader, Free> reader_;
};

/// A command as it goes over the wire.
[[nodiscard]] std::string redis_command(std::span<const std::string_view> words);

}  // namespace gridpilot::net
