#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace seatkeeper::test {

/// Compares `text` with the file `name` in tests/golden. SEATKEEPER_ACCEPT=1 in the environment
/// writes the file instead and marks the test skipped, so that accepting never looks like passing.
/// REQUIRES: the executable defines SEATKEEPER_GOLDEN_DIR.
inline void ExpectGolden(const std::string& name, const std::string& text) {
  const std::string path = std::string(SEATKEEPER_GOLDEN_DIR) + "/" + name;
  const char* accept = std::getenv("SEATKEEPER_ACCEPT");
  if (accept != nullptr && std::string(accept) == "1") {
    std::ofstream(path, std::ios::binary) << text;
    GTEST_SKIP() << "wrote " << path;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file) << path << " is missing; SEATKEEPER_ACCEPT=1 writes it";
  const std::string wanted{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(text, wanted) << path << " differs; SEATKEEPER_ACCEPT=1 accepts what is new";
}

}  // namespace seatkeeper::test
