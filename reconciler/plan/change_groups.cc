#include "reconciler/plan/change_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>

#include "reconciler/plan/ordered_sets.h"
#include "reconciler/plan/plan_words.h"
#include "reconciler/plan/printable.h"

namespace seatkeeper {
namespace {

const Origin& OriginOfRemoval(const Change& change, const SkuId& product) {
  const auto found = std::find_if(change.removed_by.begin(), change.removed_by.end(),
                                  [&](const auto& removal) { return removal.first == product; });
  return found == change.removed_by.end() ? change.origin : found->second;
}

// Of a user, whether they have a seat already, from whatever source. A group may give the product
// to members who all have one.
bool HoldsBefore(const Change& change, const SkuId& product) {
  if (!change.group) return !Contains(change.takes_seats, product);
  return std::any_of(change.before.begin(), change.before.end(),
                     [&](const AddLicense& held) { return held.product == product; });
}

class Grouper {
 public:
  explicit Grouper(const Plan& plan) : plan_(plan) {}

  void Add(const Change& change) {
    const bool of_groups = change.group.has_value();
    for (const auto& add : change.add) {
      ChangeGroup group{.product = add.product,
                        .of_groups = of_groups,
                        .reason = change.reason,
                        .origin = &change.origin};
      const bool gains = !HoldsBefore(change, add.product);
      group.effect = gains ? Effect::kGain : Effect::kPlans;
      if (change.reprocesses()) group.effect = Effect::kReprocess;
      for (const auto& [from, to] : change.swaps) {
        if (to != add.product) continue;
        group.effect = Effect::kSwap;
        group.from.push_back(from);
        group.downward = group.downward || !Contains(change.replaced.values(), from);
      }
      Enter(std::move(group), {&change, &add});
    }
    for (const auto& product : change.remove) {
      if (SwappedFor(change, product) != nullptr) continue;
      Enter({.product = product,
             .effect = Effect::kLoss,
             .of_groups = of_groups,
             .reason = change.reason,
             .origin = &OriginOfRemoval(change, product)},
            {&change, nullptr});
    }
  }

  std::vector<ChangeGroup> Finish() {
    std::vector<ChangeGroup> groups;
    groups.reserve(groups_.size());
    for (auto& [key, group] : groups_) groups.push_back(std::move(group));
    return groups;
  }

 private:
  using Key = std::tuple<std::string, SkuId, Effect, std::vector<SkuId>, bool, bool, Reason,
                         std::string_view, std::string_view, int, int>;

  void Enter(ChangeGroup&& group, const ChangeGroup::Entry& entry) {
    const auto& at = group.origin->at;
    Key key{plan_.ProductName(group.product),
            group.product,
            group.effect,
            group.from,
            group.downward,
            group.of_groups,
            group.reason,
            group.origin->policy,
            at.file,
            at.line,
            at.column};
    const auto known = groups_.try_emplace(std::move(key), std::move(group)).first;
    known->second.entries.push_back(entry);
  }

  const Plan& plan_;
  std::map<Key, ChangeGroup> groups_;
};

// The service plans that are off, where that is the same for all; else each user's line says it.
bool SamePlans(const ChangeGroup& group) {
  return std::all_of(group.entries.begin(), group.entries.end(), [&](const auto& entry) {
    return entry.add == nullptr ||
           entry.add->disabled_plans == group.entries.front().add->disabled_plans;
  });
}

std::string What(const Plan& plan, const ChangeGroup& group) {
  const auto product = ProductWord(plan, group.product);
  switch (group.effect) {
    case Effect::kGain:
    case Effect::kReprocess:
      return "+ " + product;
    case Effect::kPlans:
      return "~ " + product;
    case Effect::kSwap:
      return fmt::format("{} -> {}", ProductWords(plan, group.from), product);
    case Effect::kLoss:
      break;
  }
  return "- " + product;
}

// Makes way for a higher rung, now or when that has a seat.
bool MakesWay(const ChangeGroup& group) {
  return group.effect == Effect::kLoss &&
         std::all_of(group.entries.begin(), group.entries.end(), [&](const auto& entry) {
           return Contains(entry.change->replaced.values(), group.product);
         });
}

struct Verb {
  std::string_view one;
  std::string_view many;
};

Verb VerbOf(const ChangeGroup& group) {
  switch (group.effect) {
    case Effect::kGain:
      return {"gains it", "gain it"};
    case Effect::kReprocess:
      return {"is processed again", "are processed again"};
    case Effect::kPlans:
      return {"gets other service plans", "get other service plans"};
    case Effect::kSwap:
      if (group.downward) return {"goes down", "go down"};
      return {"swaps", "swap"};
    case Effect::kLoss:
      break;
  }
  if (MakesWay(group)) return {"gives it up for a higher rung", "give it up for a higher rung"};
  return {"loses it", "lose it"};
}

std::string_view Because(Reason reason) {
  switch (reason) {
    case Reason::kGranted:
      return "granted by";
    case Reason::kReprocessed:
      return "granted through a group by";
    case Reason::kPlansDiffer:
      return "service plans set by";
    case Reason::kNotGranted:
      return "not granted; managed by";
    case Reason::kRevoked:
      return "revoked by";
    case Reason::kReplaced:
      return "managed by";
    case Reason::kFallback:
      return "fallback from what is granted by";
    case Reason::kRedundant:
      return "a group gives the same; managed by";
    case Reason::kRestored:
      return "put back; taken by";
    case Reason::kCombined:
      break;
  }
  return "by";
}

TextPage::Tone ToneOf(const ChangeGroup& group) {
  const bool goes_up = group.effect == Effect::kSwap && !group.downward;
  if (group.effect == Effect::kLoss) {
    return MakesWay(group) ? TextPage::Tone::kPlain : TextPage::Tone::kBad;
  }
  const bool harmless = std::none_of(
      group.entries.begin(), group.entries.end(),
      [&](const auto& entry) { return Contains(entry.change->plans_off.values(), group.product); });
  return harmless && (goes_up || group.effect != Effect::kSwap) ? TextPage::Tone::kGood
                                                                : TextPage::Tone::kBad;
}

// What becomes of the members of a licensed group: "30 members, 28 need a seat".
std::string MembersWords(const Change& change, const SkuId& product) {
  auto words = Counted(static_cast<std::size_t>(change.group->members), "member");
  const auto seats = std::count(change.takes_seats.begin(), change.takes_seats.end(), product);
  if (seats > 0)
    words += fmt::format(", {} of them {} a seat", seats, seats == 1 ? "needs" : "need");
  if (const int losing = change.group->LossesOf(product); losing > 0) {
    words += fmt::format(", {} {} something", Counted(static_cast<std::size_t>(losing), "user"),
                         losing == 1 ? "loses" : "lose");
  }
  return words;
}

class GroupWriter {
 public:
  GroupWriter(const Plan& plan, const ChangeGroup& group, TextPage& page)
      : plan_(plan), group_(group), page_(page), same_plans_(SamePlans(group)) {
    const auto& first = *group.entries.front().change;
    certain_ = first.verdict == Verdict::kGo;
    indent_ = certain_ ? 2 : 4;
    const bool same_wave =
        std::all_of(group.entries.begin(), group.entries.end(),
                    [&](const auto& entry) { return entry.change->wave == first.wave; });
    if (certain_ && same_wave) wave_ = first.wave;
  }

