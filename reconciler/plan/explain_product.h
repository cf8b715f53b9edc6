#pragma once

#include <map>
#include <vector>

#include "reconciler/plan/explain.h"

namespace seatkeeper {

/// Explains one user's products one by one; what they have in common is worked out once. Everything
/// it is given must outlive it.
class ProductExplainer {
 public:
  /// `changes` are those of `plan` that are about the user.
  ProductExplainer(const PlanInput& input, const DesiredState& desired, const Plan& plan,
                   const std::vector<Change>& changes, Row row);

  /// Of a product that some document names.
  ProductExplanation Named(const DesiredProduct& product);
  /// Of one that none names.
  ProductExplanation Untouched(const SkuId& id) const;

 private:
  ProductExplanation Begin(const SkuId& id) const;
  void AddStatements(const DesiredProduct& product, ProductExplanation& explanation);
  void AddExpired(const DesiredProduct& product, ProductExplanation& explanation);
  void AddLadder(const DesiredProduct& product, ProductExplanation& explanation) const;
  void AddSteps(const DesiredProduct& product, ProductExplanation& explanation) const;
  void AddPlans(const DesiredProduct& product, ProductExplanation& explanation) const;
  void AddFromPlan(ProductExplanation& explanation) const;
  std::vector<std::string> Exchanged(const DesiredProduct& product, const Change& change,
                                     Step::Kind kind) const;
  const std::vector<SubjectPart>& PartsOf(std::size_t selection);
  Standing StandingOf(const ProductExplanation& explanation) const;

  const PlanInput& input_;
  const ObservedState& observed_;
  const DesiredState& desired_;
  const Plan& plan_;
  const std::vector<Change>& changes_;
  Row row_;
  RuleEvaluator evaluator_;
  std::map<std::size_t, std::vector<SubjectPart>> parts_;  // By index of the selection.
};

}  // namespace seatkeeper
