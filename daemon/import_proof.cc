#include "daemon/import_proof.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "daemon/config.h"
#include "daemon/conflict.h"
#include "daemon/import_text.h"
#include "daemon/policy_load.h"
#include "daemon/reading_input.h"
#include "reconciler/plan/having_waited.h"
#include "reconciler/plan/holding.h"

namespace seatkeeper {
namespace {

// What a plan of the files comes to.
struct Outcome {
  std::set<ProductIndex> wrong;  ///< Products that it would change, or call drift without reason.
  std::string first;             ///< What is wrong, for a person; empty: nothing is.
  std::size_t drift_left = 0;

  void Blame(std::optional<ProductIndex> product, std::string why) {
    if (first.empty()) first = std::move(why);
    if (product) wrong.insert(*product);
  }
};

class Prover {
 public:
  Prover(const ObservedState& observed, const ImportRequest& request, const ProductCatalog& catalog)
      : observed_(observed), request_(request), catalog_(catalog) {
    tenant_.name = request.tenant_name;
  }

  Result<ProvenImport> Run() const {
    ProvenImport proven;
    ImportScope scope{.only = request_.only, .named = {}};
    for (;;) {
      proven.described = DescribeTenant(observed_, scope);
      proven.files = RenderImport(
          proven.described, observed_,
          {.folder = request_.folder,
           .tenant = request_.known_tenants.size() > 1 ? request_.tenant_name : std::string(),
           .catalog = catalog_});
      if (proven.files.empty()) return proven;
      auto outcome = Try(proven.files);
      if (!outcome) return std::move(outcome).error();
      proven.drift_left = outcome->drift_left;
      if (outcome->first.empty()) {
        proven.named_for_safety = scope.named;
        return proven;
      }
      const auto before = scope.named.size();
      scope.named.insert(outcome->wrong.begin(), outcome->wrong.end());
      if (scope.named.size() == before) {
        return Conflict("what the tenant holds cannot be described: " + outcome->first);
      }
      if (proven.why_named.empty()) proven.why_named = std::move(outcome->first);
    }
  }

 private:
  Result<Outcome> Try(const std::vector<SourceFile>& files) const {
    const LoadOptions options{
        .tenants = {request_.known_tenants.begin(), request_.known_tenants.end()},
        .catalog = catalog_};
    auto loaded = LoadOnThreads(files, options);
    for (const auto& finding : loaded.diagnostics) {
      if (finding.severity == Severity::kError) {
        return Conflict("the policy would not load: " + finding.message);
      }
    }
    const PolicyInForce policy{.policies = std::move(loaded.policies),
                               .revision = "sha256:imported",
                               .outdated = false,
                               .catalog = catalog_};
    auto input = InputOf(policy, tenant_, observed_);
    const auto plan = PlanHavingWaited(input);
    if (!plan) return plan.error();
    Outcome outcome;
    for (const auto& change : plan->plan().changes) Judge(change, plan->plan(), outcome);
    for (const auto& drift : plan->plan().drift) Judge(drift, plan->plan(), outcome);
    return outcome;
  }

  void Judge(const Change& change, const Plan& plan, Outcome& outcome) const {
    const auto blame = [&](const SkuId& product) {
      outcome.Blame(observed_.FindProduct(product),
                    fmt::format("{} of {} would be changed", plan.ProductName(product),
                                change.subject_name()));
    };
    for (const auto& add : change.add) blame(add.product);
    for (const auto& product : change.remove) blame(product);
    if (change.add.empty() && change.remove.empty()) {
      outcome.Blame(std::nullopt, change.subject_name() + " would be changed");
    }
  }

  void Judge(const Drift& drift, const Plan& plan, Outcome& outcome) const {
    if (IsToBeLeft(drift)) {
      ++outcome.drift_left;
      return;
    }
    outcome.Blame(observed_.FindProduct(drift.product),
                  fmt::format("{} of {} would be drift: {}", plan.ProductName(drift.product),
                              drift.user_principal_name, drift.cause));
  }

  // What comes from a group, or nobody knows from where, or is assigned without a seat.
  bool IsToBeLeft(const Drift& drift) const {
    using Kind = Drift::Kind;
    if (drift.kind == Kind::kInherited || drift.kind == Kind::kRedundant) return true;
    if (drift.kind == Kind::kUnknown) return true;
    const auto row = observed_.users.Find(drift.user);
    if (drift.kind != Kind::kExtra || !row) return false;
    Holding holding{.known = true};
    for (const auto& assignment : observed_.users.assignments(*row)) {
      if (observed_.product_ids[assignment.product] == drift.product) holding.Add(assignment);
    }
    return holding.direct != nullptr && !holding.direct->holds_seat();
  }

  const ObservedState& observed_;
  const ImportRequest& request_;
  const ProductCatalog& catalog_;
  TenantConfig tenant_;
};

}  // namespace

Result<ProvenImport> ProveImport(const ObservedState& observed, const ImportRequest& request,
                                 const ProductCatalog& catalog) {
  return Prover(observed, request, catalog).Run();
}

}  // namespace seatkeeper
