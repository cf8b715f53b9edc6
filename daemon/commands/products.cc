#include <algorithm>

#include "daemon/commands/command.h"
#include "daemon/commands/logged_runtime.h"
#include "daemon/products_text.h"
#include "daemon/tenant_reading.h"
#include "policy/text.h"
#include "reconciler/plan/names.h"

namespace seatkeeper {
namespace {

Result<void> KeepOnly(const std::string& product, const ObservedState& observed,
                      const ProductCatalog& catalog, ProductsOverview& overview) {
  const auto meant = ResolveProduct({.value = product, .at = {}}, observed, catalog);
  if (!meant) return UsageError(meant.error().message);
  std::erase_if(overview.products, [&](const auto& each) { return each.id != *meant; });
  if (!overview.products.empty()) return {};
  return MakeError(ErrorKind::kNotFound, "the tenant does not own " + Quoted(product));
}

}  // namespace

ExitCode RunProducts(const CommonOptions& common, const ProductsOptions& options,
                     CommandContext& context) {
  const auto workplace = OpenWorkplace(common, options.snapshot, context);
  if (!workplace) return Report(workplace.error(), context);
  const auto policy =
      OpenPolicyOrNone(*workplace, "what manages the products is not known", context);
  if (!policy) return Report(policy.error(), context);
  LoggedRuntime logged(common, context);
  Runtime& runtime = *logged;
  auto code = ExitCode::kOk;
  const char* gap = "";
  for (const auto& tenant : workplace->tenants) {
    const auto observed = ReadTenant(
        runtime, tenant, {.properties = PlanningProperties(), .groups = {}, .links = {}});
    if (!observed) {
      code = Combine(code, Report(observed.error(), context));
      continue;
    }
    auto overview = OverviewOfProducts(*observed, policy->policies, tenant.name, policy->catalog);
    if (!options.product.empty()) {
      const auto kept = KeepOnly(options.product, *observed, policy->catalog, overview);
      if (!kept) {
        code = Combine(code, Report(kept.error(), context));
        continue;
      }
    }
    const ReadingHead head{
        .tenant = tenant.name, .read_at = observed->read_at, .policy_revision = {}};
    if (options.format == OutputFormat::kJson) {
      context.out << RenderProductsJson(overview, head);
    } else {
      context.out << gap
                  << RenderProductsText(overview, head, options.plans || !options.product.empty());
    }
    gap = "\n";
  }
  return code;
}

}  // namespace seatkeeper