  // `waves`: there is more than one.
  void Write(bool waves) {
    const auto& entries = group_.entries;
    const bool one = entries.size() == 1;
    const auto verb = VerbOf(group_);
    const auto* add = entries.front().add;
    page_.Line(fmt::format("{:{}}{}{}: {} {}{}{}", "", indent_, What(plan_, group_),
                           same_plans_ && add != nullptr ? WithoutWords(plan_, *add) : "",
                           Counted(entries.size(), group_.of_groups ? "group" : "user"),
                           certain_ ? "" : "would ", one && certain_ ? verb.one : verb.many,
                           waves && wave_ != 0 ? fmt::format(", in wave {}", wave_) : ""),
               ToneOf(group_));
    if (!group_.origin->policy.empty()) {
      page_.Line(fmt::format("{:{}}{} {}", "", indent_ + 2, Because(group_.reason),
                             OriginWords(*group_.origin)));
    }
    page_.Fold(entries.size(), indent_ + 4,
               [&](std::size_t i) { page_.Line(EntryLine(entries[i])); });
  }

 private:
  std::string EntryLine(const ChangeGroup::Entry& entry) const {
    const auto& change = *entry.change;
    std::string notes;
    if (!same_plans_) notes += " " + WithoutWords(plan_, *entry.add);
    if (certain_ && wave_ == 0) notes += fmt::format("  wave {}", change.wave);
    if (!change.usage_location.empty()) {
      notes += fmt::format("  usage location {}", change.usage_location);
    }
    // What only makes way for a rung that is still waited for endangers nothing.
    const bool takes = group_.effect == Effect::kSwap ||
                       (group_.effect == Effect::kLoss && !MakesWay(group_)) ||
                       Contains(change.plans_off.values(), group_.product);
    if (change.group) notes += " " + MembersWords(change, group_.product);
    if (change.reprocess) notes += " " + GoneWordsOf(change);
    if (takes) notes += RiskWords(change);
    const auto name = Printable(change.subject_name());
    if (notes.empty()) return fmt::format("{:{}}{}", "", indent_ + 4, name);
    return fmt::format("{:{}}{:<34}{}", "", indent_ + 4, name, notes);
  }

  // "group `Sales`: a seat is free".
  std::string GoneWordsOf(const Change& change) const {
    const auto& given = change.reprocess->products;
    const auto found = std::ranges::find(given, group_.product, &ReprocessedProduct::product);
    if (found == given.end()) return "";
    return fmt::format(" group `{}`: {}", Printable(found->group_name), GoneWords(found->blocker));
  }

  const Plan& plan_;
  const ChangeGroup& group_;
  TextPage& page_;
  bool same_plans_;
  bool certain_ = false;
  std::size_t indent_ = 2;
  int wave_ = 0;  // Of all users; 0 where they differ, or nothing is sent.
};

}  // namespace

std::vector<ChangeGroup> GroupChanges(const Plan& plan, const std::vector<const Change*>& changes) {
  Grouper grouper(plan);
  for (const auto* change : changes) grouper.Add(*change);
  return grouper.Finish();
}

void WriteGroups(const Plan& plan, const std::vector<const Change*>& changes, TextPage& page) {
  const bool waves = plan.waves() > 1;
  for (const auto& group : GroupChanges(plan, changes)) {
    GroupWriter(plan, group, page).Write(waves);
  }
}

std::vector<const Change*> ChangesWith(const Plan& plan, Verdict verdict) {
  std::vector<const Change*> changes;
  for (const auto& change : plan.changes) {
    if (change.verdict == verdict) changes.push_back(&change);
  }
  return changes;
}

std::string RiskWords(const Change& change) {
  if (change.risk.empty()) return "";
  return "  ! " + Printable(fmt::format("{}", fmt::join(change.risk, ", ")));
}

}  // namespace seatkeeper
