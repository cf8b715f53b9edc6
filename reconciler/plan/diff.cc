#include "reconciler/plan/diff.h"

#include <algorithm>
#include <span>
#include <tuple>

#include "reconciler/plan/holding.h"
#include "reconciler/plan/product_diff.h"

namespace seatkeeper {
namespace {

void Append(Change& change, const ChangePart& part) {
  const auto& product = part.license.product;
  change.origins.emplace(product, part.origin);
  if (part.kind == ChangePart::Kind::kRemove) {
    change.remove.push_back(product);
    if (part.seat) change.frees_seats.push_back(product);
  } else {
    change.add.push_back(part.license);
    if (part.plans_off) change.plans_off.push_back(product);
    if (part.seat) change.takes_seats.push_back(product);
  }
  if (part.held &&
      std::find(change.held.begin(), change.held.end(), *part.held) == change.held.end()) {
    change.held.push_back(*part.held);
  }
}

// Nobody loses something while what a policy grants them cannot be given: the removals of such a
// user are held with the grant, or wait for it. Reads and writes the parts of one user.
void HoldBackRemovals(std::span<ChangePart> parts) {
  std::optional<HeldBy> held;
  std::vector<SkuId> blocked;
  for (const auto& part : parts) {
    if (part.kind == ChangePart::Kind::kAdd && part.held && !held) held = part.held;
    if (part.kind == ChangePart::Kind::kBlocked) blocked.push_back(part.license.product);
  }
  for (auto& part : parts) {
    if (!part.takes_away() || part.held) continue;
    part.held = held;
    if (!held) part.waits_for = blocked;
  }
}

Verdict VerdictOf(const ChangePart& part) {
  if (part.held) return Verdict::kHeld;
  return part.waits_for.empty() ? Verdict::kGo : Verdict::kDeferred;
}

// Parts of one user (and of one verdict) make one change: one request.
Change MakeChange(std::span<const ChangePart> parts, const ObservedState& observed) {
  const Row row = parts.front().row;
  Change change;
  change.user = observed.users.id(row);
  change.user_principal_name = std::string(observed.users.user_principal_name(row));
  change.verdict = VerdictOf(parts.front());
  if (change.verdict == Verdict::kDeferred) {
    change.until = "this user can be given what a policy grants";
    change.waits_for = parts.front().waits_for;
  }
  change.priority = parts.front().priority;
  for (const auto& part : parts) {
    Append(change, part);
    change.priority = std::max(change.priority, part.priority);
  }
  change.fingerprint = observed.Fingerprint(row);
  change.before = DirectAssignments(observed, row);
  Retell(change);
  return change;
}

// Sorts by `key`, keeping the order of equal ones, and visits each run of them.
template <typename Key, typename Visit>
void ForEachRun(std::vector<ChangePart>& parts, Key key, Visit visit) {
  std::stable_sort(parts.begin(), parts.end(),
                   [&](const ChangePart& a, const ChangePart& b) { return key(a) < key(b); });
  for (auto begin = parts.begin(); begin != parts.end();) {
    const auto end = std::find_if(begin, parts.end(),
                                  [&](const ChangePart& part) { return key(part) != key(*begin); });
    visit(std::span<ChangePart>(begin, end));
    begin = end;
  }
}

}  // namespace

Diff ComputeDiff(const DesiredState& desired, const ObservedState& observed,
                 const std::set<UserId>& busy) {
  std::vector<ChangePart> parts;
  Diff diff;
  for (const auto& product : desired.products) {
    DiffProduct(desired, product, observed, busy, parts, diff.drift);
  }
  const auto user = [](const ChangePart& part) { return part.row; };
  const auto request = [](const ChangePart& part) { return std::tuple(part.row, VerdictOf(part)); };
  ForEachRun(parts, user, HoldBackRemovals);
  std::erase_if(parts,
                [](const ChangePart& part) { return part.kind == ChangePart::Kind::kBlocked; });
  ForEachRun(parts, request, [&](std::span<const ChangePart> run) {
    diff.changes.push_back(MakeChange(run, observed));
  });
  std::stable_sort(diff.drift.begin(), diff.drift.end(), [](const Drift& a, const Drift& b) {
    return std::tie(a.user, a.product, a.kind) < std::tie(b.user, b.product, b.kind);
  });
  return diff;
}

}  // namespace seatkeeper
