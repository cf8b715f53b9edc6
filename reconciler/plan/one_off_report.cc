#include "reconciler/plan/one_off_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "reconciler/plan/duration.h"
#include "reconciler/plan/names.h"
#include "reconciler/plan/plan_words.h"

namespace seatkeeper {
namespace {

constexpr const char* kStays = "nothing of policy is against it: it stays";

const DesiredProduct* FindProduct(const DesiredState& desired, const SkuId& product) {
  const auto found = desired.Find(product);
  return found ? &desired.products[*found] : nullptr;
}

bool IsWanted(const DesiredState& desired, const DesiredProduct& product, Row row) {
  return product.granted.Contains(row) && !desired.HigherRungGranted(product, row);
}

std::string When(const UnassignWaiting& waiting) {
  if (waiting.after.count() == 0) return "in the next cycle";
  return "after " + Exactly(waiting.after);
}

class Reporter {
 public:
  Reporter(const PlanInput& input, const Plan& plan, const DesiredState& by_policy)
      : input_(input), plan_(plan), observed_(input.observed), by_policy_(by_policy) {
    for (const auto& change : plan.changes) {
      for (const auto& add : change.add) planned_.emplace(change.user, add.product);
      for (const auto& product : change.remove) planned_.emplace(change.user, product);
    }
    for (const auto& drift : plan.drift)
      drift_.emplace(std::pair(drift.user, drift.product), &drift);
  }

  OneOffReport Run(const OneOffSubjects& subjects, const std::vector<SkuId>& products) {
    for (const auto& named : subjects.in_vain) {
      auto text = named.at.file.empty() ? named.why : named.why + " (" + ToString(named.at) + ")";
      report_.not_done.push_back({named.name, std::nullopt, std::move(text)});
    }
    for (const auto row : subjects.rows) {
      for (const auto& product : products) Report(row, product);
    }
    for (auto& [key, users] : later_) {
      std::ranges::sort(users);
      report_.later.push_back({key.first, key.second, std::move(users)});
    }
    std::ranges::sort(report_.later, {}, [&](const OneOffReport::FollowUp& each) {
      return std::pair(plan_.ProductName(each.product), each.text);
    });
    const auto key = [&](const OneOffReport::Line& line) {
      const auto product = line.product ? plan_.ProductName(*line.product) : std::string();
      return std::tuple(line.user, product, line.text);
    };
    std::ranges::sort(report_.not_done, {}, key);
    std::ranges::sort(report_.needless, {}, key);
    return std::move(report_);
  }

 private:
  bool is_assign() const { return input_.one_off->kind == OneOff::Kind::kAssign; }

  void Report(Row row, const SkuId& product) {
    const auto user = observed_.users.id(row);
    const std::string name(observed_.users.user_principal_name(row));
    if (planned_.contains({user, product})) {
      later_[{product, is_assign() ? AfterAssign(row, product) : AfterUnassign(row, product)}]
          .push_back(name);
      return;
    }
    const auto drift = drift_.find({user, product});
    if (drift != drift_.end() && drift->second->kind != Drift::Kind::kRedundant) {
      report_.not_done.push_back({name, product, WhyNot(*drift->second)});
    } else if (is_assign()) {
      report_.needless.push_back({name, product, HowHeld(row, product)});
    } else if (!input_.one_off->products.empty()) {
      report_.needless.push_back({name, product, "is not held"});
    }
  }

  std::string WhyNot(const Drift& drift) const {
    if (!drift.group) return drift.cause;
    const auto* group = observed_.FindGroup(*drift.group);
    const auto called = group != nullptr && !group->display_name.empty()
                            ? fmt::format("{} ({})", group->display_name, drift.group->ToString())
                            : drift.group->ToString();
    return fmt::format("{}: {}", drift.cause, called);
  }

  std::string HowHeld(Row row, const SkuId& product) const {
    bool direct = false;
    for (const auto& held : observed_.users.assignments(row)) {
      const bool same = observed_.product_ids[held.product] == product;
      direct = direct || (same && held.source == AssignmentSource::kDirect);
    }
    return direct ? "is assigned directly already" : "is held already, through a group";
  }

  // Who gives it or takes it, in policy's own words.
  std::string Deciding(const DesiredProduct& product, PolicyStatement::Kind kind, Row row) const {
    const auto* statement = by_policy_.Deciding(product, kind, row);
    return statement == nullptr ? std::string("policy")
                                : "policy " + OriginWords(by_policy_.OriginOf(*statement));
  }

  std::string AfterAssign(Row row, const SkuId& id) const {
    const auto* product = FindProduct(by_policy_, id);
    if (product == nullptr) return "no policy file names the product: it stays";
    if (IsWanted(by_policy_, *product, row)) {
      return Deciding(*product, PolicyStatement::Kind::kGrant, row) + " grants it, too: it stays";
    }
    if (product->tied.Contains(row)) return kStays;
    // What seatkeeper assigns is its own, so `owned` lets it go as well.
    const bool goes =
        product->management == Management::kFull || product->management == Management::kOwned;
    if (!goes) {
      return fmt::format(
          "no policy grants it, and its management, {}, takes nothing away: it "
          "stays, as drift",
          ToString(product->management));
    }
    const auto who = product->revoked.Contains(row)
                         ? Deciding(*product, PolicyStatement::Kind::kRevoke, row)
                         : fmt::format("no policy grants it, so {}",
                                       OriginWords(by_policy_.origins[product->managed_by]));
    return fmt::format("{} will take this back {}", who, When(product->unassign));
  }

  std::string AfterUnassign(Row row, const SkuId& id) const {
    const auto* product = FindProduct(by_policy_, id);
    if (product == nullptr || !IsWanted(by_policy_, *product, row)) {
      return "no policy grants it: it stays away";
    }
    const auto who = Deciding(*product, PolicyStatement::Kind::kGrant, row);
    if (product->management == Management::kObserve) {
      return who + " grants it, but the product is only observed: it stays away, as drift";
    }
    return who + " will give this again in the next cycle";
  }

  const PlanInput& input_;
  const Plan& plan_;
  const ObservedState& observed_;
  const DesiredState& by_policy_;
  std::set<std::pair<UserId, SkuId>> planned_;
  std::map<std::pair<UserId, SkuId>, const Drift*> drift_;
  std::map<std::pair<SkuId, std::string>, std::vector<std::string>> later_;
  OneOffReport report_;
};

}  // namespace

Result<OneOffReport> ReportOneOff(const PlanInput& input, const Plan& plan) {
  const auto subjects = FindSubjects(*input.one_off, input.observed);
  const auto products = FindProducts(*input.one_off, subjects.rows, input.observed, input.catalog);
  if (!products) return products.error();
  const auto by_policy = ResolveDesired(input.policies, input.tenant, input.observed, input.now,
                                        input.catalog, input.memory);
  if (!by_policy) return by_policy.error();
  return Reporter(input, plan, *by_policy).Run(subjects, *products);
}

}  // namespace seatkeeper
