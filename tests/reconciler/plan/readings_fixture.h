#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "reconciler/plan/held_set.h"
#include "reconciler/plan/planner.h"
#include "reconciler/plan/remember.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper::test {

/// A tenant that is read again and again, with what planning remembers between readings. Two
/// products, E5 and VISIO, are fully managed, without limits on amounts; removals do not wait.
class ReadingsTest : public testing::Test {
 protected:
  /// What policies say of the products' users.
  std::vector<std::string> documents = {
      Grants("suites", "{rule: user.department -eq \"Ops\"}", "[{product: E5}]"),
      Grants("drawing", "{groups: [DRAWERS]}", "[{product: VISIO}]")};
  TestTenant tenant{.products = {{.name = "E5", .seats = 1000}, {.name = "VISIO", .seats = 1000}},
                    .groups = {{.name = "DRAWERS"}}};
  PlanMemory memory;
  std::vector<Release> releases;

  static std::string Name(int number) { return fmt::format("u{:04}", number); }

  /// So many users of the department, each with E5; the first `drawers` of them have VISIO, too.
  void Populate(int users, int drawers = 0) {
    for (int number = 0; number < users; ++number) {
      TestUser user{.name = Name(number), .department = "Ops", .licenses = {{"E5"}}};
      if (number < drawers) {
        user.licenses.push_back({"VISIO"});
        tenant.Group("DRAWERS").members.push_back(user.name);
      }
      tenant.users.push_back(std::move(user));
    }
  }
  void Leave(int users) { tenant.users.erase(tenant.users.end() - users, tenant.users.end()); }
  /// The first so many users get another department.
  void Move(int users, const std::string& department) {
    for (int number = 0; number < users; ++number)
      tenant.User(Name(number)).department = department;
  }
  void TakeOut(int members) {
    auto& all = tenant.Group("DRAWERS").members;
    all.erase(all.end() - members, all.end());
  }

  /// Reads and plans, and remembers as a cycle does.
  Plan Read() {
    auto all = documents;
    for (const char* product : {"E5", "VISIO"}) all.push_back(Manages(product, "full"));
    all.push_back(Guards("amounts", "maxUnassign: off, maxChanges: off, mailboxLoss: allow"));
    const auto policies = Policies(all);
    const auto observed = tenant.Read();
    auto made = MakePlan({.tenant = "contoso",
                          .policies = policies,
                          .observed = observed,
                          .releases = releases,
                          .memory = memory});
    if (!made) throw std::invalid_argument(made.error().message);
    auto plan = made->plan();
    memory = RememberPlan(std::move(memory), plan);
    return plan;
  }

  /// Approves all that the plan holds, for the plans to come.
  void Approve(const Plan& plan) {
    auto sets = HeldSetsOf(plan);
    releases.push_back({{.approval = "command 1", .digest = plan.held_digest, .who = "ada"},
                        std::move(sets.at(0).items)});
  }
  /// Does what goes, and with that spends the approvals.
  void CarryOut(const Plan& plan) {
    for (const auto& change : plan.changes) {
      if (change.verdict == Verdict::kGo) Carry(change, tenant);
    }
    releases.clear();
  }
};

/// The guardrails of everything that is held, each once, with how many changes it holds.
inline std::string HeldBySummary(const Plan& plan) {
  std::map<std::string, int> held;
  int going = 0;
  for (const auto& change : plan.changes) {
    if (change.verdict == Verdict::kGo) ++going;
    for (const auto& why : change.held) ++held[why.guardrail];
  }
  auto text = fmt::format("{} go", going);
  for (const auto& [guardrail, count] : held) text += fmt::format(", {} {}", count, guardrail);
  return text;
}

/// The first reason for which anything is held.
inline std::optional<HeldBy> FirstHeld(const Plan& plan) {
  for (const auto& change : plan.changes) {
    if (!change.held.empty()) return change.held.front();
  }
  return std::nullopt;
}

}  // namespace seatkeeper::test
