// Any text: the reader accepts exactly what simdjson's validating parser accepts, and what it accepts survives being
// read as a tree, written pretty and written compact.
#include <simdjson.h>

#include <cstdlib>
#include <string>

#include "gridpilot/core/json.hpp"

namespace {

using namespace gridpilot;

void demand(bool holds) {
  if (!holds) std::abort();
}

/// Our rules are narrower than simdjson's in a few things, by intent: repeated names, nesting, numbers past a double.
bool refused_by_intent(const Error& error) {
  for (const char* reason : {"comes twice", "nested deeper", "out of range"})
    if (error.message.find(reason) != std::string::npos) return true;
  return false;
}

void read_all(json::Value value) {
  static_cast<void>(value.number());
  static_cast<void>(value.integer());
  static_cast<void>(value.fixed(6));
  static_cast<void>(value.string());
  static_cast<void>(value.boolean());
  static_cast<void>(value.path());
  for (const json::Value child : value) read_all(child);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto document = json::Document::parse(text);
  simdjson::dom::parser parser;
  const simdjson::error_code foreign = parser.parse(text).error();
  if (document) {
    // simdjson looks at numbers when it parses; we look at them when they are asked for.
    demand(foreign == simdjson::SUCCESS || foreign == simdjson::NUMBER_ERROR);
    read_all(document->root());
    const auto pretty = json::pretty(text);
    demand(pretty.has_value());
    const auto compact = json::compact(text);
    demand(compact.has_value());
    demand(json::compact(*pretty).value() == *compact);
  } else {
    demand(foreign != simdjson::SUCCESS || refused_by_intent(document.error()));
  }
  return 0;
}
