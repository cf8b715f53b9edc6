#include "reconciler/plan/readings.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "reconciler/plan/names.h"
#include "reconciler/plan/reading_limits.h"
#include "reconciler/plan/reading_values.h"

namespace seatkeeper {
namespace {

std::string Count(std::size_t count, const char* noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string Describe(const NameKey& key) {
  constexpr const char* kWords[] = {"group", "user", "product"};
  return fmt::format("{} \"{}\"", kWords[static_cast<std::size_t>(key.first)], key.second);
}

std::string Describe(const UserListKey& key) {
  switch (key.first) {
    case UserList::kGroup:
      return fmt::format("group \"{}\"", key.second);
    case UserList::kDirectMembers:
      return fmt::format("group {}, of which a rule asks for direct members,", key.second);
    case UserList::kDirectReports:
      break;
  }
  return fmt::format("the list of who reports to {}", key.second);
}

// Sign-in times are there to change.
bool MayChange(const rule::Operand& attribute) {
  const auto* property = std::get_if<rule::Property>(&attribute);
  return property != nullptr && (*property == rule::Property::kLastSignIn ||
                                 *property == rule::Property::kLastNonInteractiveSignIn ||
                                 *property == rule::Property::kLastSuccessfulSignIn);
}

// Locations that are missing we fill in ourselves.
bool FillingCounts(const rule::Operand& attribute) {
  const auto* property = std::get_if<rule::Property>(&attribute);
  return property == nullptr || *property != rule::Property::kUsageLocation;
}

const Guid* FindName(const AcceptedReading& reading, const NameKey& key) {
  const auto found = reading.names.find(key);
  return found == reading.names.end() ? nullptr : &found->second;
}

class ReadingJudge {
 public:
  ReadingJudge(const AcceptedReading* before, const ReadingFacts& facts)
      : before_(before),
        facts_(facts),
        percent_(StrictestMaxUserLoss(facts.guardrails)),
        uses_(FindUses(facts.policies, facts.tenant, facts.desired, facts.guardrails)) {}

  ReadingJudgement Judge() {
    JudgeUsers();
    for (const auto& [name, use] : uses_.attributes) JudgeAttribute(name, use);
    for (const auto& [key, resting] : uses_.lists) JudgeList(key, resting);
    for (const auto& [key, resting] : uses_.names) JudgeName(key, resting);
    for (std::size_t i = 0; i < facts_.seats.size(); ++i) JudgePurchased(i);
    std::sort(judged_.findings.begin(), judged_.findings.end(),
              [](const auto& a, const auto& b) { return a.figure < b.figure; });
    return std::move(judged_);
  }

 private:
  AcceptedReading& now() { return judged_.reading; }

  void Trip(Figure figure, HeldBy why, Resting resting) {
    why.approvable = true;
    judged_.findings.push_back(
        {.figure = std::move(figure), .why = std::move(why), .resting = std::move(resting)});
  }

  void JudgeUsers() {
    picked_ = PickUsers(facts_.observed.users, kUsersKept);
    now().users = picked_.sample;
    if (before_ == nullptr || !percent_) return;
    const auto users = before_->users.count;
    const auto gone = CountGone(before_->users, now().users);
    const auto allowed = AllowedUserLoss(*percent_, users);
    if (gone <= allowed) return;
    Trip({.kind = Figure::Kind::kUsers},
         {.guardrail = std::string(kUsersGone),
          .value =
              fmt::format("{} of {} users are gone since the last accepted reading", gone, users),
          .limit = fmt::format("{} ({:g} % of {})", allowed, *percent_, users),
          .release =
              "bring the users back, or raise `maxUserLoss` in a reviewed change of the policy",
          .product = {}},
         {.whole_tenant = true, .products = {}});
  }

  void JudgeAttribute(const std::string& name, const AttributeUse& use) {
    auto& values = now().attributes[name];
    values = ValuesOf(use.operand, facts_.observed.users, picked_.rows);
    if (before_ == nullptr) return;
    const auto known = before_->attributes.find(name);
    if (known == before_->attributes.end()) return;
    const auto changes = CompareValues(before_->users, known->second, now().users, values,
                                       FillingCounts(use.operand));
    const auto value = TooMuch(name, changes, MayChange(use.operand));
    if (value.empty()) return;
    Trip({.kind = Figure::Kind::kAttribute, .attribute = name},
         {.guardrail = std::string(kAttributeChanged),
          .value = value,
          .limit =
              percent_
                  ? fmt::format("{:g} % of the users (`maxUserLoss`), or half of those who share a "
                                "value",
                                *percent_)
                  : "an attribute that rules use is not empty all at once",
          .release =
              "put the values back, or raise `maxUserLoss` in a reviewed change of the policy",
          .product = {}},
         use.resting);
  }

  // What of it is too much, for a person; empty: nothing.
  std::string TooMuch(const std::string& name, const ValueChanges& changes, bool may_change) const {
    const bool all_gone = changes.had >= kFewestToMatter && changes.blanked == changes.had;
    const auto allows = [&](std::size_t figure, std::size_t of) {
      return !percent_ || figure <= AllowedShrinking(*percent_, of);
    };
    if (all_gone || !allows(changes.blanked, changes.had)) {
      return fmt::format("`user.{}` is empty for {} of the {} users who had a value", name,
                         changes.blanked, changes.had);
    }
    if (may_change || !percent_) return {};
    if (!allows(changes.changed, changes.present)) {
      return fmt::format("`user.{}` changed for {} of {} users", name, changes.changed,
                         changes.present);
    }
    if (2 * changes.worst.lost > changes.worst.had) {
      return fmt::format("`user.{}` changed for {} of the {} users who shared one value", name,
                         changes.worst.lost, changes.worst.had);
    }
    return {};
  }

  // nullptr: the reading does not say, which holds removals anyway.
  const std::vector<UserId>* UsersOf(const UserListKey& key) const {
    if (key.first == UserList::kGroup) {
      const auto* reading = facts_.observed.FindReference(key.second);
      const bool found = reading != nullptr && reading->status == GroupReading::Status::kFound;
      const auto* group = found ? facts_.observed.FindGroup(reading->id) : nullptr;
      return group == nullptr ? nullptr : &group->members;
    }
    const auto kind = key.first == UserList::kDirectMembers ? Link::Kind::kDirectMembers
                                                            : Link::Kind::kDirectReports;
    const auto id = Guid::Parse(key.second);
    const auto* linked = id ? facts_.observed.FindLinked({.kind = kind, .of = *id}) : nullptr;
    const bool found = linked != nullptr && linked->status == GroupReading::Status::kFound;
    return found ? &linked->users : nullptr;
  }

  void JudgeList(const UserListKey& key, const Resting& resting) {
    const auto* users = UsersOf(key);
    if (users == nullptr) {
      judged_.unread.push_back({.kind = Figure::Kind::kList, .list = key});
      return;
    }
    auto& sample = now().lists[key];
    sample = SampleOf(*users, kMembersKept);
    if (before_ == nullptr) return;
    const auto known = before_->lists.find(key);
    if (known == before_->lists.end()) return;
    const auto had = known->second.count;
    const auto gone = CountGone(known->second, sample);
    const bool emptied = users->empty() && had >= kFewestToMatter;
    if (!emptied && (!percent_ || gone <= AllowedShrinking(*percent_, had))) return;
    Trip({.kind = Figure::Kind::kList, .list = key},
         {.guardrail = std::string(kGroupShrunk),
          .value = users->empty()
                       ? fmt::format("{} is empty; it had {} when last accepted", Describe(key),
                                     Count(had, "member"))
                       : fmt::format("{} lost {} of the {} members that it had when last accepted",
                                     Describe(key), gone, had),
          .limit = emptied
                       ? "a group that policy names is not emptied"
                       : fmt::format("{} members ({:g} % of {}, `maxUserLoss`; of few up to four)",
                                     AllowedShrinking(*percent_, had), *percent_, had),
          .release =
              "bring the members back, or name another group in a reviewed change of the policy",
          .product = {}},
         resting);
  }

  std::optional<Guid> IdOf(const NameKey& key) const {
    if (key.first == NamedKind::kProduct) {
      const auto id = ResolveProduct({key.second, {}}, facts_.observed, facts_.catalog);
      return id ? std::optional(id->guid) : std::nullopt;
    }
    if (key.first == NamedKind::kGroup) {
      const auto* reading = facts_.observed.FindReference(key.second);
      const bool found = reading != nullptr && reading->status == GroupReading::Status::kFound;
      return found ? std::optional(reading->id.guid) : std::nullopt;
    }
    const auto row = facts_.observed.users.FindByPrincipalName(key.second);
    return row ? std::optional(facts_.observed.users.id(*row).guid) : std::nullopt;
  }

  void JudgeName(const NameKey& key, Resting resting) {
    const auto* was = before_ == nullptr ? nullptr : FindName(*before_, key);
    const auto is = IdOf(key);
    if (!is) {
      if (was == nullptr) return;
      judged_.unread.push_back({.kind = Figure::Kind::kName, .name = key});
      judged_.warnings.push_back(
          fmt::format("{} was {} when last accepted: it was renamed or deleted, or cannot be read",
                      Describe(key), was->ToString()));
      return;
    }
    now().names[key] = *is;
    if (was == nullptr || *was == *is) return;
    if (key.first == NamedKind::kProduct) resting.products = {SkuId{*was}, SkuId{*is}};
    Trip({.kind = Figure::Kind::kName, .name = key},
         {.guardrail = std::string(kReferenceChanged),
          .value = fmt::format("{} is {} now, and was {} when last accepted", Describe(key),
                               is->ToString(), was->ToString()),
          .limit = "a name in policy means what it meant before",
          .release = "write the object id that is meant instead of the name",
          .product = {}},
         resting);
  }

  // Nobody's seat goes because fewer are bought: what is unwanted waits until somebody says that
  // the subscription is meant to be smaller.
  void JudgePurchased(std::size_t index) {
    const auto& product = facts_.desired.products[index];
    const auto& seats = facts_.seats[index];
    now().purchased[product.id] = seats.purchased;
    if (before_ == nullptr) return;
    const auto known = before_->purchased.find(product.id);
    if (known == before_->purchased.end()) return;
    if (seats.purchased >= known->second || seats.purchased >= seats.assigned) return;
    Trip({.kind = Figure::Kind::kPurchased, .product = product.id},
         {.guardrail = std::string(kUnitsFallen),
          .value = fmt::format("{} purchased, {} when last accepted, and {} in use",
                               seats.purchased, known->second, seats.assigned),
          .limit = "as many seats as are in use",
          .release = "renew the subscription, or buy as many seats as are in use",
          .product = {}},
         {.whole_tenant = false, .products = {product.id}});
  }

  const AcceptedReading* before_;
  const ReadingFacts& facts_;
  std::optional<double> percent_;
  ReadingUses uses_;
  PickedUsers picked_;
  ReadingJudgement judged_;
};

}  // namespace

ReadingJudgement JudgeReading(const std::optional<AcceptedReading>& before,
                              const ReadingFacts& facts) {
  return ReadingJudge(before ? &*before : nullptr, facts).Judge();
}

}  // namespace seatkeeper
