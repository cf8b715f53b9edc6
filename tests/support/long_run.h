#pragma once

#include <cstdlib>

namespace seatkeeper::test {

/// How many random cases a property test tries: `usual`, or ten times that where the environment
/// says SEATKEEPER_TEST_LONG=1, or as many times as it says.
inline int RandomCases(int usual) {
  const char* text = std::getenv("SEATKEEPER_TEST_LONG");
  if (text == nullptr || *text == '\0') return usual;
  const int times = std::atoi(text);
  return usual * (times > 1 ? times : 10);
}

}  // namespace seatkeeper::test
