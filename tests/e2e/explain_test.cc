// products, coverage and explain, through the real executables.

#include <gmock/gmock.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/e2e/fixture.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string kE5 = "06ebc4ee-1bb5-47dd-8120-11324bc54e06";
const std::string kE3 = "05e9a617-0261-4cee-bb44-138d3ef5d965";

class Look : public EndToEnd {
 protected:
  // What the command printed, which must have gone well.
  json Printed(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--format", "json"});
    const auto done = Seatkeeper(arguments);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return done.exit_code == 0 ? json::parse(done.out) : json();
  }
  // The entry of `list` that has this value under `key`.
  static json Entry(const json& list, const std::string& key, const std::string& value) {
    for (const auto& entry : list) {
      if (entry[key] == value) return entry;
    }
    ADD_FAILURE() << "no " << key << " " << value;
    return {};
  }
  static bool Holds(const json& user, const std::string& product) {
    for (const auto& row : user.value("licenseAssignmentStates", json::array())) {
      if (row["skuId"] == product && row["state"] == "Active") return true;
    }
    return false;
  }
  // A user of the department who holds the product, or does not.
  std::string SomeUser(const std::string& department, const std::string& product,
                       bool holds) const {
    const auto state = State();
    for (const auto& user : state["users"]) {
      const bool right = user.contains("department") && user["department"] == department &&
                         user.value("accountEnabled", false) &&
                         user.value("employeeType", json()) == "Employee" &&
                         user.value("usageLocation", json()).is_string();
      if (right && Holds(user, product) == holds) return user["userPrincipalName"];
    }
    ADD_FAILURE() << "nobody in " << department;
    return "";
  }
};

TEST_F(Look, ProductsAreThoseOfTheTenant) {
  StartTenant({"--users", "300"});
  WriteConfig();
  UseExamplePolicies();
  const auto printed = Printed({"products"});
  EXPECT_EQ(printed["kind"], "Products");
  EXPECT_EQ(printed["tenant"], "contoso");
  const auto state = State();
  ASSERT_EQ(printed["products"].size(), state["subscribedSkus"].size());
  for (const auto& sku : state["subscribedSkus"]) {
    const auto product = Entry(printed["products"], "skuId", sku["skuId"]);
    EXPECT_EQ(product["partNumber"], sku["skuPartNumber"]);
    EXPECT_EQ(product["purchased"], sku["prepaidUnits"]["enabled"]);
    EXPECT_EQ(product["assigned"], sku["consumedUnits"]);
    EXPECT_EQ(product["servicePlans"].size(), sku["servicePlans"].size());
  }
  const auto e5 = Entry(printed["products"], "skuId", kE5);
  EXPECT_EQ(e5["displayName"], "Microsoft 365 E5");
  EXPECT_EQ(e5["management"]["level"], "full");
  EXPECT_EQ(e5["management"]["file"], "policies/products.yaml");
  EXPECT_TRUE(Entry(printed["products"], "partNumber", "FLOW_FREE")["management"].is_null());

  const auto table = Seatkeeper({"products"});
  EXPECT_THAT(table.out, AllOf(HasSubstr("SPE_E5"), HasSubstr("not named"),
                               Not(HasSubstr("EXCHANGE_S_ENTERPRISE"))));
  const auto one = Seatkeeper({"products", "--product", "microsoft 365 e5"});
  EXPECT_THAT(one.out, AllOf(HasSubstr("EXCHANGE_S_ENTERPRISE"), Not(HasSubstr("SPE_E3")),
                             HasSubstr("is not known")));
  EXPECT_EQ(Seatkeeper({"products", "--product", "SPE_E55"}).exit_code, 64);
  EXPECT_THAT(Seatkeeper({"products", "--product", "SPE_E55"}).err, HasSubstr("did you mean"));
  EXPECT_EQ(EffectiveWrites(), 0);
}

