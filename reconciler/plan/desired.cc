#include "reconciler/plan/desired.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

#include "reconciler/plan/agents.h"
#include "reconciler/plan/decide.h"
#include "reconciler/plan/names.h"
#include "reconciler/plan/reading_needs.h"
#include "reconciler/plan/selection.h"
#include "reconciler/plan/self_service.h"

namespace seatkeeper {
namespace {

HeldBy HeldByReference(const std::string& what) {
  return {.guardrail = "reference",
          .value = what,
          .limit = "everything that the policy names is found and read whole",
          .release = "correct the name in the policy, or bring the group or user back",
          .product = {}};
}

Error Invalid(std::string message, const SourcePosition& at) {
  return {
      .kind = ErrorKind::kInvalid, .message = std::move(message), .position = at, .service = {}};
}

// The first moment at which a grant that is to hold to the end of `day`, UTC, does not hold.
WallTime EndOf(std::chrono::year_month_day day) {
  return WallTime(std::chrono::sys_days(day) + std::chrono::days(1));
}

// What a group was given is nobody's own: only full authority takes it away.
bool LetsGo(Management management, Delivery delivery) {
  return management == Management::kFull ||
         (management == Management::kOwned && delivery == Delivery::kDirect);
}

void SortByPriority(std::vector<PolicyStatement>& statements) {
  std::stable_sort(statements.begin(), statements.end(),
                   [](const PolicyStatement& a, const PolicyStatement& b) {
                     return std::tuple(b.priority, a.by_group) < std::tuple(a.priority, b.by_group);
                   });
}

// Builds a DesiredState step by step; the first error ends it.
class Resolver {
 public:
  Resolver(const PolicySet& policies, std::string_view tenant, const ObservedState& observed,
           WallTime now, const ProductCatalog& catalog, const PlanMemory& memory)
      : policies_(policies),
        tenant_(tenant),
        observed_(observed),
        now_(now),
        evaluator_(observed, now),
        catalog_(catalog),
        memory_(memory),
        not_people_(observed.users.size()) {
    state_.origins.emplace_back();
  }

  Result<DesiredState> Run() {
    for (const auto& policy : policies_.product_policies) {
      if (!AppliesTo(policy.tenants, tenant_)) continue;
      if (auto added = AddManagement(policy); !added) return std::move(added).error();
    }
    for (const auto& ladder : policies_.product_ladders) {
      if (!AppliesTo(ladder.tenants, tenant_)) continue;
      if (auto added = AddLadder(ladder); !added) return std::move(added).error();
    }
    for (const auto& policy : policies_.license_policies) {
      if (!AppliesTo(policy.tenants, tenant_)) continue;
      if (auto added = AddPolicy(policy); !added) return std::move(added).error();
    }
    return Finish();
  }

 private:
  Result<void> AddManagement(const ProductPolicy& policy) {
    auto product = Named(policy.product);
    if (!product) return std::move(product).error();
    auto& managed = **product;
    if (managed.managed_by != 0) {
      const auto& other = state_.origins[managed.managed_by];
      return Invalid(fmt::format("{} is managed twice: by {} and by {} ({})", policy.product.value,
                                 policy.name, other.policy, ToString(other.at)),
                     policy.product.at);
    }
    managed.managed_by = AddOrigin(policy.name, policy.product.at);
    managed.management = policy.management;
    managed.unassign = policy.unassign;
    managed.reserve = policy.reserve;
    managed.new_plans_rule = policy.new_plans;
    managed.price = policy.unit_price;
    managed.spare = policy.spare.value_or(SpareSeats{});
    return {};
  }

  Result<void> AddLadder(const ProductLadder& document) {
    const std::size_t number = ladders_.size();
    ladders_.push_back({&document, {}});
    for (const auto& written : document.products) {
      auto product = Named(written);
      if (!product) return std::move(product).error();
      auto& rung = (*product)->rung;
      if (rung) {
        return Invalid(
            fmt::format("{} stands on two ladders, or twice on one: {} and {} ({})", written.value,
                        document.name, ladders_[rung->ladder].document->name,
                        ToString(ladders_[rung->ladder].document->at)),
            written.at);
      }
      rung = Rung{number, ladders_.back().rungs.size()};
      ladders_.back().rungs.push_back((*product)->id);
    }
    return {};
  }

