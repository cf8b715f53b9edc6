#include <gtest/gtest.h>

#include <set>

#include "reconciler/seams/http_transport.h"
#include "reconciler/seams/store.h"

namespace seatkeeper {
namespace {

TEST(ChangeState, EveryStateHasAWordOfItsOwnThatLeadsBack) {
  std::set<std::string_view> words;
  int open = 0;
  for (int i = 0; i <= static_cast<int>(ChangeState::kUnresolved); ++i) {
    const auto state = static_cast<ChangeState>(i);
    EXPECT_TRUE(words.insert(ToString(state)).second) << ToString(state);
    EXPECT_EQ(ParseChangeState(ToString(state)), state);
    if (IsOpen(state)) ++open;
  }
  EXPECT_EQ(open, 3);
  EXPECT_TRUE(IsOpen(ChangeState::kIntended));
  EXPECT_TRUE(IsOpen(ChangeState::kAccepted));
  EXPECT_TRUE(IsOpen(ChangeState::kAmbiguous));
}

TEST(ChangeState, OtherTextIsNone) {
  EXPECT_EQ(ParseChangeState(""), std::nullopt);
  EXPECT_EQ(ParseChangeState("Accepted"), std::nullopt);
  EXPECT_EQ(ParseChangeState("unknown"), std::nullopt);
}

TEST(HttpHeader, IsFoundInAnyLetterCaseAndTheFirstCounts) {
  const HttpHeaders headers{{"Retry-After", "3"}, {"retry-after", "9"}, {"Date", ""}};
  ASSERT_NE(FindHeader(headers, "RETRY-AFTER"), nullptr);
  EXPECT_EQ(*FindHeader(headers, "RETRY-AFTER"), "3");
  ASSERT_NE(FindHeader(headers, "date"), nullptr);
  EXPECT_EQ(FindHeader(headers, "Retry"), nullptr);
  EXPECT_EQ(FindHeader({}, "Date"), nullptr);
}

}  // namespace
}  // namespace seatkeeper
