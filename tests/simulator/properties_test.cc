#include "tests/simulator/properties.h"

#include <gmock/gmock.h>

#include <set>

namespace seatkeeper::sim::test {
namespace {

using nlohmann::json;

json Object() {
  return {{"displayName", "Ada"},
          {"department", nullptr},
          {"accountEnabled", true},
          {"onPremisesSyncEnabled", false},
          {"businessPhones", json::array()},
          {"onPremisesExtensionAttributes", {{"extensionAttribute1", "CC-1100"}}},
          {"extension_0123456789abcdef0123456789abcdef_badge", "B7"},
          {"", "no name"},
          {"number", 7},
          {"mail", std::string(1000, 'x')},
          {std::string(300, 'n'), std::string(70'000, 'v')}};
}

TEST(Properties, HoldWhatAnObjectHolds) {
  const Properties properties = Object();
  EXPECT_EQ(properties.ToJson(), Object());
  const json object = Object();
  std::set<std::string> names;
  properties.ForEachName([&](std::string_view name) { names.emplace(name); });
  EXPECT_EQ(names.size(), object.size());
  for (const auto& [name, value] : object.items()) {
    EXPECT_EQ(properties.Find(name), value) << name;
    EXPECT_EQ(properties[name], value) << name;
    EXPECT_TRUE(properties.contains(name)) << name;
    EXPECT_TRUE(names.contains(name)) << name;
  }
}

TEST(Properties, TellNullFromMissing) {
  const Properties properties = Object();
  EXPECT_EQ(properties.Find("department"), json());
  EXPECT_EQ(properties.Find("jobTitle"), std::nullopt);
  EXPECT_FALSE(properties.contains("jobTitle"));
  EXPECT_EQ(properties["jobTitle"], nullptr);
  EXPECT_EQ(properties.value("jobTitle", std::string("none")), "none");
  EXPECT_EQ(properties.value("accountEnabled", false), true);
  EXPECT_THROW((void)properties.value("displayName", false), json::exception);
}

TEST(Properties, OfNothingAreNone) {
  for (const json& nothing : {json(), json::object(), json::array({1}), json("text")}) {
    const Properties properties = nothing;
    EXPECT_EQ(properties.ToJson(), json::object());
    EXPECT_FALSE(properties.contains(""));
  }
}

}  // namespace
}  // namespace seatkeeper::sim::test
