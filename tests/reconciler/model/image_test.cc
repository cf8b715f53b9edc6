#include "reconciler/model/image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <random>
#include <string>

#include "reconciler/model/image_body.h"
#include "reconciler/model/merge.h"
#include "reconciler/plan/digest.h"
#include "tests/reconciler/model/every_column.h"
#include "tests/reconciler/model/same_reading.h"
#include "tests/support/long_run.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::kPeople;
using test::ReadEveryColumn;
using test::TestTenant;
using testing::HasSubstr;

constexpr WallTime kSince{std::chrono::milliseconds(1'795'000'000'000)};
constexpr auto kCursor = "a cursor";

TestTenant Contoso() {
  TestTenant tenant;
  tenant.products = {{.name = "E3"}, {.name = "E5", .plans = {"P1", "P2"}}};
  tenant.groups = {{.name = "g1", .members = {"ada", "cleo"}}};
  tenant.users = {
      {.name = "ada", .department = "Sales", .licenses = {{"E5", {"P1"}}, {"E3"}}},
      {.name = "bob", .licenses = {{"E5", {}, AssignmentSource::kGroup, "g1"}}},
      {.name = "bot", .type = "#microsoft.graph.agentUser"},
      {.name = "cleo",
       .licenses = {{.product = "E3", .off = {"P2"}, .error = "CountViolation", .updated = "t1"}}},
      {.name = "dan", .assignments_known = false},
  };
  return tenant;
}

ReadingImage Again(const ObservedState& state) {
  auto image = DecodeImage(EncodeImage(state, kCursor, kSince));
  if (!image) throw std::runtime_error(image.error().message);
  return std::move(image).value();
}

void ExpectSameUsers(const ObservedState& read, const ObservedState& expected) {
  EXPECT_EQ(read.tenant, expected.tenant);
  EXPECT_EQ(read.read_at, expected.read_at);
  EXPECT_EQ(read.properties, expected.properties);
  EXPECT_EQ(read.product_ids, expected.product_ids);
  ASSERT_EQ(read.users.size(), expected.users.size());
  EXPECT_EQ(read.users.not_people(), expected.users.not_people());
  for (Row row = 0; row < expected.users.size(); ++row) test::ExpectSameUser(read, expected, row);
}

TEST(Image, HoldsUsersWithAllTheyHave) {
  const auto state = Contoso().Read();
  const auto image = Again(state);
  EXPECT_EQ(image.cursor, kCursor);
  EXPECT_EQ(image.since, kSince);
  ExpectSameUsers(image.state, state);
}

TEST(Image, HoldsEveryKindOfColumnWithEveryKindOfValue) {
  for (std::size_t shift = 0; shift < test::EveryValue().size(); ++shift) {
    SCOPED_TRACE(shift);
    const auto state = ReadEveryColumn(shift);
    ExpectSameUsers(Again(state).state, state);
  }
}

TEST(Image, HoldsATenantWithoutUsers) {
  const auto state = TestTenant{}.Read();
  ExpectSameUsers(Again(state).state, state);
}

TEST(Image, OfAMergedReadingHoldsItAsWell) {
  const auto third = [](std::size_t i) { return i % 3 == 1; };
  const auto merged = MergeReading(ReadEveryColumn(0), {{}, ReadEveryColumn(5, third)});
  ASSERT_TRUE(merged);
  ExpectSameUsers(Again(*merged).state, *merged);
}

TEST(Image, MergesAsTheReadingDoes) {
  auto now = Contoso();
  now.User("bob").department = "Engineering";
  now.User("ada").licenses = {{"E3", {"P2"}}};
  std::erase_if(now.users, [](const auto& user) { return user.name == "cleo"; });
  const auto image = Again(Contoso().Read());
  const auto merged = MergeReading(image.state, now.Reread({"ada", "bob", "cleo"}));
  ASSERT_TRUE(merged) << merged.error().message;
  test::ExpectSameReading(*merged, now.Read());
}

