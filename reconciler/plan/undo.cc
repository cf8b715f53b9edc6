#include "reconciler/plan/undo.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <tuple>
#include <variant>

#include "reconciler/model/sort_unique.h"
#include "reconciler/plan/names.h"
#include "reconciler/plan/ordered_sets.h"

namespace seatkeeper {
namespace {

using Plans = std::vector<PlanId>;
/// The plans that are off of what is assigned directly; nothing where it is not.
using Held = std::optional<Plans>;

bool TookEffect(const JournalEntry& entry) {
  return entry.state != ChangeState::kRefused && entry.state != ChangeState::kWithdrawn &&
         entry.state != ChangeState::kReverted;
}

bool TookSomething(const JournalEntry& entry) {
  return !entry.remove.empty() || !entry.plans_off.empty();
}

const AddLicense* FindLicense(const std::vector<AddLicense>& licenses, const SkuId& product) {
  const auto found = std::ranges::find(licenses, product, &AddLicense::product);
  return found == licenses.end() ? nullptr : &*found;
}

// What was swapped for what. Before the journal said so, only what went up can be told, and only
// where nothing else was given.
std::vector<std::pair<SkuId, SkuId>> SwapsOf(const JournalEntry& entry) {
  if (!entry.swaps.empty()) return entry.swaps;
  std::vector<SkuId> given;
  for (const auto& add : entry.add) {
    if (FindLicense(entry.before, add.product) == nullptr) given.push_back(add.product);
  }
  std::vector<std::pair<SkuId, SkuId>> swaps;
  if (given.size() != 1) return swaps;
  for (const auto& product : entry.replaced) swaps.emplace_back(product, given.front());
  return swaps;
}

// The direct assignments of one subject, read, and as they come to be with one change after the
// other taken back.
class Unwinding {
 public:
  Unwinding(const Subject& subject, const ObservedState& observed)
      : subject_(subject), observed_(observed) {
    if (const auto* user = std::get_if<UserId>(&subject)) {
      row_ = observed.users.Find(*user);
    } else {
      group_ = observed.FindGroup(std::get<GroupId>(subject));
    }
  }

  bool is_there() const { return row_ || group_ != nullptr; }

  std::string Name() const {
    return row_ ? std::string(observed_.users.user_principal_name(*row_)) : group_->display_name;
  }

  // Why the subject is not there.
  std::string WhyGone() const {
    if (std::holds_alternative<UserId>(subject_)) return "the user was deleted";
    const auto* reading = observed_.FindReference(std::get<GroupId>(subject_).ToString());
    const bool told = reading != nullptr && !reading->detail.empty();
    return told ? "the group is not to be found: " + reading->detail
                : "the group is not to be found";
  }

  // Whether the reading says how the subject holds what the change was about.
  std::string WhyUnclear(const std::set<SkuId>& products) const {
    if (!row_) return group_->processed() ? "" : "the service still works through its members";
    if (!observed_.users.assignments_known(*row_)) return "what the user holds was not read";
    for (const auto& row : observed_.users.assignments(*row_)) {
      if (row.source != AssignmentSource::kUnknown) continue;
      const auto& product = observed_.product_ids[row.product];
      if (products.contains(product)) return NameOf(product) + " is held, but not said from where";
    }
    return "";
  }

  Held Now(const SkuId& product) const {
    const auto known = unwound_.find(product);
    return known == unwound_.end() ? Read(product) : known->second;
  }
  void TakeBack(const SkuId& product, Held held) { unwound_[product] = std::move(held); }

  // Only plans that the product has in the tenant and that can be switched count.
  Held Effective(const AddLicense* license) const {
    if (license == nullptr) return std::nullopt;
    const auto index = observed_.FindProduct(license->product);
    if (!index || observed_.products[*index].plans.empty()) return license->disabled_plans;
    return EffectivePlans(license->disabled_plans, observed_.products[*index]);
  }

  std::string NameOf(const SkuId& product) const { return NameOfProduct(product, observed_, {}); }

  // What is to be done to make it so.
  void Compare(Restoration& restoration) const {
    for (const auto& [product, wanted] : unwound_) {
      const auto present = Read(product);
      if (wanted == present) continue;
      if (!wanted) {
        restoration.remove.push_back(product);
        continue;
      }
      restoration.add.push_back({product, *wanted});
      if (present && !std::ranges::includes(*present, *wanted)) {
        restoration.plans_off.push_back(product);
      }
    }
  }

