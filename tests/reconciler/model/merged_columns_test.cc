#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "reconciler/model/merge.h"
#include "tests/reconciler/model/same_reading.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using rule::DirectoryExtension;
using rule::Property;
using test::IdOf;
using Strings = std::vector<std::string_view>;
using Plans = std::vector<AssignedPlanInput>;

constexpr auto kExtension = "extension_0123456789abcdef0123456789abcdef_badge";

PropertySet Everything() {
  auto properties = AllProperties();
  properties.Add(DirectoryExtension{kExtension});
  return properties;
}

using Set = std::function<void(ObservedBuilder&)>;

// Every kind of column with every kind of value.
std::vector<Set> Values() {
  std::vector<Set> values = {
      [](auto&) {},
      [](auto& b) { b.SetBoolean(Property::kOnPremisesSyncEnabled, true); },
      [](auto& b) { b.SetBoolean(Property::kOnPremisesSyncEnabled, false); },
      [](auto& b) { b.SetTime(Property::kEmployeeHireDate, WallTime{}); },
      [](auto& b) { b.SetExtension(kExtension, ""); },
      [](auto& b) { b.SetExtension(kExtension, "a"); },
      [](auto& b) { b.SetExtensionNull(kExtension); },
      [](auto& b) { b.SetPlans({}); },
      [](auto& b) {
        b.SetPlans(Plans{{"p", "s", "Enabled"}});
      },
      [](auto& b) {
        b.SetPlans(Plans{{"q", "s", "Enabled"}, {"p", "s", "Deleted"}});
      },
  };
  for (const auto* text : {"", "a", "b", "\xC3\xAB"}) {
    values.push_back([text](auto& b) { b.SetText(Property::kCity, text); });
    values.push_back([text](auto& b) { b.SetList(Property::kOtherMails, Strings{text, "b"}); });
  }
  for (const auto property : {Property::kCity, Property::kEmployeeHireDate, Property::kOtherMails,
                              Property::kOnPremisesSyncEnabled, Property::kAssignedPlans}) {
    values.push_back([property](auto& b) { b.SetNull(property); });
  }
  return values;
}

constexpr std::size_t kPeople = 24;

// Users who have one value each, another one with another `shift`; those alone whom `who` takes.
ObservedState Read(std::size_t shift, const std::function<bool(std::size_t)>& who) {
  const auto values = Values();
  ObservedBuilder builder(Everything());
  for (std::size_t i = kPeople; i-- > 0;) {
    if (!who(i)) continue;
    builder.BeginUser(IdOf<UserId>(std::string(1, static_cast<char>('a' + i))));
    values[(i + shift) % values.size()](builder);
    builder.EndUser();
  }
  return builder.Finish("t", WallTime{});
}

TEST(MergedColumns, TakeValuesOfEveryKindForValuesOfEveryOther) {
  const auto everybody = [](std::size_t) { return true; };
  const auto third = [](std::size_t i) { return i % 3 == 1; };
  for (std::size_t shift = 0; shift < Values().size(); ++shift) {
    SCOPED_TRACE(shift);
    const auto now = Read(shift, everybody);
    const auto all = MergeReading(Read(0, everybody), {{}, Read(shift, everybody)});
    ASSERT_TRUE(all);
    test::ExpectSameReading(*all, now);
    const auto merged = MergeReading(Read(0, everybody), {{}, Read(shift, third)});
    ASSERT_TRUE(merged);
    const auto before = Read(0, everybody);
    for (Row row = 0; row < kPeople; ++row) {
      test::ExpectSameUser(*merged, third(row) ? now : before, row);
    }
  }
}

TEST(MergedColumns, TakeAnExtensionInEitherCase) {
  auto upper = AllProperties();
  upper.Add(DirectoryExtension{"EXTENSION_0123456789abcdef0123456789abcdef_badge"});
  ObservedBuilder builder(upper);
  builder.BeginUser(IdOf<UserId>("ada"));
  builder.SetExtension(kExtension, "7");
  builder.EndUser();
  const auto before = ObservedBuilder(Everything()).Finish("t", WallTime{});
  const auto merged = MergeReading(before, {{}, builder.Finish("t", WallTime{})});
  ASSERT_TRUE(merged);
  EXPECT_EQ(merged->users.extension(kExtension)->text(0), "7");
}

}  // namespace
}  // namespace seatkeeper
