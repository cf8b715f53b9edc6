#include "daemon/exit_code.h"

#include <gtest/gtest.h>

namespace seatkeeper {
namespace {

TEST(ExitCode, FollowsTheKindOfError) {
  EXPECT_EQ(ExitCodeOf(ErrorKind::kUsage), ExitCode{64});
  EXPECT_EQ(ExitCodeOf(ErrorKind::kInvalid), ExitCode{65});
  EXPECT_EQ(ExitCodeOf(ErrorKind::kUnreachable), ExitCode{69});
  EXPECT_EQ(ExitCodeOf(ErrorKind::kThrottled), ExitCode{69});
  EXPECT_EQ(ExitCodeOf(ErrorKind::kIncomplete), ExitCode{69});
  EXPECT_EQ(ExitCodeOf(ErrorKind::kPermission), ExitCode{77});
  for (const auto kind :
       {ErrorKind::kNotFound, ErrorKind::kRejected, ErrorKind::kConflict, ErrorKind::kStore,
        ErrorKind::kIo, ErrorKind::kCancelled, ErrorKind::kInternal}) {
    EXPECT_EQ(ExitCodeOf(kind), ExitCode{1});
  }
}

TEST(ExitCode, TheWorseOfTwoWins) {
  const ExitCode order[] = {ExitCode::kOk, ExitCode::kChanges, ExitCode::kHeld, ExitCode::kFailed,
                            ExitCode::kUnreachable};
  for (std::size_t worse = 0; worse < std::size(order); ++worse) {
    for (std::size_t better = 0; better <= worse; ++better) {
      EXPECT_EQ(Combine(order[better], order[worse]), order[worse]);
      EXPECT_EQ(Combine(order[worse], order[better]), order[worse]);
    }
  }
}

TEST(ExitCode, OfTwoErrorsTheFirstCounts) {
  EXPECT_EQ(Combine(ExitCode::kNoPermission, ExitCode::kUnreachable), ExitCode::kNoPermission);
  EXPECT_EQ(Combine(ExitCode::kError, ExitCode::kInvalid), ExitCode::kError);
}

}  // namespace
}  // namespace seatkeeper
