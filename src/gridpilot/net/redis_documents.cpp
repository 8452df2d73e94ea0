#include "gridpilot/net/redis_documents.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <deque>
#include <initializer_list>
#include <utility>
#include <variant>

#include "gridpilot/net/redis_reader.hpp"

namespace gridpilot::net {

namespace {

using Tcp = asio::ip::tcp;

constexpr int late_answers_to_drop = 3;
constexpr std::size_t most_pending = 64;
/// Others find a document for so long behind the time for which it counts as fresh.
constexpr Seconds least_expiry{1};

std::string name_of_document(const std::string& source, const std::string& key) {
  return "gridpilot:1:" + source + ":" + key;
}

}  // namespace

/// One connection: what waits to be sent, and who waits for an answer. Answers come in the order of the questions.
class RedisDocuments::Session : public std::enable_shared_from_this<Session> {
 public:
  /// Who waits for an answer; nobody any more where it came too late.
  struct Question {
    explicit Question(const asio::any_io_executor& executor) : answered(executor) {}
    asio::steady_timer answered;
    std::optional<RedisReply> reply;
  };

  Session(const asio::any_io_executor& executor, std::size_t max_bytes)
      : socket(executor), reader_(max_bytes), max_bytes_(max_bytes), something_to_send_(executor) {
    something_to_send_.expires_at(asio::steady_timer::time_point::max());
  }

  /// Null where there is no room.
  std::shared_ptr<Question> ask(std::initializer_list<std::string_view> words, SteadyDuration within) {
    std::string command = redis_command(std::span(words.begin(), words.size()));
    if (closed_ || pending_.size() >= most_pending || waiting_bytes_ + command.size() > max_bytes_) return nullptr;
    waiting_bytes_ += command.size();
    to_send_.push_back(std::move(command));
    something_to_send_.cancel();
    auto question = std::make_shared<Question>(socket.get_executor());
    question->answered.expires_after(within);
    pending_.push_back(question);
    return question;
  }

  [[nodiscard]] Awaitable<std::optional<RedisReply>> answer_to(std::shared_ptr<Question> question) {
    boost::system::error_code woken;
    if (!question->reply && !closed_)
      co_await question->answered.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    co_return std::move(question->reply);
  }

  [[nodiscard]] Awaitable<Result<void>> read() {
    boost::system::error_code error;
    while (true) {
      const std::size_t size =
          co_await socket.async_receive(asio::buffer(chunk_), asio::redirect_error(asio::use_awaitable, error));
      if (error) co_return failure(ErrorCode::connection_lost, "the connection ended: " + error.message());
      if (auto taken = reader_.feed(std::span(chunk_.data(), size)); !taken) co_return taken;
      if (auto given = give_answers(); !given) co_return given;
    }
  }

  [[nodiscard]] Awaitable<Result<void>> write() {
    while (true) {
      while (to_send_.empty()) {
        boost::system::error_code woken;
        co_await something_to_send_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
      }
      const std::string next = std::move(to_send_.front());
      to_send_.pop_front();
      boost::system::error_code error;
      co_await asio::async_write(socket, asio::buffer(next), asio::redirect_error(asio::use_awaitable, error));
      waiting_bytes_ -= next.size();
      if (error) co_return failure(ErrorCode::connection_lost, "the connection ended: " + error.message());
    }
  }

  /// Its answers come too late: better none than this one.
  void drop_as_slow() {
    is_slow_ = true;
    close();
  }
  [[nodiscard]] bool is_slow() const { return is_slow_; }

  /// Ends read() and write(), and everybody's waiting.
  void close() {
    closed_ = true;
    boost::system::error_code ignored;
    socket.close(ignored);
    something_to_send_.cancel();
    for (const auto& question : pending_) question->answered.cancel();
    pending_.clear();
  }

  Tcp::socket socket;

 private:
  [[nodiscard]] Result<void> give_answers() {
    while (true) {
      auto next = reader_.next();
      if (!next) return std::move(next).failed();
      std::optional<RedisReply> reply = std::move(*next);
      if (!reply) return {};
      if (pending_.empty()) return failure(ErrorCode::wrong_answer, "it answers what nobody asked");
      const auto question = std::move(pending_.front());
      pending_.pop_front();
      question->reply = std::move(reply);
      question->answered.cancel();
    }
  }

