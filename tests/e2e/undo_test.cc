#include <fmt/format.h>
#include <gmock/gmock.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/e2e/fixture.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kE5 = "06ebc4ee-1bb5-47dd-8120-11324bc54e06";
const std::string kE3 = "05e9a617-0261-4cee-bb44-138d3ef5d965";

/// Service plans that are off, by user's principal name and product: what is assigned directly.
using Direct = std::map<std::pair<std::string, std::string>, std::set<std::string>>;

class Undo : public EndToEnd {
 protected:
  Direct DirectNow() const {
    Direct direct;
    const auto state = State();
    for (const auto& user : state["users"]) {
      for (const auto& row : user.value("licenseAssignmentStates", json::array())) {
        if (!row["assignedByGroup"].is_null()) continue;
        auto& off = direct[{user["userPrincipalName"], row["skuId"]}];
        for (const auto& plan : row["disabledPlans"]) off.insert(plan.get<std::string>());
      }
    }
    return direct;
  }

  static std::vector<std::string> HoldersOf(const std::string& product, const Direct& direct) {
    std::vector<std::string> users;
    for (const auto& [key, off] : direct) {
      if (key.second == product) users.push_back(key.first);
    }
    return users;
  }

  static std::string Grants(const std::string& name, const std::vector<std::string>& users,
                            const std::string& license) {
    return fmt::format(
        "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {{name: {}}}\nspec:\n"
        "  subjects: {{users: [{}]}}\n  licenses: [{{{}}}]\n---\n",
        name, fmt::join(users, ", "), license);
  }

  // E3 and E5 for these alone; whoever else has them loses them at once.
  void WriteGrants(const std::string& grants) {
    std::string text = grants;
    for (const auto* product : {"SPE_E3", "SPE_E5"}) {
      text += fmt::format(
          "apiVersion: seatkeeper/v1\nkind: ProductPolicy\nmetadata: {{name: {0}}}\nspec: "
          "{{product: {0}, management: full, unassign: {{after: 0d, confirmations: 1}}}}\n---\n",
          product);
    }
    text +=
        "apiVersion: seatkeeper/v1\nkind: Guardrails\nmetadata: {name: none}\n"
        "spec: {maxUnassign: off, mailboxLoss: allow}\n";
    WritePolicy("policy.yaml", text);
  }

  // Applies, and returns what history calls the plan.
  std::string Apply() {
    const auto applied = Seatkeeper({"apply", "--yes", "--format", "json"});
    EXPECT_EQ(applied.exit_code, 0) << applied.err;
    return Last(applied.out)["planId"];
  }

  static json Last(const std::string& lines) {
    std::istringstream in(lines);
    std::string line;
    json last;
    while (std::getline(in, line)) last = json::parse(line);
    return last;
  }

  json Plan() const { return json::parse(Seatkeeper({"plan", "--format", "json"}).out); }

  // Whoever has something that needs E3 would keep that.
  void TakeWhatNeedsOthers() {
    json edits = json::array();
    for (const auto& [key, off] : DirectNow()) {
      if (key.second == kE3 || key.second == kE5) continue;
      edits.push_back({{"op", "unassign"}, {"user", key.first}, {"skuId", key.second}});
    }
    Edit(edits);
  }

  // A policy that takes E3 and E5 from all but two, and a service plan from these.
  void TakeAlmostAll() {
    StartTenant({"--users", "120", "--seed", "5"});
    WriteConfig();
    TakeWhatNeedsOthers();
    before_ = DirectNow();
    const auto holders = HoldersOf(kE5, before_);
    ASSERT_GT(holders.size(), 4U);
    kept_ = {holders[0], holders[1]};
    WriteGrants(Grants("keepers", kept_, "product: SPE_E5, disabledPlans: [SWAY]"));
    plan_id_ = Apply();
    taken_ = DirectNow();
    ASSERT_EQ(HoldersOf(kE5, taken_), kept_);
    ASSERT_TRUE(HoldersOf(kE3, taken_).empty());
  }

  Direct before_;
  Direct taken_;
  std::vector<std::string> kept_;
  std::string plan_id_;
};

TEST_F(Undo, PutsBackExactlyWhatAPlanTookAndKeepsItSo) {
  ASSERT_NO_FATAL_FAILURE(TakeAlmostAll());
  const auto asked = Seatkeeper({"undo", plan_id_});
  EXPECT_EQ(asked.exit_code, 64) << "there is nobody to ask";
  EXPECT_EQ(DirectNow(), taken_);

  const auto undone = Seatkeeper({"undo", plan_id_, "--yes"});
  EXPECT_EQ(undone.exit_code, 0) << undone.out << undone.err;
  EXPECT_THAT(undone.out, AllOf(HasSubstr("put back; taken by"),
                                HasSubstr("seatkeeper undo --unpin " + plan_id_)));
  EXPECT_EQ(DirectNow(), before_) << "with the very service plans";
  EXPECT_THAT(Seatkeeper({"history", "--user", kept_[0]}).out, HasSubstr("restored by keepers"));

  const auto writes = EffectiveWrites();
  const auto again = Seatkeeper({"apply", "--yes"});
  EXPECT_EQ(again.exit_code, 3) << again.out;
  EXPECT_EQ(EffectiveWrites(), writes) << "the policy wants to take it again";
  const auto plan = Plan();
  EXPECT_GT(plan["changes"].size(), 4U);
  for (const auto& change : plan["changes"]) {
    EXPECT_EQ(change["verdict"], "held") << change;
    EXPECT_EQ(change["held"][0]["guardrail"], "pinned") << change;
  }
  EXPECT_THAT(Seatkeeper({"explain", kept_[0]}).out,
              AllOf(HasSubstr("pinned"), HasSubstr("--unpin")));

  const auto twice = Seatkeeper({"undo", plan_id_, "--yes"});
  EXPECT_EQ(twice.exit_code, 0) << twice.err;
  EXPECT_THAT(twice.out, HasSubstr("Need not be put back"));
  EXPECT_EQ(EffectiveWrites(), writes);
}

