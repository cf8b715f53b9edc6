#include "daemon/products_text.h"

#include <fmt/format.h>

#include <vector>

#include "daemon/json_object.h"
#include "policy/text.h"
#include "reconciler/plan/render_text.h"
#include "reconciler/plan/text_layout.h"

namespace seatkeeper {
namespace {

constexpr const char* kNoDependencies =
    "Where nothing is said of it, what a service plan needs or excludes is not known: neither "
    "the tenant nor the product table says it.";

void Line(std::string& out, std::string_view line) { out += WrapLines(line) + "\n"; }

std::string ManagedAs(const ProductOverview& product) {
  return product.management ? std::string(ToString(*product.management)) : "not named";
}

// What a person should know beyond the figures of the table.
std::string RemarksOn(const ProductOverview& product) {
  std::vector<std::string> remarks;
  if (!product.display_name.empty()) remarks.push_back(Printable(product.display_name));
  if (product.name != product.id.ToString()) remarks.push_back(product.id.ToString());
  if (!product.obstacle.empty()) remarks.push_back(Printable(product.obstacle));
  const auto add = [&](int seats, std::string_view what) {
    if (seats != 0) {
      remarks.push_back(fmt::format("{} seat{} {}", seats, seats == 1 ? "" : "s", what));
    }
  };
  add(product.seats.warning, "in grace after expiry");
  add(product.seats.suspended, "suspended");
  add(product.seats.locked_out, "locked out");
  add(product.reserve, "in reserve");
  return fmt::format("{}", fmt::join(remarks, ", "));
}

void AddPlan(std::string& out, const PlanOverview& plan) {
  Line(out, fmt::format("        {:<34}{}", Printable(plan.name), plan.id.ToString()));
  std::vector<std::string> remarks;
  if (!plan.friendly_name.empty()) remarks.push_back(Printable(plan.friendly_name));
  if (!plan.switchable) remarks.push_back("for the whole company, not switched per user");
  if (!plan.provisioning_status.empty() && !EqualsIgnoreCase(plan.provisioning_status, "Success")) {
    remarks.push_back(Printable(plan.provisioning_status));
  }
  if (!plan.needs_one_of.empty()) {
    remarks.push_back(fmt::format(
        "needs one of {}", Printable(fmt::format("{}", fmt::join(plan.needs_one_of, ", ")))));
  }
  if (!plan.excludes.empty()) {
    remarks.push_back(
        fmt::format("excludes {}", Printable(fmt::format("{}", fmt::join(plan.excludes, ", ")))));
  }
  if (!remarks.empty()) Line(out, fmt::format("          {}", fmt::join(remarks, "; ")));
}

void AddDetails(std::string& out, const ProductOverview& product) {
  if (!product.management) {
    Line(out, "      not named by any document: never touched");
  } else if (product.managed_by.policy.empty()) {
    Line(out, "      named, but by no ProductPolicy: the default, assign-only");
  } else {
    Line(out, fmt::format("      {} by {} ({})", ManagedAs(product),
                          Printable(product.managed_by.policy),
                          Printable(ToString(product.managed_by.at))));
  }
  Line(out, fmt::format("      service plans ({})", product.plans.size()));
  for (const auto& plan : product.plans) AddPlan(out, plan);
}

// Nothing known is not the same as nothing needed.
std::string NamesOrNull(const std::vector<std::string>& names) {
  if (names.empty()) return "null";
  JsonArray list;
  for (const auto& name : names) list.Raw(JsonString(name));
  return list.Finish();
}

std::string JsonPlan(const PlanOverview& plan) {
  return JsonObject()
      .Text("servicePlanId", plan.id.ToString())
      .Text("name", plan.name)
      .Text("friendlyName", plan.friendly_name)
      .Text("appliesTo", plan.switchable ? "User" : "Company")
      .Text("provisioningStatus", plan.provisioning_status)
      .Raw("needsOneOf", NamesOrNull(plan.needs_one_of))
      .Raw("excludes", NamesOrNull(plan.excludes))
      .Finish();
}

std::string JsonManagement(const ProductOverview& product) {
  if (!product.management) return "null";
  return JsonObject()
      .Text("level", ToString(*product.management))
      .Text("policy", product.managed_by.policy)
      .Text("file", product.managed_by.at.file)
      .Number("line", product.managed_by.at.line)
      .Number("column", product.managed_by.at.column)
      .Number("reserve", product.reserve)
      .Finish();
}

std::string JsonProduct(const ProductOverview& product) {
  JsonArray plans;
  for (const auto& plan : product.plans) plans.Raw(JsonPlan(plan));
  return JsonObject()
      .Text("skuId", product.id.ToString())
      .Text("partNumber", product.name)
      .Text("displayName", product.display_name)
      .Boolean("subscribed", product.subscribed)
      .Boolean("assignable", product.obstacle.empty())
      .Text("obstacle", product.obstacle)
      .Number("purchased", product.seats.enabled)
      .Number("assigned", product.assigned)
      .Number("free", product.free())
      .Number("warning", product.seats.warning)
      .Number("suspended", product.seats.suspended)
      .Number("lockedOut", product.seats.locked_out)
      .Raw("management", JsonManagement(product))
      .Raw("servicePlans", plans.Finish())
      .Finish();
}

}  // namespace

std::string RenderProductsText(const ProductsOverview& overview, const ReadingHead& head,
                               bool plans) {
  std::string out;
  Line(out, fmt::format("{}, read {}", Printable(head.tenant), FormatTime(head.read_at)));
  out += fmt::format("\n  {:<32}{:>10}{:>10}{:>8}  {}\n", "product", "purchased", "assigned",
                     "free", "management");
  for (const auto& product : overview.products) {
    Line(out,
         fmt::format("  {:<32}{:>10}{:>10}{:>8}  {}", Printable(product.name),
                     product.seats.enabled, product.assigned, product.free(), ManagedAs(product)));
    if (const auto remarks = RemarksOn(product); !remarks.empty()) Line(out, "      " + remarks);
    if (plans) AddDetails(out, product);
  }
  if (overview.products.empty()) out += "  The tenant has no product.\n";
  if (plans) Line(out, fmt::format("\n{}", kNoDependencies));
  for (const auto& warning : overview.warnings) {
    Line(out, fmt::format("\nwarning: {}", Printable(warning)));
  }
  return out;
}

std::string RenderProductsJson(const ProductsOverview& overview, const ReadingHead& head) {
  JsonArray products;
  for (const auto& product : overview.products) products.Raw(JsonProduct(product));
  JsonArray warnings;
  for (const auto& warning : overview.warnings) warnings.Raw(JsonString(warning));
  return JsonObject()
             .Text("apiVersion", "seatkeeper/v1")
             .Text("kind", "Products")
             .Text("tenant", head.tenant)
             .Text("observedAt", FormatTime(head.read_at))
             .Raw("products", products.Finish())
             .Raw("warnings", warnings.Finish())
             .Finish() +
         "\n";
}

}  // namespace seatkeeper
