#include "reconciler/plan/people.h"

#include <fmt/format.h>

#include <algorithm>

#include "reconciler/plan/rule_eval.h"
#include "reconciler/plan/selection.h"

namespace seatkeeper {
namespace {

constexpr std::size_t kNamedMost = 3;
constexpr auto kDefaultMailboxLoss = MailboxLoss::kApprove;

HeldBy ProtectedBy(std::string value) {
  return {.guardrail = "protected",
          .value = std::move(value),
          .limit = "protected users lose nothing",
          .release = "take the user off `protected` in a reviewed change",
          .product = {}};
}

std::optional<HeldBy> KeepingMailboxes(MailboxLoss loss) {
  if (loss == MailboxLoss::kAllow) return std::nullopt;
  HeldBy held{.guardrail = "mailboxLoss",
              .value = "the user would be left without a mailbox, deleted 30 days later",
              .limit = "mailboxLoss is `deny`: no mailbox goes",
              .release =
                  "only another policy: one that leaves the mailbox, or says "
                  "`mailboxLoss: allow`",
              .product = {}};
  if (loss == MailboxLoss::kApprove) {
    held.limit = "mailboxLoss is `approve`: no mailbox goes unapproved";
    held.release = "say `mailboxLoss: allow` in a reviewed change of the policy";
    held.approvable = true;
  }
  return held;
}

// Nested members count, as they do for policies.
SubjectSelection Select(const ProtectedSubjects& subjects, const ObservedState& observed) {
  LicensePolicy policy;
  policy.subjects.of.groups = subjects.groups;
  policy.subjects.of.users = subjects.users;
  RuleEvaluator no_rules(observed, WallTime{});
  return SelectSubjects(policy, observed, no_rules);
}

// Whether the user's own assignment gives all that the group's does. Nothing takes that one away
// from a protected user; what another group gives may go in the same plan.
bool GivenDirectly(const AssignmentRow& inherited, Row row, const ObservedState& observed) {
  const auto rows = observed.users.assignments(row);
  return std::any_of(rows.begin(), rows.end(), [&](const AssignmentRow& own) {
    const auto& off = observed.plan_sets[own.disabled_plans];
    const auto& group_off = observed.plan_sets[inherited.disabled_plans];
    return own.product == inherited.product && own.source == AssignmentSource::kDirect &&
           own.holds_seat() &&
           std::includes(group_off.begin(), group_off.end(), off.begin(), off.end());
  });
}

std::string NameThem(const std::vector<std::string>& names) {
  const auto shown = std::min(names.size(), kNamedMost);
  auto text = fmt::format("{} protected user{} {} it from this group: {}", names.size(),
                          names.size() == 1 ? "" : "s", names.size() == 1 ? "has" : "have",
                          fmt::join(names.begin(), names.begin() + static_cast<long>(shown), ", "));
  if (shown < names.size()) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

}  // namespace

// Words of the policy are in the order of their strictness.
MailboxLoss StrictestMailboxLoss(const std::vector<const Guardrails*>& documents) {
  std::optional<MailboxLoss> strictest;
  for (const auto* document : documents) {
    if (document->mailbox_loss) strictest = std::max(strictest, document->mailbox_loss);
  }
  return strictest.value_or(kDefaultMailboxLoss);
}

PeopleLimits::PeopleLimits() : mailboxes_(KeepingMailboxes(kDefaultMailboxLoss)) {}

PeopleLimits::PeopleLimits(const std::vector<const Guardrails*>& documents,
                           const ObservedState& observed)
    : mailboxes_(KeepingMailboxes(StrictestMailboxLoss(documents))) {
  for (const auto* document : documents) AddDocument(*document, observed);
  // Of several documents that protect a user the first is named.
  std::sort(protected_.begin(), protected_.end());
  const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
  protected_.erase(std::unique(protected_.begin(), protected_.end(), same), protected_.end());
  AddGroups(observed);
}

void PeopleLimits::AddDocument(const Guardrails& document, const ObservedState& observed) {
  const auto& subjects = document.protected_subjects;
  if (subjects.groups.empty() && subjects.users.empty()) return;
  auto selected = Select(subjects, observed);
  selected.rows |= selected.not_people;  // An agent can lose something through a group.
  selected.rows.ForEach(
      [&](Row row) { protected_.emplace_back(observed.users.id(row), protections_.size()); });
  protections_.push_back(ProtectedBy(
      fmt::format("the user is protected by {} ({})", document.name, ToString(document.at))));
  for (auto& reference : selected.unresolved) unresolved_.push_back(std::move(reference.what));
}

void PeopleLimits::AddGroups(const ObservedState& observed) {
  std::map<std::pair<GroupId, SkuId>, std::vector<std::string>> names;
  for (const auto& [user, document] : protected_) {
    const auto row = *observed.users.Find(user);
    for (const auto& held : observed.users.assignments(row)) {
      if (held.source != AssignmentSource::kGroup || !held.holds_seat()) continue;
      if (GivenDirectly(held, row, observed)) continue;
      names[{held.group, observed.product_ids[held.product]}].emplace_back(
          observed.users.user_principal_name(row));
    }
  }
  for (const auto& [given, users] : names) {
    auto held = ProtectedBy(NameThem(users));
    held.product = given.second;
    through_group_.emplace(given, std::move(held));
  }
}

const HeldBy* PeopleLimits::Protects(const UserId& user) const {
  const auto found =
      std::lower_bound(protected_.begin(), protected_.end(), std::pair(user, std::size_t{0}));
  const bool is_protected = found != protected_.end() && found->first == user;
  return is_protected ? &protections_[found->second] : nullptr;
}

const HeldBy* PeopleLimits::Protects(const GroupId& group, const SkuId& product) const {
  const auto found = through_group_.find({group, product});
  return found == through_group_.end() ? nullptr : &found->second;
}

std::vector<HeldBy> PeopleLimits::ReasonsToHold(const Change& change) const {
  std::vector<HeldBy> reasons;
  change.ForEachRemoval([&](const SkuId& product) {
    const auto* why = change.group ? Protects(change.group->id, product) : Protects(change.user);
    if (why == nullptr) return;
    reasons.push_back(*why);
    reasons.back().product = product;
  });
  const bool loses_mailbox =
      change.verdict == Verdict::kGo &&
      std::find(change.risk.begin(), change.risk.end(), kMailboxRisk) != change.risk.end();
  if (loses_mailbox && mailboxes_) reasons.push_back(*mailboxes_);
  return reasons;
}

PeopleGuard::PeopleGuard(const PeopleLimits& limits, const DesiredState& desired,
                         const ObservedState& observed)
    : limits_(limits),
      desired_(desired),
      observed_(observed),
      mailboxes_(limits.KeepsMailboxes(), desired, observed) {}

bool PeopleGuard::Hold(std::span<Part> of_user, Draft& draft) const {
  return HoldProtected(of_user, draft) || mailboxes_.Hold(of_user, draft);
}

bool PeopleGuard::HoldProtected(std::span<Part> of_user, Draft& draft) const {
  const auto loses = [](const Part& part) { return part.can_go() && part.takes_away; };
  if (std::none_of(of_user.begin(), of_user.end(), loses)) return false;
  const auto* why = limits_.Protects(observed_.users.id(of_user.front().row));
  if (why == nullptr) return false;
  bool moved = false;
  for (auto& part : of_user) {
    if (!loses(part)) continue;
    auto held = *why;
    held.product = desired_.products[part.product].id;
    const auto before = part.held;
    seatkeeper::Hold(part, held, of_user, draft.holds);
    if (part.held == before) continue;
    // What is held for another reason as well says this one: no approval of that releases it.
    Annotate(part, {.text = "the user is protected and loses nothing"}, draft);
    moved = true;
  }
  return moved;
}

void PeopleGuard::HoldGroups(Draft& draft) const {
  for (auto& part : draft.group_parts) {
    if (!part.takes_away()) continue;
    const auto* why = limits_.Protects(part.group, desired_.products[part.product].id);
    if (why == nullptr) continue;
    part.verdict = Verdict::kHeld;
    part.held = draft.holds.Add(part.held, *why);
  }
  mailboxes_.HoldGroups(draft);
}

}  // namespace seatkeeper
