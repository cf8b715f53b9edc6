#include <algorithm>
#include <tuple>

#include "reconciler/plan/deliver.h"
#include "reconciler/plan/membership.h"

namespace seatkeeper {
namespace {

// Seats that users who are granted the product with at least this priority are to get.
int ClaimsBefore(const GroupPart& group, const Draft& draft) {
  return static_cast<int>(
      std::count_if(draft.parts.begin(), draft.parts.end(), [&](const Part& part) {
        return part.product == group.product && part.kind == Part::Kind::kAdd && part.goes() &&
               part.priority >= group.priority;
      }));
}

}  // namespace

std::map<SkuId, int> SeatsToCome(const ObservedState& observed, const std::set<GroupId>& busy) {
  std::map<SkuId, int> seats;
  for (const auto& group : observed.groups) {
    if (group.processed() || busy.contains(group.id)) continue;
    const auto* members = observed.FindLinked({Link::Kind::kDirectMembers, group.id.guid});
    if (members == nullptr) continue;
    for (const auto& license : group.licenses) {
      const auto product = observed.FindProduct(license.product);
      observed.users.ForEachKnown(members->users, [&](Row row) {
        const auto member =
            product ? MembershipOf(observed.users, row, *product, group.id) : Membership{};
        if (!member.has_seat()) ++seats[license.product];
      });
    }
  }
  return seats;
}

std::vector<int> SeatGroups(const std::vector<int>& free, Draft& draft) {
  std::vector<int> taken(free.size());
  std::vector<GroupPart*> claims;
  for (auto& part : draft.group_parts) {
    if (part.kind == Part::Kind::kAdd && part.verdict == Verdict::kGo && part.seats > 0) {
      claims.push_back(&part);
    }
  }
  std::sort(claims.begin(), claims.end(), [](const GroupPart* a, const GroupPart* b) {
    return std::tie(b->priority, a->group, a->product) <
           std::tie(a->priority, b->group, b->product);
  });
  for (auto* claim : claims) {
    const int left =
        std::max(0, free[claim->product] - taken[claim->product] - ClaimsBefore(*claim, draft));
    if (claim->seats <= left) {
      taken[claim->product] += claim->seats;
    } else {
      claim->verdict = Verdict::kDeferred;
      claim->short_by = claim->seats - left;
    }
  }
  return taken;
}

}  // namespace seatkeeper
