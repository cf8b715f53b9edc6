#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "daemon/commands/adopt.h"
#include "daemon/commands/command.h"
#include "daemon/commands/logged_runtime.h"
#include "daemon/import_proof.h"
#include "daemon/policy_load.h"
#include "daemon/tenant_reading.h"
#include "policy/text.h"
#include "reconciler/file/private_file.h"
#include "reconciler/model/sort_unique.h"
#include "reconciler/plan/import_table.h"
#include "reconciler/plan/names.h"

namespace seatkeeper {
namespace {

namespace fs = std::filesystem;

// Asked before the tenant is read, which takes a while.
Result<void> CheckFolder(const std::string& folder) {
  if (folder.empty()) return {};
  std::error_code error;
  if (!fs::exists(folder, error) && !error) return {};
  if (!error && fs::is_directory(folder, error) && fs::is_empty(folder, error) && !error) return {};
  if (error) return MakeError(ErrorKind::kIo, folder + ": " + error.message());
  return UsageError("--out " + folder + ": there is something already, and nothing is overwritten");
}

ReadRequest WhatImportReads(std::vector<std::string> groups) {
  SortUnique(groups);
  return {.properties = PlanningProperties(), .groups = std::move(groups), .links = {}};
}

// Groups cannot be guessed at: one that was asked for and is not there would change the outcome.
Result<void> CheckGroups(const ObservedState& observed) {
  for (const auto& reference : observed.references) {
    if (reference.status == GroupReading::Status::kFound) continue;
    return MakeError(ErrorKind::kNotFound,
                     "--group " + reference.reference + ": " + reference.detail);
  }
  return {};
}

Result<std::set<ProductIndex>> ProductsNamed(const std::vector<std::string>& names,
                                             const ObservedState& observed,
                                             const ProductCatalog& catalog) {
  std::set<ProductIndex> products;
  for (const auto& name : names) {
    const auto id = ResolveProduct({.value = name, .at = {}}, observed, catalog);
    if (!id) return UsageError(id.error().message);
    const auto index = observed.FindProduct(*id);
    if (!index) return UsageError("the tenant neither owns nor holds " + Quoted(name));
    products.insert(*index);
  }
  return products;
}

Result<void> Write(const std::vector<SourceFile>& files, const std::string& folder,
                   CommandContext& context) {
  if (folder.empty()) {
    const char* gap = "";
    for (const auto& file : files) {
      context.out << gap << file.text;
      gap = "---\n";
    }
    return {};
  }
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return MakeError(ErrorKind::kIo, folder + ": " + error.message());
  for (const auto& file : files) {
    if (auto written = WritePrivateFile(file.path, file.text); !written) return written;
  }
  return {};
}

void Summarize(const ProvenImport& proven, const ObservedState& observed, CommandContext& context) {
  std::size_t holders = 0;
  std::size_t by_rule = 0;
  for (const auto& each : proven.described.products) {
    holders += each.holders;
    by_rule += each.by_rule;
  }
  std::size_t excepted = 0;
  for (const auto& document : proven.described.documents) excepted += document.except.size();
  auto& err = context.err;
  err << Count(holders, "direct assignment") << ": "
      << fmt::format("{} ({} %) by rule or group, with {}; {} by name. ", by_rule,
                     by_rule * 100 / holders, Count(excepted, "exception"), holders - by_rule)
      << fmt::format("{} {}.\n", proven.described.documents.size(),
                     proven.described.documents.size() == 1 ? "policy" : "policies");
  std::size_t inherited = 0;
  for (const auto& each : proven.described.inherited) inherited += each.users;
  if (inherited > 0) err << Count(inherited, "assignment") << " from groups: not described.\n";
  for (const auto product : proven.named_for_safety) {
    err << observed.products[product].name()
        << ": all holders are named, for rules would have changed something.\n";
  }
  if (!proven.why_named.empty()) err << "The first of that: " << proven.why_named << ".\n";
  err << "Proven: a plan with these policies changes nothing";
  if (proven.drift_left > 0) {
    err << "; drift that no policy describes: " << proven.drift_left
        << " (from groups, twice, or without a seat)";
  }
  err << ".\n";
}

// What cannot be adopted is told before anything is read.
Result<void> CheckAdopt(const ImportOptions& options, const CommandContext& context) {
  if (!options.adopt) return {};
  if (!options.snapshot.empty()) {
    return UsageError(
        "--adopt takes no --snapshot: what is adopted may be taken away later, so it is read from "
        "the tenant now, with nobody else at work");
  }
  if (options.yes || context.in_is_terminal) return {};
  return UsageError("there is no terminal to ask at: say --yes to adopt without asking");
}

Result<Workplace> Open(const CommonOptions& common, const ImportOptions& options,
                       CommandContext& context) {
  auto workplace = OpenWorkplace(common, options.snapshot, context);
  if (!workplace) return workplace;
  if (workplace->tenants.size() != 1) {
    return UsageError("several tenants are configured: say which one with --tenant");
  }
  const auto& tenant = workplace->tenants.front();
  if (options.adopt && tenant.provider == TenantConfig::Provider::kFile) {
    return UsageError(
        "--adopt: " + tenant.name +
        " is a snapshot (`provider: file`): what is adopted may be taken away later, so it "
        "has to be read from the tenant");
  }
  return workplace;
}

// Proved on a worker: the loop goes on, and renews the lease where there is one.
Result<ProvenImport> Prove(Runtime& runtime, const ObservedState& observed,
                           const ImportRequest& request, const ProductCatalog& catalog) {
  std::optional<Result<ProvenImport>> proven;
  runtime.Await<bool>([&](auto done) {
    runtime.workers().Run([&] { proven = ProveImport(observed, request, catalog); },
                          [done = std::move(done)] { done(true); });
  });
  if (*proven && (*proven)->files.empty()) {
    return MakeError(ErrorKind::kNotFound,
                     "nobody holds anything directly that can be assigned: there is nothing to "
                     "describe");
  }
  return *std::move(proven);
}

// All of one import, once it is known what of.
class Importer {
 public:
  Importer(Runtime& runtime, const Workplace& workplace, const ImportOptions& options,
           CommandContext& context)
      : runtime_(runtime), workplace_(workplace), options_(options), context_(context) {}

