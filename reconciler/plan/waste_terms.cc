#include "reconciler/plan/waste_terms.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "policy/text.h"
#include "reconciler/plan/self_service.h"

namespace seatkeeper {
namespace {

constexpr std::array<std::string_view, 10> kFree{
    "CCIBOTS_PRIVPREV_VIRAL",
    "DYN365_CUSTOMER_INSIGHTS_VIRAL",
    "FLOW_FREE",
    "Microsoft_Teams_Exploratory_Dept",
    "POWERAPPS_DEV",
    "POWERAPPS_VIRAL",
    "POWER_BI_STANDARD",
    "RIGHTSMANAGEMENT_ADHOC",
    "TEAMS_EXPLORATORY",
    "TEAMS_FREE",
};

Billing BillingOf(const Product& product, const ProductWaste& waste, bool bought) {
  if (!product.applies_to.empty() && !EqualsIgnoreCase(product.applies_to, "User")) {
    return Billing::kCompany;
  }
  if (product.prepaid.enabled <= 0) return Billing::kLapsed;
  const bool free = waste.price ? waste.price->amount == 0 : IsFreeOfCharge(product.part_number);
  if (free) return Billing::kFree;
  if (bought) return Billing::kPaid;
  if (waste.self_service.value_or(0) > 0) return Billing::kSelfService;
  return waste.trial.value_or(0) > 0 ? Billing::kTrial : Billing::kPaid;
}

}  // namespace

bool IsFreeOfCharge(std::string_view part_number) {
  return std::ranges::any_of(
      kFree, [&](std::string_view free) { return EqualsIgnoreCase(free, part_number); });
}

WasteTerms::WasteTerms(const ObservedState& observed) : read_(observed.subscriptions.has_value()) {
  if (!read_) return;
  for (const auto& subscription : *observed.subscriptions) {
    const auto product = SkuId::Parse(subscription.sku_id);
    // Only these count as purchased; what is in its grace period or suspended is told apart.
    if (!product || !EqualsIgnoreCase(subscription.status, "Enabled")) continue;
    auto& terms = terms_[*product];
    const int seats = std::max(0, subscription.total_licenses);
    if (subscription.is_trial.value_or(false)) {
      terms.trial += seats;
    } else if (LooksSelfService(subscription)) {
      terms.self_service += seats;
    } else {
      terms.bought.push_back({.subscription = subscription.id,
                              .at = ParseTime(subscription.next_lifecycle),
                              .seats = seats});
    }
  }
  for (auto& [product, terms] : terms_) {
    std::ranges::sort(terms.bought, [](const Renewal& a, const Renewal& b) {
      return std::tuple(!a.at, a.at, std::string_view(a.subscription)) <
             std::tuple(!b.at, b.at, std::string_view(b.subscription));
    });
  }
}

void WasteTerms::Judge(const Product& product, ProductWaste& waste) const {
  const auto found = terms_.find(product.id);
  if (read_) {
    const int most = std::max(0, waste.purchased);
    waste.trial = found == terms_.end() ? 0 : std::min(found->second.trial, most);
    waste.self_service =
        found == terms_.end() ? 0 : std::min(found->second.self_service, most - *waste.trial);
  }
  const bool bought = found != terms_.end() && !found->second.bought.empty();
  waste.billing = BillingOf(product, waste, bought);
}

void WasteTerms::ShareOut(ProductWaste& waste) const {
  const auto found = terms_.find(waste.id);
  if (found == terms_.end() || waste.billing != Billing::kPaid) return;
  int left = waste.returnable;
  for (auto renewal : found->second.bought) {
    renewal.returnable = std::min(left, renewal.seats);
    left -= renewal.returnable;
    waste.renewals.push_back(std::move(renewal));
  }
}

}  // namespace seatkeeper
