// What documents say against each other. Findings are shown as "code line:column+length".

#include <gtest/gtest.h>

#include "tests/policy/support.h"

namespace seatkeeper {
namespace {

using test::LoadText;

// The findings of these codes, in order; others (such as not-yet-in-force) are another test's.
std::string Found(const std::string& text, const std::vector<std::string>& codes,
                  const LoadOptions& options = {}) {
  std::vector<Diagnostic> wanted;
  for (const auto& each : LoadText(text, options).diagnostics) {
    if (std::find(codes.begin(), codes.end(), each.code) != codes.end()) wanted.push_back(each);
  }
  return test::Brief(wanted);
}

std::string Message(const std::string& text, const std::string& code) {
  for (const auto& each : LoadText(text).diagnostics) {
    if (each.code == code) return each.message + "\n" + each.hint;
  }
  return "no " + code;
}

// A document on six lines, its spec on the fifth.
std::string Document(const std::string& kind, const std::string& metadata,
                     const std::string& spec) {
  return "---\napiVersion: seatkeeper/v1\nkind: " + kind + "\nmetadata: {name: " + metadata +
         "}\nspec: {" + spec + "}\n\n";
}
std::string Ladder(const std::string& metadata, const std::string& products) {
  return Document("ProductLadder", metadata, "products: [" + products + "]");
}
std::string Policy(const std::string& metadata, const std::string& spec) {
  return Document("LicensePolicy", metadata, spec);
}
std::string Managed(const std::string& metadata, const std::string& product,
                    const std::string& management) {
  return Document("ProductPolicy", metadata,
                  "product: " + product + ", management: " + management +
                      ", unassign: {after: 0d, confirmations: 1}");
}

const std::string kLee = "subjects: {users: [lee@contoso.com]}, ";

TEST(CrossCheck, LaddersOfOneTenantShareNoProduct) {
  const std::vector<std::string> codes{"product-in-two-ladders", "duplicate-product"};
  const auto first = Ladder("one", "SPE_E5, SPE_E3");
  EXPECT_EQ(Found(first + Ladder("two", "SPE_E3, SPE_F1"), codes),
            "error product-in-two-ladders 11:19+6\n");
  EXPECT_EQ(Found(first + Ladder("two", "Microsoft 365 E5, SPE_F1"), codes),
            "error product-in-two-ladders 11:19+16\n")
      << "one product under two names";
  EXPECT_EQ(Found(first + Ladder("two", "SPE_F1, STANDARDPACK"), codes), "");
  EXPECT_EQ(Found(Ladder("one, tenants: [a]", "SPE_E5, SPE_E3") +
                      Ladder("two, tenants: [b]", "SPE_E5, SPE_E3"),
                  codes),
            "");
  EXPECT_EQ(Found(Ladder("one", "SPE_E5, spe_e5"), codes), "error duplicate-product 5:27+6\n");
  EXPECT_NE(Message(first + Ladder("two", "SPE_E3, SPE_F1"), "product-in-two-ladders")
                .find("ProductLadder `one` at p.yaml:5:27"),
            std::string::npos);
}

TEST(CrossCheck, ALadderWithOneRungIsAWarning) {
  EXPECT_EQ(Found(Ladder("one", "SPE_E5"), {"one-rung"}), "warning one-rung 5:18+1\n");
}

TEST(CrossCheck, WhatManagementNeverLetsGoCannotBeRevoked) {
  const std::vector<std::string> codes{"never-lets-go"};
  const auto revoke = Policy("p", kLee + "revoke: [SPE_E5]");
  const auto found = "error never-lets-go 5:55+6\n";
  EXPECT_EQ(Found(revoke, codes), found) << "assign-only is the default";
  EXPECT_EQ(Found(revoke + Managed("e5", "SPE_E5", "observe"), codes), found);
  EXPECT_EQ(Found(revoke + Managed("e5", "SPE_E5", "assign-only"), codes), found);
  EXPECT_EQ(Found(revoke + Managed("e5", "SPE_E5", "full"), codes), "");
  EXPECT_EQ(Found(revoke + Managed("e5", "SPE_E5", "owned"), codes), "");
  EXPECT_EQ(Found(revoke + Managed("e3", "SPE_E3", "full"), codes), found);
  const auto message = Message(revoke + Managed("e5", "SPE_E5", "observe"), "never-lets-go");
  EXPECT_NE(message.find("`observe` (ProductPolicy `e5` at p.yaml:11:17)"), std::string::npos)
      << message;
}

TEST(CrossCheck, WhatManagementNeverLetsGoDoesNotExpire) {
  const auto text = Policy("p", kLee + "licenses: [{product: SPE_E5}], expires: 2027-03-31");
  EXPECT_EQ(Found(text, {"never-lets-go"}), "error never-lets-go 5:86+10\n");
  EXPECT_EQ(Found(text + Managed("e5", "SPE_E5", "full"), {"never-lets-go"}), "");
}

TEST(CrossCheck, RevokingAllNeedsAProductThatGoes) {
  const auto text = Policy("p", kLee + "revoke: all");
  EXPECT_EQ(Found(text, {"never-lets-go"}), "error never-lets-go 5:54+3\n");
  EXPECT_EQ(Found(text + Managed("e5", "SPE_E5", "full"), {"never-lets-go"}), "");
}

TEST(CrossCheck, ManagementIsThatOfThePolicysTenants) {
  const std::vector<std::string> codes{"never-lets-go"};
  const auto full_in_a = Managed("e5, tenants: [a]", "SPE_E5", "full");
  const auto revoke = [](const std::string& tenants) {
    return Policy("p" + tenants, kLee + "revoke: [SPE_E5]");
  };
  EXPECT_EQ(Found(revoke(", tenants: [a]") + full_in_a, codes), "");
  EXPECT_NE(Found(revoke(", tenants: [a, b]") + full_in_a, codes), "");
  EXPECT_EQ(Found(revoke(", tenants: [all]") + full_in_a, codes), "") << "there may be only a";
  EXPECT_NE(Found(revoke(", tenants: [all]") + full_in_a, codes, {.tenants = {"a", "b"}}), "");
}

TEST(CrossCheck, AGrantAndARevocationOfOnePriorityContradict) {
  const auto goes = Managed("e5", "SPE_E5", "full");
  const auto grant = goes + Policy("g", kLee + "licenses: [{product: SPE_E5}]");
  const std::vector<std::string> codes{"contradiction"};
  EXPECT_EQ(Found(grant + Policy("r", kLee + "revoke: [SPE_E5]"), codes),
            "error contradiction 17:55+6\n");
  EXPECT_EQ(Found(grant + Policy("r", kLee + "revoke: all"), codes),
            "error contradiction 17:54+3\n");
  EXPECT_EQ(Found(grant + Policy("r", kLee + "priority: 1, revoke: [SPE_E5]"), codes), "");
  EXPECT_EQ(Found(grant + Policy("r", kLee + "revoke: [SPE_E3]"), codes), "");
  EXPECT_EQ(
      Found(grant + Policy("r", "subjects: {users: [kim@contoso.com]}, revoke: [SPE_E5]"), codes),
      "");
  const auto shared = "subjects: {users: [kim@contoso.com, LEE@contoso.com]}, revoke: [SPE_E5]";
  EXPECT_EQ(Found(grant + Policy("r", shared), codes), "error contradiction 17:72+6\n");
  const auto message = Message(grant + Policy("r", shared), "contradiction");
  EXPECT_NE(message.find("`lee@contoso.com`"), std::string::npos) << message;
  EXPECT_NE(message.find("`g` at p.yaml:11:67"), std::string::npos) << message;
  EXPECT_EQ(Found(goes + Policy("b", kLee + "licenses: [{product: SPE_E5}], revoke: all"), codes),
            "error contradiction 11:85+3\n")
      << "in one document";
}

TEST(CrossCheck, OnlyWhatIsProvenIsAContradiction) {
  const std::vector<std::string> codes{"contradiction"};
  const std::string grant = ", licenses: [{product: SPE_E5}]";
  const std::string revoke = ", revoke: [SPE_E5]";
  const auto both = [&](const std::string& one, const std::string& other) {
    return Found(Policy("g", "subjects: {" + one + "}" + grant) +
                     Policy("r", "subjects: {" + other + "}" + revoke),
                 codes);
  };
  EXPECT_NE(both("rule: user.city -eq \"Graz\"", "rule: (user.city -EQ \"Graz\")"), "");
  EXPECT_NE(both("groups: [A, B]", "groups: [b, a]"), "");
  EXPECT_EQ(both("rule: user.city -eq \"Graz\"", "rule: user.city -eq \"Linz\""), "");
  EXPECT_EQ(both("users: [a@b.c]", "users: [a@b.c], where: user.city -eq null"), "");
  EXPECT_EQ(both("users: [a@b.c]", "users: [a@b.c], except: {groups: [A]}"), "");
  EXPECT_EQ(both("users: [a@b.c, d@b.c]", "users: [a@b.c], except: {users: [A@b.c]}"), "");
  EXPECT_EQ(Found(Policy("g, tenants: [x]", kLee + "licenses: [{product: SPE_E5}]") +
                      Policy("r, tenants: [y]", kLee + "revoke: [SPE_E5]"),
                  codes),
            "");
}

TEST(CrossCheck, APolicyThatNeverDecidesIsAWarning) {
  const std::vector<std::string> codes{"outranked"};
  const auto low = [](const std::string& licenses) {
    return Policy("low", "subjects: {groups: [A]}, licenses: [" + licenses + "]");
  };
  const auto high = [](const std::string& subjects, const std::string& licenses) {
    return Policy("high",
                  "priority: 5, subjects: {" + subjects + "}, licenses: [" + licenses + "]");
  };
  const std::string e5 = "{product: SPE_E5}";
  const std::string e5_plans = "{product: SPE_E5, disabledPlans: []}";
  const std::string everybody = "rule: user.objectId -ne null";
  const auto warning = "warning outranked 4:18+3\n";
  EXPECT_EQ(Found(low(e5) + high("groups: [a]", e5), codes), warning);
  EXPECT_EQ(Found(low(e5) + high(everybody, e5), codes), warning);
  EXPECT_EQ(Found(low(e5_plans) + high(everybody, e5_plans), codes), warning);
  EXPECT_EQ(Found(low(e5_plans) + high(everybody, e5), codes), "") << "its plans still count";
  EXPECT_EQ(Found(low(e5 + ", {product: SPE_F1}") + high(everybody, e5), codes), "");
  EXPECT_EQ(Found(low(e5) + high("groups: [B]", e5), codes), "");
  EXPECT_EQ(Found(low(e5) + high(everybody + ", where: user.city -eq null", e5), codes), "");
  EXPECT_EQ(
      Found(low(e5) + Policy("same", "subjects: {groups: [A]}, licenses: [" + e5 + "]"), codes), "")
      << "equal grants at one priority are fine";
  EXPECT_NE(Message(low(e5) + high(everybody, e5), "outranked").find("`high` (5) at p.yaml:10:18"),
            std::string::npos);
}

TEST(CrossCheck, GroupsAndTheirMembersAreTwoThings) {
  const std::vector<std::string> codes{"contradiction", "outranked", "never-lets-go"};
  const auto policy = [](const std::string& name, const std::string& spec) {
    return Policy(name, "subjects: {groups: [A]}, " + spec);
  };
  const std::string by_group = ", delivery: group";
  const auto e5 = Managed("e5", "SPE_E5", "full");
  const auto grants = policy("g", "licenses: [{product: SPE_E5}]");
  const auto to_group = policy("h", "licenses: [{product: SPE_E5}]" + by_group);
  const auto from_group = policy("r", "revoke: [SPE_E5]" + by_group);
  EXPECT_EQ(Found(e5 + grants + from_group, codes), "")
      << "the group is to lose what its members keep by themselves";
  EXPECT_EQ(Found(e5 + to_group + from_group, codes), "error contradiction 17:42+6\n");
  EXPECT_EQ(Found(e5 + to_group + policy("r", "revoke: [SPE_E5]"), codes),
            "error contradiction 17:42+6\n");
  EXPECT_EQ(Found(to_group + policy("high", "priority: 5, licenses: [{product: SPE_E5}]"), codes),
            "")
      << "the group is licensed whatever outranks it for its members";
  EXPECT_EQ(Found(Managed("e5", "SPE_E5", "owned") + from_group, codes),
            "error never-lets-go 11:42+6\n");
  EXPECT_NE(Message(Managed("e5", "SPE_E5", "owned") + from_group, "never-lets-go")
                .find("groups need `full`"),
            std::string::npos);
}

TEST(CrossCheck, PoliciesTogetherOutrankToo) {
  const auto text =
      Policy("low", "subjects: {groups: [A]}, licenses: [{product: SPE_E5}, {product: SPB}]") +
      Policy("one", "priority: 1, subjects: {groups: [A]}, licenses: [{product: SPE_E5}]") +
      Policy("two", "priority: 2, subjects: {groups: [A]}, licenses: [{product: SPB}]");
  EXPECT_EQ(Found(text, {"outranked"}), "warning outranked 4:18+3\n");
}

TEST(CrossCheck, TestsNamePoliciesThatThereAre) {
  const auto test = [](const std::string& by) {
    return Policy("engineering", kLee + "licenses: [{product: SPE_E5}]") +
           Document("PolicyTest", "t",
                    "users: [{userPrincipalName: a@b.c}], expect: [{user: a@b.c, licenses: "
                    "[SPE_E5], by: " +
                        by + "}]");
  };
  EXPECT_EQ(Found(test("engineering"), {"unknown-policy"}), "");
  EXPECT_EQ(Found(test("enginering"), {"unknown-policy"}), "error unknown-policy 11:92+10\n");
  EXPECT_NE(Message(test("enginering"), "unknown-policy").find("did you mean `engineering`?"),
            std::string::npos);
}

}  // namespace
}  // namespace seatkeeper
