#include "reconciler/graph/user_select.h"

#include <fmt/format.h>

#include <algorithm>

namespace seatkeeper {
namespace {

constexpr int kSignInPageSizeMax = 500;

}  // namespace

std::string_view ParentOf(rule::Property property) {
  switch (property) {
    case rule::Property::kLastNonInteractiveSignIn:
    case rule::Property::kLastSignIn:
    case rule::Property::kLastSuccessfulSignIn:
      return kSignInActivity;
    default:
      return rule::IsExtensionAttribute(property) ? "onPremisesExtensionAttributes" : "";
  }
}

bool IsFirstOfList(rule::Property property) {
  return property == rule::Property::kTelephoneNumber ||
         property == rule::Property::kSipProxyAddress;
}

std::string UserSelect(const PropertySet& properties) {
  std::string select = "id";
  std::string_view parent_named;
  for (const auto& info : rule::Properties()) {
    if (!properties.Has(info.property) || info.property == rule::Property::kObjectId) continue;
    const auto parent = ParentOf(info.property);
    if (!parent.empty() && parent == parent_named) continue;  // Siblings stand side by side.
    parent_named = parent;
    select += fmt::format(",{}", parent.empty() ? info.graph_name : parent);
  }
  for (const auto& extension : properties.extensions()) select += "," + extension.name;
  return select + ",assignedLicenses,licenseAssignmentStates";
}

bool SelectsSignIns(const PropertySet& properties) {
  return std::ranges::any_of(rule::Properties(), [&](const rule::PropertyInfo& info) {
    return properties.Has(info.property) && ParentOf(info.property) == kSignInActivity;
  });
}

int UserPageSize(const PropertySet& properties, int page_size) {
  return SelectsSignIns(properties) ? std::min(page_size, kSignInPageSizeMax) : page_size;
}

void ExplainSignIns(const PropertySet& properties, Error& error) {
  if (!error.service || error.service->status != 403 || !SelectsSignIns(properties)) return;
  error.message +=
      "; user.signInActivity was asked for, for which the tenant needs Entra ID P1 or P2 and the "
      "application the permission AuditLog.Read.All";
}

}  // namespace seatkeeper