  Result<void> AddPolicy(const LicensePolicy& policy) {
    const std::size_t number = state_.selections.size();
    auto held = AddSelection(policy);
    const bool expired = policy.expires && now_ >= EndOf(policy.expires->value);
    if (expired) {
      state_.warnings.push_back(fmt::format(
          "policy {} expired at the end of {} ({}): it grants "
          "nothing any more",
          policy.name,
          FormatTime(WallTime(std::chrono::sys_days(policy.expires->value))).substr(0, 10),
          ToString(policy.expires->at)));
    } else if (policy.expires) {
      state_.next_flip = Earlier(state_.next_flip, EndOf(policy.expires->value));
    }
    for (const auto& grant : policy.licenses) {
      auto product = Named(grant.product);
      if (!product) return std::move(product).error();
      HoldRemovals(**product, held);
      if (policy.expires) {
        auto goes = CheckLetsGo(**product, policy, "expires", policy.expires->at);
        if (!goes) return goes;
      }
      if (expired) {
        AddExpired(grant, policy, number, **product);
        continue;
      }
      auto statement = MakeGrant(grant, policy, number, **product);
      if (!statement) return std::move(statement).error();
      if (statement->by_group) (*product)->group_statements.push_back(*statement);
      (*product)->statements.push_back(*std::move(statement));
    }
    return policy.revoke ? AddRevocation(policy, number, held) : Result<void>();
  }

  // A user loses what expired because nothing grants it any more. A group keeps whatever nobody
  // speaks about, so that has to be said.
  void AddExpired(const Grant& grant, const LicensePolicy& policy, std::size_t selection,
                  DesiredProduct& product) {
    const bool just_expired = now_ - EndOf(policy.expires->value) < product.unassign.after;
    if (policy.delivery != Delivery::kGroup) {
      if (!just_expired) return;
      if (product.just_expired.universe() == 0)
        product.just_expired = RowSet(observed_.users.size());
      product.just_expired |= state_.selections[selection].rows;
      return;
    }
    product.group_statements.push_back({.kind = PolicyStatement::Kind::kRevoke,
                                        .selection = selection,
                                        .origin = AddOrigin(policy.name, grant.product.at),
                                        .priority = std::numeric_limits<int>::min(),
                                        .disabled_plans = {},
                                        .by_group = true,
                                        .expired = true,
                                        .just_expired = just_expired});
  }

  // Why removals of what the policy names are held, if they are.
  std::optional<HeldBy> AddSelection(const LicensePolicy& policy) {
    auto subjects = SelectSubjects(policy, observed_, evaluator_);
    Selection selection{.policy = &policy,
                        .rows = std::move(subjects.rows),
                        .groups = std::move(subjects.groups),
                        .held = std::nullopt};
    state_.next_flip = Earlier(state_.next_flip, subjects.next_flip);
    not_people_ |= subjects.not_people;
    for (const auto& named : subjects.named_in_vain) {
      state_.warnings.push_back(fmt::format("policy {}: {}", policy.name, named));
    }
    std::optional<HeldBy> removals_held;
    for (const auto& reference : subjects.unresolved) {
      const auto held = HeldByReference(reference.what);
      if (!removals_held) removals_held = held;
      if (reference.in_except && !selection.held) selection.held = held;
      state_.warnings.push_back(fmt::format(
          "policy {}: {}; {}", policy.name, reference.what,
          reference.in_except ? "nothing of this policy is changed until it is found"
                              : "removals of the products it names are held until it is found"));
    }
    state_.selections.push_back(std::move(selection));
    return removals_held;
  }