 private:
  Held Read(const SkuId& product) const {
    if (group_ != nullptr) {
      const auto found = std::ranges::find(group_->licenses, product, &GroupLicense::product);
      if (found == group_->licenses.end()) return std::nullopt;
      const AddLicense license{product, found->disabled_plans};
      return Effective(&license);
    }
    for (const auto& row : observed_.users.assignments(*row_)) {
      if (row.source != AssignmentSource::kDirect) continue;
      if (observed_.product_ids[row.product] != product) continue;
      const AddLicense license{product, observed_.plan_sets[row.disabled_plans]};
      return Effective(&license);
    }
    return std::nullopt;
  }

  const Subject& subject_;
  const ObservedState& observed_;
  std::optional<Row> row_;
  const Group* group_ = nullptr;
  std::map<SkuId, Held> unwound_;
};

// "is assigned directly, and the change left it unassigned"
std::string Differs(const Held& now, const Held& after) {
  if (!after) return "is assigned directly again, and the change had left it unassigned";
  if (!now) return "is not assigned directly any more, and the change had left it so";
  return "has other service plans off than the change left off";
}

// What one subject's changes took.
class SubjectUndo {
 public:
  SubjectUndo(const Subject& subject, const ObservedState& observed, UndoOutline& outline)
      : subject_(subject), state_(subject, observed), outline_(outline) {}

  void Run(const std::vector<const JournalEntry*>& newest_first, bool open) {
    for (const auto* entry : newest_first) {
      if (!TookEffect(*entry)) {
        Leave(*entry, NotRestored::Why::kNeverHappened,
              "the change did not take effect: " + std::string(WordOf(entry->state)));
      } else if (open) {
        Leave(*entry, NotRestored::Why::kOpen,
              "what became of the last change is not known yet: try again when it is");
      } else if (!state_.is_there()) {
        Leave(*entry, NotRestored::Why::kSubjectGone, state_.WhyGone());
      } else {
        TakeBack(*entry);
      }
    }
    Finish();
  }

 private:
  static std::string_view WordOf(ChangeState state) {
    if (state == ChangeState::kRefused) return "the service refused it";
    return state == ChangeState::kWithdrawn ? "it was never sent" : "the tenant shows that";
  }

  void Leave(const JournalEntry& entry, NotRestored::Why why, std::string detail,
             std::optional<SkuId> product = std::nullopt) {
    outline_.not_restored.push_back(
        {.subject = subject_,
         .subject_name = entry.group ? entry.group->display_name : entry.user_principal_name,
         .product = product,
         .plan_id = entry.plan_id,
         .why = why,
         .detail = std::move(detail)});
  }

  Held After(const JournalEntry& entry, const SkuId& product) const {
    if (std::ranges::find(entry.remove, product) != entry.remove.end()) return std::nullopt;
    return state_.Effective(FindLicense(entry.add, product));
  }
  Held Before(const JournalEntry& entry, const SkuId& product) const {
    return state_.Effective(FindLicense(entry.before, product));
  }

  void TakeBack(const JournalEntry& entry) {
    const auto swaps = SwapsOf(entry);
    std::set<SkuId> products(entry.remove.begin(), entry.remove.end());
    products.insert(entry.plans_off.begin(), entry.plans_off.end());
    for (const auto& [from, to] : swaps) products.insert(to);
    if (auto unclear = state_.WhyUnclear(products); !unclear.empty()) {
      return Leave(entry, NotRestored::Why::kUnclear, std::move(unclear));
    }
    const auto is_back = [&](const SkuId& product) {
      return state_.Now(product) == Before(entry, product);
    };
    if (std::ranges::all_of(products, is_back)) {
      return Leave(entry, NotRestored::Why::kAlreadyBack, "it is as it was before");
    }
    bool differs = false;
    for (const auto& product : products) {
      const auto now = state_.Now(product);
      const auto after = After(entry, product);
      if (now == after) continue;
      differs = true;
      Leave(entry, NotRestored::Why::kChanged,
            fmt::format("{} {}", state_.NameOf(product), Differs(now, after)), product);
    }
    if (differs) return;
    for (const auto& product : products) {
      state_.TakeBack(product, Before(entry, product));
      plan_ids_[product] = entry.plan_id;
    }
    for (const auto& [from, to] : swaps) InsertUnique(swapped_, {to, from});
    origin_ = {.policy = entry.policy,
               .at = {.file = entry.policy_position, .line = 0, .column = 0}};
  }

