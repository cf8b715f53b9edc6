// How the service comes by its policy, and keeps it in the store.

#include <memory>
#include <optional>
#include <utility>

#include "daemon/cycle_result.h"
#include "daemon/service.h"

namespace seatkeeper {
namespace {

std::map<std::string, std::size_t> CountErrorsByFile(const std::vector<Diagnostic>& findings) {
  std::map<std::string, std::size_t> counts;
  for (const auto& finding : findings) {
    if (finding.severity == Severity::kError) ++counts[finding.at.file];
  }
  return counts;
}

}  // namespace

PolicyPlace Service::PlaceOfPolicy() const {
  return {.path = options_.policy.empty() ? config_.policy_path : options_.policy,
          .product_catalog = options_.product_catalog};
}

std::vector<std::string> Service::KnownTenants() const {
  std::vector<std::string> known;
  for (const auto& tenant : config_.tenants) known.push_back(tenant.name);
  return known;
}

void Service::TakePolicy(const PolicyPlace& place, Result<PolicyReading> reading) {
  if (stopping_) return;
  const auto* before = policy_.in_force();
  const bool loads = reading && reading->loaded.ok();
  const bool is_new = loads && (before == nullptr || before->revision != reading->tree.revision);
  if (loads) policy_loaded_at_ = runtime_.clock().Now();
  std::optional<KeptPolicy> to_keep;
  if (is_new) to_keep = PolicyToKeep(place, *reading, runtime_.clock().Now());
  const auto change = policy_.Take(std::move(reading));
  TellPolicy();
  if (to_keep) KeepPolicy(*std::move(to_keep));
  if (policy_.in_force() == nullptr) RestorePolicy(place);
  if (change == PolicyKeeper::Change::kNone) return;
  LogFindings();
  if (change == PolicyKeeper::Change::kTaken) return PolicyTaken();
  const auto* in_force = policy_.in_force();
  log_.Error("policy does not load",
             {{"detail", policy_.failure().empty() ? "see the findings" : policy_.failure()},
              {"errors", policy_.error_count()},
              {"inForce", in_force == nullptr ? "none" : in_force->revision}});
  RunDueCycles();
}

void Service::TellPolicy() {
  TellPolicyNews();
  const auto* in_force = policy_.in_force();
  const bool outdated = in_force != nullptr && in_force->outdated;
  status_.SetPolicy(in_force != nullptr, outdated);
  metrics_.SetPolicy({.revision = in_force == nullptr ? "" : in_force->revision,
                      .outdated = outdated,
                      .load_errors = policy_.error_count(),
                      .errors_by_file = CountErrorsByFile(policy_.findings()),
                      .loaded_at = policy_loaded_at_});
}

void Service::PolicyTaken() {
  const auto* in_force = policy_.in_force();
  log_.Info("policy in force", {{"revision", in_force->revision},
                                {"policies", in_force->policies.license_policies.size()}});
  scheduler_.AllAtOnce(runtime_.clock().Monotonic());
  RunDueCycles();
}

void Service::KeepPolicy(KeptPolicy kept) {
  if (kept.files.empty()) {
    log_.Warn("policy is too large to be kept in the store",
              {{"revision", kept.revision}, {"bytesMost", kKeptPolicyBytesMost}});
  }
  runtime_.store().Run(
      [kept = std::move(kept)](Store& store) { return store.KeepPolicy(kept); },
      [this](const Result<void>& done) {
        if (done) return;
        log_.Error("cannot keep the policy in the store", {{"detail", done.error().message}});
      });
}

// Once: what the store has does not change while nothing loads.
void Service::RestorePolicy(const PolicyPlace& place) {
  if (std::exchange(asked_store_for_policy_, true)) return;
  auto found = std::make_shared<std::optional<KeptPolicy>>();
  runtime_.store().Run(
      [source = SourceOf(place), found](Store& store) -> Result<void> {
        auto kept = store.KeptPolicyOf(source);
        if (!kept) return std::move(kept).error();
        *found = *std::move(kept);
        return {};
      },
      [this, found](const Result<void>& done) {
        if (!done) {
          log_.Error("cannot read the kept policy", {{"detail", done.error().message}});
        } else if (*found && !stopping_) {
          LoadKept(*std::move(*found));
        }
      });
}

void Service::LoadKept(KeptPolicy kept) {
  const auto kept_at = FormatTime(kept.kept_at);
  auto reading = std::make_shared<std::optional<Result<PolicyReading>>>();
  auto files = std::make_shared<KeptPolicy>(std::move(kept));
  runtime_.workers().Run(
      [files, known = KnownTenants(), reading] {
        *reading = LoadKeptPolicy(std::move(*files), known);
      },
      [this, reading, kept_at] {
        if (stopping_) return;
        auto& loaded = **reading;
        if (!loaded) {
          log_.Error("the kept policy does not load", {{"detail", Describe(loaded.error())}});
          return;
        }
        if (policy_.Restore(std::move(loaded).value()) != PolicyKeeper::Change::kTaken) return;
        log_.Warn("policy restored from the store",
                  {{"revision", policy_.in_force()->revision},
                   {"keptAt", kept_at},
                   {"detail",
                    "the newest files do not load: it goes on assigning, and nothing is "
                    "taken away"}});
        TellPolicy();
        PolicyTaken();
      });
}

}  // namespace seatkeeper
