#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <deque>
#include <set>
#include <vector>

#include "gridpilot/sim/goodwe_server.hpp"
#include "gridpilot/sim/request_stream.hpp"

namespace gridpilot::sim {
namespace {

namespace asio = net::asio;
using asio::ip::tcp;
using goodwe::Bytes;

// Dongles serve few clients and forget those that stay silent.
constexpr std::size_t most_connections = 16;
constexpr std::size_t most_waiting = 64;         ///< answers that a client has not taken yet
constexpr std::chrono::seconds accept_pause{1};  ///< after a connection that could not be taken
constexpr std::size_t garbage_growth = 512;
constexpr std::size_t most_garbage = 8192;

class TcpServer;

/// One client: requests in the order they come, however the stream cuts them.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, std::shared_ptr<TcpServer> server)
      : socket_(std::move(socket)),
        idle_(socket_.get_executor()),
        pause_(socket_.get_executor()),
        server_(std::move(server)) {}
  void start() { read(); }
  void close();
  /// After what is already on its way; `pause` before the first byte.
  void send(std::vector<std::uint8_t> bytes, std::chrono::milliseconds pause = {});

 private:
  void read();
  void take(std::size_t size);
  void write_next();
  void write_front();

  struct Part {
    std::vector<std::uint8_t> bytes;
    std::chrono::milliseconds pause;
  };
  tcp::socket socket_;
  asio::steady_timer idle_;
  asio::steady_timer pause_;
  std::shared_ptr<TcpServer> server_;
  std::array<std::uint8_t, 1024> chunk_{};
  RequestStream received_;
  std::deque<Part> outgoing_;
  std::size_t garbage_ = 0;  ///< grows with every request while the fault is on
  bool reads_ = false;       ///< a read is under way

  friend class TcpServer;
};

class TcpServer final : public GoodweServer {
 public:
  TcpServer(asio::io_context& io, const os::Clock& clock, std::unique_ptr<GoodweDevice> device, std::uint64_t seed,
            std::chrono::milliseconds longest_silence)
      : GoodweServer(clock, std::move(device), seed), acceptor_(io), pause_(io), longest_silence_(longest_silence) {}

  Result<void> listen(const std::string& address, std::uint16_t port) override {
    boost::system::error_code wrong;
    const auto numeric = asio::ip::make_address(address, wrong);
    if (wrong) return failure(ErrorCode::bad_input, "'" + address + "' is no numeric address");
    const tcp::endpoint endpoint(numeric, port);
    wrong = acceptor_.open(endpoint.protocol(), wrong);
    if (!wrong) wrong = acceptor_.set_option(tcp::acceptor::reuse_address(true), wrong);
    if (!wrong) wrong = acceptor_.bind(endpoint, wrong);
    if (!wrong) wrong = acceptor_.listen(tcp::acceptor::max_listen_connections, wrong);
    if (!wrong) accept();
    return listening(wrong, "TCP", address, port);
  }
  void close() override {
    boost::system::error_code ignored;
    ignored = acceptor_.close(ignored);
    pause_.cancel();
    for (const auto& connection : std::exchange(connections_, {})) connection->close();
  }
  [[nodiscard]] std::uint16_t port() const override { return acceptor_.local_endpoint().port(); }

  [[nodiscard]] std::chrono::milliseconds longest_silence() const { return longest_silence_; }
  void forget(const std::shared_ptr<Connection>& connection) { connections_.erase(connection); }

  void serve(Connection& connection, const Result<goodwe::ReceivedRequest>& received, Bytes request) {
    if (!arrives()) return;
    if (chance(faults_.close)) return connection.close();
    const auto frame = answer_of(received, request, goodwe::Framing::tcp);
    if (!frame || lost_on_the_way_back()) return;
    if (chance(faults_.second_client))
      if (const auto foreign = device_->answer_for_somebody_else(goodwe::Framing::tcp)) connection.send(copy(*foreign));
    const Outgoing out = distorted(*frame);
    std::vector<std::uint8_t> bytes = copy(out.view());
    if (chance(faults_.wrong_length)) bytes[5] = static_cast<std::uint8_t>(bytes[5] + 1);
    if (chance(faults_.growing_garbage)) {
      connection.garbage_ = std::min(connection.garbage_ + garbage_growth, most_garbage);
      bytes.resize(bytes.size() + connection.garbage_, 0xA5);
    }
    deliver(connection, std::move(bytes), chance(faults_.delay) ? faults_.delay_for : std::chrono::milliseconds(0));
  }

