#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "daemon/commands/command.h"
#include "daemon/commands/each_tenant.h"
#include "daemon/history_text.h"
#include "daemon/policy_load.h"
#include "policy/text.h"
#include "reconciler/http/system_clock.h"
#include "reconciler/seams/adoption.h"

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

// What a history shows: both the newest first.
struct Shown {
  std::vector<HistoryEntry> changes;
  std::vector<AdoptionEntry> adopted;

  std::size_t size() const { return changes.size() + adopted.size(); }
};

WallTime TimeOf(const HistoryEntry& entry) { return entry.entry.intended_at; }
WallTime TimeOf(const AdoptionEntry& entry) { return entry.at; }

template <typename Entry>
void Append(std::vector<Entry> more, std::vector<Entry>& all) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return TimeOf(a) > TimeOf(b); });
}

Result<void> Ask(Store& store, const HistoryQuery& query, Shown& shown) {
  auto changes = store.History(query);
  if (!changes) return std::move(changes).error();
  Append(*std::move(changes), shown.changes);
  auto adopted = store.Adoptions(query);
  if (!adopted) return std::move(adopted).error();
  Append(*std::move(adopted), shown.adopted);
  return {};
}

// The newest of both together.
void Limit(std::size_t limit, Shown& shown) {
  while (shown.size() > limit) {
    const bool older =
        shown.adopted.empty() ||
        (!shown.changes.empty() && TimeOf(shown.changes.back()) <= TimeOf(shown.adopted.back()));
    if (older) {
      shown.changes.pop_back();
    } else {
      shown.adopted.pop_back();
    }
  }
}

// One query per tenant, the newest of all of them together.
Result<Shown> Collect(Store& store, HistoryQuery query, const std::vector<TenantConfig>& tenants) {
  Shown shown;
  if (tenants.empty()) {
    if (auto asked = Ask(store, query, shown); !asked) return std::move(asked).error();
  }
  for (const auto& tenant : tenants) {
    query.tenant = KeyOf(tenant);
    if (auto asked = Ask(store, query, shown); !asked) return std::move(asked).error();
  }
  Limit(query.limit, shown);
  return shown;
}

std::string Render(OutputFormat format, const Shown& shown, const TenantNames& names,
                   const ProductCatalog& catalog) {
  switch (format) {
    case OutputFormat::kJson:
      return RenderHistoryJson(shown.changes, names, catalog, shown.adopted);
    case OutputFormat::kCsv:
      return RenderHistoryCsv(shown.changes, names, catalog, shown.adopted);
    default:
      break;
  }
  return RenderHistoryText(shown.changes, names, catalog, shown.adopted);
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
  const auto shown =
      Collect(**store, *query, common.tenants.empty() ? std::vector<TenantConfig>() : *tenants);
  if (!shown) return Report(shown.error(), context);
  const auto name = [&](const TenantKey& key) {
    for (const auto& tenant : config->tenants) {
      if (KeyOf(tenant) == key) return tenant.name;
    }
    return key.tenant_id;
  };
  context.out << Render(options.format, *shown, name, catalog->catalog);
  context.err << Count(shown->changes.size(), "change");
  if (!shown->adopted.empty())
    context.err << ", adopted of " << Count(shown->adopted.size(), "user");
  context.err << "\n";
  return ExitCode::kOk;
}

}  // namespace seatkeeper
