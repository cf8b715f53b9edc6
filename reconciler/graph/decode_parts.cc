#include "reconciler/graph/decode_parts.h"

namespace seatkeeper {
namespace {

using Value = JsonWalk::Value;

bool DecodeUnits(JsonWalk& walk, Value value, PrepaidUnits& out) {
  if (walk.IsNull(value)) return true;
  return walk.Fields(value, [&](std::string_view key, Value field) {
    if (key == "enabled") return walk.OptionalInteger(field, out.enabled);
    if (key == "warning") return walk.OptionalInteger(field, out.warning);
    if (key == "suspended") return walk.OptionalInteger(field, out.suspended);
    if (key == "lockedOut") return walk.OptionalInteger(field, out.locked_out);
    return true;
  });
}

bool DecodePlan(JsonWalk& walk, Value value, ServicePlan& out) {
  bool has_id = false;
  const bool decoded = walk.Fields(value, [&](std::string_view key, Value field) {
    if (key == "servicePlanId") {
      has_id = true;
      return walk.ReadId(field, out.id);
    }
    if (key == "servicePlanName") return walk.OptionalText(field, out.name);
    if (key == "provisioningStatus") return walk.OptionalText(field, out.provisioning_status);
    if (key == "appliesTo") return walk.OptionalText(field, out.applies_to);
    return true;
  });
  return decoded && (has_id || walk.FailMissing("servicePlanId"));
}

bool DecodePlans(JsonWalk& walk, Value value, std::vector<ServicePlan>& out) {
  if (walk.IsNull(value)) return true;
  return walk.Items(value, [&](Value item) {
    ServicePlan plan;
    if (!DecodePlan(walk, item, plan)) return false;
    out.push_back(std::move(plan));
    return true;
  });
}

bool DecodeTexts(JsonWalk& walk, Value value, std::vector<std::string>& out) {
  if (walk.IsNull(value)) return true;
  return walk.Items(value, [&](Value item) {
    std::string_view text;
    if (!walk.Text(item, text)) return false;
    out.emplace_back(text);
    return true;
  });
}

}  // namespace

bool DecodeOptionalBoolean(JsonWalk& walk, Value value, std::optional<bool>& out) {
  if (walk.IsNull(value)) return true;
  bool read = false;
  if (!walk.Boolean(value, read)) return false;
  out = read;
  return true;
}

bool DecodeProcessingState(JsonWalk& walk, Value value, std::string& out) {
  simdjson::ondemand::json_type type{};
  if (value.type().get(type) != simdjson::SUCCESS) return walk.Fail("not valid JSON");
  if (type != simdjson::ondemand::json_type::object) return walk.OptionalText(value, out);
  return walk.Fields(value, [&](std::string_view key, Value field) {
    return key != "state" || walk.OptionalText(field, out);
  });
}

bool DecodeProduct(JsonWalk& walk, Value value, Product& out) {
  bool has_id = false;
  const bool decoded = walk.Fields(value, [&](std::string_view key, Value field) {
    if (key == "skuId") {
      has_id = true;
      return walk.ReadId(field, out.id);
    }
    if (key == "id") return walk.OptionalText(field, out.raw_id);
    if (key == "skuPartNumber") return walk.OptionalText(field, out.part_number);
    if (key == "appliesTo") return walk.OptionalText(field, out.applies_to);
    if (key == "capabilityStatus") return walk.OptionalText(field, out.capability_status);
    if (key == "consumedUnits") return walk.OptionalInteger(field, out.consumed);
    if (key == "prepaidUnits") return DecodeUnits(walk, field, out.prepaid);
    if (key == "servicePlans") return DecodePlans(walk, field, out.plans);
    if (key == "subscriptionIds") return DecodeTexts(walk, field, out.subscription_ids);
    return true;
  });
  return decoded && (has_id || walk.FailMissing("skuId"));
}

bool DecodeSubscription(JsonWalk& walk, Value value, Subscription& out) {
  return walk.Fields(value, [&](std::string_view key, Value field) {
    if (key == "id") return walk.OptionalText(field, out.id);
    if (key == "commerceSubscriptionId") {
      return walk.OptionalText(field, out.commerce_subscription_id);
    }
    if (key == "skuId") return walk.OptionalText(field, out.sku_id);
    if (key == "skuPartNumber") return walk.OptionalText(field, out.sku_part_number);
    if (key == "status") return walk.OptionalText(field, out.status);
    if (key == "isTrial") return DecodeOptionalBoolean(walk, field, out.is_trial);
    if (key == "createdDateTime") return walk.OptionalText(field, out.created);
    if (key == "nextLifecycleDateTime") return walk.OptionalText(field, out.next_lifecycle);
    if (key == "totalLicenses") return walk.OptionalInteger(field, out.total_licenses);
    if (key == "ownerId") return walk.OptionalText(field, out.owner_id);
    if (key == "ownerType") return walk.OptionalText(field, out.owner_type);
    if (key == "ownerTenantId") return walk.OptionalText(field, out.owner_tenant_id);
    return true;
  });
}

bool DecodeGroupLicenses(JsonWalk& walk, Value value, std::vector<GroupLicense>& out) {
  if (walk.IsNull(value)) return true;
  return walk.Items(value, [&](Value item) {
    GroupLicense license;
    bool has_id = false;
    const bool decoded = walk.Fields(item, [&](std::string_view key, Value field) {
      if (key == "disabledPlans") return walk.ReadIds(field, license.disabled_plans);
      if (key != "skuId") return true;
      has_id = true;
      return walk.ReadId(field, license.product);
    });
    if (!decoded) return false;
    if (!has_id) return walk.FailMissing("skuId");
    out.push_back(std::move(license));
    return true;
  });
}

}  // namespace seatkeeper
