#include "gridpilot/net/redis_reader.hpp"

#include <hiredis/hiredis.h>

#include <vector>

namespace gridpilot::net {

namespace {

struct FreeReply {
  void operator()(void* reply) const { freeReplyObject(reply); }
};

/// hiredis' own makers of replies, but for lists: their length is a number that the peer may choose.
redisReplyObjectFunctions functions_without_lists(const redisReplyObjectFunctions& own) {
  redisReplyObjectFunctions functions = own;
  functions.createArray = [](const redisReadTask*, auto) -> void* { return nullptr; };
  return functions;
}

}  // namespace

void RedisReader::Free::operator()(redisReader* reader) const {
  redisReaderFree(reader);
}

RedisReader::RedisReader(std::size_t max_bytes) : max_bytes_(max_bytes), reader_(redisReaderCreate()) {
  GRIDPILOT_VERIFY(reader_ != nullptr);
  static redisReplyObjectFunctions functions = functions_without_lists(*reader_->fn);
  reader_->fn = &functions;
}

RedisReader::~RedisReader() = default;

Result<void> RedisReader::feed(std::span<const char> bytes) {
  if (reader_->len + bytes.size() > max_bytes_)
    return failure(ErrorCode::too_large, "the answer is larger than " + std::to_string(max_bytes_) + " bytes");
  if (redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) != REDIS_OK)
    return failure(ErrorCode::malformed, std::string("not an answer of Redis: ") + reader_->errstr);
  return {};
}

Result<std::optional<RedisReply>> RedisReader::next() {
  void* raw = nullptr;
  if (redisReaderGetReply(reader_.get(), &raw) != REDIS_OK)
    return failure(ErrorCode::malformed, std::string("not an answer of Redis: ") + reader_->errstr);
  if (raw == nullptr) return std::optional<RedisReply>();
  const std::unique_ptr<void, FreeReply> owned(raw);
  const auto& reply = *static_cast<const redisReply*>(raw);
  RedisReply taken;
  switch (reply.type) {
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_ERROR:
      taken.kind = reply.type == REDIS_REPLY_ERROR ? RedisReply::Kind::error : RedisReply::Kind::text;
      taken.text.assign(reply.str, static_cast<std::size_t>(reply.len));
      break;
    case REDIS_REPLY_INTEGER: taken.kind = RedisReply::Kind::number; break;
    case REDIS_REPLY_NIL: break;
    default: return failure(ErrorCode::malformed, "not an answer that was asked for");
  }
  return std::optional(std::move(taken));
}

std::string redis_command(std::span<const std::string_view> words) {
  std::string command = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string_view word : words) {
    command += '$';
    command += std::to_string(word.size());
    command += "\r\n";
    command += word;
    command += "\r\n";
  }
  return command;
}

}  // namespace gridpilot::net
