#include "reconciler/execute/seat_account.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "reconciler/execute/error_table.h"
#include "reconciler/plan/ids_in_text.h"
#include "reconciler/seams/planted.h"

namespace seatkeeper {
namespace {

struct Need {
  SkuId product;
  int seats = 0;
};

/// What a change takes, each product once: of a user one seat each, of a group many.
std::vector<Need> Needs(const Change& change) {
  std::vector<Need> needs;
  for (const SkuId& product : change.takes_seats) {
    const auto known = std::ranges::find(needs, product, &Need::product);
    if (known == needs.end()) {
      needs.push_back({product, 1});
    } else {
      ++known->seats;
    }
  }
  return needs;
}

}  // namespace

std::optional<SkuId> ProductRefused(const Change& change, const WriteResult& refusal) {
  if (ReachOf(refusal) != ErrorReach::kProduct) return std::nullopt;
  const auto named = IdsIn<SkuId>(refusal.message);
  std::vector<SkuId> blamed;
  for (const Need& need : Needs(change)) {
    const bool meant = named.empty() || std::ranges::find(named, need.product) != named.end();
    if (meant) blamed.push_back(need.product);
  }
  if (blamed.size() != 1) return std::nullopt;
  return blamed.front();
}

SeatAccount::SeatAccount(const GuardedPlan& plan) : free_(plan.free_seats()) {
  for (const Change& change : plan.plan().changes) {
    if (change.verdict != Verdict::kGo) continue;
    for (const SkuId& product : change.frees_seats) ++freeing_[product].planned;
    for (const SkuId& product : change.takes_seats) {
      names_.try_emplace(product, plan.plan().ProductName(product));
    }
  }
}

int SeatAccount::FreeOf(const SkuId& product) const {
  const auto found = free_.find(product);
  return found == free_.end() ? 0 : found->second;
}

const SkuId* SeatAccount::ClosedTo(const Change& change) const {
  if (change.add.size() != 1 || change.takes_seats.empty()) return nullptr;
  const SkuId& product = change.add.front().product;
  return closed_.contains(product) ? &product : nullptr;
}

bool SeatAccount::CanTake(const Change& change) const {
  if (IsPlanted(PlantedBug::kSeatsPresumed)) return true;
  if (ClosedTo(change) != nullptr) return false;
  return std::ranges::all_of(
      Needs(change), [this](const Need& need) { return FreeOf(need.product) >= need.seats; });
}

void SeatAccount::Take(const Change& change) {
  for (const SkuId& product : change.takes_seats) --free_[product];
}

void SeatAccount::Return(const Change& change) {
  for (const SkuId& product : change.takes_seats) ++free_[product];
}

void SeatAccount::Free(const Change& change) {
  if (change.group) return;
  for (const SkuId& product : change.frees_seats) {
    ++free_[product];
    ++freeing_[product].happened;
    closed_.erase(product);
  }
}

std::string SeatAccount::WhyNot(const Change& change) const {
  if (const auto* closed = ClosedTo(change)) {
    return fmt::format("Not sent, for another change was refused for the sake of {}: {}",
                       names_.at(*closed), closed_.at(*closed));
  }
  std::string why;
  for (const auto& [product, seats] : Needs(change)) {
    const int free = FreeOf(product);
    if (free >= seats) continue;
    if (!why.empty()) why += " ";
    why += seats == 1 ? fmt::format("No seat of {} is free", names_.at(product))
                      : fmt::format("{} seats of {} are needed and {} free", seats,
                                    names_.at(product), std::max(free, 0));
    const auto freeing = freeing_.find(product);
    if (freeing != freeing_.end() && freeing->second.happened < freeing->second.planned) {
      why += fmt::format(": of {} that were to be freed, {} were", freeing->second.planned,
                         freeing->second.happened);
    }
    why += ".";
  }
  return why;
}

}  // namespace seatkeeper
