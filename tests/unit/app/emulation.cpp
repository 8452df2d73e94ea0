#include "gridpilot/app/commands/emulation.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "gridpilot/app/commands/emulate_goodwe.hpp"
#include "gridpilot/app/commands/emulate_market.hpp"

namespace gridpilot::app {
namespace {

struct Said {
  ExitCode code;
  std::string notices;
};

Said after_goodwe(const EmulateGoodweOptions& options) {
  std::ostringstream out;
  std::ostringstream notices;
  const ExitCode code = emulate_goodwe(options, {out, notices});
  EXPECT_TRUE(out.str().empty());
  return {code, notices.str()};
}

Said after_market(const EmulateMarketOptions& options) {
  std::ostringstream out;
  std::ostringstream notices;
  const ExitCode code = emulate_market(options, {out, notices});
  return {code, notices.str()};
}

TEST(ListenAddress, IsAnAddressAndAPort) {
  EXPECT_EQ(parse_listen_address("127.0.0.1:8899")->port, 8899);
  EXPECT_EQ(parse_listen_address("[::1]:0")->address, "::1");
  for (const char* wrong : {"", "8899", "127.0.0.1", "127.0.0.1:", "127.0.0.1:70000", ":8899", "127.0.0.1:x"})
    EXPECT_FALSE(parse_listen_address(wrong)) << wrong;
}

TEST(EmulateGoodwe, NamesTheOptionThatIsWrongAndWhatIsAllowed) {
  struct Row {
    EmulateGoodweOptions options;
    const char* said;
  };
  for (const Row& row :
       {Row{{.family = "XS"}, "--family 'XS': allowed: ET"}, Row{{.profile = "et-v3"}, "allowed: et-v1, et-v2, et-745"},
        Row{{.family = "DT", .profile = "et-v2"}, "--profile of DT 'et-v2': allowed: dt, dt-1ph"},
        Row{{.family = "ES", .transport = "tcp"}, "--transport of ES 'tcp': allowed: udp"},
        Row{{.transport = "rtu"}, "--transport of ET 'rtu': allowed: udp, tcp"},
        Row{{.count = 0}, "--count: expected a number from 1 to 2000"},
        Row{{.listen = "127.0.0.1:65535", .count = 2}, "--count: there are no ports beyond 65535"},
        Row{{.listen = "inverter:8899"}, "'inverter' is no numeric address"},
        Row{{.listen = "8899"}, "--listen '8899'"}, Row{{.serial = "1"}, "serial number '1'"},
        Row{{.speed = 0}, "--speed"}, Row{{.faults = "los=1"}, "did you mean 'loss'?"},
        Row{{.start = "noon"}, "--start 'noon'"}, Row{{.initial_soc_percent = 101}, "--soc"},
        Row{{.time_zone = "Europe/Krakow"}, "--zone"}}) {
    const Said said = after_goodwe(row.options);
    EXPECT_EQ(said.code, ExitCode::bad_input) << row.said;
    EXPECT_NE(said.notices.find(row.said), std::string::npos) << said.notices;
  }
}

TEST(EmulateMarket, NamesTheOptionThatIsWrongAndWhatIsAllowed) {
  for (const auto& [options, text] :
       {std::pair{EmulateMarketOptions{.prices = "/nonexistent/prices.csv"}, "/nonexistent/prices.csv"},
        std::pair{EmulateMarketOptions{.faults = "torm=1"}, "did you mean 'torn'?"},
        std::pair{EmulateMarketOptions{.speed = -1}, "--speed"}}) {
    const Said said = after_market(options);
    EXPECT_EQ(said.code, ExitCode::bad_input) << text;
    EXPECT_NE(said.notices.find(text), std::string::npos) << said.notices;
  }
}

}  // namespace
}  // namespace gridpilot::app