TEST_F(Look, CoverageCountsWhoHasWhatIsGranted) {
  StartTenant({"--users", "400"});
  WriteConfig();
  WritePolicy("a.yaml", R"(apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: sales}
spec:
  subjects: {rule: user.department -eq "Sales"}
  licenses: [{product: SPE_E3}]
---
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: legal}
spec:
  subjects: {rule: user.department -eq "Legal"}
  licenses: [{product: SPE_E5}]
)");
  std::set<std::string> lacking;
  std::size_t selected = 0;
  const auto state = State();
  for (const auto& user : state["users"]) {
    if (!user.contains("department") || user["department"] != "Sales") continue;
    ++selected;
    if (!Holds(user, kE3)) lacking.insert(user["userPrincipalName"]);
  }
  ASSERT_FALSE(lacking.empty());
  const auto printed = Printed({"coverage"});
  EXPECT_EQ(printed["kind"], "Coverage");
  ASSERT_EQ(printed["coverage"].size(), 2U);
  const auto sales = Entry(printed["coverage"], "policy", "sales");
  EXPECT_EQ(sales["selected"], selected);
  EXPECT_EQ(sales["have"], selected - lacking.size());
  EXPECT_EQ(sales["extent"], "partial");
  std::set<std::string> named;
  for (const auto& user : sales["users"]) named.insert(user["userPrincipalName"]);
  EXPECT_EQ(named, lacking);

  const auto text = Seatkeeper({"coverage", "--policy-name", "sales", "--full"});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  for (const auto& name : lacking) EXPECT_THAT(text.out, HasSubstr(name));
  EXPECT_THAT(text.out, Not(HasSubstr("legal")));
  const auto wrong = Seatkeeper({"coverage", "--policy-name", "salse"});
  EXPECT_EQ(wrong.exit_code, 64);
  EXPECT_THAT(wrong.err, HasSubstr("did you mean `sales`?"));
  EXPECT_THAT(wrong.out, IsEmpty());
}

TEST_F(Look, ExplainsOneUserBeforeAndAfter) {
  StartTenant({"--users", "1000"});
  WriteConfig();
  UseExamplePolicies();
  const auto user = SomeUser("Sales", kE3, false);
  const auto before = Printed({"explain", user});
  EXPECT_EQ(before["kind"], "Explanation");
  EXPECT_EQ(before["user"]["userPrincipalName"], user);
  EXPECT_TRUE(before["history"].is_null()) << "there is no store yet";
  const auto e3 = Entry(before["products"], "skuId", kE3);
  EXPECT_EQ(e3["standing"], "to-add");
  EXPECT_EQ(e3["statements"][0]["role"], "decides");
  EXPECT_EQ(e3["statements"][0]["policy"], "office");
  EXPECT_EQ(e3["statements"][0]["file"], "policies/suites.yaml");
  EXPECT_EQ(e3["steps"][0]["verdict"], "go");

  const auto applied = Seatkeeper({"apply", "--yes"});
  ASSERT_TRUE(applied.exit_code == 0 || applied.exit_code == 3) << applied.err;
  const auto after = Printed({"explain", before["user"]["id"]});
  EXPECT_EQ(Entry(after["products"], "skuId", kE3)["standing"], "in-order");
  ASSERT_FALSE(after["history"].empty());
  EXPECT_EQ(after["history"][0]["user"]["userPrincipalName"], user);
  const auto text = Seatkeeper({"explain", user});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("held, as policy wants it"),
                              HasSubstr("granted by office (policies/suites.yaml:"),
                              HasSubstr("Last changes (")));
}

