#include "gridpilot/core/json.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace gridpilot::json {
namespace {

struct Quarter {
  std::string start;
  double pv_kwh = 0.0;
  std::optional<double> price;
};

constexpr Fields quarter_fields{"start", "pv_kwh", "price"};

Result<std::vector<Quarter>> read_quarters(std::string_view text) {
  return decode(text, [](Reader& in) {
    std::vector<Quarter> all;
    const Seen outer = in.record(Fields{"slots"}, [&](std::size_t) {
      in.array([&] {
        Quarter& quarter = all.emplace_back();
        const Seen seen = in.record(quarter_fields, [&](std::size_t field) {
          switch (field) {
            case 0: quarter.start = in.string(); break;
            case 1: quarter.pv_kwh = in.number(); break;
            case 2: quarter.price = in.number_or_null(); break;
            default: break;
          }
        });
        in.require(quarter_fields, seen, 0, 2);
      });
    });
    in.require(Fields{"slots"}, outer);
    return all;
  });
}

TEST(JsonReader, ReadsRecordsInAnyOrderWithBlanks) {
  const auto quarters = read_quarters(
      R"({"slots":[{"start":"a","pv_kwh":0.25,"price":1e-1}, { "price" : null , "pv_kwh":-3 ,"start" :"b\u0105" } ]} )");
  ASSERT_TRUE(quarters) << quarters.error().message;
  ASSERT_EQ(quarters->size(), 2);
  EXPECT_EQ((*quarters)[0].start, "a");
  EXPECT_EQ((*quarters)[0].pv_kwh, 0.25);
  EXPECT_EQ((*quarters)[0].price, 0.1);
  EXPECT_EQ((*quarters)[1].start, "b\xc4\x85");
  EXPECT_EQ((*quarters)[1].pv_kwh, -3.0);
  EXPECT_EQ((*quarters)[1].price, std::nullopt);
}

struct Complaint {
  const char* text;
  const char* sentence;
};

class JsonComplaints : public testing::TestWithParam<Complaint> {};

TEST_P(JsonComplaints, NamePathAndReason) {
  const auto quarters = read_quarters(GetParam().text);
  ASSERT_FALSE(quarters);
  EXPECT_EQ(quarters.error().code, ErrorCode::malformed);
  EXPECT_EQ(quarters.error().message, GetParam().sentence);
}

INSTANTIATE_TEST_SUITE_P(
    Of, JsonComplaints,
    testing::Values(
        Complaint{"", "the text ends where a value should stand (line 1, column 1)"},
        Complaint{"[]", "expected an object, found an array (line 1, column 1)"},
        Complaint{"{}", "field 'slots' is missing (line 1, column 3)"},
        Complaint{"{\"slots\":[{\n\"pv_kwh\":null}]}",
                  "slots[0].pv_kwh: expected a number, found null (line 2, column 10)"},
        Complaint{R"({"slots":[{"start":"a"}]})", "slots[0]: field 'pv_kwh' is missing (line 1, column 24)"},
        Complaint{R"({"slots":[{"start":"a","pv_kw":1}]})",
                  "slots[0]: unknown field 'pv_kw', did you mean 'pv_kwh'? (line 1, column 32)"},
        Complaint{R"({"slots":[{"start":"a","start":"a"}]})",
                  "slots[0]: field 'start' comes twice (line 1, column 32)"},
        Complaint{R"({"slots":[{"start":"a","pv_kwh":"1"}]})",
                  "slots[0].pv_kwh: expected a number, found a string (line 1, column 33)"},
        Complaint{R"({"slots":[{"start":"a","pv_kwh":NaN}]})",
                  "slots[0].pv_kwh: this is not a JSON value (line 1, column 33)"},
        Complaint{R"({"slots":[{"start":"a","pv_kwh":01}]})",
                  "slots[0].pv_kwh: not a number: leading zero (line 1, column 33)"},
        Complaint{R"({"slots":[{"start":"a","pv_kwh":1e999}]})",
                  "slots[0].pv_kwh: number out of range (line 1, column 38)"},
        Complaint{R"({"slots":[{"start":"a","pv_kwh":1},]})", "slots[1]: this is not a JSON value (line 1, column 36)"},
        Complaint{R"({"slots":[{"start":"a)", "slots[0].start: the text ends inside a string (line 1, column 20)"},
        Complaint{R"({"slots":[]}})", "text after the end of the document (line 1, column 13)"},
        Complaint{R"({"slots":[)", "slots[0]: the text ends where a value should stand (line 1, column 11)"}));

TEST(JsonDocument, GivesMembersInAnyOrderAndTellsNullFromAbsent) {
  const auto document = Document::parse(R"({"a":{"b":[1,2.5,"x",true]},"n":null})");
  ASSERT_TRUE(document) << document.error().message;
  const Value root = document->root();
  EXPECT_TRUE(root.find("n")->is_null());
  EXPECT_FALSE(root.find("m"));
  EXPECT_EQ(root.optional_number("n").value(), std::nullopt);
  const Value list = root.object("a")->array("b").value();
  std::vector<std::string> paths;
  for (const Value element : list) paths.push_back(element.path());
  EXPECT_EQ(paths, (std::vector<std::string>{"a.b[0]", "a.b[1]", "a.b[2]", "a.b[3]"}));
  EXPECT_EQ(root.number("n").error().message, "n: expected a number, found null");
  EXPECT_EQ(root.number("m").error().message, "field 'm' is missing");
  EXPECT_EQ(root.only({"a", "m"}).error().message, "unknown field 'n'");
  EXPECT_TRUE(root.only({"a", "n"}));
}

TEST(JsonWriter, WritesWhatReadsBack) {
  std::string out;
  Writer(out)
      .begin_object()
      .member("power_w", 1500.0)
      .member("grid_v", 230.1F)
      .member("reason",
              "ta\xc5\x84szy \"pr\xc4\x85"
              "d\"\n")
      .member("count", 7U)
      .member("done", true)
      .member("absent", std::optional<double>())
      .member("not_a_number", std::nan(""))
      .key("price")
      .decimal(-41234, 2)
      .key("list")
      .begin_array()
      .value(-0.1)
      .value(1e300)
      .begin_object()
      .end_object()
      .end_array()
      .end_object();
  EXPECT_EQ(out,
            "{\"power_w\":1500,\"grid_v\":230.1,\"reason\":\"ta\xc5\x84szy \\\"pr\xc4\x85"
            "d\\\"\\n\",\"count\":7,\"done\":true,"
            "\"absent\":null,\"not_a_number\":null,\"price\":-412.34,\"list\":[-0.1,1e+300,{}]}");
  EXPECT_EQ(compact(pretty(out).value()).value(), out);
}

TEST(JsonWriter, WritesATextThatPointsNowhere) {
  std::string out;
  json::Writer(out).value(std::string_view());
  EXPECT_EQ(out, R"("")");
}

}  // namespace
}  // namespace gridpilot::json