TEST_F(Undo, ThePinsEndWhenPolicyWantsTheSame) {
  ASSERT_NO_FATAL_FAILURE(TakeAlmostAll());
  ASSERT_EQ(Seatkeeper({"undo", plan_id_, "--yes"}).exit_code, 0);
  WriteGrants(Grants("keepers", HoldersOf(kE5, before_), "product: SPE_E5") +
              Grants("more", HoldersOf(kE3, before_), "product: SPE_E3"));
  const auto applied = Seatkeeper({"apply", "--yes"});
  EXPECT_EQ(applied.exit_code, 0) << applied.out << applied.err;
  EXPECT_THAT(applied.out, HasSubstr("is pinned no longer"));
  EXPECT_EQ(DirectNow(), before_);
  EXPECT_THAT(Seatkeeper({"plan"}).out, Not(HasSubstr("pinned")));
}

TEST_F(Undo, UnpinLetsPolicyDecideAgain) {
  ASSERT_NO_FATAL_FAILURE(TakeAlmostAll());
  ASSERT_EQ(
      Seatkeeper({"undo", plan_id_, "--yes", "--user", kept_[0], "--user", kept_[1]}).exit_code, 0);
  EXPECT_EQ(Plan()["changes"].size(), 2U) << "others were not put back";
  const auto unpinned = Seatkeeper({"undo", "--unpin", plan_id_, "--user", kept_[0]});
  EXPECT_EQ(unpinned.exit_code, 0) << unpinned.err;
  EXPECT_THAT(unpinned.out, HasSubstr("contoso: 1 pin ended"));
  const auto plan = Plan();
  for (const auto& change : plan["changes"]) {
    const bool first = change["user"]["userPrincipalName"] == kept_[0];
    EXPECT_EQ(change["verdict"], first ? "go" : "held") << change;
  }
  EXPECT_EQ(Seatkeeper({"undo", "--unpin", plan_id_, "--user", kept_[0]}).exit_code, 1);
}

TEST_F(Undo, SaysWhatCannotBePutBack) {
  ASSERT_NO_FATAL_FAILURE(TakeAlmostAll());
  auto state = State();
  const auto lost = HoldersOf(kE3, before_);
  ASSERT_GT(lost.size(), 1U);
  // One is deleted, one was given it by hand since, without a service plan.
  Edit(json::array({{{"op", "deleteUser"}, {"user", lost[0]}},
                    {{"op", "assign"},
                     {"user", lost[1]},
                     {"skuId", kE3},
                     {"disabledPlans", {"a23b959c-7ce8-4e57-9140-b90eb88a9e97"}}}}));
  const auto undone = Seatkeeper({"undo", plan_id_, "--yes", "--format", "json"});
  EXPECT_EQ(undone.exit_code, 4) << undone.err;
  std::map<std::string, std::string> why;
  std::istringstream lines(undone.out);
  for (std::string line; std::getline(lines, line);) {
    const auto said = json::parse(line);
    if (said["kind"] == "notRestored") why[said["user"]["userPrincipalName"]] = said["why"];
  }
  EXPECT_EQ(why[lost[0]], "subject-gone") << undone.out;
  EXPECT_EQ(why[lost[1]], "changed") << undone.out;
  EXPECT_EQ(why.size(), 2U) << "the rest came back";
}

TEST_F(Undo, AsksForWhatItCanKnow) {
  ASSERT_NO_FATAL_FAILURE(TakeAlmostAll());
  const auto unknown = Seatkeeper({"undo", "feedbeef", "--yes"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_THAT(unknown.err, HasSubstr("no change of plan `feedbeef`"));
  EXPECT_EQ(Seatkeeper({"undo", "--yes"}).exit_code, 64);
  EXPECT_EQ(Seatkeeper({"undo", plan_id_, "--since", "1h", "--yes"}).exit_code, 64);
  EXPECT_EQ(Seatkeeper({"undo", "--since", "yesterday", "--yes"}).exit_code, 64);
  EXPECT_EQ(Seatkeeper({"undo", "--unpin"}).exit_code, 64);
  const auto stranger = Seatkeeper({"undo", plan_id_, "--user", "no@body.example", "--yes"});
  EXPECT_EQ(stranger.exit_code, 1);
  EXPECT_EQ(DirectNow(), taken_);

  EXPECT_EQ(Seatkeeper({"undo", "--since", "1h", "--user", kept_[0], "--yes"}).exit_code, 0);
  const std::string revision = Plan()["policyRevision"];
  EXPECT_EQ(Seatkeeper({"undo", "--revision", revision.substr(0, 20), "--yes"}).exit_code, 0);
  EXPECT_EQ(DirectNow(), before_);
}

}  // namespace
}  // namespace seatkeeper::test
