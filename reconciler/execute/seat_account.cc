#include "reconciler/execute/seat_account.h"

#include <fmt/format.h>

#include <algorithm>

namespace seatkeeper {

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

bool SeatAccount::CanTake(const Change& change) const {
  return std::all_of(change.takes_seats.begin(), change.takes_seats.end(),
                     [this](const SkuId& product) { return FreeOf(product) > 0; });
}

void SeatAccount::Take(const Change& change) {
  for (const SkuId& product : change.takes_seats) --free_[product];
}

void SeatAccount::Return(const Change& change) {
  for (const SkuId& product : change.takes_seats) ++free_[product];
}

void SeatAccount::Free(const Change& change) {
  for (const SkuId& product : change.frees_seats) {
    ++free_[product];
    ++freeing_[product].happened;
  }
}

std::string SeatAccount::WhyNot(const Change& change) const {
  std::string why;
  for (const SkuId& product : change.takes_seats) {
    if (FreeOf(product) > 0) continue;
    if (!why.empty()) why += " ";
    why += fmt::format("No seat of {} is free", names_.at(product));
    const auto freeing = freeing_.find(product);
    if (freeing != freeing_.end() && freeing->second.happened < freeing->second.planned) {
      why += fmt::format(": of {} changes that were to free one, {} did", freeing->second.planned,
                         freeing->second.happened);
    }
    why += ".";
  }
  return why;
}

}  // namespace seatkeeper
