#include "reconciler/plan/held_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "reconciler/plan/digest.h"
#include "reconciler/plan/guardrail_table.h"

namespace seatkeeper {
namespace {

// What a set is named by. What no approval releases is never in one set with what one does.
using SetKey = std::tuple<std::string, std::optional<SkuId>, bool>;

SetKey KeyOf(const HeldBy& why) { return {why.guardrail, why.product, why.approvable}; }

struct Entry {
  std::string text;
  HeldItem item;
  const std::string* name;
  const HeldBy* why;
};

const AddLicense* Find(const std::vector<AddLicense>& licenses, const SkuId& product) {
  const auto found = std::find_if(licenses.begin(), licenses.end(),
                                  [&](const auto& one) { return one.product == product; });
  return found == licenses.end() ? nullptr : &*found;
}

std::vector<SkuId> ProductsOf(const Change& change) {
  std::vector<SkuId> products = change.remove;
  for (const auto& add : change.add) products.push_back(add.product);
  return products;
}

std::vector<Entry> EntriesOf(const Plan& plan) {
  std::vector<Entry> entries;
  for (const auto& change : plan.changes) {
    if (change.verdict != Verdict::kHeld) continue;
    for (std::size_t reason = 0; reason < change.held.size(); ++reason) {
      const auto& why = change.held[reason];
      for (const auto& product : HeldProducts(change, reason)) {
        auto item = HeldItemOf(change, product, why);
        auto text = item.Text();
        entries.push_back({std::move(text), std::move(item), &change.subject_name(), &why});
      }
    }
  }
  return entries;
}

HeldSet MakeSet(const std::string& tenant_id, const std::vector<const Entry*>& ordered) {
  HeldSet set;
  const std::string* before = nullptr;
  for (const auto* entry : ordered) {
    const auto& why = *entry->why;
    HeldReason reason{why.guardrail, why.product, why.approvable, why.limit, why.release};
    const auto known = std::find(set.reasons.begin(), set.reasons.end(), reason);
    if (known == set.reasons.end()) set.reasons.push_back(std::move(reason));
    if (before != nullptr && *before == entry->text) continue;
    before = &entry->text;
    set.items.push_back(entry->item);
    set.names.push_back(*entry->name);
  }
  set.digest = HeldDigest(tenant_id, set.items);
  return set;
}

std::size_t CountSubjects(const HeldSet& set) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < set.items.size(); ++i) {
    count += i == 0 || set.items[i].subject != set.items[i - 1].subject;
  }
  return count;
}

// The whole, and each part of it by its key.
std::pair<HeldSet, std::map<SetKey, HeldSet>> SetsOf(const Plan& plan) {
  const auto entries = EntriesOf(plan);
  std::vector<const Entry*> ordered;
  ordered.reserve(entries.size());
  for (const auto& entry : entries) ordered.push_back(&entry);
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const Entry* a, const Entry* b) { return a->text < b->text; });
  std::map<SetKey, std::vector<const Entry*>> parts;
  for (const auto* entry : ordered) parts[KeyOf(*entry->why)].push_back(entry);
  std::pair<HeldSet, std::map<SetKey, HeldSet>> sets;
  sets.first = MakeSet(plan.tenant_id, ordered);
  for (const auto& [key, of_part] : parts) {
    sets.second.emplace(key, parts.size() == 1 ? sets.first : MakeSet(plan.tenant_id, of_part));
  }
  return sets;
}

void AppendPlans(std::string& text, std::string_view label, const std::vector<PlanId>& plans) {
  text += label;
  for (const auto& plan : plans) {
    text += ' ';
    plan.guid.AppendTo(text);
  }
  text += '\n';
}

}  // namespace

std::string_view ToString(HeldItem::Action action) {
  switch (action) {
    case HeldItem::Action::kAdd:
      return "add";
    case HeldItem::Action::kPlans:
      return "plans";
    case HeldItem::Action::kRemove:
      break;
  }
  return "remove";
}

