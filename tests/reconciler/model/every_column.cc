#include "tests/reconciler/model/every_column.h"

#include <string>
#include <string_view>

#include "tests/support/tenant_builder.h"

namespace seatkeeper::test {

using rule::DirectoryExtension;
using rule::Property;
using Strings = std::vector<std::string_view>;
using Plans = std::vector<AssignedPlanInput>;

PropertySet Everything() {
  auto properties = AllProperties();
  properties.Add(DirectoryExtension{kExtension});
  return properties;
}

std::vector<std::function<void(ObservedBuilder&)>> EveryValue() {
  std::vector<std::function<void(ObservedBuilder&)>> values = {
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

ObservedState ReadEveryColumn(std::size_t shift, const std::function<bool(std::size_t)>& who) {
  const auto values = EveryValue();
  ObservedBuilder builder(Everything());
  for (std::size_t i = kPeople; i-- > 0;) {
    if (!who(i)) continue;
    builder.BeginUser(IdOf<UserId>(std::string(1, static_cast<char>('a' + i))));
    values[(i + shift) % values.size()](builder);
    builder.EndUser();
  }
  return builder.Finish("t", WallTime{});
}

ObservedState ReadEveryColumn(std::size_t shift) {
  return ReadEveryColumn(shift, [](std::size_t) { return true; });
}

}  // namespace seatkeeper::test
