#include "reconciler/plan/reprocess_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "reconciler/plan/digest.h"
#include "reconciler/plan/names.h"
#include "reconciler/plan/plan_words.h"
#include "reconciler/plan/reprocess.h"
#include "reconciler/plan/usage_location.h"

namespace seatkeeper {
namespace {

// licenseAssignmentState.error.
// Source: https://learn.microsoft.com/graph/api/resources/licenseassignmentstate
constexpr std::string_view kNoSeats = "CountViolation";
constexpr std::string_view kProhibited = "ProhibitedInUsageLocationViolation";
constexpr std::string_view kOther = "Other";  // Mostly: another licence of the same group failed.

constexpr std::size_t kNamesMost = 3;

bool IsFailed(const AssignmentRow& row) {
  return row.source == AssignmentSource::kGroup && row.state == AssignmentState::kError;
}

const GroupLicense* LicenseOf(const Group& group, const SkuId& product) {
  const auto found = std::ranges::find(group.licenses, product, &GroupLicense::product);
  return found == group.licenses.end() ? nullptr : &*found;
}

// Of a product whose service plans the tenant does not list, all that is off counts.
bool SameEffect(const std::vector<PlanId>& a, const std::vector<PlanId>& b,
                const Product& product) {
  if (product.plans.empty()) return a == b;
  return EffectivePlans(a, product) == EffectivePlans(b, product);
}

std::string_view WordsOf(LeftAlone why) {
  switch (why) {
    case LeftAlone::kProtected:
      return "Guardrails protect them";
    case LeftAlone::kUnknownMembers:
      return "they inherit something from a group whose licences and direct members are not "
             "known, and what they are no members for any more would be taken away; they are known "
             "of a group that a policy names with `delivery: group`";
    case LeftAlone::kNotMember:
      return "they inherit something from a group of which they are no direct members any more, "
             "and it would be taken away";
    case LeftAlone::kNotLicensed:
      return "they inherit something that the group does not give any more, or with other service "
             "plans, and it would be taken away";
    case LeftAlone::kUnfinished:
      return "the service works through the members of one of their groups, or is about to";
    case LeftAlone::kTroubled:
      return "something else that they inherit is in error or not what it seems: a person must "
             "look at it";
    case LeftAlone::kUnwanted:
      return "they would get something else as well, for which no seat is free or that no policy "
             "grants them through a group";
    case LeftAlone::kTried:
      break;
  }
  return "it was tried, and that is less than 24 hours ago or nothing has changed since";
}

}  // namespace

InheritedCheck::InheritedCheck(const ReprocessInput& input, const Draft& draft) : input_(input) {
  for (const auto& part : draft.group_parts) changing_.insert(part.group);
}

Blocker InheritedCheck::GoneBlocker(Row user, const AssignmentRow& row) const {
  if (!IsFailed(row)) return Blocker::kNone;
  const auto& error = input_.observed.texts[row.error];
  if (error == kNoSeats) return Blocker::kNoSeat;
  if (error == kProhibited) {
    return LacksLocation(input_.observed, user) ? Blocker::kNone : Blocker::kLocation;
  }
  return error == kOther ? Blocker::kSibling : Blocker::kNone;
}

std::optional<LeftAlone> InheritedCheck::WhyLeftAlone(
    Row user, const std::vector<ProductIndex>& wanted) const {
  const auto& users = input_.observed.users;
  if (input_.people.Protects(users.id(user)) != nullptr) return LeftAlone::kProtected;
  for (const auto& row : users.assignments(user)) {
    if (row.source == AssignmentSource::kDirect) continue;
    if (row.source == AssignmentSource::kUnknown) return LeftAlone::kTroubled;
    if (const auto why = JudgeGroup(user, row)) return why;
    // Disabled, or active with a change that failed: perhaps a removal that is stuck.
    const bool works = row.state == AssignmentState::kActive || FailsWithSibling(user, row);
    if (!works && !IsFailed(row)) return LeftAlone::kTroubled;
    if (!IsFailed(row)) continue;
    if (const auto why = JudgeFailed(user, row, wanted)) return why;
  }
  return std::nullopt;
}

std::optional<LeftAlone> InheritedCheck::JudgeGroup(Row user, const AssignmentRow& row) const {
  const auto& observed = input_.observed;
  const auto* group = observed.FindGroup(row.group);
  const auto* members = observed.FindLinked({Link::Kind::kDirectMembers, row.group.guid});
  if (group == nullptr || members == nullptr || members->status != GroupReading::Status::kFound) {
    return LeftAlone::kUnknownMembers;
  }
  if (!std::ranges::binary_search(members->users, observed.users.id(user))) {
    return LeftAlone::kNotMember;
  }
  if (!group->processed() || input_.open.groups.contains(row.group) ||
      changing_.contains(row.group)) {
    return LeftAlone::kUnfinished;
  }
  const auto& product = observed.products[row.product];
  const auto* license = LicenseOf(*group, product.id);
  if (license == nullptr) return LeftAlone::kNotLicensed;
  const auto& off = observed.plan_sets[row.disabled_plans];
  if (!SameEffect(license->disabled_plans, off, product)) return LeftAlone::kNotLicensed;
  return std::nullopt;
}

std::optional<LeftAlone> InheritedCheck::JudgeFailed(
    Row user, const AssignmentRow& row, const std::vector<ProductIndex>& wanted) const {
  const auto blocker = GoneBlocker(user, row);
  if (blocker == Blocker::kNone) return LeftAlone::kTroubled;
  if (blocker == Blocker::kSibling && !SiblingMayCome(user, row)) return LeftAlone::kTroubled;
  const bool counted =
      HasSeat(user, row.product) || std::ranges::find(wanted, row.product) != wanted.end();
  if (counted) return std::nullopt;
  // It takes a seat that nobody has counted: there is none, or it is not to be had.
  return LeftAlone::kUnwanted;
}

bool InheritedCheck::HasSeat(Row user, ProductIndex product) const {
  const auto rows = input_.observed.users.assignments(user);
  return std::ranges::any_of(
      rows, [&](const AssignmentRow& row) { return row.product == product && row.holds_seat(); });
}

// The service marks what the user has of a group when another of its licences fails.
bool InheritedCheck::FailsWithSibling(Row user, const AssignmentRow& row) const {
  return row.state == AssignmentState::kActiveWithError &&
         input_.observed.texts[row.error] == kOther && SiblingMayCome(user, row);
}

bool InheritedCheck::SiblingMayCome(Row user, const AssignmentRow& row) const {
  const auto rows = input_.observed.users.assignments(user);
  return std::ranges::any_of(rows, [&](const AssignmentRow& other) {
    const auto blocker = GoneBlocker(user, other);
    return other.group == row.group &&
           (blocker == Blocker::kNoSeat || blocker == Blocker::kLocation);
  });
}

std::string BasisOf(const ObservedState& observed, Row user,
                    const std::vector<std::pair<SkuId, int>>& free) {
  std::vector<std::string> lines;
  for (const auto& row : observed.users.assignments(user)) {
    auto line = fmt::format("row {} {} {} {} {}", observed.product_ids[row.product].ToString(),
                            static_cast<int>(row.source), row.group.ToString(), ToString(row.state),
                            observed.texts[row.error]);
    for (const auto& plan : observed.plan_sets[row.disabled_plans]) line += " " + plan.ToString();
    lines.push_back(std::move(line));
  }
  std::ranges::sort(lines);
  const auto* locations = observed.users.strings(rule::Property::kUsageLocation);
  lines.push_back(fmt::format("location {}", locations == nullptr ? "" : locations->text(user)));
  for (const auto& [product, seats] : free) {
    lines.push_back(fmt::format("free {} {}", product.ToString(), seats));
  }
  return Sha256(fmt::format("{}", fmt::join(lines, "\n")));
}

void LeftAloneNotes::Add(LeftAlone why, std::string name) {
  auto& note = notes_[why];
  ++note.users;
  if (note.names.size() < kNamesMost) note.names.push_back(std::move(name));
}

std::vector<std::string> LeftAloneNotes::Lines() const {
  std::vector<std::string> lines;
  for (const auto& [why, note] : notes_) {
    const auto more = note.users - note.names.size();
    lines.push_back(fmt::format(
        "{} could be processed again, for what kept a group's licence from them is gone, and {} "
        "left alone: {} ({}{})",
        Counted(note.users, "user"), note.users == 1 ? "is" : "are", WordsOf(why),
        fmt::join(note.names, ", "), more > 0 ? fmt::format(" and {} more", more) : ""));
  }
  return lines;
}

}  // namespace seatkeeper
