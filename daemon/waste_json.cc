#include "daemon/waste_json.h"

#include <cstdint>

#include "daemon/json_object.h"
#include "daemon/waste_cost_trend.h"
#include "daemon/waste_schema.h"
#include "daemon/waste_trend.h"

namespace seatkeeper {
namespace {

template <typename List, typename Render>
std::string ArrayOf(const List& list, Render&& render) {
  JsonArray array;
  for (const auto& each : list) array.Raw(render(each));
  return array.Finish();
}

template <typename Render>
std::string ByReason(Render&& render) {
  JsonObject object;
  for (const auto reason : kWasteReasons) {
    object.Raw(ToString(reason), render(static_cast<std::size_t>(reason)));
  }
  return object.Finish();
}

std::string JsonRenewal(const Renewal& renewal) {
  JsonObject object;
  object.Text("subscription", renewal.subscription);
  if (renewal.at) object.Text("at", FormatTime(*renewal.at));
  return object.Number("seats", renewal.seats).Number("returnable", renewal.returnable).Finish();
}

std::string JsonSpare(const SpareSeats& spare) {
  JsonObject object;
  if (spare.min) object.Number("min", *spare.min);
  if (spare.max) object.Number("max", *spare.max);
  return object.Finish();
}

std::string JsonPrice(const UnitPrice& price) {
  return JsonObject()
      .Text("amount", MonthlyAmount(price, 1).ToString())
      .Text("currency", price.currency)
      .Finish();
}

std::string JsonDay(const ProductDay& day, const UnitPrice* price) {
  JsonObject object;
  object.Text("day", FormatDay(day.day))
      .Number("purchased", day.purchased)
      .Number("assigned", day.assigned)
      .Number("unused", day.unused())
      .Number("wasted", day.wasted);
  if (day.inactive) object.Number("inactive", *day.inactive);
  if (price != nullptr) {
    const auto cost = CostOn(day, *price);
    object.Text("monthlyUnused", cost.unused.ToString());
    object.Text("monthlyWasted", cost.wasted.ToString());
  }
  return object.Finish();
}

std::string JsonCostDay(const CostDay& cost) {
  return JsonObject()
      .Text("day", FormatDay(cost.day))
      .Text("unused", cost.unused.ToString())
      .Text("wasted", cost.wasted.ToString())
      .Finish();
}

std::string JsonCostTrend(const CostTrend& trend) {
  return JsonObject()
      .Text("currency", trend.currency)
      .Raw("days", ArrayOf(trend.days, JsonCostDay))
      .Finish();
}

std::string JsonCostHistory(const CostHistory& history) {
  return JsonObject()
      .Raw("currencies", ArrayOf(history.currencies, JsonCostTrend))
      .Raw("withoutPrice", ArrayOf(history.without_price, JsonString))
      .Number("gone", static_cast<std::int64_t>(history.gone))
      .Finish();
}

std::string JsonProduct(const ProductWaste& product, const std::string& display_name,
                        const ProductTrend& days) {
  JsonObject object;
  object.Text("skuId", product.id.ToString())
      .Text("partNumber", product.name)
      .Text("displayName", display_name)
      .Text("billing", ToString(product.billing))
      .Number("purchased", product.purchased)
      .Number("assigned", product.assigned)
      .Number("seen", product.seen)
      .Number("unused", product.unused())
      .Number("warning", product.warning)
      .Number("suspended", product.suspended);
  if (product.trial) object.Number("trial", *product.trial);
  if (product.self_service) object.Number("selfService", *product.self_service);
  object.Number("reserve", product.reserve)
      .Raw("spare", JsonSpare(product.spare))
      .Number("kept", product.kept())
      .Number("short", product.short_by)
      .Raw("wasted", ByReason([&](auto at) { return std::to_string(product.wasted[at]); }))
      .Number("wastedInAll", Sum(product.wasted))
      .Number("returnable", product.returnable)
      .Number("activityUnknown", product.activity_unknown)
      .Number("redundantDirect", product.redundant_direct);
  if (product.price) object.Raw("monthlyPrice", JsonPrice(*product.price));
  return object.Raw("renewals", ArrayOf(product.renewals, JsonRenewal))
      .Raw(
          "days",
          ArrayOf(days, [&](const ProductDay& day) { return JsonDay(day, PriceForDays(product)); }))
      .Finish();
}

std::string JsonCost(const CurrencyWaste& cost) {
  const auto amount = [](const MonthlyAmount& of) { return JsonString(of.ToString()); };
  return JsonObject()
      .Text("currency", cost.currency)
      .Text("purchased", cost.purchased.ToString())
      .Text("unused", cost.unused.ToString())
      .Text("returnable", cost.returnable.ToString())
      .Raw("wasted", ByReason([&](auto at) { return amount(cost.wasted[at]); }))
      .Text("wastedInAll", cost.wasted_in_all.ToString())
      .Finish();
}

std::string JsonSeat(const NamedSeat& seat) {
  JsonObject object;
  object
      .Raw("user", JsonObject()
                       .Text("id", seat.user.ToString())
                       .Text("userPrincipalName", seat.user_principal_name)
                       .Text("displayName", seat.display_name)
                       .Finish())
      .Text("skuId", seat.product.ToString())
      .Text("partNumber", seat.product_name)
      .Text("reason", ToString(seat.reason));
  if (!seat.covered_by.empty()) object.Text("coveredBy", seat.covered_by);
  return object.Finish();
}

}  // namespace

std::string RenderWasteJson(const TenantWaste& tenant) {
  const auto& waste = tenant.waste;
  JsonArray products;
  for (std::size_t i = 0; i < waste.products.size(); ++i) {
    const auto days = tenant.trends.find(waste.products[i].id);
    products.Raw(JsonProduct(waste.products[i], tenant.display_names[i],
                             days == tenant.trends.end() ? ProductTrend() : days->second));
  }
  JsonObject object;
  object.Text("apiVersion", "seatkeeper/v1")
      .Text("kind", kReportKind)
      .Text("tenant", tenant.head.tenant)
      .Text("observedAt", FormatTime(tenant.head.read_at))
      .Text("policyRevision", tenant.head.policy_revision)
      .Boolean("inactiveKnown", waste.knows_inactive())
      .Boolean("subscriptionsKnown", waste.subscriptions_read);
  if (waste.inactive_after) object.Number("inactiveAfterDays", waste.inactive_after->count());
  if (!tenant.sign_ins_refused.empty()) object.Text("signInsRefused", tenant.sign_ins_refused);
  object.Raw("products", products.Finish())
      .Raw("monthlyCost", ArrayOf(waste.costs, JsonCost))
      .Raw("withoutPrice", ArrayOf(waste.without_price, JsonString))
      .Raw("costByDay", JsonCostHistory(CostsByDay(waste, tenant.trends)));
  if (tenant.with_users) object.Raw("wastedSeats", ArrayOf(tenant.seats, JsonSeat));
  return object.Finish() + "\n";
}

}  // namespace seatkeeper