TEST_F(Look, AgentsAreReadAndLeftAlone) {
  StartTenant({"--users", "100"});
  WriteConfig();
  const auto holder = SomeUser("Sales", kE3, true);
  const auto lacking = SomeUser("Engineering", kE3, false);
  WritePolicy("a.yaml", R"(apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: pilots}
spec:
  subjects: {users: [)" + lacking +
                            R"(]}
  licenses: [{product: SPE_E3}]
---
apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: e3}
spec: {product: SPE_E3, management: full, unassign: {after: 0d, confirmations: 1}}
---
apiVersion: seatkeeper/v1
kind: Guardrails
metadata: {name: none}
spec: {maxUnassign: off, mailboxLoss: allow}
)");
  const auto concerned = [&](const std::string& name) {
    const auto plan = Printed({"plan"});
    for (const auto& change : plan["changes"]) {
      if (change["user"]["userPrincipalName"] == name) return true;
    }
    return false;
  };
  EXPECT_TRUE(concerned(holder));
  EXPECT_TRUE(concerned(lacking));
  for (const auto& user : {holder, lacking}) {
    Edit({{{"op", "setUser"},
           {"user", user},
           {"set", {{"@odata.type", "#microsoft.graph.agentUser"}}}}});
  }
  EXPECT_FALSE(concerned(holder));
  EXPECT_FALSE(concerned(lacking));
  const auto plan = Seatkeeper({"plan"});
  EXPECT_THAT(plan.out, AllOf(HasSubstr("2 agent accounts are left alone"),
                              HasSubstr("user \"" + lacking + "\"")));
  const auto explained = Seatkeeper({"explain", holder});
  EXPECT_THAT(explained.out, HasSubstr("This is an agent account"));
  EXPECT_FALSE(Printed({"explain", holder})["user"]["person"]);
  const auto selected = Seatkeeper({"select", "user.userPrincipalName -eq \"" + holder + "\""});
  EXPECT_EQ(selected.exit_code, 0) << selected.err;
  EXPECT_THAT(selected.out, IsEmpty());
  EXPECT_THAT(selected.err, HasSubstr("1 account left out, for policies are for people"));

  ASSERT_EQ(Seatkeeper({"snapshot", "--out", "tenant.json"}).exit_code, 0);
  EXPECT_THAT(Seatkeeper({"plan", "--snapshot", "tenant.json"}).out,
              HasSubstr("2 agent accounts are left alone"));
}

TEST_F(Look, ASnapshotIsExplainedWithoutTenantAndStore) {
  StartTenant({"--users", "200"});
  WriteConfig();
  UseExamplePolicies();
  ASSERT_EQ(Seatkeeper({"snapshot", "--out", "tenant.json"}).exit_code, 0);
  const auto user = SomeUser("Engineering", kE5, true);
  const auto live = Printed({"coverage"});
  auto saved = Printed({"coverage", "--snapshot", "tenant.json"});
  EXPECT_EQ(live["coverage"], saved["coverage"]);
  std::filesystem::remove(folder() / "seatkeeper.yaml");
  const std::vector<std::string> offline{"--snapshot", "tenant.json", "--policy", "policies"};
  const auto with = [&](std::vector<std::string> command) {
    command.insert(command.end(), offline.begin(), offline.end());
    return Seatkeeper(command);
  };
  const auto explained = with({"explain", user});
  EXPECT_EQ(explained.exit_code, 0) << explained.err;
  EXPECT_THAT(explained.out,
              AllOf(HasSubstr("SPE_E5 (Microsoft 365 E5): held"), Not(HasSubstr("Last changes"))));
  EXPECT_EQ(with({"explain", user}).out, explained.out) << "the same file, the same bytes";
  const auto one = with({"explain", user, "--product", "SPE_E3"});
  EXPECT_THAT(one.out, AllOf(HasSubstr("SPE_E3"), Not(HasSubstr("VISIOCLIENT"))));
  const auto products = Seatkeeper({"products", "--snapshot", "tenant.json"});
  EXPECT_EQ(products.exit_code, 0) << products.err;
  EXPECT_THAT(products.err, HasSubstr("there is no policy"));
}