  Result<PolicyStatement> MakeGrant(const Grant& grant, const LicensePolicy& policy,
                                    std::size_t selection, const DesiredProduct& product) {
    PolicyStatement statement{.kind = PolicyStatement::Kind::kGrant,
                              .selection = selection,
                              .origin = AddOrigin(policy.name, grant.product.at),
                              .priority = policy.priority,
                              .shape = grant.plans.kind,
                              .disabled_plans = {},
                              .by_group = policy.delivery == Delivery::kGroup};
    if (!statement.shapes_plans()) return statement;
    // Of a product that the tenant does not own the plans are not known, and nothing is planned.
    if (product.index && observed_.products[*product.index].subscribed) {
      auto plans = ResolveDisabledPlans(grant.plans, observed_.products[*product.index], catalog_);
      if (!plans) return std::move(plans).error();
      statement.disabled_plans = *std::move(plans);
    }
    return statement;
  }

  Result<void> AddRevocation(const LicensePolicy& policy, std::size_t selection,
                             const std::optional<HeldBy>& held) {
    PolicyStatement statement{.kind = PolicyStatement::Kind::kRevoke,
                              .selection = selection,
                              .origin = 0,
                              .priority = policy.priority,
                              .disabled_plans = {},
                              .by_group = policy.delivery == Delivery::kGroup};
    for (const auto& written : policy.revoke->products) {
      auto product = Named(written);
      if (!product) return std::move(product).error();
      if (auto goes = CheckLetsGo(**product, policy, "revoke", written.at); !goes) return goes;
      HoldRemovals(**product, held);
      statement.origin = AddOrigin(policy.name, written.at);
      AddRevocationTo(**product, statement);
    }
    // `all` means every product that any document names: those that come later as well.
    if (policy.revoke->all) {
      statement.origin = AddOrigin(policy.name, policy.revoke->written.at);
      revoke_all_.push_back({statement, held});
    }
    return {};
  }

  // What a group is to lose, its members keep where they hold it themselves.
  static void AddRevocationTo(DesiredProduct& product, const PolicyStatement& statement) {
    auto& statements = statement.by_group ? product.group_statements : product.statements;
    statements.push_back(statement);
  }

  Result<void> CheckLetsGo(const DesiredProduct& product, const LicensePolicy& policy,
                           std::string_view key, const SourcePosition& at) const {
    if (LetsGo(product.management, policy.delivery)) return {};
    return Invalid(
        fmt::format("`{}` can never take {} away: its management is `{}`{}", key, NameOf(product),
                    ToString(product.management),
                    policy.delivery == Delivery::kGroup ? ", and groups need `full`" : ""),
        at);
  }

  static void HoldRemovals(DesiredProduct& product, const std::optional<HeldBy>& held) {
    if (!held || product.removals_held) return;
    product.removals_held = held;
    product.removals_held->product = product.id;
  }

  Result<DesiredProduct*> Named(const Positioned<std::string>& written) {
    auto id = ResolveProduct(written, observed_, catalog_);
    if (!id) return std::move(id).error();
    auto [known, is_new] = products_.try_emplace(*id);
    if (is_new) {
      known->second.id = *id;
      known->second.index = observed_.FindProduct(*id);
    }
    return &known->second;
  }

  OriginIndex AddOrigin(const std::string& policy, const SourcePosition& at) {
    state_.origins.push_back({policy, at});
    return static_cast<OriginIndex>(state_.origins.size() - 1);
  }

  std::string NameOf(const DesiredProduct& product) const {
    return product.index ? observed_.products[*product.index].name() : product.id.ToString();
  }

  DesiredState Finish() {
    for (const auto& [statement, held] : revoke_all_) {
      for (auto& [id, product] : products_) {
        AddRevocationTo(product, statement);
        HoldRemovals(product, held);
      }
    }
    HoldWholeLadders();
    for (auto& [id, product] : products_) {
      SortByPriority(product.statements);
      SortByPriority(product.group_statements);
      Decide(state_.selections, observed_.users.size(), product);
      Describe(product);
      LeaveSelfServiceAlone(observed_, product, state_.warnings);
      state_.products.push_back(std::move(product));
    }
    FinishLadders();
    FindOwned(memory_.owned, observed_.users, state_.products);
    WarnOfAgents(observed_, state_.products, not_people_, state_.warnings);
    return std::move(state_);
  }