  void Finish() {
    if (plan_ids_.empty()) return;
    Restoration restoration{.subject = subject_,
                            .subject_name = state_.Name(),
                            .add = {},
                            .remove = {},
                            .plans_off = {},
                            .swaps = {},
                            .plan_ids = {},
                            .origin = std::move(origin_)};
    state_.Compare(restoration);
    for (const auto& add : restoration.add) {
      restoration.plan_ids.emplace(add.product, plan_ids_.at(add.product));
    }
    std::ranges::copy_if(swapped_, std::back_inserter(restoration.swaps), [&](const auto& swap) {
      return Contains(restoration.remove, swap.first) &&
             FindLicense(restoration.add, swap.second) != nullptr;
    });
    TieLooseEnds(restoration);
    // Changes that took back each other: nothing is left to do.
    if (restoration.add.empty()) return;
    outline_.restorations.push_back(std::move(restoration));
  }

  // Nothing goes but for something that comes back: of a chain of swaps the ends are tied.
  static void TieLooseEnds(Restoration& restoration) {
    std::vector<std::pair<SkuId, SkuId>> tied;
    for (const auto& product : restoration.remove) {
      const bool loose =
          std::ranges::find(restoration.swaps, product, &std::pair<SkuId, SkuId>::first) ==
          restoration.swaps.end();
      if (!loose) continue;
      for (const auto& add : restoration.add) tied.emplace_back(product, add.product);
    }
    for (const auto& swap : tied) InsertUnique(restoration.swaps, swap);
    if (restoration.add.empty()) restoration.remove.clear();
  }

  const Subject& subject_;
  Unwinding state_;
  UndoOutline& outline_;
  std::map<SkuId, std::string> plan_ids_;
  std::vector<std::pair<SkuId, SkuId>> swapped_;
  Origin origin_;
};

}  // namespace

UndoOutline OutlineUndo(const std::vector<JournalEntry>& entries, const ObservedState& observed,
                        const OpenSubjects& open) {
  UndoOutline outline;
  std::map<Subject, std::vector<const JournalEntry*>> by_subject;
  for (const auto& entry : entries) {
    if (TookSomething(entry)) {
      by_subject[entry.subject()].push_back(&entry);
    } else if (TookEffect(entry)) {
      ++outline.left_alone;
    }
  }
  for (const auto& [subject, newest_first] : by_subject) {
    const auto* user = std::get_if<UserId>(&subject);
    const bool is_open = user != nullptr ? open.users.contains(*user)
                                         : open.groups.contains(std::get<GroupId>(subject));
    SubjectUndo(subject, observed, outline).Run(newest_first, is_open);
  }
  return outline;
}

std::vector<SkuId> LeaveOut(const SkuId& product, Restoration& restoration) {
  std::set<SkuId> given{product};
  std::set<SkuId> taken;
  // What goes for it stays, and then so does all that this would have gone for.
  for (bool grown = true; grown;) {
    grown = false;
    for (const auto& [from, to] : restoration.swaps) {
      if (given.contains(to)) grown = taken.insert(from).second || grown;
      if (taken.contains(from)) grown = given.insert(to).second || grown;
    }
  }
  std::erase_if(restoration.add, [&](const auto& add) { return given.contains(add.product); });
  std::erase_if(restoration.plans_off, [&](const auto& id) { return given.contains(id); });
  std::erase_if(restoration.remove, [&](const auto& id) { return taken.contains(id); });
  std::erase_if(restoration.swaps, [&](const auto& swap) { return taken.contains(swap.first); });
  return {given.begin(), given.end()};
}

std::string_view ToString(NotRestored::Why why) {
  switch (why) {
    case NotRestored::Why::kNeverHappened:
      return "never-happened";
    case NotRestored::Why::kAlreadyBack:
      return "already-back";
    case NotRestored::Why::kOpen:
      return "open";
    case NotRestored::Why::kSubjectGone:
      return "subject-gone";
    case NotRestored::Why::kProductGone:
      return "product-gone";
    case NotRestored::Why::kUnclear:
      return "unclear";
    case NotRestored::Why::kChanged:
      return "changed";
    case NotRestored::Why::kNoSeat:
      return "no-seat";
    case NotRestored::Why::kNoLocation:
      break;
  }
  return "no-location";
}

bool Undone::is_partial() const {
  return std::ranges::any_of(not_restored, [](const NotRestored& one) { return one.is_loss(); });
}

}  // namespace seatkeeper
