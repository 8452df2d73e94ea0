#include "gridpilot/sim/control_socket.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdio>
#include <set>

namespace gridpilot::sim {
namespace {

namespace asio = net::asio;
using asio::local::stream_protocol;

constexpr std::size_t longest_line = 65536;
constexpr std::size_t longest_path = sizeof(sockaddr_un::sun_path);
constexpr std::size_t most_connections = 8;

}  // namespace

class ControlSocket::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(asio::io_context& io, std::string path, Answer answer)
      : acceptor_(io), path_(std::move(path)), answer_(std::move(answer)) {}

  /// The socket appears under its name when it answers: who waits for the name need not wait any longer.
  Result<void> listen() {
    const std::string unfinished = path_ + ".new";
    if (unfinished.size() >= longest_path)
      return failure(ErrorCode::io_failure, "socket '" + path_ + "': the path is too long");
    boost::system::error_code wrong;
    const stream_protocol::endpoint endpoint(path_);
    stream_protocol::socket probe(acceptor_.get_executor());
    wrong = probe.connect(endpoint, wrong);
    if (!wrong) return failure(ErrorCode::busy, "socket '" + path_ + "' is in use");
    if (wrong == asio::error::connection_refused) ::unlink(path_.c_str());
    const auto last_error = [] { return boost::system::error_code(errno, boost::system::system_category()); };
    ::unlink(unfinished.c_str());
    wrong = acceptor_.open(endpoint.protocol(), wrong);
    if (!wrong) wrong = acceptor_.bind(stream_protocol::endpoint(unfinished), wrong);
    if (!wrong && ::chmod(unfinished.c_str(), S_IRUSR | S_IWUSR) != 0) wrong = last_error();
    if (!wrong) wrong = acceptor_.listen(4, wrong);
    if (!wrong && ::rename(unfinished.c_str(), path_.c_str()) != 0) wrong = last_error();
    if (wrong) ::unlink(unfinished.c_str());
    if (wrong) return failure(ErrorCode::io_failure, "socket '" + path_ + "': " + wrong.message());
    return {};
  }

  void accept() {
    acceptor_.async_accept(
        [self = shared_from_this()](const boost::system::error_code& ended, stream_protocol::socket socket) {
          if (ended || !self->acceptor_.is_open()) return;
          if (self->connections_.size() < most_connections) {
            const auto connection = std::make_shared<Connection>(std::move(socket));
            self->connections_.insert(connection);
            self->read(connection);
          }
          self->accept();
        });
  }

  void close() {
    boost::system::error_code ignored;
    ignored = acceptor_.close(ignored);
    for (const auto& connection : connections_) ignored = connection->socket.close(ignored);
    ::unlink(path_.c_str());
  }

 private:
  struct Connection {
    explicit Connection(stream_protocol::socket s) : socket(std::move(s)) {}
    stream_protocol::socket socket;
    std::string incoming;
    std::string outgoing;
  };

  /// A control connection stays open as long as its owner likes: there is no deadline on a local socket of one's own.
  void read(const std::shared_ptr<Connection>& connection) {
    asio::async_read_until(
        connection->socket, asio::dynamic_buffer(connection->incoming, longest_line), '\n',
        [self = shared_from_this(), connection](const boost::system::error_code& ended, std::size_t size) {
          if (ended || !self->acceptor_.is_open()) {
            self->connections_.erase(connection);
            return;
          }
          self->answer_line(connection, size);
        });
  }

  void answer_line(const std::shared_ptr<Connection>& connection, std::size_t size) {
    connection->outgoing = answer_(std::string_view(connection->incoming).substr(0, size - 1)) + "\n";
    connection->incoming.erase(0, size);
    asio::async_write(connection->socket, asio::buffer(connection->outgoing),
                      [self = shared_from_this(), connection](const boost::system::error_code& ended, std::size_t) {
                        if (ended || !self->acceptor_.is_open()) {
                          self->connections_.erase(connection);
                          return;
                        }
                        self->read(connection);
                      });
  }

  stream_protocol::acceptor acceptor_;
  std::string path_;
  Answer answer_;
  std::set<std::shared_ptr<Connection>> connections_;
};

Result<std::unique_ptr<ControlSocket>> ControlSocket::create(asio::io_context& io, std::string path, Answer answer) {
  auto core = std::make_shared<Core>(io, std::move(path), std::move(answer));
  if (auto listening = core->listen(); !listening) return std::move(listening).failed();
  core->accept();
  return std::unique_ptr<ControlSocket>(new ControlSocket(std::move(core)));
}

ControlSocket::ControlSocket(std::shared_ptr<Core> core) : core_(std::move(core)) {}

ControlSocket::~ControlSocket() {
  core_->close();
}

}  // namespace gridpilot::sim
