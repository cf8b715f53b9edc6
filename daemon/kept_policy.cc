#include "daemon/kept_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "daemon/policy_load.h"
#include "policy/product_csv.h"

namespace seatkeeper {
namespace {

std::size_t SizeOf(const PolicyReading& reading) {
  auto bytes = reading.catalog_file.text.size();
  for (const auto& file : reading.tree.files) bytes += file.path.size() + file.text.size();
  return bytes;
}

Result<ProductCatalog> CatalogOf(const SourceFile& file) {
  if (file.path.empty()) return ProductCatalog();
  return ParseProductCatalog(file);
}

}  // namespace

std::string SourceOf(const PolicyPlace& place) {
  std::error_code failure;
  const auto absolute = std::filesystem::absolute(place.path, failure);
  return failure ? place.path : absolute.lexically_normal().string();
}

KeptPolicy PolicyToKeep(const PolicyPlace& place, const PolicyReading& reading, WallTime now) {
  KeptPolicy kept{.source = SourceOf(place),
                  .revision = reading.tree.revision,
                  .files = {},
                  .catalog = {},
                  .kept_at = now};
  if (SizeOf(reading) > kKeptPolicyBytesMost) return kept;
  kept.files = reading.tree.files;
  kept.catalog = reading.catalog_file;
  return kept;
}

Result<PolicyReading> LoadKeptPolicy(KeptPolicy kept, const std::vector<std::string>& tenants) {
  auto catalog = CatalogOf(kept.catalog);
  if (!catalog) return std::move(catalog).error();
  auto loaded =
      LoadOnThreads(kept.files, {.tenants = {tenants.begin(), tenants.end()}, .catalog = *catalog});
  if (!loaded.ok()) {
    const auto error =
        std::ranges::find(loaded.diagnostics, Severity::kError, &Diagnostic::severity);
    return Error{.kind = ErrorKind::kInvalid,
                 .message = fmt::format("{}: {}", ToString(error->at), error->message),
                 .position = error->at,
                 .service = {}};
  }
  return PolicyReading{
      .tree = {.files = std::move(kept.files), .revision = std::move(kept.revision)},
      .loaded = std::move(loaded),
      .catalog = std::move(catalog).value(),
      .catalog_file = std::move(kept.catalog)};
}

}  // namespace seatkeeper