  Result<void> Run() {
    auto catalog = ReadProductCatalog(workplace_.product_catalog);
    if (!catalog) return std::move(catalog).error();
    if (options_.adopt) adopter_.emplace(runtime_, workplace_, options_.yes, context_);
    if (auto begun = adopter_ ? adopter_->Begin() : Result<void>(); !begun) return begun;
    auto observed =
        ReadTenant(runtime_, tenant(), WhatImportReads(options_.groups), ImportProperties());
    if (!observed) return std::move(observed).error();
    if (auto found = CheckGroups(*observed); !found) return found;
    return Describe(*observed, catalog->catalog);
  }

 private:
  const TenantConfig& tenant() const { return workplace_.tenants.front(); }

  Result<void> Describe(const ObservedState& observed, const ProductCatalog& catalog) {
    auto only = ProductsNamed(options_.products, observed, catalog);
    if (!only) return std::move(only).error();
    const auto& out = options_.out;
    const auto proven =
        Prove(runtime_, observed,
              {.tenant_name = tenant().name,
               .known_tenants = workplace_.known_names,
               .folder = out.empty() ? std::string() : (fs::path(out) / "").string(),
               .only = *std::move(only)},
              catalog);
    if (!proven) return proven.error();
    if (adopter_) {
      auto said = adopter_->Confirm(proven->described, observed, catalog);
      if (!said) return said;
    }
    if (auto written = Write(proven->files, out, context_); !written) return written;
    Summarize(*proven, observed, context_);
    return adopter_ ? adopter_->Adopt() : Result<void>();
  }

  Runtime& runtime_;
  const Workplace& workplace_;
  const ImportOptions& options_;
  CommandContext& context_;
  std::optional<Adopter> adopter_;
};

}  // namespace

ExitCode RunImport(const CommonOptions& common, const ImportOptions& options,
                   CommandContext& context) {
  if (const auto free = CheckFolder(options.out); !free) return Report(free.error(), context);
  if (const auto may = CheckAdopt(options, context); !may) return Report(may.error(), context);
  const auto workplace = Open(common, options, context);
  if (!workplace) return Report(workplace.error(), context);
  LoggedRuntime logged(common, context);
  Runtime& runtime = *logged;
  const auto done = Importer(runtime, *workplace, options, context).Run();
  return done ? ExitCode::kOk : Report(done.error(), context);
}

}  // namespace seatkeeper
