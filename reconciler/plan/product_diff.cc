#include "reconciler/plan/product_diff.h"

#include <fmt/format.h>

#include <algorithm>

#include "policy/text.h"
#include "reconciler/plan/holding.h"
#include "reconciler/plan/names.h"

namespace seatkeeper {
namespace {

// Decides for one product what every user has too little, too much or differently of it.
class ProductDiff {
 public:
  ProductDiff(const DesiredState& desired, const DesiredProduct& product,
              const ObservedState& observed, const std::set<UserId>& busy,
              std::vector<ChangePart>& parts, std::vector<Drift>& drift)
      : desired_(desired),
        product_(product),
        observed_(observed),
        users_(observed.users),
        busy_(busy),
        parts_(parts),
        drift_(drift) {
    if (product.index) {
      tenant_product_ = &observed.products[*product.index];
      obstacle_ = WhyNotAssignable();
    } else {
      obstacle_ = "the tenant does not own this product";
    }
  }

  void Run() {
    for (Row row = 0; row < users_.size(); ++row) Judge(row);
  }

 private:
  std::string WhyNotAssignable() const {
    if (!tenant_product_->subscribed) return "the tenant does not own this product";
    if (!EqualsIgnoreCase(tenant_product_->applies_to, "User") &&
        !tenant_product_->applies_to.empty()) {
      return "the product cannot be assigned to users";
    }
    const auto& status = tenant_product_->capability_status;
    if (!status.empty() && !EqualsIgnoreCase(status, "Enabled") &&
        !EqualsIgnoreCase(status, "Warning")) {
      return fmt::format("the subscription is {}", AsciiLower(status));
    }
    return "";
  }

  void Judge(Row row) {
    const auto* grant = WinningGrant(row);
    const Holding holding = product_.index ? HoldingOf(users_, row, *product_.index)
                                           : Holding{.known = users_.assignments_known(row)};
    if (!holding.known) {
      if (grant != nullptr || product_.management == Management::kFull) {
        Report(row, Drift::Kind::kUnknown, "the reading does not say what this user holds");
      }
    } else if (grant == nullptr) {
      JudgeUnwanted(row, holding);
    } else if (!holding.held()) {
      JudgeMissing(row, *grant, holding);
    } else {
      JudgeHeld(row, *grant, holding);
    }
  }

  const DesiredGrant* WinningGrant(Row row) const {
    for (const auto& grant : product_.grants) {
      if (desired_.selections[grant.selection].rows.Contains(row)) return &grant;
    }
    return nullptr;
  }

  // The grant whose word on service plans holds: the highest that says anything. `conflict` gets
  // the other one where two of the same priority disagree.
  const DesiredGrant* PlansGrant(Row row, const DesiredGrant*& conflict) const {
    const DesiredGrant* first = nullptr;
    for (const auto& grant : product_.grants) {
      if (!grant.plans_managed || !desired_.selections[grant.selection].rows.Contains(row))
        continue;
      if (first == nullptr) {
        first = &grant;
      } else if (PolicyOf(grant).priority == PolicyOf(*first).priority &&
                 grant.disabled_plans != first->disabled_plans) {
        conflict = &grant;
        break;
      }
    }
    return first;
  }

  void JudgeUnwanted(Row row, const Holding& holding) {
    if (holding.unknown != nullptr) {
      Report(row, Drift::Kind::kUnknown,
             "held although no policy grants it; whether directly or through a group is not known");
    } else if (holding.direct != nullptr) {
      JudgeExtra(row, holding);
    } else if (holding.group != nullptr) {
      Report(row, Drift::Kind::kInherited,
             "no policy grants it; it comes from a group and can only be taken away there",
             holding.group->group);
    }
  }

  void JudgeExtra(Row row, const Holding& holding) {
    if (product_.management != Management::kFull) {
      Report(row, Drift::Kind::kExtra,
             fmt::format("no policy grants it; {} never takes it away",
                         ToString(product_.management)));
      return;
    }
    Report(row, Drift::Kind::kExtra,
           holding.group == nullptr ? "no policy grants it"
                                    : "no policy grants it; removing it frees no seat, for a "
                                      "group gives it as well");
    ChangePart part{.row = row,
                    .kind = ChangePart::Kind::kRemove,
                    .license = {.product = product_.id, .disabled_plans = {}},
                    .seat = FreesSeat(holding),
                    .reason = Reason::kNotGranted,
                    .origin = product_.managed_by,
                    .held = product_.removals_held,
                    .waits_for = {}};
    Add(std::move(part));
  }

  // A group that goes on giving the product keeps the seat; one that waits for a seat takes it.
  static bool FreesSeat(const Holding& holding) {
    return holding.group == nullptr && holding.pending == nullptr && holding.direct->holds_seat();
  }

  void JudgeMissing(Row row, const DesiredGrant& grant, const Holding& holding) {
    const DesiredGrant* conflict = nullptr;
    const auto* plans = PlansGrant(row, conflict);
    std::string why = obstacle_;
    if (why.empty() && conflict != nullptr) why = DescribeConflict(*plans, *conflict);
    if (why.empty() && !HasUsageLocation(row)) {
      why = "the user has no usage location, without which nothing can be assigned";
    }
    if (why.empty() && product_.management == Management::kObserve) why = "only observed";
    if (!why.empty()) {
      Report(row, Drift::Kind::kMissing, why);
      Add(PartOf(row, grant, ChangePart::Kind::kBlocked, Reason::kGranted));
      return;
    }
    Report(row, Drift::Kind::kMissing,
           holding.pending == nullptr
               ? fmt::format("granted by {}", PolicyOf(grant).name)
               : fmt::format("granted by {}; a group gives it, too, but got no seat for it",
                             PolicyOf(grant).name));
    ChangePart part = PartOf(row, grant, ChangePart::Kind::kAdd, Reason::kGranted);
    part.seat = true;
    if (plans != nullptr) ShapePlans(*plans, part);
    Add(std::move(part));
  }