TEST_F(Look, AUserIsFoundAmongTenants) {
  const auto snapshot = [](const std::string& name, const std::string& id) {
    return R"({"apiVersion": "seatkeeper/v1", "kind": "Snapshot",
      "readAt": "2026-01-05T08:00:00Z", "users": [{"id": ")" +
           id + R"(", "userPrincipalName": ")" + name +
           R"(", "usageLocation": "FR", "licenseAssignmentStates": []}],
      "subscribedSkus": [{"skuId": "05e9a617-0261-4cee-bb44-138d3ef5d965",
      "skuPartNumber": "SPE_E3", "appliesTo": "User", "capabilityStatus": "Enabled",
      "consumedUnits": 0, "prepaidUnits": {"enabled": 5}, "servicePlans": []}]})";
  };
  WriteFile(folder() / "a.json",
            snapshot("ada@contoso.example", "a0000000-0000-4000-8000-00000000000a"));
  WriteFile(folder() / "b.json",
            snapshot("bo@fabrikam.example", "b0000000-0000-4000-8000-00000000000b"));
  WriteFile(folder() / "seatkeeper.yaml",
            "apiVersion: seatkeeper/v1\nkind: Config\nstore: {sqlite: {path: seatkeeper.db}}\n"
            "tenants:\n  - {name: contoso, provider: file, path: a.json}\n"
            "  - {name: fabrikam, provider: file, path: b.json}\n");
  WritePolicy("p.yaml",
              "apiVersion: seatkeeper/v1\nkind: LicensePolicy\n"
              "metadata: {name: all, tenants: [all]}\nspec:\n"
              "  subjects: {rule: user.userPrincipalName -ne null}\n"
              "  licenses: [{product: SPE_E3}]\n");
  const auto bo = Seatkeeper({"explain", "BO@fabrikam.example"});
  EXPECT_EQ(bo.exit_code, 0) << bo.err;
  EXPECT_THAT(bo.out, AllOf(HasSubstr("fabrikam, read 2026-01-05"), Not(HasSubstr("contoso, "))));
  const auto nobody = Seatkeeper({"explain", "cleo@contoso.example"});
  EXPECT_EQ(nobody.exit_code, 1);
  EXPECT_THAT(nobody.err, AllOf(HasSubstr("contoso has no user"), HasSubstr("fabrikam has no")));
  for (const auto* command : {"coverage", "products"}) {
    const auto both = Seatkeeper({command});
    EXPECT_EQ(both.exit_code, 0) << both.err;
    EXPECT_THAT(both.out, AllOf(HasSubstr("contoso, read"), HasSubstr("\n\nfabrikam, read")));
    EXPECT_THAT(Seatkeeper({command, "--tenant", "contoso"}).out, Not(HasSubstr("fabrikam")));
  }
  std::filesystem::remove(folder() / "b.json");
  const auto half = Seatkeeper({"explain", "ada@contoso.example"});
  EXPECT_EQ(half.exit_code, 1) << "fabrikam could not be read";
  EXPECT_THAT(half.out, HasSubstr("ada@contoso.example"));
  EXPECT_THAT(half.err, HasSubstr("b.json"));
  EXPECT_FALSE(std::filesystem::exists(folder() / "seatkeeper.db")) << "nothing is written";
}

TEST_F(Look, SaysWhoWasProbablyMeant) {
  StartTenant({"--users", "100"});
  WriteConfig();
  UseExamplePolicies();
  const auto user = SomeUser("Sales", kE3, true);
  for (const auto& wrong : {user.substr(0, user.size() - 1), user.substr(0, user.find('@'))}) {
    const auto done = Seatkeeper({"explain", wrong});
    EXPECT_EQ(done.exit_code, 1);
    EXPECT_THAT(done.err, HasSubstr("did you mean `" + user + "`?"));
    EXPECT_THAT(done.out, IsEmpty());
  }
  EXPECT_EQ(Seatkeeper({"explain", "00000000-0000-4000-8000-00000000dead"}).exit_code, 1);
}

TEST_F(Look, EndsAsOtherReadingCommandsDo) {
  StartTenant({"--users", "50"});
  WriteConfig();
  WritePolicy("a.yaml", "apiVersion: seatkeeper/v1\nkind: LicensePolcy\n");
  const std::vector<std::vector<std::string>> commands{
      {"products"}, {"coverage"}, {"explain", "ada@contoso.example"}};
  for (const auto& command : commands) {
    EXPECT_EQ(Seatkeeper(command).exit_code, 65) << command[0] << " with a bad policy";
  }
  std::filesystem::remove(folder() / "policies/a.yaml");
  UseExamplePolicies();
  SetFaults(json::parse(
      R"([{"match": {"method": "GET", "path": "/users?"}, "fault": {"kind": "dropRows"}}])"));
  for (const auto& command : commands) {
    const auto done = Seatkeeper(command);
    EXPECT_EQ(done.exit_code, 69) << command[0];
    EXPECT_THAT(done.out, IsEmpty());
  }
  ClearFaults();
  WriteFile(folder() / "client-secret", "wrong");
  for (const auto& command : commands) {
    EXPECT_EQ(Seatkeeper(command).exit_code, 77) << command[0];
  }
}

}  // namespace
}  // namespace seatkeeper::test
