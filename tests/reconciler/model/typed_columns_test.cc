#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using rule::DirectoryExtension;
using rule::Property;
using test::IdOf;
using Strings = std::vector<std::string_view>;
using Plans = std::vector<AssignedPlanInput>;
using Set = std::function<void(ObservedBuilder&)>;

constexpr auto kExtension = "extension_0123456789abcdef0123456789abcdef_badge";

PropertySet Everything() {
  auto properties = AllProperties();
  properties.Add(DirectoryExtension{kExtension});
  return properties;
}

ObservedState With(const std::vector<Set>& users) {
  ObservedBuilder builder(Everything());
  for (std::size_t i = 0; i < users.size(); ++i) {
    builder.BeginUser(IdOf<UserId>("user" + std::to_string(i)));
    users[i](builder);
    builder.EndUser();
  }
  return builder.Finish("t", WallTime{});
}

std::uint64_t FingerprintOf(const Set& set) { return With({set}).Fingerprint(0); }

WallTime Moment(std::int64_t millis) { return WallTime(std::chrono::milliseconds(millis)); }

TEST(TypedColumns, EveryDifferentReadingHasAnotherFingerprint) {
  const std::vector<Set> readings = {
      [](auto&) {},
      [](auto& b) { b.SetNull(Property::kEmployeeHireDate); },
      [](auto& b) { b.SetTime(Property::kEmployeeHireDate, Moment(0)); },
      [](auto& b) { b.SetTime(Property::kEmployeeHireDate, Moment(1)); },
      [](auto& b) { b.SetTime(Property::kCreatedDateTime, Moment(1)); },
      [](auto& b) { b.SetNull(Property::kOtherMails); },
      [](auto& b) { b.SetList(Property::kOtherMails, {}); },
      [](auto& b) { b.SetList(Property::kOtherMails, Strings{""}); },
      [](auto& b) { b.SetList(Property::kOtherMails, Strings{"a"}); },
      [](auto& b) { b.SetList(Property::kOtherMails, Strings{"A"}); },
      [](auto& b) {
        b.SetList(Property::kOtherMails, Strings{"a", "b"});
      },
      [](auto& b) { b.SetList(Property::kOtherMails, Strings{"ab"}); },
      [](auto& b) { b.SetList(Property::kProxyAddresses, Strings{"a"}); },
      [](auto& b) { b.SetNull(Property::kAssignedPlans); },
      [](auto& b) { b.SetPlans({}); },
      [](auto& b) {
        b.SetPlans(Plans{{"p", "s", "Enabled"}});
      },
      [](auto& b) {
        b.SetPlans(Plans{{"p", "s", "Deleted"}});
      },
      [](auto& b) {
        b.SetPlans(Plans{{"s", "p", "Enabled"}});
      },
      [](auto& b) {
        b.SetPlans(Plans{{"p", "s", "Enabled"}, {"q", "s", "Enabled"}});
      },
      [](auto& b) { b.SetExtensionNull(kExtension); },
      [](auto& b) { b.SetExtension(kExtension, ""); },
      [](auto& b) { b.SetExtension(kExtension, "a"); },
  };
  std::set<std::uint64_t> seen;
  for (const auto& reading : readings) seen.insert(FingerprintOf(reading));
  EXPECT_EQ(seen.size(), readings.size());
}

TEST(TypedColumns, OrderAndRepeatsInListsMeanNothing) {
  EXPECT_EQ(FingerprintOf([](auto& b) {
              b.SetList(Property::kOtherMails, Strings{"b", "a", "b"});
            }),
            FingerprintOf([](auto& b) {
              b.SetList(Property::kOtherMails, Strings{"a", "b"});
            }));
  EXPECT_EQ(FingerprintOf([](auto& b) {
              b.SetPlans(Plans{{"Q", "s", "x"}, {"P", "s", "x"}, {"p", "s", "x"}});
            }),
            FingerprintOf([](auto& b) {
              b.SetPlans(Plans{{"p", "s", "x"}, {"q", "s", "x"}});
            }));
}

TEST(TypedColumns, EqualListsAreStoredOnce) {
  const auto observed = With({
      [](auto& b) {
        b.SetList(Property::kOtherMails, Strings{"b", "a"});
      },
      [](auto& b) {
        b.SetList(Property::kOtherMails, Strings{"a", "b"});
      },
      [](auto& b) {
        b.SetPlans(Plans{{"p", "s", "x"}, {"q", "s", "x"}});
      },
      [](auto& b) {
        b.SetPlans(Plans{{"Q", "s", "x"}, {"p", "s", "x"}});
      },
  });
  const auto* mails = observed.users.lists(Property::kOtherMails);
  EXPECT_EQ(mails->code(0), mails->code(1));
  EXPECT_EQ(mails->List(mails->code(0)).size(), 2U);
  EXPECT_EQ(mails->items().Text(mails->List(mails->code(0))[0]), "a");
  EXPECT_EQ(mails->code(2), ListColumn::kAbsent);
  const auto* plans = observed.users.plans();
  EXPECT_EQ(plans->code(2), plans->code(3));
  EXPECT_EQ(plans->plans().size(), 2U);
}

