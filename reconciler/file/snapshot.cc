#include "reconciler/file/snapshot.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string_view>
#include <vector>

#include "reconciler/file/link_names.h"
#include "reconciler/file/render_user.h"
#include "reconciler/model/object_writer.h"

namespace seatkeeper {
namespace {

// "name":[ one entry per line ], by a function that writes entry i.
template <typename WriteEntry>
void WriteList(std::string& out, std::string_view name, std::size_t count, WriteEntry&& write) {
  out += fmt::format(",\n\"{}\":[", name);
  for (std::size_t i = 0; i < count; ++i) {
    out += i == 0 ? "\n" : ",\n";
    write(i);
  }
  out += count == 0 ? "]" : "\n]";
}

void WritePlan(ObjectWriter& object, const ServicePlan& plan) {
  object.Text("servicePlanId", plan.id.ToString());
  object.TextUnlessEmpty("servicePlanName", plan.name);
  object.TextUnlessEmpty("provisioningStatus", plan.provisioning_status);
  object.TextUnlessEmpty("appliesTo", plan.applies_to);
}

void WriteProduct(std::string& out, const Product& product) {
  ObjectWriter object(out);
  object.TextUnlessEmpty("id", product.raw_id);
  object.Text("skuId", product.id.ToString());
  object.TextUnlessEmpty("skuPartNumber", product.part_number);
  object.TextUnlessEmpty("appliesTo", product.applies_to);
  object.TextUnlessEmpty("capabilityStatus", product.capability_status);
  object.Number("consumedUnits", product.consumed);
  object.Object("prepaidUnits", [&](ObjectWriter& units) {
    units.Number("enabled", product.prepaid.enabled);
    units.Number("warning", product.prepaid.warning);
    units.Number("suspended", product.prepaid.suspended);
    units.Number("lockedOut", product.prepaid.locked_out);
  });
  object.Objects("servicePlans", product.plans, WritePlan);
  object.Texts("subscriptionIds", product.subscription_ids);
  object.End();
}

// How a user goes by in this snapshot.
std::string IdText(const Guid& user, const Pseudonyms* pseudonyms) {
  return pseudonyms == nullptr ? user.ToString() : pseudonyms->IdOf(user);
}

std::vector<std::string> IdTexts(const std::vector<UserId>& users, const Pseudonyms* pseudonyms) {
  std::vector<std::string> texts;
  texts.reserve(users.size());
  for (const auto& user : users) texts.push_back(IdText(user.guid, pseudonyms));
  if (pseudonyms != nullptr) std::sort(texts.begin(), texts.end());
  return texts;
}

// The order of real ids says nothing about anybody, but nobody needs it either.
std::vector<Row> RowsInOrder(const UserTable& users, const Pseudonyms* pseudonyms) {
  std::vector<Row> rows(users.size());
  std::iota(rows.begin(), rows.end(), Row{0});
  if (pseudonyms == nullptr) return rows;
  std::vector<std::string> ids;
  ids.reserve(rows.size());
  for (const auto row : rows) ids.push_back(pseudonyms->IdOf(users.id(row).guid));
  std::sort(rows.begin(), rows.end(), [&](Row a, Row b) { return ids[a] < ids[b]; });
  return rows;
}

void WriteGroup(std::string& out, const Group& group, const Pseudonyms* pseudonyms) {
  ObjectWriter object(out);
  object.Text("id", group.id.ToString());
  object.Text("displayName", group.display_name);
  object.Texts("members", IdTexts(group.members, pseudonyms));
  object.Objects("assignedLicenses", group.licenses,
                 [](ObjectWriter& license, const GroupLicense& held) {
                   license.Text("skuId", held.product.ToString());
                   license.Ids("disabledPlans", held.disabled_plans);
                 });
  if (group.security_enabled) object.Boolean("securityEnabled", *group.security_enabled);
  if (!group.processing_state.empty()) {
    object.Object("licenseProcessingState", [&](ObjectWriter& processing) {
      processing.Text("state", group.processing_state);
    });
  }
  object.End();
}

void WriteSubscription(std::string& out, const Subscription& subscription,
                       const Pseudonyms* pseudonyms) {
  ObjectWriter object(out);
  object.Text("id", subscription.id);
  object.TextUnlessEmpty("commerceSubscriptionId", subscription.commerce_subscription_id);
  object.TextUnlessEmpty("skuId", subscription.sku_id);
  object.TextUnlessEmpty("skuPartNumber", subscription.sku_part_number);
  object.TextUnlessEmpty("status", subscription.status);
  if (subscription.is_trial) object.Boolean("isTrial", *subscription.is_trial);
  object.TextUnlessEmpty("createdDateTime", subscription.created);
  object.TextUnlessEmpty("nextLifecycleDateTime", subscription.next_lifecycle);
  object.Number("totalLicenses", subscription.total_licenses);
  const auto owner = Guid::Parse(subscription.owner_id);
  object.TextUnlessEmpty("ownerId", owner ? IdText(*owner, pseudonyms) : subscription.owner_id);
  object.TextUnlessEmpty("ownerType", subscription.owner_type);
  object.TextUnlessEmpty("ownerTenantId", subscription.owner_tenant_id);
  object.End();
}

void WriteLink(std::string& out, const LinkedUsers& linked, const Pseudonyms* pseudonyms) {
  ObjectWriter object(out);
  object.Text("kind", NameOf(kLinkKinds, linked.link.kind));
  const bool of_user = linked.link.kind == Link::Kind::kDirectReports;
  object.Text("of", of_user ? IdText(linked.link.of, pseudonyms) : linked.link.of.ToString());
  object.Text("status", NameOf(kLinkStatuses, linked.status));
  object.TextUnlessEmpty("detail", linked.detail);
  if (linked.status == GroupReading::Status::kFound) {
    object.Texts("users", IdTexts(linked.users, pseudonyms));
  }
  object.End();
}

}  // namespace

std::string RenderSnapshot(const ObservedState& state, const Pseudonyms* pseudonyms) {
  std::string out = "{\n";
  {
    std::string head;
    ObjectWriter object(head);
    object.Text("apiVersion", "seatkeeper/v1");
    object.Text("kind", "Snapshot");
    object.Text("tenant", state.tenant);
    object.Text("readAt", FormatTime(state.read_at));
    out += head.substr(1);
  }
  const auto rows = RowsInOrder(state.users, pseudonyms);
  WriteList(out, "users", rows.size(),
            [&](std::size_t i) { RenderUser(state, rows[i], pseudonyms, out); });
  std::vector<const Product*> subscribed;
  for (const Product& product : state.products) {
    if (product.subscribed) subscribed.push_back(&product);
  }
  WriteList(out, "subscribedSkus", subscribed.size(),
            [&](std::size_t i) { WriteProduct(out, *subscribed[i]); });
  WriteList(out, "groups", state.groups.size(),
            [&](std::size_t i) { WriteGroup(out, state.groups[i], pseudonyms); });
  WriteList(out, "links", state.linked.size(),
            [&](std::size_t i) { WriteLink(out, state.linked[i], pseudonyms); });
  if (state.subscriptions) {
    WriteList(out, "subscriptions", state.subscriptions->size(), [&](std::size_t i) {
      WriteSubscription(out, (*state.subscriptions)[i], pseudonyms);
    });
  }
  return out + "\n}\n";
}

}  // namespace seatkeeper
