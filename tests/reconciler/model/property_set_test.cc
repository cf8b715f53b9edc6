#include "reconciler/model/property_set.h"

#include <gtest/gtest.h>

namespace seatkeeper {
namespace {

using rule::DirectoryExtension;
using rule::Property;

TEST(PropertySet, HoldsEachExtensionOnceInOrder) {
  PropertySet set;
  for (const char* name : {"extension_b", "Extension_A", "extension_a", "EXTENSION_B"}) {
    set.Add(DirectoryExtension{name});
  }
  ASSERT_EQ(set.extensions().size(), 2U);
  EXPECT_EQ(set.extensions()[0].name, "Extension_A");
  EXPECT_EQ(set.extensions()[1].name, "EXTENSION_B");
}

TEST(PropertySet, IsTheSameWhateverTheOrder) {
  PropertySet a;
  a.Add(Property::kCity);
  a.Add(DirectoryExtension{"extension_x"});
  PropertySet b;
  b.Add(DirectoryExtension{"EXTENSION_X"});
  EXPECT_NE(a, b);
  b |= a;
  EXPECT_EQ(a, b);
  EXPECT_EQ((a | b).extensions()[0].name, (b | a).extensions()[0].name);
  EXPECT_TRUE(b.Has(Property::kCity));
  EXPECT_FALSE(b.Has(Property::kCountry));
}

TEST(PropertySet, WithoutAnotherIsWhatOnlyItHas) {
  PropertySet a;
  a.Add(Property::kCity);
  a.Add(Property::kCountry);
  a.Add(DirectoryExtension{"extension_x"});
  a.Add(DirectoryExtension{"extension_y"});
  PropertySet b;
  b.Add(Property::kCountry);
  b.Add(Property::kMail);
  b.Add(DirectoryExtension{"EXTENSION_X"});
  PropertySet left;
  left.Add(Property::kCity);
  left.Add(DirectoryExtension{"extension_y"});
  EXPECT_EQ(a.Without(b), left);
  EXPECT_EQ(a.Without(a), PropertySet());
  EXPECT_EQ(a.Without({}), a);
}

TEST(PropertySet, AllLeavesOutTheKeyOfTheTable) {
  EXPECT_FALSE(AllProperties().Has(Property::kObjectId));
  EXPECT_TRUE(AllProperties().Has(Property::kAssignedPlans));
  EXPECT_EQ(AllProperties() | PlanningProperties(), AllProperties());
}

}  // namespace
}  // namespace seatkeeper
