#include "reconciler/plan/compare.h"

#include <re2/re2.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "reconciler/plan/plan_words.h"
#include "reconciler/plan/revision_check.h"

namespace seatkeeper {
namespace {

// What a plan does to one product of one subject.
struct PlannedPart {
  const Change* change = nullptr;
  const AddLicense* add = nullptr;  // nullptr: it goes.

  bool takes() const { return add == nullptr; }
  bool held() const { return change->verdict == Verdict::kHeld; }
};

// By subject, then product.
using Parts = std::map<Subject, std::map<SkuId, PlannedPart>>;

Parts PartsOf(const Plan* plan) {
  Parts parts;
  if (plan == nullptr) return parts;
  for (const auto& change : plan->changes) {
    auto& of_subject = parts[change.subject()];
    for (const auto& add : change.add) of_subject[add.product] = {&change, &add};
    for (const auto& product : change.remove) of_subject[product] = {&change, nullptr};
  }
  return parts;
}

const PlannedPart* Find(const Parts& parts, const Subject& subject, const SkuId& product) {
  const auto of_subject = parts.find(subject);
  if (of_subject == parts.end()) return nullptr;
  const auto part = of_subject->second.find(product);
  return part == of_subject->second.end() ? nullptr : &part->second;
}

bool HoldsNow(const PlannedPart& part, const SkuId& product) {
  if (part.takes()) return true;
  const auto& takes = part.change->takes_seats;
  return std::find(takes.begin(), takes.end(), product) == takes.end();
}

std::optional<Difference> Compare(const PlannedPart* base, const PlannedPart* now,
                                  const SkuId& product) {
  if (now == nullptr) {
    if (base->takes()) return Difference::kStays;
    return HoldsNow(*base, product) ? Difference::kSwitches : Difference::kNotGiven;
  }
  if (base == nullptr || base->takes() != now->takes()) {
    if (now->takes()) return Difference::kLoses;
    return HoldsNow(*now, product) ? Difference::kSwitches : Difference::kGains;
  }
  if (base->held() != now->held()) {
    return now->held() ? Difference::kHeldBack : Difference::kReleased;
  }
  if (!now->takes() && base->add->disabled_plans != now->add->disabled_plans) {
    return HoldsNow(*now, product) ? Difference::kSwitches : Difference::kGains;
  }
  return std::nullopt;
}

Origin OriginOf(const PlannedPart& part, const SkuId& product) {
  if (!part.takes()) return part.change->origin;
  const auto& by = part.change->removed_by;
  const auto removed =
      std::find_if(by.begin(), by.end(), [&](const auto& entry) { return entry.first == product; });
  return removed == by.end() ? part.change->origin : removed->second;
}

bool LosesPlans(const PlannedPart& part, const SkuId& product) {
  const auto& off = part.change->plans_off;
  return std::binary_search(off.begin(), off.end(), product);
}

ComparedPart MakePart(const SkuId& product, Difference difference, const PlannedPart* base,
                      const PlannedPart* now) {
  ComparedPart part{.product = product,
                    .difference = difference,
                    .disabled_plans = {},
                    .instead = {},
                    .origin = OriginOf(now != nullptr ? *now : *base, product),
                    .risk = {},
                    .held = {}};
  if (now == nullptr) return part;
  part.verdict = now->change->verdict;
  if (now->held()) part.held.assign(now->change->held.begin(), now->change->held.end());
  if (now->takes() || LosesPlans(*now, product)) part.risk = now->change->risk;
  if (!now->takes()) {
    part.disabled_plans = now->add->disabled_plans;
    return part;
  }
  if (const auto* instead = SwappedFor(*now->change, product)) {
    const auto& replaced = now->change->replaced;
    part.instead = *instead;
    part.upward = std::find(replaced.begin(), replaced.end(), product) != replaced.end();
  }
  return part;
}

ComparedSubject Describe(const Change& change) {
  ComparedSubject subject{
      .user = change.user, .user_principal_name = change.user_principal_name, .parts = {}};
  if (change.group) subject.group = *change.group;
  return subject;
}

std::vector<ComparedSubject> CompareSubjects(const Parts& base, const Parts& now) {
  std::map<Subject, std::set<SkuId>> all;
  for (const auto* parts : {&base, &now}) {
    for (const auto& [subject, of_subject] : *parts) {
      for (const auto& entry : of_subject) all[subject].insert(entry.first);
    }
  }
  std::vector<ComparedSubject> subjects;
  for (const auto& [id, products] : all) {
    ComparedSubject subject;
    for (const auto& product : products) {
      const auto* before = Find(base, id, product);
      const auto* after = Find(now, id, product);
      const auto difference = Compare(before, after, product);
      if (!difference) continue;
      if (subject.parts.empty()) subject = Describe(*(after ? after : before)->change);
      subject.parts.push_back(MakePart(product, *difference, before, after));
    }
    if (!subject.parts.empty()) subjects.push_back(std::move(subject));
  }
  std::sort(subjects.begin(), subjects.end(), [](const auto& a, const auto& b) {
    const bool of_group = static_cast<bool>(a.group);
    const bool of_other = static_cast<bool>(b.group);
    return std::tie(of_group, a.name(), a.user) < std::tie(of_other, b.name(), b.user);
  });
  return subjects;
}

// Seats in use when all of the plan's changes have gone.
int SeatsAfter(const Plan& plan, const PlanProduct& product) {
  int seats = product.assigned;
  for (const auto& change : plan.changes) {
    const auto count = [&](const std::vector<SkuId>& products) {
      return static_cast<int>(std::count(products.begin(), products.end(), product.id));
    };
    seats += count(change.takes_seats) - count(change.frees_seats);
  }
  return seats;
}

class ProductComparison {
 public:
  ProductComparison(const Plan* base, const Plan& plan, PlanComparison& to)
      : base_(base), plan_(plan), to_(to) {}

