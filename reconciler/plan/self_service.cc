#include "reconciler/plan/self_service.h"

#include <fmt/format.h>

#include <utility>

#include "policy/text.h"

namespace seatkeeper {
namespace {

bool IsOver(const Subscription& subscription) {
  return EqualsIgnoreCase(subscription.status, "Deleted");
}

std::string NameOfBuyer(const ObservedState& observed, const std::string& owner) {
  const auto id = UserId::Parse(owner);
  const auto row = id ? observed.users.Find(*id) : std::nullopt;
  return row ? std::string(observed.users.user_principal_name(*row)) : owner;
}

}  // namespace

bool LooksSelfService(const Subscription& subscription) {
  return EqualsIgnoreCase(subscription.owner_type, "User") && !subscription.owner_id.empty() &&
         subscription.owner_tenant_id.empty();
}

std::optional<SelfService> FindSelfService(const ObservedState& observed, const SkuId& product) {
  if (!observed.subscriptions) return std::nullopt;
  SelfService found;
  for (const auto& subscription : *observed.subscriptions) {
    if (SkuId::Parse(subscription.sku_id) != product || IsOver(subscription)) continue;
    if (LooksSelfService(subscription)) {
      found.seats += subscription.total_licenses;
      found.buyers.insert(NameOfBuyer(observed, subscription.owner_id));
    } else {
      found.only = false;
    }
  }
  return found.buyers.empty() ? std::nullopt : std::optional(std::move(found));
}

void LeaveSelfServiceAlone(const ObservedState& observed, DesiredProduct& product,
                           std::vector<std::string>& warnings) {
  const auto found = FindSelfService(observed, product.id);
  if (!found || !product.index) return;
  const auto bought =
      fmt::format("{} was bought by self-service, by {}", observed.products[*product.index].name(),
                  fmt::join(found->buyers, ", "));
  if (found->only) {
    product.management = Management::kObserve;
    product.obstacle = "users bought the product for themselves (self-service)";
    warnings.push_back(bought +
                       ": nobody is given it and nobody loses it until an administrator takes the "
                       "purchase over");
  } else {
    product.reserve += found->seats;
    warnings.push_back(fmt::format("{} as well: {} seat{} of it {} not planned with", bought,
                                   found->seats, found->seats == 1 ? "" : "s",
                                   found->seats == 1 ? "is" : "are"));
  }
}

}  // namespace seatkeeper
