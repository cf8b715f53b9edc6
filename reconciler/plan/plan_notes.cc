#include "reconciler/plan/plan_notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "reconciler/plan/names.h"
#include "reconciler/plan/revision_check.h"

namespace seatkeeper {

void AddNames(const ObservedState& observed, const ProductCatalog& catalog,
              const DesiredState& desired, Plan& plan) {
  for (const auto& product : desired.products) {
    plan.product_names[product.id] = NameOfProduct(product.id, observed, catalog);
    if (!product.index) continue;
    for (const auto& service_plan : observed.products[*product.index].plans) {
      plan.plan_names[service_plan.id] = service_plan.name;
    }
  }
}

void AddProducts(const DesiredState& desired, const ObservedState& observed,
                 const std::vector<Seats>& seats, const Draft& draft, Plan& plan) {
  std::unordered_map<SkuId, int> delta;
  for (const auto& change : plan.changes) {
    if (change.verdict != Verdict::kGo) continue;
    for (const auto& product : change.takes_seats) ++delta[product];
    for (const auto& product : change.frees_seats) --delta[product];
  }
  std::map<SkuId, int> short_by;
  for (const auto& waiting : plan.waiting) ++short_by[waiting.product];
  for (const auto& part : draft.group_parts) {
    if (part.short_by > 0) short_by[desired.products[part.product].id] += part.short_by;
  }
  for (std::size_t i = 0; i < seats.size(); ++i) {
    const auto& product = desired.products[i];
    const int assigned = seats[i].assigned + seats[i].unseen;
    PlanProduct row{.id = product.id,
                    .part_number = plan.ProductName(product.id),
                    .purchased = seats[i].purchased,
                    .assigned = assigned,
                    .assigned_after = assigned + delta[product.id],
                    .reserve = product.reserve,
                    .short_by = short_by[product.id],
                    .price = product.price,
                    .spare = product.spare};
    if (product.index) {
      row.warning = observed.products[*product.index].prepaid.warning;
      row.suspended = observed.products[*product.index].prepaid.suspended;
    }
    plan.products.push_back(std::move(row));
  }
  std::sort(plan.products.begin(), plan.products.end(),
            [](const PlanProduct& a, const PlanProduct& b) {
              return std::tie(a.part_number, a.id) < std::tie(b.part_number, b.id);
            });
}

void AddShortageWarnings(Plan& plan) {
  std::set<UserId> keeping;
  for (const auto& change : plan.changes) {
    if (change.verdict == Verdict::kDeferred) keeping.insert(change.user);
  }
  std::map<SkuId, int> swaps;
  for (const auto& waiting : plan.waiting) swaps[waiting.product] += keeping.contains(waiting.user);
  for (const auto& product : plan.products) {
    if (product.short_by == 0) continue;
    auto text =
        fmt::format("{} is short of {} seat{}: that many users are granted it and get none",
                    product.part_number, product.short_by, product.short_by == 1 ? "" : "s");
    if (const int count = swaps[product.id]; count > 0) {
      text += fmt::format("; {} of them keep{} what they have until then", count,
                          count == 1 ? "s" : "");
    }
    plan.warnings.push_back(std::move(text));
  }
}

void AddSpareWarnings(Plan& plan) {
  for (const auto& product : plan.products) {
    const int missing = product.missing_spare();
    if (missing == 0) continue;
    plan.warnings.push_back(fmt::format(
        "{} has {} free seat{} after this plan, fewer than the {} agreed (spare.min): {} missing",
        product.part_number, product.free_after(), product.free_after() == 1 ? "" : "s",
        *product.spare.min, missing));
  }
}

void AddCircles(const DesiredState& desired, const std::vector<SeatCircle>& circles, Plan& plan) {
  for (const auto& circle : circles) {
    WaitingCircle waiting{.products = {}, .users = circle.users, .seats_needed = {}};
    std::vector<std::string> names;
    for (const auto product : circle.products) {
      waiting.products.push_back(desired.products[product].id);
      names.push_back(plan.ProductName(waiting.products.back()));
    }
    std::vector<std::string> needed;
    for (const auto& [product, seats] : circle.seats_needed) {
      const auto& id = desired.products[product].id;
      waiting.seats_needed.emplace_back(id, seats);
      needed.push_back(
          fmt::format("{} more seat{} of {}", seats, seats == 1 ? "" : "s", plan.ProductName(id)));
    }
    auto text = fmt::format("{} users swap {} in a circle and wait for each other's seats",
                            circle.users, fmt::join(names, ", "));
    if (!needed.empty()) text += fmt::format("; {} would let them go", fmt::join(needed, ", "));
    plan.warnings.push_back(std::move(text));
    plan.circles.push_back(std::move(waiting));
  }
}

void WarnOfUnprotected(const PeopleLimits& people, Plan& plan) {
  for (const auto& unresolved : people.unresolved()) {
    plan.warnings.push_back(fmt::format(
        "protected: {}; all removals of the tenant are held until it is found", unresolved));
  }
}

void WarnOfOpenChanges(std::size_t users, Plan& plan) {
  if (users == 0) return;
  plan.warnings.push_back(
      fmt::format("{} user{} changed earlier and not yet confirmed: left alone until the tenant "
                  "shows the outcome",
                  users, users == 1 ? "" : "s"));
}

void ExplainShortages(const std::vector<Waiting>& waiting, std::vector<Drift>& drift) {
  std::unordered_map<UserId, std::vector<SkuId>> unseated;
  for (const auto& entry : waiting) unseated[entry.user].push_back(entry.product);
  for (auto& difference : drift) {
    if (difference.kind != Drift::Kind::kMissing) continue;
    const auto user = unseated.find(difference.user);
    if (user == unseated.end()) continue;
    const auto& products = user->second;
    if (std::find(products.begin(), products.end(), difference.product) != products.end()) {
      difference.cause += ", but no seat is free";
    }
  }
}

void ExplainBlocked(const Draft& draft, const DesiredState& desired, const ObservedState& observed,
                    std::vector<Drift>& drift) {
  std::map<std::pair<UserId, SkuId>, const std::string*> notes;
  for (const auto& part : draft.parts) {
    if (part.note == 0 || part.goes()) continue;
    notes[{observed.users.id(part.row), desired.products[part.product].id}] =
        &draft.notes[part.note].text;
  }
  if (notes.empty()) return;
  for (auto& difference : drift) {
    const auto note = notes.find({difference.user, difference.product});
    if (note != notes.end()) difference.cause += "; " + *note->second;
  }
}

void TellSuspicions(const std::vector<HeldBy>& suspicions, Plan& plan) {
  // One may be about several products.
  std::set<std::string> lines;
  for (const auto& suspicion : suspicions) lines.insert(DescribeSuspicion(suspicion));
  plan.warnings.insert(plan.warnings.end(), lines.begin(), lines.end());
  plan.suspicions = suspicions;
}

}  // namespace seatkeeper
