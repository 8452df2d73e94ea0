#include "gridpilot/sim/control_socket.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

namespace gridpilot::sim {
namespace {

using namespace std::chrono_literals;
using net::asio::local::stream_protocol;

std::string fresh_path() {
  const auto folder = std::filesystem::path(testing::TempDir());
  return (folder / ("gridpilot_control_" + std::to_string(::getpid()) + ".sock")).string();
}

std::string echoed(std::string_view line) {
  return "<" + std::string(line) + ">";
}

/// Sends text, and runs the loop until so many lines have come back.
std::string converse(net::asio::io_context& io, const std::string& path, const std::string& text, int lines) {
  stream_protocol::socket client(io);
  client.connect(stream_protocol::endpoint(path));
  net::asio::write(client, net::asio::buffer(text));
  std::string all;
  for (int i = 0; i < lines; ++i) {
    std::string line;
    bool done = false;
    net::asio::async_read_until(client, net::asio::dynamic_buffer(all), '\n',
                                [&](const boost::system::error_code&, std::size_t size) {
                                  line = all.substr(0, size);
                                  all.erase(0, size);
                                  done = true;
                                });
    io.restart();
    while (!done && io.run_one_for(2s) > 0) {
    }
    if (!done) return "nothing came";
    if (i + 1 == lines) return line;
  }
  return {};
}

TEST(ControlSocket, AnswersEachLineByALine) {
  net::asio::io_context io;
  const std::string path = fresh_path();
  const auto socket = ControlSocket::create(io, path, echoed).value();
  EXPECT_EQ(converse(io, path, "one\n", 1), "<one>\n");
  EXPECT_EQ(converse(io, path, "one\ntwo\n", 2), "<two>\n");
}

TEST(ControlSocket, ReplacesAFileThatNobodyListensOnAndRemovesItsOwn) {
  net::asio::io_context io;
  const std::string path = fresh_path();
  {
    stream_protocol::acceptor left_behind(io, stream_protocol::endpoint(path));
  }
  ASSERT_TRUE(std::filesystem::exists(path));
  {
    const auto socket = ControlSocket::create(io, path, echoed);
    ASSERT_TRUE(socket) << socket.error().message;
    EXPECT_EQ(ControlSocket::create(io, path, echoed).error().code, ErrorCode::busy);
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(ControlSocket, NamesAPathThatCannotBe) {
  net::asio::io_context io;
  const auto socket = ControlSocket::create(io, "/nonexistent/control.sock", echoed);
  ASSERT_FALSE(socket);
  EXPECT_NE(socket.error().message.find("/nonexistent/control.sock"), std::string::npos);
}

}  // namespace
}  // namespace gridpilot::sim
