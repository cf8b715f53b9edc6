#include "reconciler/plan/compare_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "reconciler/model/sort_unique.h"
#include "reconciler/plan/plan_words.h"
#include "reconciler/plan/printable.h"

namespace seatkeeper {
namespace {

std::string NameOf(const PlanComparison& comparison, const SkuId& id) {
  const auto known = comparison.product_names.find(id);
  return Printable(known == comparison.product_names.end() ? id.ToString() : known->second);
}

std::string Without(const PlanComparison& comparison, const std::vector<PlanId>& plans) {
  std::vector<std::string> names;
  for (const auto& plan : plans) {
    const auto known = comparison.plan_names.find(plan);
    names.push_back(
        Printable(known == comparison.plan_names.end() ? plan.ToString() : known->second));
  }
  if (names.empty()) return "";
  std::sort(names.begin(), names.end());
  return fmt::format(" (without {})", fmt::join(names, ", "));
}

CompareSection SectionOf(const ComparedPart& part) {
  if (!part.held.empty()) return CompareSection::kHeld;
  switch (part.difference) {
    case Difference::kReleased:
      return CompareSection::kReleased;
    case Difference::kLoses:
      return part.upward ? CompareSection::kGains : CompareSection::kLoses;
    case Difference::kNotGiven:
      return CompareSection::kNotGiven;
    case Difference::kSwitches:
      return CompareSection::kSwitches;
    case Difference::kStays:
      return CompareSection::kStays;
    case Difference::kHeldBack:
    case Difference::kGains:
      break;
  }
  return CompareSection::kGains;
}

// What is said of one part; empty: another part of the subject says it, too.
std::string Word(const PlanComparison& comparison, const ComparedSubject& subject,
                 const ComparedPart& part) {
  const auto name = NameOf(comparison, part.product);
  const auto without = Without(comparison, part.disabled_plans);
  switch (part.difference) {
    case Difference::kLoses: {
      if (!part.instead) return "- " + name;
      const auto gained =
          std::find_if(subject.parts.begin(), subject.parts.end(), [&](const ComparedPart& each) {
            return each.product == *part.instead && each.difference == Difference::kGains;
          });
      const auto more = gained == subject.parts.end() ? std::string()
                                                      : Without(comparison, gained->disabled_plans);
      return fmt::format("{} -> {}{}", name, NameOf(comparison, *part.instead), more);
    }
    case Difference::kReleased:
      return name + ": no longer held";
    case Difference::kNotGiven:
      return name + ": no longer given";
    case Difference::kSwitches:
      return fmt::format("~ {}{}", name, without.empty() ? " (all service plans on)" : without);
    case Difference::kHeldBack:
      return name + ": held from now on";
    case Difference::kStays:
      return name + ": stays";
    case Difference::kGains:
      break;
  }
  const bool comes_instead =
      std::any_of(subject.parts.begin(), subject.parts.end(), [&](const ComparedPart& each) {
        return each.difference == Difference::kLoses && each.instead == part.product;
      });
  return comes_instead ? "" : fmt::format("+ {}{}", name, without);
}

std::vector<std::string> HeldWords(const ComparedPart& part) {
  std::vector<std::string> words;
  for (const auto& held : part.held) {
    // What releases it, the plan says once it is there: digests are of what is held then.
    words.push_back(
        Printable(fmt::format("{}: {}; limit: {}", held.guardrail, held.value, held.limit)));
  }
  SortUnique(words);
  return words;
}

std::string NameOfSubject(const ComparedSubject& subject) {
  if (!subject.group) return Printable(subject.name());
  return Printable(
      fmt::format("group {} ({})", subject.name(), Counted(subject.users(), "member")));
}

}  // namespace

std::string_view TitleOf(CompareSection section) {
  switch (section) {
    case CompareSection::kHeld:
      return "Held: a guardrail stops this until somebody decides";
    case CompareSection::kReleased:
      return "No longer held by a guardrail";
    case CompareSection::kLoses:
      return "Taken away";
    case CompareSection::kNotGiven:
      return "No longer given";
    case CompareSection::kSwitches:
      return "Service plans";
    case CompareSection::kGains:
      return "Given";
    case CompareSection::kStays:
      break;
  }
  return "No longer taken away";
}

std::vector<CompareGroup> GroupComparison(const PlanComparison& comparison) {
  using Key =
      std::tuple<CompareSection, std::string, std::string, std::string, std::vector<std::string>>;
  std::map<Key, CompareGroup> groups;
  for (const auto& subject : comparison.subjects) {
    for (const auto& part : subject.parts) {
      auto what = Word(comparison, subject, part);
      if (what.empty()) continue;
      CompareGroup group{.section = SectionOf(part),
                         .what = std::move(what),
                         .why = part.origin.policy.empty() ? "" : OriginWords(part.origin),
                         .risk = part.upward ? "" : fmt::format("{}", fmt::join(part.risk, ", ")),
                         .held = HeldWords(part),
                         .names = {}};
      const Key key(group.section, group.what, group.why, group.risk, group.held);
      auto& entry = groups.emplace(key, std::move(group)).first->second;
      entry.names.push_back(NameOfSubject(subject));
      entry.users += subject.users();
    }
  }
  std::vector<CompareGroup> ordered;
  ordered.reserve(groups.size());
  for (auto& entry : groups) ordered.push_back(std::move(entry.second));
  std::stable_sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) {
    return std::tie(a.section, b.users) < std::tie(b.section, a.users);
  });
  return ordered;
}

std::string SummarizeComparison(const PlanComparison& comparison) {
  std::set<Difference> all;
  std::vector<std::string> parts;
  const auto add = [&](const std::set<Difference>& differences, std::string_view one,
                       std::string_view many) {
    all.insert(differences.begin(), differences.end());
    const auto users = comparison.UsersWith(differences);
    if (users > 0) parts.push_back(fmt::format("{} {}", users, users == 1 ? one : many));
  };
  add({Difference::kLoses}, "loses or swaps something", "lose or swap something");
  add({Difference::kReleased}, "is no longer held", "are no longer held");
  add({Difference::kNotGiven}, "no longer gets something", "no longer get something");
  add({Difference::kSwitches}, "has service plans switched", "have service plans switched");
  add({Difference::kHeldBack}, "is held back", "are held back");
  add({Difference::kGains}, "gains something", "gain something");
  add({Difference::kStays}, "keeps something", "keep something");
  if (parts.empty()) return "Nobody gains or loses anything.";
  return fmt::format("{} concerned: {}.", Counted(comparison.UsersWith(all), "user"),
                     fmt::join(parts, ", "));
}

}  // namespace seatkeeper