 private:
  [[nodiscard]] std::shared_ptr<TcpServer> self() { return std::static_pointer_cast<TcpServer>(shared_from_this()); }
  [[nodiscard]] static std::vector<std::uint8_t> copy(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

  void accept() {
    acceptor_.async_accept([self = self()](const boost::system::error_code& ended, tcp::socket socket) {
      if (!self->acceptor_.is_open()) return;
      if (!ended && self->connections_.size() < most_connections) {
        boost::system::error_code ignored;
        ignored = socket.set_option(tcp::no_delay(true), ignored);
        const auto connection = std::make_shared<Connection>(std::move(socket), self);
        self->connections_.insert(connection);
        connection->start();
      }
      if (ended) return self->accept_later();
      self->accept();
    });
  }

  /// No file descriptor is free, say: to ask again at once would keep the loop busy.
  void accept_later() {
    pause_.expires_after(accept_pause);
    pause_.async_wait([self = self()](const boost::system::error_code& ended) {
      if (!ended && self->acceptor_.is_open()) self->accept();
    });
  }

  void deliver(Connection& connection, std::vector<std::uint8_t> bytes, std::chrono::milliseconds pause) {
    const bool again = chance(faults_.duplicate);
    if (chance(faults_.fragment) && bytes.size() > 2) {
      const auto cut =
          static_cast<std::ptrdiff_t>(1 + static_cast<std::size_t>(draw() * static_cast<double>(bytes.size() - 1)));
      connection.send({bytes.begin(), bytes.begin() + cut}, pause);
      connection.send({bytes.begin() + cut, bytes.end()}, std::chrono::milliseconds(2));
    } else {
      connection.send(bytes, pause);
    }
    if (again) connection.send(std::move(bytes));
  }

  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  std::chrono::milliseconds longest_silence_;
  std::set<std::shared_ptr<Connection>> connections_;
};

void Connection::read() {
  // A client that sends and does not read waits until it does.
  if (reads_ || outgoing_.size() >= most_waiting || !socket_.is_open()) return;
  reads_ = true;
  idle_.expires_after(server_->longest_silence());
  idle_.async_wait([weak = weak_from_this()](const boost::system::error_code& ended) {
    const auto self = weak.lock();
    if (!ended && self) self->close();
  });
  socket_.async_read_some(asio::buffer(chunk_),
                          [self = shared_from_this()](const boost::system::error_code& ended, std::size_t size) {
                            self->reads_ = false;
                            if (ended) return self->close();
                            self->take(size);
                          });
}

void Connection::take(std::size_t size) {
  received_.append(Bytes(chunk_).first(size));
  for (;;) {
    const RequestStream::Next next = received_.next();
    if (next.state == RequestStream::Next::State::needs_more) break;
    if (next.state == RequestStream::Next::State::no_modbus) return close();
    server_->serve(*this, *next.received, next.frame);
    if (!socket_.is_open()) return;
    received_.drop(next.frame.size());
  }
  read();
}

void Connection::send(std::vector<std::uint8_t> bytes, std::chrono::milliseconds pause) {
  outgoing_.push_back({.bytes = std::move(bytes), .pause = pause});
  if (outgoing_.size() == 1) write_next();
}

void Connection::write_next() {
  if (outgoing_.front().pause.count() == 0) return write_front();
  pause_.expires_after(outgoing_.front().pause);
  pause_.async_wait([self = shared_from_this()](const boost::system::error_code& ended) {
    if (!ended && self->socket_.is_open()) self->write_front();
  });
}

void Connection::write_front() {
  asio::async_write(socket_, asio::buffer(outgoing_.front().bytes),
                    [self = shared_from_this()](const boost::system::error_code& ended, std::size_t) {
                      if (ended) return self->close();
                      self->outgoing_.pop_front();
                      if (!self->outgoing_.empty()) self->write_next();
                      self->read();
                    });
}

void Connection::close() {
  idle_.cancel();
  pause_.cancel();
  boost::system::error_code ignored;
  ignored = socket_.close(ignored);
  server_->forget(shared_from_this());
}

}  // namespace

std::shared_ptr<GoodweServer> make_tcp_server(asio::io_context& io, const os::Clock& clock,
                                              std::unique_ptr<GoodweDevice> device, std::uint64_t seed,
                                              std::chrono::milliseconds longest_silence) {
  return std::make_shared<TcpServer>(io, clock, std::move(device), seed, longest_silence);
}

}  // namespace gridpilot::sim
