#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/made_up_products.h"
#include "policy/diagnostic.h"
#include "policy/document.h"
#include "reconciler/plan/explain.h"
#include "reconciler/plan/planner.h"

namespace seatkeeper {

/// Compares what users of a made-up tenant hold after a plan with what a test expects. Everything
/// it is given must outlive it.
class PolicyTestJudge {
 public:
  /// `plan` is what MakePlan gives for `input`.
  PolicyTestJudge(const PlanInput& input, const Plan& plan, const MadeUpProducts& products);

  /// Adds a finding for everything that is otherwise, with the line of the policy that is why.
  void Judge(const Expectation& expectation, std::vector<Diagnostic>& findings);

 private:
  using OffPlans = std::set<PlanId>;
  /// One product of a user: the service plans that are off, by where it comes from.
  struct Held {
    std::optional<OffPlans> direct;
    std::map<GroupId, OffPlans> inherited;

    bool any() const { return direct || !inherited.empty(); }
    /// Off is what is off wherever it comes from. REQUIRES: any().
    bool IsOff(const PlanId& plan) const;
  };
  using Holdings = std::map<SkuId, Held>;

  Holdings HoldingsAfter(Row row) const;
  void Apply(const Change& change, Row row, Holdings& holdings) const;
  bool IsDirectMember(const GroupId& group, const UserId& user) const;

  void JudgeLicenses(const Expectation& expectation);
  void JudgeWithout(const Expectation& expectation);
  void JudgePlans(const ExpectedPlans& expected);
  void JudgePlan(const MadeUpProduct& product, const Positioned<std::string>& plan, bool off);
  void JudgeBy(const Positioned<std::string>& by, const Positioned<std::string>& product,
               PolicyStatement::Kind kind);
  bool Decides(const std::string& policy, const SkuId& product, PolicyStatement::Kind kind) const;

  bool Holds(const SkuId& product) const;
  const ProductExplanation* ExplanationOf(const SkuId& product) const;
  /// Why the user has, or lacks, the product: where it stands, and which line says so.
  std::string Why(const SkuId& product) const;
  void Report(const Positioned<std::string>& at, std::string message, std::string hint);

  const PlanInput& input_;
  const Plan& plan_;
  const MadeUpProducts& products_;

  // Of the expectation at hand.
  std::string user_;
  std::optional<Explanation> explanation_;
  Holdings holdings_;
  std::vector<Diagnostic>* findings_ = nullptr;
};

}  // namespace seatkeeper