TEST(Image, OfOneReadingIsAlwaysTheSameBytes) {
  EXPECT_EQ(EncodeImage(Contoso().Read(), kCursor, kSince),
            EncodeImage(Contoso().Read(), kCursor, kSince));
}

TEST(Image, CutOffAnywhereIsRefused) {
  const auto bytes = EncodeImage(Contoso().Read(), kCursor, kSince);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodeImage(std::string_view(bytes).substr(0, size))) << size;
  }
  EXPECT_FALSE(DecodeImage(bytes + "x"));
}

TEST(Image, DamagedInAnyBitIsRefused) {
  const auto bytes = EncodeImage(Contoso().Read(), kCursor, kSince);
  for (std::size_t at = 0; at < bytes.size() * 8; ++at) {
    auto damaged = bytes;
    damaged[at / 8] = static_cast<char>(damaged[at / 8] ^ (1 << (at % 8)));
    const auto image = DecodeImage(damaged);
    ASSERT_FALSE(image) << at;
    EXPECT_THAT(image.error().message, HasSubstr("stored reading"));
  }
}

TEST(Image, SaysWhatIsWrongWithIt) {
  const auto why = [](const std::string& bytes) { return DecodeImage(bytes).error().message; };
  const auto bytes = EncodeImage(Contoso().Read(), kCursor, kSince);
  EXPECT_THAT(why(""), HasSubstr("no reading"));
  EXPECT_THAT(why(std::string(100, 'x')), HasSubstr("no reading"));
  auto other = bytes;
  other[20] = static_cast<char>(other[20] + 1);
  EXPECT_THAT(why(other), HasSubstr("another version"));
  auto huge = bytes;
  huge[14] = '\x7f';
  EXPECT_THAT(why(huge), HasSubstr("size"));
}

// Whatever comes out of a body that nobody wrote can be used as a reading.
void Use(const ReadingImage& image) {
  const auto& state = image.state;
  std::vector<Row> rows(state.users.size());
  for (Row row = 0; row < rows.size(); ++row) {
    rows[row] = row;
    for (const auto& assignment : state.users.assignments(row)) {
      (void)state.products.at(assignment.product).name();
    }
  }
  EXPECT_EQ(state.Fingerprints(rows).size(), rows.size());
  (void)EncodeImage(state, image.cursor, image.since);
  auto now = Contoso().Reread({"ada", "dan"});
  now.reread.read_at = state.read_at;
  (void)MergeReading(state, std::move(now));
}

TEST(ImageBody, ThatNobodyWroteIsRefusedOrMakesSense) {
  std::mt19937_64 random(7);
  const std::string bodies[] = {WriteImageBody(Contoso().Read(), kCursor, kSince),
                                WriteImageBody(ReadEveryColumn(3), kCursor, kSince)};
  int refused = 0;
  const int cases = test::RandomCases(3000);
  for (int i = 0; i < cases; ++i) {
    auto body = bodies[random() % 2];
    for (auto left = 1 + random() % 3; left > 0; --left) {
      const auto at = random() % body.size();
      switch (random() % 3) {
        case 0:
          body[at] = static_cast<char>(random());
          break;
        case 1:
          body[at] = static_cast<char>(body[at] + (random() % 2 == 0 ? 1 : -1));
          break;
        default:
          body.resize(at + 1);
      }
    }
    const auto image = ReadImageBody(body);
    if (!image) ++refused;
    if (image) Use(*image);
  }
  EXPECT_GT(refused, cases / 4);
}

// Another one means that what is written has altered: then kImageFormat has to be raised, or a new
// version would take what an old one stored for its own.
TEST(ImageBody, IsThatOfItsFormat) {
  if constexpr (std::endian::native != std::endian::little || sizeof(std::size_t) != 8) {
    GTEST_SKIP() << "the bytes are those of another kind of machine";
  }
  EXPECT_EQ(kImageFormat, 1U);
  EXPECT_EQ(Sha256(WriteImageBody(ReadEveryColumn(0), kCursor, kSince)),
            "sha256:7ba54096b055a337bf97b2caafa1ec40e00d80d7ddb2df58b1a196dad380f207");
}

}  // namespace
}  // namespace seatkeeper