TEST(TypedColumns, FingerprintsDoNotDependOnWhoWasReadFirst) {
  std::vector<std::pair<std::string, Set>> users;
  for (int i = 0; i < 30; ++i) {
    users.emplace_back("user" + std::to_string(i), [i](ObservedBuilder& b) {
      const std::string texts[] = {std::to_string(i % 7), std::to_string(i % 5),
                                   std::to_string(i % 3)};
      b.SetList(Property::kProxyAddresses, Strings(std::begin(texts), std::end(texts)));
      b.SetPlans(Plans{{texts[0], texts[1], texts[2]}, {texts[1], texts[0], texts[2]}});
      b.SetTime(Property::kLastSignIn, Moment(i % 4));
      b.SetExtension(kExtension, texts[0]);
    });
  }
  const auto read = [&] {
    ObservedBuilder builder(Everything());
    for (const auto& [name, set] : users) {
      builder.BeginUser(IdOf<UserId>(name));
      set(builder);
      builder.EndUser();
    }
    return builder.Finish("t", WallTime{});
  };
  const auto original = read();
  std::mt19937 random(11);
  for (int round = 0; round < 20; ++round) {
    std::shuffle(users.begin(), users.end(), random);
    const auto again = read();
    for (Row row = 0; row < original.users.size(); ++row) {
      ASSERT_EQ(again.Fingerprint(row), original.Fingerprint(row));
      ASSERT_EQ(again.users.times(Property::kLastSignIn)->time(row),
                original.users.times(Property::kLastSignIn)->time(row));
    }
  }
}

TEST(TypedColumns, AUserWhoComesAgainStartsAfresh) {
  ObservedBuilder builder(Everything());
  for (int times = 0; times < 2; ++times) {
    builder.BeginUser(IdOf<UserId>("ada"));
    if (times == 0) {
      builder.SetTime(Property::kLastSignIn, Moment(1));
      builder.SetList(Property::kOtherMails, Strings{"a"});
      builder.SetPlans(Plans{{"p", "s", "x"}});
      builder.SetExtension(kExtension, "a");
    }
    builder.EndUser();
  }
  ObservedBuilder once(Everything());
  once.BeginUser(IdOf<UserId>("ada"));
  once.EndUser();
  EXPECT_EQ(builder.Finish("t", WallTime{}).Fingerprint(0),
            once.Finish("t", WallTime{}).Fingerprint(0));
}

TEST(TypedColumns, HaveAColumnOnlyWhenSelectedAndOfTheirOwnType) {
  ObservedBuilder builder(PlanningProperties());
  builder.BeginUser(IdOf<UserId>("ada"));
  builder.SetTime(Property::kLastSignIn, Moment(1));
  builder.SetPlans({});
  builder.SetExtension(kExtension, "a");
  builder.EndUser();
  const auto observed = builder.Finish("t", WallTime{});
  EXPECT_EQ(observed.users.times(Property::kLastSignIn), nullptr);
  EXPECT_EQ(observed.users.plans(), nullptr);
  EXPECT_EQ(observed.users.extension(kExtension), nullptr);
  EXPECT_EQ(observed.users.lists(Property::kUserType), nullptr);
}

TEST(Linked, IsOrderedWithEachLinkOnce) {
  const Link crew{Link::Kind::kDirectMembers, IdOf<GroupId>("crew").guid};
  const Link boss{Link::Kind::kDirectReports, IdOf<UserId>("boss").guid};
  ObservedBuilder builder{PropertySet()};
  builder.AddLinked({boss, GroupReading::Status::kUnreadable, "403", {}});
  builder.AddLinked({crew,
                     GroupReading::Status::kFound,
                     "",
                     {IdOf<UserId>("bob"), IdOf<UserId>("ada"), IdOf<UserId>("bob")}});
  const auto observed = builder.Finish("t", WallTime{});
  ASSERT_EQ(observed.linked.size(), 2U);
  ASSERT_NE(observed.FindLinked(crew), nullptr);
  EXPECT_EQ(observed.FindLinked(crew)->users,
            (std::vector<UserId>{IdOf<UserId>("ada"), IdOf<UserId>("bob")}));
  EXPECT_EQ(observed.FindLinked(boss)->detail, "403");
  EXPECT_EQ(observed.FindLinked({Link::Kind::kDirectReports, crew.of}), nullptr);
}

}  // namespace
}  // namespace seatkeeper
