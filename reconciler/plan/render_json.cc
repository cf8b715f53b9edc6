#include "reconciler/plan/render_json.h"

#include <nlohmann/json.hpp>

namespace seatkeeper {
namespace {

using Json = nlohmann::ordered_json;

template <typename Id>
Json Ids(const std::vector<Id>& ids) {
  Json list = Json::array();
  for (const auto& id : ids) list.push_back(id.ToString());
  return list;
}

Json Licenses(const Plan& plan, const std::vector<AddLicense>& licenses) {
  Json list = Json::array();
  for (const auto& license : licenses) {
    list.push_back({{"skuId", license.product.ToString()},
                    {"partNumber", plan.ProductName(license.product)},
                    {"disabledPlans", Ids(license.disabled_plans)}});
  }
  return list;
}

Json Holds(const std::vector<HeldBy>& holds) {
  Json list = Json::array();
  for (const auto& held : holds) {
    Json reason{{"guardrail", held.guardrail}};
    if (held.product) reason["skuId"] = held.product->ToString();
    reason["value"] = held.value;
    reason["limit"] = held.limit;
    reason["release"] = held.release;
    list.push_back(std::move(reason));
  }
  return list;
}

Json UserOf(const UserId& id, const std::string& principal_name) {
  return {{"id", id.ToString()}, {"userPrincipalName", principal_name}};
}

Json ChangeOf(const Plan& plan, const Change& change) {
  Json json;
  json["id"] = change.id;
  if (change.wave != 0) json["wave"] = change.wave;
  json["user"] = UserOf(change.user, change.user_principal_name);
  json["add"] = Licenses(plan, change.add);
  json["remove"] = Ids(change.remove);
  json["verdict"] = ToString(change.verdict);
  if (!change.until.empty()) json["until"] = change.until;
  if (!change.waits_for.empty()) json["waitsFor"] = Ids(change.waits_for);
  json["held"] = Holds(change.held);
  json["reason"] = ToString(change.reason);
  json["origin"] = {{"policy", change.origin.policy},
                    {"file", change.origin.at.file},
                    {"line", change.origin.at.line}};
  json["risk"] = change.risk;
  json["before"] = Licenses(plan, change.before);
  return json;
}

Json ProductOf(const PlanProduct& product) {
  return {{"skuId", product.id.ToString()},
          {"partNumber", product.part_number},
          {"purchased", product.purchased},
          {"assigned", product.assigned},
          {"assignedAfter", product.assigned_after},
          {"reserve", product.reserve},
          {"short", product.short_by}};
}

Json DriftOf(const Plan& plan, const Drift& drift) {
  Json json{
      {"user", UserOf(drift.user, drift.user_principal_name)},
      {"product",
       {{"skuId", drift.product.ToString()}, {"partNumber", plan.ProductName(drift.product)}}},
      {"kind", ToString(drift.kind)},
      {"cause", drift.cause}};
  if (drift.group) json["group"] = drift.group->ToString();
  return json;
}

}  // namespace

std::string RenderPlanJson(const Plan& plan) {
  Json json;
  json["apiVersion"] = "seatkeeper/v1";
  json["kind"] = "Plan";
  json["tenant"] = plan.tenant;
  json["digest"] = plan.digest;
  json["heldDigest"] = plan.held_digest;
  json["policyRevision"] = plan.policy_revision;
  json["observedAt"] = FormatTime(plan.observed_at);
  if (plan.next_flip) json["nextFlip"] = FormatTime(*plan.next_flip);
  json["products"] = Json::array();
  for (const auto& product : plan.products) json["products"].push_back(ProductOf(product));
  json["changes"] = Json::array();
  for (const auto& change : plan.changes) json["changes"].push_back(ChangeOf(plan, change));
  json["drift"] = Json::array();
  for (const auto& drift : plan.drift) json["drift"].push_back(DriftOf(plan, drift));
  json["warnings"] = plan.warnings;
  // A tenant's names may hold bytes that are not UTF-8: they are replaced, never a reason to fail.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace seatkeeper