  void JudgeHeld(Row row, const DesiredGrant& grant, const Holding& holding) {
    if (holding.direct != nullptr && holding.group != nullptr &&
        holding.direct->disabled_plans == holding.group->disabled_plans) {
      Report(row, Drift::Kind::kRedundant, "held directly and from a group alike",
             holding.group->group);
    }
    if (holding.direct != nullptr && !holding.direct->holds_seat()) {
      const auto& error = observed_.texts[holding.direct->error];
      Report(row, Drift::Kind::kUnknown,
             fmt::format("assigned, but in state {}{}{}", ToString(holding.direct->state),
                         error.empty() ? "" : ": ", error));
      if (holding.group == nullptr) {
        Add(PartOf(row, grant, ChangePart::Kind::kBlocked, Reason::kGranted));
      }
    }
    const DesiredGrant* conflict = nullptr;
    const auto* plans = PlansGrant(row, conflict);
    if (plans != nullptr && tenant_product_->subscribed) {
      JudgePlans(row, grant, *plans, conflict, holding);
    }
  }

  void JudgePlans(Row row, const DesiredGrant& grant, const DesiredGrant& plans,
                  const DesiredGrant* conflict, const Holding& holding) {
    const auto* assignment = holding.direct != nullptr  ? holding.direct
                             : holding.group != nullptr ? holding.group
                                                        : holding.unknown;
    const auto off =
        EffectivePlans(observed_.plan_sets[assignment->disabled_plans], *tenant_product_);
    if (off == plans.disabled_plans && conflict == nullptr) return;
    std::string why;
    if (holding.direct == nullptr) {
      why = "service plans differ, but the product does not come directly to this user";
    } else if (conflict != nullptr) {
      why = DescribeConflict(plans, *conflict);
    } else if (product_.management != Management::kFull) {
      why = fmt::format("service plans differ; {} leaves present holders as they are",
                        ToString(product_.management));
    } else if (!holding.direct->holds_seat()) {
      why = "service plans differ, but the user has no seat: sending it anew would take one";
    } else if (!obstacle_.empty()) {
      why = fmt::format("service plans differ; {}", obstacle_);
    }
    Report(row, Drift::Kind::kPlans, why.empty() ? "service plans differ" : why,
           holding.direct == nullptr && holding.group != nullptr
               ? std::optional(holding.group->group)
               : std::nullopt);
    if (!why.empty()) return;
    ChangePart part = PartOf(row, grant, ChangePart::Kind::kPlans, Reason::kPlansDiffer);
    part.origin = {PolicyOf(plans).name, plans.at};
    ShapePlans(plans, part);
    part.plans_off = !std::includes(off.begin(), off.end(), plans.disabled_plans.begin(),
                                    plans.disabled_plans.end());
    if (part.plans_off && !part.held) part.held = product_.removals_held;
    Add(std::move(part));
  }

  // What one policy gives and another shapes is held where either is.
  void ShapePlans(const DesiredGrant& plans, ChangePart& part) const {
    part.license.disabled_plans = plans.disabled_plans;
    if (!part.held) part.held = desired_.selections[plans.selection].held;
  }

  ChangePart PartOf(Row row, const DesiredGrant& grant, ChangePart::Kind kind,
                    Reason reason) const {
    return {.row = row,
            .kind = kind,
            .license = {.product = product_.id, .disabled_plans = {}},
            .reason = reason,
            .origin = {PolicyOf(grant).name, grant.at},
            .priority = PolicyOf(grant).priority,
            .held = desired_.selections[grant.selection].held,
            .waits_for = {}};
  }

  void Add(ChangePart part) {
    if (busy_.contains(users_.id(part.row))) {
      drift_.back().cause += "; an earlier change of this user is still being confirmed";
      return;
    }
    parts_.push_back(std::move(part));
  }

  void Report(Row row, Drift::Kind kind, std::string cause,
              std::optional<GroupId> group = std::nullopt) {
    drift_.push_back({.user = users_.id(row),
                      .user_principal_name = std::string(users_.user_principal_name(row)),
                      .product = product_.id,
                      .kind = kind,
                      .cause = std::move(cause),
                      .group = group});
  }

  bool HasUsageLocation(Row row) const {
    return !users_.strings(rule::Property::kUsageLocation)->text(row).empty();
  }

  std::string DescribeConflict(const DesiredGrant& a, const DesiredGrant& b) const {
    return fmt::format("{} ({}) and {} ({}) have the same priority and differ on service plans",
                       PolicyOf(a).name, ToString(a.at), PolicyOf(b).name, ToString(b.at));
  }

  const LicensePolicy& PolicyOf(const DesiredGrant& grant) const {
    return *desired_.selections[grant.selection].policy;
  }

  const DesiredState& desired_;
  const DesiredProduct& product_;
  const ObservedState& observed_;
  const UserTable& users_;
  const std::set<UserId>& busy_;
  const Product* tenant_product_ = nullptr;
  std::string obstacle_;  // Why nobody can be given this product; empty when they can.
  std::vector<ChangePart>& parts_;
  std::vector<Drift>& drift_;
};

}  // namespace

void DiffProduct(const DesiredState& desired, const DesiredProduct& product,
                 const ObservedState& observed, const std::set<UserId>& busy,
                 std::vector<ChangePart>& parts, std::vector<Drift>& drift) {
  ProductDiff(desired, product, observed, busy, parts, drift).Run();
}

}  // namespace seatkeeper