std::optional<HeldItem::Action> ParseHeldAction(std::string_view text) {
  for (const auto action :
       {HeldItem::Action::kAdd, HeldItem::Action::kPlans, HeldItem::Action::kRemove}) {
    if (ToString(action) == text) return action;
  }
  return std::nullopt;
}

std::string HeldItem::Text() const {
  std::string text;
  text.reserve(256);
  const auto* group = std::get_if<GroupId>(&subject);
  text += group != nullptr ? "group " : "user ";
  (group != nullptr ? group->guid : std::get<UserId>(subject).guid).AppendTo(text);
  text.append(" ").append(ToString(action)) += ' ';
  product.guid.AppendTo(text);
  text += '\n';
  if (action != Action::kRemove) AppendPlans(text, "off", disabled_plans);
  if (before) AppendPlans(text, "before", *before);
  if (!affected.empty()) text.append("affected ").append(affected) += '\n';
  text.append("held ").append(guardrail);
  if (about) {
    text += ' ';
    about->guid.AppendTo(text);
  }
  text += approvable ? "\n" : " for good\n";
  if (!because.empty()) text.append("because ").append(because) += '\n';
  return text;
}

bool HeldSet::approvable() const {
  return std::any_of(items.begin(), items.end(), [](const auto& item) { return item.approvable; });
}

HeldItem HeldItemOf(const Change& change, const SkuId& product, const HeldBy& why) {
  HeldItem item{.subject = change.subject(), .product = product};
  if (const auto* before = Find(change.before, product)) item.before = before->disabled_plans;
  if (const auto* add = Find(change.add, product)) {
    item.action = item.before ? HeldItem::Action::kPlans : HeldItem::Action::kAdd;
    item.disabled_plans = add->disabled_plans;
  }
  for (const auto& [of_product, affected] : change.affected) {
    if (of_product == product) item.affected = affected;
  }
  item.guardrail = why.guardrail;
  item.about = why.product;
  item.approvable = why.approvable;
  item.because = why.because;
  return item;
}

std::vector<SkuId> HeldProducts(const Change& change, std::size_t reason) {
  std::vector<SkuId> products;
  for (const auto& [product, position] : change.held_parts) {
    if (position == reason) products.push_back(product);
  }
  return products.empty() ? ProductsOf(change) : products;
}

std::string HeldDigest(const std::string& tenant_id, const std::vector<HeldItem>& items) {
  std::string text = "held\ntenant " + tenant_id + "\n";
  for (const auto& item : items) text += item.Text();
  return Sha256(text);
}

std::vector<HeldSet> HeldSetsOf(const Plan& plan) {
  std::vector<HeldSet> sets;
  if (!plan.has_held()) return sets;
  auto [whole, parts] = SetsOf(plan);
  sets.push_back(std::move(whole));
  if (parts.size() == 1) return sets;
  for (auto& [key, set] : parts) sets.push_back(std::move(set));
  return sets;
}

void DigestHeldSets(Plan& plan) {
  plan.held_digest.clear();
  plan.held_sets.clear();
  if (!plan.has_held()) return;
  for (auto& change : plan.changes) {
    for (auto& why : change.held) {
      why.approvable = why.approvable && MayBeApproved(why.guardrail);
    }
  }
  const auto [whole, parts] = SetsOf(plan);
  plan.held_digest = whole.digest;
  for (const auto& [key, set] : parts) {
    const auto& [guardrail, product, approvable] = key;
    plan.held_sets.push_back({.guardrail = guardrail,
                              .product = product,
                              .digest = set.digest,
                              .approvable = approvable,
                              .subjects = CountSubjects(set)});
  }
  for (auto& change : plan.changes) {
    for (auto& why : change.held) why.digest = parts.at(KeyOf(why)).digest;
  }
}

std::string_view ShortDigest(std::string_view digest) {
  constexpr std::size_t kShown = std::string_view("sha256:").size() + 12;
  return digest.substr(0, kShown);
}

std::string ReleaseText(const HeldBy& held, std::string_view digest) {
  if (!held.approvable || digest.empty()) return held.release;
  return fmt::format("`seatkeeper approve {} --reason TEXT`, or {}", digest, held.release);
}

}  // namespace seatkeeper
