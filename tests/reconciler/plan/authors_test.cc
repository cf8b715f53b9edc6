#include "reconciler/plan/authors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::IdOf;

WallTime At(int minute) {
  return *ParseTime("2026-11-20T09:00:00Z") + std::chrono::minutes(minute);
}

struct Products {
  std::vector<SkuId> gained = {};
  std::vector<SkuId> lost = {};
  std::vector<SkuId> altered = {};
};

LicenseEvent Event(int minute, const std::string& by, Products products,
                   const std::string& user = "ada") {
  return {.at = At(minute),
          .user = IdOf<UserId>(user),
          .actor = Actor::kUser,
          .name = by,
          .names_products = true,
          .gained = std::move(products.gained),
          .lost = std::move(products.lost),
          .altered = std::move(products.altered)};
}

LicenseEvent CutShort(int minute, const std::string& by) {
  auto event = Event(minute, by, {});
  event.names_products = false;
  return event;
}

// Of ada's E3; empty where nobody is named.
std::string AuthorOf(Drift::Kind kind, std::vector<LicenseEvent> events) {
  std::vector<Drift> drift(1);
  drift[0].user = IdOf<UserId>("ada");
  drift[0].product = IdOf<SkuId>("E3");
  drift[0].kind = kind;
  NameAuthors(events, drift);
  const auto said = drift[0].author ? DescribeAuthor(*drift[0].author) : std::string();
  std::ranges::reverse(events);
  drift[0].author = std::nullopt;
  NameAuthors(events, drift);
  EXPECT_EQ(drift[0].author ? DescribeAuthor(*drift[0].author) : "", said)
      << "the order of events does not matter";
  return said;
}

const std::vector<SkuId> kE3 = {IdOf<SkuId>("E3")};
const std::vector<SkuId> kE5 = {IdOf<SkuId>("E5")};

TEST(Authors, WhoGaveWhatIsTooMuchIsNamed) {
  for (const auto kind : {Drift::Kind::kExtra, Drift::Kind::kInherited, Drift::Kind::kRedundant}) {
    EXPECT_EQ(AuthorOf(kind, {Event(1, "bob@contoso.com", {.gained = kE3}),
                              Event(2, "cleo@contoso.com", {.gained = kE5}),
                              Event(3, "dan@contoso.com", {.lost = kE3})}),
              "by bob@contoso.com at 2026-11-20T09:01:00Z");
  }
}

TEST(Authors, WhoTookWhatIsMissingIsNamed) {
  EXPECT_EQ(AuthorOf(Drift::Kind::kMissing, {Event(1, "bob@contoso.com", {.lost = kE3}),
                                             Event(2, "cleo@contoso.com", {.gained = kE3}),
                                             Event(3, "dan@contoso.com", {.lost = kE5})}),
            "by bob@contoso.com at 2026-11-20T09:01:00Z");
}

TEST(Authors, WhoSwitchedServicePlansIsNamed) {
  EXPECT_EQ(AuthorOf(Drift::Kind::kPlans, {Event(1, "bob@contoso.com", {.gained = kE3}),
                                           Event(2, "cleo@contoso.com", {.altered = kE3})}),
            "by cleo@contoso.com at 2026-11-20T09:02:00Z");
}

TEST(Authors, TheLastOneCounts) {
  EXPECT_EQ(AuthorOf(Drift::Kind::kExtra, {Event(5, "bob@contoso.com", {.gained = kE3}),
                                           Event(9, "cleo@contoso.com", {.gained = kE3})}),
            "by cleo@contoso.com at 2026-11-20T09:09:00Z");
}

TEST(Authors, ALaterEventThatWasCutShortIsUncertain) {
  EXPECT_EQ(
      AuthorOf(Drift::Kind::kExtra,
               {Event(1, "bob@contoso.com", {.gained = kE3}), CutShort(2, "cleo@contoso.com")}),
      "the user's licences were last changed by cleo@contoso.com at 2026-11-20T09:02:00Z; the "
      "audit log does not say which of them");
  EXPECT_EQ(AuthorOf(Drift::Kind::kExtra, {CutShort(1, "cleo@contoso.com"),
                                           Event(2, "bob@contoso.com", {.gained = kE3})}),
            "by bob@contoso.com at 2026-11-20T09:02:00Z");
}

TEST(Authors, NobodyIsNamedForAnotherUserOrForWhatIsUnknown) {
  EXPECT_EQ(AuthorOf(Drift::Kind::kExtra, {}), "");
  EXPECT_EQ(AuthorOf(Drift::Kind::kExtra, {Event(1, "bob@contoso.com", {.gained = kE3}, "eve")}),
            "");
  EXPECT_EQ(AuthorOf(Drift::Kind::kUnknown, {Event(1, "bob@contoso.com", {.gained = kE3})}), "");
}

TEST(Authors, MachinesAreCalledWhatTheyAre) {
  auto event = Event(1, "HR sync", {.gained = kE3});
  event.actor = Actor::kApplication;
  EXPECT_EQ(AuthorOf(Drift::Kind::kExtra, {event}),
            "by the application \"HR sync\" at 2026-11-20T09:01:00Z");
  event.actor = Actor::kGroupLicensing;
  EXPECT_EQ(AuthorOf(Drift::Kind::kExtra, {event}), "by group licensing at 2026-11-20T09:01:00Z");
  event.actor = Actor::kUnknown;
  EXPECT_EQ(AuthorOf(Drift::Kind::kExtra, {event}),
            "by somebody whom the audit log does not name at 2026-11-20T09:01:00Z");
}

}  // namespace
}  // namespace seatkeeper
