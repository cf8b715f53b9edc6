#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/fixture.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kId = "aaaaaaaa-0000-4000-8000-000000000001";
const std::string kVisio = "c5928f49-12ba-48f7-ada3-0d743a3601d5";

class HistoryCommand : public EndToEnd {
 protected:
  /// Maiden gets Visio, is renamed Married, loses it by hand and gets it again.
  void LetSomebodyBeRenamed() {
    StartTenant({"--users", "50", "--seed", "4"});
    WriteConfig();
    WritePolicy("one.yaml", std::string("apiVersion: seatkeeper/v1\nkind: LicensePolicy\n"
                                        "metadata: {name: one}\nspec:\n  subjects: {users: [") +
                                kId + "]}\n  licenses: [{product: VISIOCLIENT}]\n");
    Edit({{{"op", "setSku"}, {"skuId", kVisio}, {"set", {{"prepaidUnits", {{"enabled", 900}}}}}},
          {{"op", "addUser"},
           {"user",
            {{"id", kId},
             {"userPrincipalName", "maiden@contoso.example"},
             {"displayName", "New"},
             {"accountEnabled", true},
             {"usageLocation", "FR"}}}}});
    ASSERT_EQ(Seatkeeper({"apply", "--yes"}).exit_code, 0);
    Edit({{{"op", "setUser"},
           {"user", kId},
           {"set", {{"userPrincipalName", "married@contoso.example"}}}},
          {{"op", "unassign"}, {"user", kId}, {"skuId", kVisio}}});
    ASSERT_EQ(Seatkeeper({"apply", "--yes"}).exit_code, 0);
  }
  std::size_t Count(const std::vector<std::string>& filter) const {
    std::vector<std::string> all{"history", "--format", "json"};
    all.insert(all.end(), filter.begin(), filter.end());
    const auto done = Seatkeeper(all);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return json::parse(done.out).size();
  }
};

TEST_F(HistoryCommand, FollowsAUserByEveryNameAndByObjectId) {
  LetSomebodyBeRenamed();
  for (const auto* who : {"maiden@contoso.example", "Married@CONTOSO.example", kId}) {
    EXPECT_EQ(Count({"--user", who}), 2U) << who;
    const auto text = Seatkeeper({"history", "--user", who}).out;
    EXPECT_THAT(text, HasSubstr(std::string("object id ") + kId + ", also as maiden@"));
    EXPECT_THAT(text, HasSubstr(", also as married@"));
    EXPECT_THAT(text, HasSubstr("\n    request id "));
  }
  EXPECT_EQ(Count({"--user", "nobody@contoso.example"}), 0U);
}

TEST_F(HistoryCommand, FiltersByProductTimeTenantAndNumber) {
  LetSomebodyBeRenamed();
  EXPECT_EQ(Count({"--product", "VISIOCLIENT"}), 2U);
  EXPECT_EQ(Count({"--product", kVisio, "--since", "1h"}), 2U);
  EXPECT_EQ(Count({"--product", "SPE_E3"}), 0U);
  EXPECT_EQ(Count({"--since", "2100-01-01"}), 0U);
  EXPECT_EQ(Count({"--tenant", "contoso", "--limit", "1"}), 1U);
  const auto csv = Seatkeeper({"history", "--format", "csv"}).out;
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 3) << "a header and two changes";
  EXPECT_THAT(csv, HasSubstr("maiden@contoso.example," + std::string(kId)));
  EXPECT_EQ(Seatkeeper({"history", "--since", "soon"}).exit_code, 64);
}

}  // namespace
}  // namespace seatkeeper::test
