#include "reconciler/plan/judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "reconciler/plan/deliver.h"
#include "reconciler/plan/names.h"

namespace seatkeeper {
namespace {

std::uint16_t TieOf(const DesiredProduct& product) {
  return product.rung ? static_cast<std::uint16_t>(product.rung->ladder + 1) : 0;
}

}  // namespace

UserJudge::UserJudge(const DesiredState& desired, const ObservedState& observed,
                     const std::set<UserId>& busy, Draft& draft, std::vector<Drift>& drift)
    : desired_(desired),
      observed_(observed),
      users_(observed.users),
      busy_(busy),
      draft_(draft),
      drift_(drift),
      by_tenant_index_(observed.products.size()),
      views_(desired.products.size()) {
  for (std::size_t i = 0; i < desired.products.size(); ++i) {
    if (const auto index = desired.products[i].index) {
      by_tenant_index_[*index] = static_cast<DesiredIndex>(i);
    }
  }
}

void UserJudge::JudgeUser(Row row) {
  // Policies are for people. What an agent holds is not extra either, whatever management says.
  if (!users_.is_person(row)) return;
  Look(row);
  first_part_ = draft_.parts.size();
  first_drift_ = drift_.size();
  for (std::size_t i = 0; i < desired_.products.size(); ++i) {
    if (!desired_.products[i].rung) JudgeProduct(static_cast<DesiredIndex>(i));
  }
  for (const auto& ladder : desired_.ladders) JudgeLadder(ladder);
  std::sort(draft_.parts.begin() + static_cast<std::ptrdiff_t>(first_part_), draft_.parts.end(),
            [](const Part& a, const Part& b) { return a.product < b.product; });
}

void UserJudge::Look(Row row) {
  row_ = row;
  location_.reset();
  if (LacksLocation(observed_, row)) location_ = ChooseLocation(desired_, observed_, row);
  const bool known = users_.assignments_known(row);
  for (std::size_t i = 0; i < views_.size(); ++i) {
    views_[i] = {.holding = {.known = known},
                 .granted = desired_.products[i].granted.Contains(row)};
  }
  for (const auto& assignment : users_.assignments(row)) {
    if (const auto index = by_tenant_index_[assignment.product]) {
      views_[*index].holding.Add(assignment);
    }
  }
}

void UserJudge::JudgeProduct(DesiredIndex index) {
  const auto& product = desired_.products[index];
  const auto& view = views_[index];
  if (!view.holding.known) {
    if (view.granted || product.LetsGo(row_)) {
      Report(index, Drift::Kind::kUnknown, "the reading does not say what this user holds");
    }
  } else if (product.tied.Contains(row_)) {
    JudgeTied(index);
  } else if (!view.granted) {
    JudgeUnwanted(index);
  } else if (!view.holding.held()) {
    JudgeMissing(index);
  } else {
    JudgeHeld(index);
  }
}

void UserJudge::JudgeUnwanted(DesiredIndex index) {
  const auto& product = desired_.products[index];
  const auto& holding = views_[index].holding;
  if (!holding.held()) return;  // As most are not: no words are made for them.
  const auto why = WhyUnwanted(product);
  if (holding.unknown != nullptr) {
    Report(index, Drift::Kind::kUnknown,
           fmt::format("held although {}; whether directly or through a group is not known", why));
  } else if (holding.direct != nullptr) {
    JudgeExtra(index, why);
  } else if (holding.group != nullptr) {
    Report(index, Drift::Kind::kInherited,
           fmt::format("{}; it comes from a group and can only be taken away there", why),
           holding.group->group);
  }
}

std::string UserJudge::WhyUnwanted(const DesiredProduct& product) const {
  if (!product.revoked.Contains(row_)) return "no policy grants it";
  const auto* revoke = desired_.Deciding(product, PolicyStatement::Kind::kRevoke, row_);
  return fmt::format("{} revokes it", NameOfPolicy(*revoke));
}

void UserJudge::JudgeExtra(DesiredIndex index, const std::string& why) {
  const auto& product = desired_.products[index];
  const auto& holding = views_[index].holding;
  if (!product.LetsGo(row_)) {
    Report(
        index, Drift::Kind::kExtra,
        product.management == Management::kOwned
            ? fmt::format(
                  "{}; under `owned` only what seatkeeper itself assigned or adopted is taken away",
                  why)
            : fmt::format("{}; {} never takes it away", why, ToString(product.management)));
    return;
  }
  Report(index, Drift::Kind::kExtra,
         holding.group == nullptr
             ? why
             : fmt::format("{}; removing it frees no seat, for a group gives it as well", why));
  Add(MakeRemoval(index, product.revoked.Contains(row_) ? Reason::kRevoked : Reason::kNotGranted),
      product.removals_held);
}

void UserJudge::JudgeTied(DesiredIndex index) {
  const auto& product = desired_.products[index];
  const auto& holding = views_[index].holding;
  const auto* grant = desired_.Deciding(product, PolicyStatement::Kind::kGrant, row_);
  const auto* revoke = desired_.Deciding(product, PolicyStatement::Kind::kRevoke, row_);
  const auto& granted_at = desired_.OriginOf(*grant);
  const auto& revoked_at = desired_.OriginOf(*revoke);
  HeldBy contradiction{
      .guardrail = "contradiction",
      .value = fmt::format("{} ({}) grants it and {} ({}) revokes it, with the same priority",
                           granted_at.policy, ToString(granted_at.at), revoked_at.policy,
                           ToString(revoked_at.at)),
      .limit = "one of them decides",
      .release = "give one of the two policies a higher priority",
      .product = product.id};
  const auto cause = contradiction.value + ": left as it is";
  if (holding.held()) {
    Report(index, Drift::Kind::kExtra, cause);
    if (holding.direct == nullptr || holding.unknown != nullptr || !product.LetsGo(row_)) return;
    Add(MakeRemoval(index, Reason::kRevoked), contradiction);
  } else {
    Report(index, Drift::Kind::kMissing, cause);
    const auto shape = desired_.ShapeOf(product, row_);
    if (!grant->by_group && WhyNotGiven(product, shape).empty()) {
      auto part = MakeGrantPart(index, Part::Kind::kAdd, Reason::kGranted, shape);
      part.plans_off = part.takes_away = false;  // Nothing makes way before one of them decides.
      Add(part, contradiction);
    } else {
      AddMissing(index, Wait::kGrant);
    }
  }
}

void UserJudge::JudgeMissing(DesiredIndex index) {
  const auto& product = desired_.products[index];
  const auto* deciding = desired_.Deciding(product, PolicyStatement::Kind::kGrant, row_);
  if (deciding->by_group) return JudgeUndelivered(index, *deciding);
  const auto shape = desired_.ShapeOf(product, row_);
  const auto& policy = NameOfPolicy(*deciding);
  const auto why = WhyNotGiven(product, shape);
  if (!why.empty()) {
    Report(index, Drift::Kind::kMissing, why);
    // What nobody can be given is, for a ladder, a rung without seats.
    const auto part = AddMissing(index, product.obstacle.empty() ? Wait::kGrant : Wait::kSeat);
    if (part.wait == Wait::kSeat) StandBy(part);
    return;
  }
  Report(index, Drift::Kind::kMissing,
         views_[index].holding.pending == nullptr
             ? "granted by " + policy
             : fmt::format("granted by {}; a group gives it, too, but got no seat for it", policy));
  const auto part = MakeGrantPart(index, Part::Kind::kAdd, Reason::kGranted, shape);
  const auto& held = HoldOf(*deciding, shape);
  Add(part, held);
  if (!held) StandBy(part);
}

// To come through a group, which the service has not seen to yet: a licence of the user's own would
// stay beside the inherited one.
void UserJudge::JudgeUndelivered(DesiredIndex index, const PolicyStatement& deciding) {
  const auto& product = desired_.products[index];
  const auto& id = users_.id(row_);
  const Group* through = nullptr;
  for (const auto& group : desired_.selections[deciding.selection].groups) {
    const auto* linked = observed_.FindLinked({Link::Kind::kDirectMembers, group.guid});
    if (linked == nullptr || !std::binary_search(linked->users.begin(), linked->users.end(), id)) {
      continue;
    }
    through = observed_.FindGroup(group);
    if (through != nullptr) break;
  }
  const bool licensed = through != nullptr &&
                        std::any_of(through->licenses.begin(), through->licenses.end(),
                                    [&](const auto& held) { return held.product == product.id; });
  const auto* pending = views_[index].holding.pending;
  std::string why;
  if (!product.obstacle.empty()) {
    why = product.obstacle;
  } else if (!licensed) {
    why = "which is not licensed yet";
  } else if (pending != nullptr) {
    why = fmt::format("whose licence failed for this user: {}", observed_.texts[pending->error]);
  } else {
    why = "which the service has not brought to this user yet";
  }
  Report(index, Drift::Kind::kMissing,
         fmt::format("granted by {} through group {}, {}", NameOfPolicy(deciding),
                     through == nullptr ? "" : through->display_name, why),
         through == nullptr ? std::nullopt : std::optional(through->id));
  AddMissing(index, Wait::kGrant);
}

const std::optional<HeldBy>& UserJudge::HoldOf(const PolicyStatement& deciding,
                                               const DesiredState::Shape& shape) const {
  const auto& held = desired_.selections[deciding.selection].held;
  if (held) return held;
  if (shape.statement != nullptr) {
    const auto& of_shape = desired_.selections[shape.statement->selection].held;
    if (of_shape) return of_shape;
  }
  return location_ ? location_->held : held;
}

// Granted and not given: what the user would lose waits for it.
Part UserJudge::AddMissing(DesiredIndex index, Wait wait) {
  auto part = MakePart(index, Part::Kind::kMissing, Reason::kGranted);
  part.verdict = Verdict::kDeferred;
  part.wait = wait;
  part.tie = TieOf(desired_.products[index]);
  Add(part, std::nullopt);
  return part;
}

void UserJudge::StandBy(const Part& granted) {
  const auto& product = desired_.products[granted.product];
  if (!product.rung || !desired_.ladders[product.rung->ladder].document->fallback) return;
  if (busy_.contains(users_.id(row_))) return;
  Part standby = granted;
  standby.kind = Part::Kind::kStandby;
  standby.verdict = Verdict::kDeferred;
  standby.wait = Wait::kSeat;
  draft_.parts.push_back(standby);
}

std::string UserJudge::WhyNotGiven(const DesiredProduct& product,
                                   const DesiredState::Shape& shape) const {
  if (!product.obstacle.empty()) return product.obstacle;
  if (shape.conflict != nullptr) return DescribeConflict(*shape.statement, *shape.conflict);
  if (location_ && location_->code.empty()) return location_->why_not;
  return product.management == Management::kObserve ? "only observed" : "";
}

void UserJudge::JudgeHeld(DesiredIndex index) {
  const auto& product = desired_.products[index];
  const auto& holding = views_[index].holding;
  if (holding.direct != nullptr && !holding.direct->holds_seat()) {
    const auto& error = observed_.texts[holding.direct->error];
    Report(index, Drift::Kind::kUnknown,
           fmt::format("assigned, but in state {}{}{}", ToString(holding.direct->state),
                       error.empty() ? "" : ": ", error));
    if (holding.group == nullptr) AddMissing(index, Wait::kGrant);
  }
  const bool subscribed = product.index && TenantProduct(product).subscribed;
  const bool as_wanted = !subscribed || JudgePlans(index);
  if (as_wanted) JudgeRedundant(index);
}

void UserJudge::JudgeRedundant(DesiredIndex index) {
  const auto& product = desired_.products[index];
  const auto& holding = views_[index].holding;
  if (holding.direct == nullptr || holding.group == nullptr) return;
  const auto effective = [&](const AssignmentRow& row) {
    return EffectivePlans(observed_.plan_sets[row.disabled_plans], TenantProduct(product));
  };
  if (holding.direct->disabled_plans != holding.group->disabled_plans &&
      effective(*holding.direct) != effective(*holding.group)) {
    return;
  }
  const bool stays = GoesOnGiving(desired_, observed_, product, holding.group->group);
  Report(index, Drift::Kind::kRedundant,
         stays ? "held directly and from a group alike"
               : "held directly and from a group alike, which cannot be relied upon to go on",
         holding.group->group);
  // What is in error at the group may be gone tomorrow: the direct copy is then the only one.
  const bool safe = stays && holding.group->state == AssignmentState::kActive &&
                    holding.direct->state == AssignmentState::kActive;
  if (!product.unassign.remove_redundant_direct || !safe || !product.LetsGo(row_)) return;
  Add(MakeRemoval(index, Reason::kRedundant), product.removals_held);
}

// Whether the user's direct copy of the rung would go for another, and nothing else gives it.
bool UserJudge::MakesWay(DesiredIndex index) const {
  const auto& holding = views_[index].holding;
  const auto& product = desired_.products[index];
  return holding.direct != nullptr && holding.group == nullptr && holding.unknown == nullptr &&
         !product.tied.Contains(row_) && product.LetsGo(row_);
}

Part UserJudge::MakePart(DesiredIndex index, Part::Kind kind, Reason reason) const {
  const auto& product = desired_.products[index];
  Part part{.row = row_, .product = index, .kind = kind, .reason = reason};
  if (const auto* grant = desired_.Deciding(product, PolicyStatement::Kind::kGrant, row_)) {
    part.origin = grant->origin;
    part.priority = grant->priority;
  }
  return part;
}

Part UserJudge::MakeGrantPart(DesiredIndex index, Part::Kind kind, Reason reason,
                              const DesiredState::Shape& shape) {
  auto part = MakePart(index, kind, reason);
  const auto& product = desired_.products[index];
  part.tie = TieOf(product);
  if (product.index && TenantProduct(product).subscribed) {
    part.disabled_plans = draft_.plan_sets.Intern(PlansToDisable(index, shape.statement));
    if (product.rung) MarkPlansGoingOff(part);
  }
  return part;
}

Part UserJudge::MakeRemoval(DesiredIndex index, Reason reason) const {
  const auto& product = desired_.products[index];
  const auto& holding = views_[index].holding;
  Part part{.row = row_, .product = index, .kind = Part::Kind::kRemove, .reason = reason};
  part.takes_away = true;
  // A group that goes on giving the product keeps the seat; one that waits for a seat takes it.
  part.frees_seat =
      holding.group == nullptr && holding.pending == nullptr && holding.direct->holds_seat();
  part.origin = product.managed_by;
  if (product.revoked.Contains(row_) || product.tied.Contains(row_)) {
    part.origin = desired_.Deciding(product, PolicyStatement::Kind::kRevoke, row_)->origin;
  }
  return part;
}

void UserJudge::Add(Part part, const std::optional<HeldBy>& held) {
  if (busy_.contains(users_.id(part.row))) {
    drift_.back().cause += "; an earlier change of this user is still being confirmed";
    return;
  }
  if (held) {
    part.verdict = Verdict::kHeld;
    part.held = draft_.holds.Add(0, *held);
    part.in_doubt = true;
  }
  draft_.parts.push_back(part);
}

void UserJudge::Report(DesiredIndex index, Drift::Kind kind, std::string cause,
                       std::optional<GroupId> group) {
  drift_.push_back({.user = users_.id(row_),
                    .user_principal_name = std::string(users_.user_principal_name(row_)),
                    .product = desired_.products[index].id,
                    .kind = kind,
                    .cause = std::move(cause),
                    .group = group});
}

}  // namespace seatkeeper