  void Run() {
    for (const auto& product : plan_.products) {
      const auto seats = SeatsAfter(plan_, product);
      const auto* before = Before(product.id);
      const int base_seats = before == nullptr ? product.assigned : SeatsAfter(*base_, *before);
      const auto& base_price = before == nullptr ? product.price : before->price;
      AddCost(base_price, base_seats, &ComparedCost::base);
      AddCost(product.price, seats, &ComparedCost::after);
      Add(product, seats, base_seats, before == nullptr ? 0 : before->short_by);
    }
    // Products that the policy no longer names keep their seats.
    for (const auto& product : base_ == nullptr ? std::vector<PlanProduct>() : base_->products) {
      if (named_.contains(product.id)) continue;
      AddCost(product.price, SeatsAfter(*base_, product), &ComparedCost::base);
      AddCost(product.price, product.assigned, &ComparedCost::after);
      auto now = product;
      now.short_by = 0;
      Add(now, product.assigned, SeatsAfter(*base_, product), product.short_by);
    }
    for (auto& [currency, cost] : costs_) {
      cost.currency = currency;
      to_.costs.push_back(cost);
    }
  }

 private:
  const PlanProduct* Before(const SkuId& id) const {
    if (base_ == nullptr) return nullptr;
    const auto& all = base_->products;
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.id == id; });
    return found == all.end() ? nullptr : &*found;
  }

  void Add(const PlanProduct& product, int seats, int base_seats, int base_short) {
    named_.insert(product.id);
    if (seats == base_seats && product.short_by == base_short) return;
    to_.products.push_back({.id = product.id,
                            .purchased = product.purchased,
                            .base = base_seats,
                            .after = seats,
                            .base_short = base_short,
                            .after_short = product.short_by,
                            .price = product.price});
    if (!product.price && seats != base_seats) to_.without_price.push_back(product.id);
  }

  void AddCost(const std::optional<UnitPrice>& price, int seats,
               MonthlyAmount ComparedCost::*member) {
    if (price) costs_[price->currency].*member += MonthlyAmount(*price, seats);
  }

  const Plan* base_;
  const Plan& plan_;
  PlanComparison& to_;
  std::set<SkuId> named_;
  std::map<std::string, ComparedCost> costs_;
};