  std::array<char, std::size_t{16} * 1024> chunk_{};
  RedisReader reader_;
  std::size_t max_bytes_;
  std::size_t waiting_bytes_ = 0;
  std::deque<std::string> to_send_;
  std::deque<std::shared_ptr<Question>> pending_;
  asio::steady_timer something_to_send_;  ///< never expires
  bool closed_ = false;
  bool is_slow_ = false;
};

RedisDocuments::RedisDocuments(const asio::any_io_executor& executor, RedisOptions options, RandomSource random)
    : executor_(executor), options_(std::move(options)), random_(std::move(random)), first_attempt_(executor) {
  first_attempt_.expires_at(asio::steady_timer::time_point::max());
}

RedisDocuments::~RedisDocuments() = default;

Awaitable<void> RedisDocuments::run() {
  Retry retry(options_.reconnect, random_);
  asio::steady_timer pause(executor_);
  while (true) {
    const std::uint64_t connections = state_.connections;
    auto ended = co_await serve();
    state_.connected = false;
    session_.reset();
    first_attempt_ended_ = true;
    first_attempt_.cancel();
    if (!ended) {
      ++state_.failures;
      state_.last_error = Error(ended.error()).in("redis");
    }
    // One that is there and slow is not tried more and more often.
    if (state_.connections > connections && (ended || ended.error().code != ErrorCode::timeout)) retry.succeeded();
    pause.expires_after(retry.after_any());
    co_await pause.async_wait(asio::use_awaitable);
  }
}

Awaitable<Result<void>> RedisDocuments::serve() {
  using namespace asio::experimental::awaitable_operators;
  boost::system::error_code error;
  const auto address = asio::ip::make_address(options_.address, error);
  if (error) co_return failure(ErrorCode::bad_input, "'" + options_.address + "' is not a numeric address");
  const auto session = std::make_shared<Session>(executor_, options_.max_bytes);
  struct Close {
    Session& session;
    ~Close() { session.close(); }
  };
  const Close at_the_end{.session = *session};
  const Tcp::endpoint peer(address, options_.port);
  auto connected = co_await with_deadline(
      [](std::shared_ptr<Session> to, Tcp::endpoint where) -> Awaitable<Result<void>> {
        boost::system::error_code refused;
        co_await to->socket.async_connect(where, asio::redirect_error(asio::use_awaitable, refused));
        if (refused == asio::error::operation_aborted)
          co_return failure(ErrorCode::cancelled, "connecting was given up");
        if (refused) co_return failure(ErrorCode::unreachable, "no connection: " + refused.message());
        co_return Result<void>();
      }(session, peer),
      options_.connect_within, "connecting");
  if (!connected) co_return connected;
  session->socket.set_option(Tcp::no_delay(true), error);
  auto ended = co_await (session->read() || session->write() || greet(session));
  if (session->is_slow()) co_return failure(ErrorCode::timeout, "its answers come too late");
  co_return std::visit([](Result<void>& why) { return std::move(why); }, ended);
}

/// The first words, and then the connection is there for all until it is closed.
Awaitable<Result<void>> RedisDocuments::greet(std::shared_ptr<Session> session) {
  std::vector<std::shared_ptr<Session::Question>> words;
  if (!options_.password.empty()) {
    words.push_back(options_.user.empty()
                        ? session->ask({"AUTH", options_.password}, options_.connect_within)
                        : session->ask({"AUTH", options_.user, options_.password}, options_.connect_within));
  }
  words.push_back(session->ask({"PING"}, options_.connect_within));
  for (const auto& word : words) {
    const auto reply = co_await session->answer_to(word);
    if (!reply) co_return failure(ErrorCode::timeout, "it does not answer");
    if (reply->kind == RedisReply::Kind::error) co_return failure(ErrorCode::rejected, "it refuses: " + reply->text);
    if (reply->kind != RedisReply::Kind::text) co_return failure(ErrorCode::wrong_answer, "it speaks nonsense");
  }
  session_ = session;
  late_in_a_row_ = 0;
  state_.connected = true;
  ++state_.connections;
  state_.last_error.reset();
  first_attempt_ended_ = true;
  first_attempt_.cancel();
  // Stays until read() or write() end, or somebody closes the connection because it is slow.
  asio::steady_timer for_ever(executor_, asio::steady_timer::time_point::max());
  co_await for_ever.async_wait(asio::use_awaitable);
  co_return Result<void>();
}

Awaitable<std::optional<StoredDocument>> RedisDocuments::find(std::string source, std::string key) {
  const auto end = SteadyClock::now() + options_.answer_within;
  if (!first_attempt_ended_) {
    asio::steady_timer patience(executor_, end);
    boost::system::error_code woken;
    using namespace asio::experimental::awaitable_operators;
    co_await (patience.async_wait(asio::redirect_error(asio::use_awaitable, woken)) ||
              first_attempt_.async_wait(asio::redirect_error(asio::use_awaitable, woken)));
    // The time is waited for once.
    first_attempt_ended_ = true;
  }
  const auto session = session_;
  if (!session) co_return std::nullopt;
  const auto question = session->ask({"GET", name_of_document(source, key)}, end - SteadyClock::now());
  if (!question) co_return std::nullopt;
  const auto reply = co_await session->answer_to(question);
  if (!reply) {
    ++state_.late;
    if (++late_in_a_row_ >= late_answers_to_drop) session->drop_as_slow();
    co_return std::nullopt;
  }
  late_in_a_row_ = 0;
  auto stored = reply->kind == RedisReply::Kind::text ? read_document(reply->text)
                                                      : failure(ErrorCode::not_found, "nothing is kept");
  ++(stored ? state_.found : state_.not_found);
  if (!stored) co_return std::nullopt;
  co_return std::move(*stored);
}

void RedisDocuments::keep(const std::string& source, const std::string& key, const StoredDocument& stored,
                          Seconds for_so_long) {
  if (!session_) return;
  const std::string expiry = std::to_string(std::max(for_so_long, least_expiry).count());
  (void)session_->ask({"SET", name_of_document(source, key), write_document(stored), "EX", expiry},
                      options_.connect_within);
}

}  // namespace gridpilot::net
