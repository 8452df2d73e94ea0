#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace gridpilot::test {

/// A recorded document of the folder that GRIDPILOT_DATA names; empty where it names none, or there is none.
inline std::string sample(const std::string& name) {
  const char* const data = std::getenv("GRIDPILOT_DATA");
  if (data == nullptr) return {};
  std::ifstream file(std::filesystem::path(data) / "data/api_samples" / name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A test over recorded documents.
class RecordedDocuments : public testing::Test {
 protected:
  void SetUp() override {
    if (std::getenv("GRIDPILOT_DATA") == nullptr)
      GTEST_SKIP() << "GRIDPILOT_DATA does not name the folder of recorded documents";
  }
};

}  // namespace gridpilot::test