// Warnings name lines, which move, and files, which lie elsewhere in the base.
std::string WithoutPlaces(const std::string& warning) {
  static const RE2 place(R"([^\s()]*:[0-9]+:[0-9]+)");
  auto text = warning;
  RE2::GlobalReplace(&text, place, "");
  return text;
}

std::set<std::string> WithoutPlaces(const std::vector<std::string>& warnings) {
  std::set<std::string> texts;
  for (const auto& warning : warnings) texts.insert(WithoutPlaces(warning));
  return texts;
}

void CompareWarnings(const Plan* base, const Plan& plan, PlanComparison& to) {
  const auto& before = base == nullptr ? std::vector<std::string>() : base->warnings;
  const auto known_before = WithoutPlaces(before);
  const auto known_now = WithoutPlaces(plan.warnings);
  std::set<std::string> suspicions;  // Shown by themselves.
  for (const auto& suspicion : plan.suspicions) suspicions.insert(DescribeSuspicion(suspicion));
  for (const auto& warning : plan.warnings) {
    if (suspicions.contains(warning) || known_before.contains(WithoutPlaces(warning))) continue;
    to.warnings.push_back(warning);
  }
  for (const auto& warning : before) {
    if (!known_now.contains(WithoutPlaces(warning))) to.settled.push_back(warning);
  }
}

}  // namespace

std::string_view ToString(Difference difference) {
  switch (difference) {
    case Difference::kLoses:
      return "loses";
    case Difference::kReleased:
      return "no-longer-held";
    case Difference::kNotGiven:
      return "no-longer-given";
    case Difference::kSwitches:
      return "switches-plans";
    case Difference::kHeldBack:
      return "held-back";
    case Difference::kGains:
      return "gains";
    case Difference::kStays:
      break;
  }
  return "stays";
}

std::size_t ComparedSubject::users() const {
  return group ? static_cast<std::size_t>(std::max(group->members, 0)) : 1;
}

std::string ComparedCost::Change(bool grouped) const {
  const auto text = [&](const MonthlyAmount& amount) {
    return grouped ? amount.Grouped() : amount.ToString();
  };
  if (base < after) return "+" + text(after - base);
  if (after < base) return "-" + text(base - after);
  return text(MonthlyAmount());
}

std::size_t PlanComparison::UsersWith(const std::set<Difference>& differences) const {
  std::size_t users = 0;
  for (const auto& subject : subjects) {
    const bool has = std::any_of(
        subject.parts.begin(), subject.parts.end(),
        [&](const ComparedPart& part) { return differences.contains(part.difference); });
    if (has) users += subject.users();
  }
  return users;
}

bool PlanComparison::has_differences() const {
  return !subjects.empty() || !products.empty() || !suspicions.empty() || !warnings.empty() ||
         !settled.empty();
}

bool PlanComparison::has_held() const {
  return std::any_of(subjects.begin(), subjects.end(), [](const ComparedSubject& subject) {
    return std::any_of(subject.parts.begin(), subject.parts.end(),
                       [](const ComparedPart& part) { return !part.held.empty(); });
  });
}

PlanComparison ComparePlans(const Plan* base, const Plan& plan) {
  PlanComparison comparison{.tenant = plan.tenant,
                            .observed_at = plan.observed_at,
                            .base_revision = base == nullptr ? "" : base->policy_revision,
                            .policy_revision = plan.policy_revision,
                            .subjects = CompareSubjects(PartsOf(base), PartsOf(&plan)),
                            .products = {},
                            .costs = {},
                            .without_price = {},
                            .suspicions = plan.suspicions,
                            .warnings = {},
                            .settled = {},
                            .product_names = plan.product_names,
                            .plan_names = plan.plan_names};
  if (base != nullptr) {
    comparison.product_names.insert(base->product_names.begin(), base->product_names.end());
    comparison.plan_names.insert(base->plan_names.begin(), base->plan_names.end());
  }
  ProductComparison(base, plan, comparison).Run();
  CompareWarnings(base, plan, comparison);
  return comparison;
}

}  // namespace seatkeeper
