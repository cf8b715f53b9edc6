#pragma once

#include <cstdlib>

namespace seatkeeper::test {

/// How many random cases a property test tries: `usual`, or ten times that where the environment
/// says SEATKEEPER_TEST_LONG.
inline int RandomCases(int usual) {
  const char* text = std::getenv("SEATKEEPER_TEST_LONG");
  return text == nullptr || *text == '\0' ? usual : usual * 10;
}

}  // namespace seatkeeper::test
