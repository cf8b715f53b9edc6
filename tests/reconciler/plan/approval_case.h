#pragma once

#include <fmt/format.h>

#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/plan/approvals.h"
#include "reconciler/plan/held_set.h"
#include "reconciler/plan/planner.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper::test {

/// A tenant, its policy and the approvals of what was held of it, planned again and again.
struct Case {
  TestTenant tenant;
  std::vector<std::string> documents;
  std::vector<Release> releases = {};
  Ceilings ceilings = {};
  std::map<SkuId, int> removals_in_window = {};
  std::map<SkuId, int> approved_removals_in_window = {};
  std::function<void(PlanInput&)> adjust = {};  ///< The last word on what is planned from.

  Plan Make() const {
    const auto observed = tenant.Read();
    const auto policies = test::Policies(documents);
    PlanInput input{.tenant = "contoso", .policies = policies, .observed = observed};
    input.releases = releases;
    input.ceilings = ceilings;
    input.removals_in_window = removals_in_window;
    input.approved_removals_in_window = approved_removals_in_window;
    if (adjust) adjust(input);
    auto plan = MakePlan(input);
    if (!plan) throw std::invalid_argument(plan.error().message);
    return plan->plan();
  }

  /// Approves the set of the plan with this digest; returns the plan made after that.
  Plan Approve(const Plan& plan, const std::string& digest) {
    for (auto& set : HeldSetsOf(plan)) {
      if (set.digest == digest) releases.push_back({ByAda(digest), std::move(set.items)});
    }
    return Make();
  }

  static ApprovedBy ByAda(const std::string& digest) {
    return {.approval = "command 1", .digest = digest, .who = "ada", .reason = "leavers"};
  }
};

/// So many users who hold E3, which is managed and granted to nobody.
inline Case Leavers(int users, const std::string& limit = "{seats: 2}") {
  Case leavers;
  leavers.tenant.products = {{.name = "E3"}, {.name = "VISIO"}};
  for (int i = 0; i < users; ++i) {
    leavers.tenant.users.push_back({.name = fmt::format("u{:02}", i), .licenses = {{"E3"}}});
  }
  leavers.documents = {Manages("E3", "full"), Manages("VISIO", "full"), Limits("limit", limit),
                       Grants("p", "{rule: user.department -eq \"nowhere\"}", "[{product: E3}]")};
  return leavers;
}

}  // namespace seatkeeper::test