  // Who is taken off a rung is put on another: what is in doubt for one is in doubt for all.
  void HoldWholeLadders() {
    for (const auto& ladder : ladders_) {
      const DesiredProduct* doubtful = nullptr;
      for (const auto& id : ladder.rungs) {
        if (products_.at(id).removals_held) doubtful = &products_.at(id);
      }
      if (doubtful == nullptr) continue;
      const auto held = doubtful->removals_held;
      for (const auto& id : ladder.rungs) HoldRemovals(products_.at(id), held);
    }
  }

  void Describe(DesiredProduct& product) const {
    product.obstacle =
        WhyNotAssignable(product.index ? &observed_.products[*product.index] : nullptr);
    const auto known = memory_.known_plans.find(product.id);
    if (!product.index || known == memory_.known_plans.end()) return;
    for (const auto& plan : observed_.products[*product.index].plans) {
      if (IsSwitchable(plan) &&
          !std::binary_search(known->second.begin(), known->second.end(), plan.id)) {
        product.new_plans.push_back(plan.id);
      }
    }
  }

  void FinishLadders() {
    for (const auto& ladder : ladders_) {
      DesiredLadder finished{.document = ladder.document, .rungs = {}};
      for (const auto& id : ladder.rungs) {
        const auto found = std::lower_bound(
            state_.products.begin(), state_.products.end(), id,
            [](const DesiredProduct& product, const SkuId& wanted) { return product.id < wanted; });
        finished.rungs.push_back(static_cast<DesiredIndex>(found - state_.products.begin()));
      }
      state_.ladders.push_back(std::move(finished));
    }
  }

  struct LadderInMaking {
    const ProductLadder* document;
    std::vector<SkuId> rungs;
  };
  struct RevokeAll {
    PolicyStatement statement;
    std::optional<HeldBy> held;
  };

  const PolicySet& policies_;
  std::string_view tenant_;
  const ObservedState& observed_;
  WallTime now_;
  RuleEvaluator evaluator_;
  const ProductCatalog& catalog_;
  const PlanMemory& memory_;
  RowSet not_people_;  // Whom policies would select, were they people.
  DesiredState state_;
  std::map<SkuId, DesiredProduct> products_;
  std::vector<LadderInMaking> ladders_;
  std::vector<RevokeAll> revoke_all_;
};

}  // namespace

std::optional<DesiredIndex> DesiredState::Find(const SkuId& product) const {
  const auto found = std::ranges::lower_bound(products, product, {}, &DesiredProduct::id);
  if (found == products.end() || found->id != product) return std::nullopt;
  return static_cast<DesiredIndex>(found - products.begin());
}

const PolicyStatement* DesiredState::Deciding(const DesiredProduct& product,
                                              PolicyStatement::Kind kind, Row row) const {
  for (const auto& statement : product.statements) {
    if (statement.kind == kind && selections[statement.selection].rows.Contains(row)) {
      return &statement;
    }
  }
  return nullptr;
}

bool DesiredState::HigherRungGranted(const DesiredProduct& product, Row row) const {
  if (!product.rung) return false;
  return std::ranges::any_of(products, [&](const DesiredProduct& other) {
    return other.rung && other.rung->ladder == product.rung->ladder &&
           other.rung->number < product.rung->number && other.granted.Contains(row);
  });
}

DesiredState::Shape DesiredState::ShapeOf(const DesiredProduct& product, Row row) const {
  Shape shape;
  for (const auto& statement : product.statements) {
    if (!statement.shapes_plans() || !selections[statement.selection].rows.Contains(row)) continue;
    if (shape.statement == nullptr) {
      shape.statement = &statement;
    } else if (statement.priority < shape.statement->priority) {
      break;
    } else if (statement.disabled_plans != shape.statement->disabled_plans) {
      shape.conflict = &statement;
      break;
    }
  }
  return shape;
}

Result<DesiredState> ResolveDesired(const PolicySet& policies, std::string_view tenant,
                                    const ObservedState& observed, WallTime now,
                                    const ProductCatalog& catalog, const PlanMemory& memory) {
  return Resolver(policies, tenant, observed, now, catalog, memory).Run();
}

}  // namespace seatkeeper
