#include "reconciler/plan/mailbox.h"

#include <fmt/format.h>

#include <algorithm>

namespace seatkeeper {

MailboxGuard::MailboxGuard(const HeldBy* why, const DesiredState& desired,
                           const ObservedState& observed)
    : why_(why), desired_(desired), observed_(observed), risks_(observed) {}

bool MailboxGuard::HasMailbox(const AssignmentRow& held) const {
  return held.holds_seat() &&
         risks_.GivesMailbox(held.product, observed_.plan_sets[held.disabled_plans]);
}

bool MailboxGuard::Brings(DesiredIndex product, PlansIndex disabled, const Draft& draft) const {
  const auto index = desired_.products[product].index;
  return index && risks_.GivesMailbox(*index, draft.plan_sets[disabled]);
}

// What the group gives goes by this part; nullptr: it does not.
const GroupPart* MailboxGuard::LossBy(const AssignmentRow& held, const Draft& draft) const {
  if (held.source != AssignmentSource::kGroup) return nullptr;
  const auto of_group = PartsOf(held.group, draft);
  const auto part = std::find_if(of_group.begin(), of_group.end(), [&](const GroupPart& one) {
    return one.verdict == Verdict::kGo && one.takes_away() &&
           desired_.products[one.product].index == held.product;
  });
  return part == of_group.end() ? nullptr : &*part;
}

std::span<const GroupPart> MailboxGuard::PartsOf(const GroupId& group, const Draft& draft) const {
  const auto& parts = draft.group_parts;
  const auto begin = std::lower_bound(
      parts.begin(), parts.end(), group,
      [](const GroupPart& part, const GroupId& wanted) { return part.group < wanted; });
  auto end = begin;
  while (end != parts.end() && end->group == group) ++end;
  return {begin, end};
}

bool MailboxGuard::Stays(const AssignmentRow& held, std::span<const Part> of_user,
                         const Draft& draft) const {
  if (held.source == AssignmentSource::kDirect) {
    return std::none_of(of_user.begin(), of_user.end(), [&](const Part& part) {
      return part.goes() && desired_.products[part.product].index == held.product;
    });
  }
  const auto* loss = LossBy(held, draft);
  return loss == nullptr ||
         (loss->kind != Part::Kind::kRemove && Brings(loss->product, loss->disabled_plans, draft));
}

bool MailboxGuard::LosesMailbox(Row row, std::span<const Part> of_user, const Draft& draft) const {
  bool had = false;
  for (const auto& held : observed_.users.assignments(row)) {
    if (!HasMailbox(held)) continue;
    if (Stays(held, of_user, draft)) return false;
    had = true;
  }
  return had && std::none_of(of_user.begin(), of_user.end(), [&](const Part& part) {
           return part.goes() && part.kind != Part::Kind::kRemove &&
                  Brings(part.product, part.disabled_plans, draft);
         });
}

bool MailboxGuard::Hold(std::span<Part> of_user, Draft& draft) const {
  const auto gives_up = [](const Part& part) { return part.goes() && part.gives_up(); };
  if (why_ == nullptr || std::none_of(of_user.begin(), of_user.end(), gives_up)) return false;
  const Row row = of_user.front().row;
  if (!LosesMailbox(row, of_user, draft)) return false;
  bool moved = false;
  for (const auto& held : observed_.users.assignments(row)) {
    if (held.source != AssignmentSource::kDirect || !HasMailbox(held)) continue;
    for (auto& part : of_user) {
      const auto& product = desired_.products[part.product];
      if (!part.goes() || product.index != held.product) continue;
      auto why = *why_;
      why.product = product.id;
      if (draft.IsReleased(part, of_user, why)) continue;
      seatkeeper::Hold(part, why, of_user, draft.holds);
      moved = true;
    }
  }
  return moved;
}

// The group gives them another one in the same request. Should it find too few seats for that, the
// last gate holds what is left of the request.
bool MailboxGuard::GetsAnother(const GroupId& group, const Draft& draft) const {
  const auto of_group = PartsOf(group, draft);
  return std::any_of(of_group.begin(), of_group.end(), [&](const GroupPart& part) {
    return part.verdict == Verdict::kGo && part.kind == Part::Kind::kAdd &&
           Brings(part.product, part.disabled_plans, draft);
  });
}

// By group part: whose mailbox goes with it, should everything go that is to go.
std::vector<int> MailboxGuard::CountLosing(const Draft& draft) const {
  std::vector<int> losing(draft.group_parts.size());
  std::vector<const GroupPart*> causes;
  for (Row row = 0; row < observed_.users.size(); ++row) {
    causes.clear();
    bool another = false;
    for (const auto& held : observed_.users.assignments(row)) {
      const auto* loss = HasMailbox(held) ? LossBy(held, draft) : nullptr;
      if (loss == nullptr) continue;
      causes.push_back(loss);
      another = another || GetsAnother(held.group, draft);
    }
    if (causes.empty() || another) continue;
    if (!LosesMailbox(row, draft.PartsOf(row), draft)) continue;
    for (const auto* cause : causes) {
      ++losing[static_cast<std::size_t>(cause - draft.group_parts.data())];
    }
  }
  return losing;
}

void MailboxGuard::HoldGroups(Draft& draft) const {
  const bool some = std::any_of(
      draft.group_parts.begin(), draft.group_parts.end(),
      [](const GroupPart& part) { return part.verdict == Verdict::kGo && part.takes_away(); });
  if (why_ == nullptr || !some) return;
  const auto losing = CountLosing(draft);
  for (std::size_t i = 0; i < losing.size(); ++i) {
    if (losing[i] == 0) continue;
    auto& part = draft.group_parts[i];
    auto why = *why_;
    why.value = fmt::format("{} user{} would be left without a mailbox, deleted 30 days later",
                            losing[i], losing[i] == 1 ? "" : "s");
    why.product = desired_.products[part.product].id;
    if (draft.IsReleased(part, why)) continue;
    part.verdict = Verdict::kHeld;
    part.held = draft.holds.Add(part.held, why);
  }
}

}  // namespace seatkeeper
