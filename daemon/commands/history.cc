#include <fmt/format.h>

#include <algorithm>

#include "daemon/commands/command.h"
#include "daemon/commands/each_tenant.h"
#include "daemon/history_text.h"
#include "daemon/policy_load.h"
#include "policy/text.h"
#include "reconciler/http/system_clock.h"

namespace seatkeeper {
namespace {

Result<SkuId> ProductMeant(const std::string& written, const ProductCatalog& catalog) {
  if (const auto id = SkuId::Parse(written)) return *id;
  const auto found = catalog.FindProducts(written);
  if (found.size() == 1) return found.front()->id;
  if (found.empty()) {
    return UsageError("the product " + Quoted(written) +
                      " is not in the product catalogue: give its SKU id");
  }
  return UsageError(Quoted(written) + " is more than one product: " + ListProducts(found) +
                    "; give the SKU id");
}

Result<HistoryQuery> MakeQuery(const HistoryOptions& options, const ProductCatalog& catalog) {
  HistoryQuery query;
  query.limit = options.limit;
  if (!options.user.empty()) query.user = options.user;
  if (!options.since.empty()) {
    query.since = ParseSince(options.since, SystemClock().Now());
    if (!query.since) {
      return UsageError(
          "--since must be a day, a time in UTC or a span, such as 2026-11-21, "
          "2026-11-21T09:00:00Z or 7d, but is " +
          Quoted(options.since));
    }
  }
  if (!options.product.empty()) {
    auto product = ProductMeant(options.product, catalog);
    if (!product) return std::move(product).error();
    query.product = *product;
  }
  return query;
}

// One query per tenant, the newest of all of them together.
Result<std::vector<HistoryEntry>> Collect(Store& store, HistoryQuery query,
                                          const std::vector<TenantConfig>& tenants) {
  if (tenants.empty()) return store.History(query);
  std::vector<HistoryEntry> all;
  for (const auto& tenant : tenants) {
    query.tenant = KeyOf(tenant);
    auto some = store.History(query);
    if (!some) return some;
    std::move(some->begin(), some->end(), std::back_inserter(all));
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a.entry.intended_at > b.entry.intended_at;
  });
  if (all.size() > query.limit) all.resize(query.limit);
  return all;
}

std::string Render(OutputFormat format, const std::vector<HistoryEntry>& entries,
                   const TenantNames& names, const ProductCatalog& catalog) {
  switch (format) {
    case OutputFormat::kJson:
      return RenderHistoryJson(entries, names, catalog);
    case OutputFormat::kCsv:
      return RenderHistoryCsv(entries, names, catalog);
    default:
      break;
  }
  return RenderHistoryText(entries, names, catalog);
}

}  // namespace

ExitCode RunHistory(const CommonOptions& common, const HistoryOptions& options,
                    CommandContext& context) {
  const auto catalog = ReadProductCatalog(common.product_catalog);
  if (!catalog) return Report(catalog.error(), context);
  const auto query = MakeQuery(options, catalog->catalog);
  if (!query) return Report(query.error(), context);
  const auto config = OpenConfig(common, context);
  if (!config) return Report(config.error(), context);
  const auto tenants = SelectTenants(*config, common.tenants);
  if (!tenants) return Report(tenants.error(), context);
  auto store = OpenExistingStore(config->store_path);
  if (!store) return Report(store.error(), context);
  const auto entries =
      Collect(**store, *query, common.tenants.empty() ? std::vector<TenantConfig>() : *tenants);
  if (!entries) return Report(entries.error(), context);
  const auto name = [&](const TenantKey& key) {
    for (const auto& tenant : config->tenants) {
      if (KeyOf(tenant) == key) return tenant.name;
    }
    return key.tenant_id;
  };
  context.out << Render(options.format, *entries, name, catalog->catalog);
  context.err << Count(entries->size(), "change") << "\n";
  return ExitCode::kOk;
}

}  // namespace seatkeeper
