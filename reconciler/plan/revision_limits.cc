#include "reconciler/plan/revision_limits.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "reconciler/plan/duration.h"

namespace seatkeeper {
namespace {

// Of a limit whose smaller part counts, what is not said limits nothing.
template <typename T>
bool AtMost(const std::optional<T>& value, const std::optional<T>& bound) {
  return !bound || (value && *value <= *bound);
}

// Of a limit whose larger part counts, what is not said adds nothing.
template <typename T>
bool AddsAtMost(const std::optional<T>& value, const std::optional<T>& bound) {
  return !value || (bound && *value <= *bound);
}

bool IsOff(const AmountLimit& limit) { return !limit.seats && !limit.percent; }

// However many seats are purchased, `limit` allows no more than `bound`.
bool AddsAtMost(const AmountLimit& limit, const AmountLimit& bound) {
  return !IsOff(limit) && AddsAtMost(limit.seats, bound.seats) &&
         AddsAtMost(limit.percent, bound.percent);
}

std::string Describe(const std::vector<AmountLimit>& limits) {
  if (limits.empty()) return "off";
  std::vector<std::string> texts;
  texts.reserve(limits.size());
  for (const auto& limit : limits) texts.push_back(seatkeeper::Describe(limit));
  return fmt::format("{}", fmt::join(texts, " and "));
}

std::string_view Describe(MailboxLoss loss) {
  switch (loss) {
    case MailboxLoss::kAllow:
      return "allow";
    case MailboxLoss::kApprove:
      return "approve";
    case MailboxLoss::kDeny:
      break;
  }
  return "deny";
}

std::string Describe(const std::vector<std::string>& names) {
  return names.empty() ? "nobody" : fmt::format("{}", fmt::join(names, ", "));
}

std::string DayText(std::chrono::year_month_day day) {
  return FormatTime(std::chrono::sys_days(day)).substr(0, 10);
}

std::string Describe(const RevisionLimits::Days& days) {
  return fmt::format("{} to {}", DayText(days.first), DayText(days.second));
}

class Limits {
 public:
  Limits(const RevisionLimits& before, const RevisionLimits& after, WallTime now)
      : before_(before), after_(after), now_(now) {}

  std::vector<Loosened> Compare() {
    CompareAmounts();
    if (after_.mailbox_loss < before_.mailbox_loss) {
      Add("mailboxLoss", std::string(Describe(before_.mailbox_loss)),
          std::string(Describe(after_.mailbox_loss)));
    }
    CompareProtected();
    CompareWindows();
    CompareFreezes();
    return std::move(loosened_);
  }

 private:
  void CompareAmounts() {
    if (!AtMost(after_.max_unassign.seats, before_.max_unassign.seats) ||
        !AtMost(after_.max_unassign.percent, before_.max_unassign.percent)) {
      Add("maxUnassign", seatkeeper::Describe(before_.max_unassign),
          seatkeeper::Describe(after_.max_unassign));
    }
    const bool as_strict = std::ranges::all_of(before_.max_assign, [&](const AmountLimit& bound) {
      return std::ranges::any_of(after_.max_assign,
                                 [&](const AmountLimit& one) { return AddsAtMost(one, bound); });
    });
    if (!as_strict) Add("maxAssign", Describe(before_.max_assign), Describe(after_.max_assign));
    if (!AtMost(after_.max_changes, before_.max_changes)) {
      const auto text = [](const std::optional<int>& figure) {
        return figure ? std::to_string(*figure) : "off";
      };
      Add("maxChanges", text(before_.max_changes), text(after_.max_changes));
    }
  }

  void CompareProtected() {
    std::vector<std::string> missing;
    std::ranges::set_difference(before_.protected_subjects, after_.protected_subjects,
                                std::back_inserter(missing));
    if (missing.empty()) return;
    Add("protected", Describe(before_.protected_subjects), Describe(after_.protected_subjects));
  }

  // A document that stays, or names fewer windows, opens no further.
  void CompareWindows() {
    for (const auto& windows : before_.windows) {
      const bool stays = std::ranges::any_of(
          after_.windows, [&](const auto& each) { return std::ranges::includes(windows, each); });
      if (!stays) return Add("windows", "narrower", "wider, or gone");
    }
  }

  void CompareFreezes() {
    for (const auto& freeze : before_.freezes) {
      if (std::chrono::sys_days(freeze.second) + std::chrono::days(1) <= now_) continue;
      const bool stays = std::ranges::any_of(after_.freezes, [&](const auto& each) {
        return each.first <= freeze.first && each.second >= freeze.second;
      });
      if (!stays) Add("freezes", "with " + Describe(freeze), "without " + Describe(freeze));
    }
  }

  void Add(std::string what, std::string from, std::string to) {
    loosened_.push_back({.what = std::move(what), .from = std::move(from), .to = std::move(to)});
  }

  const RevisionLimits& before_;
  const RevisionLimits& after_;
  const WallTime now_;
  std::vector<Loosened> loosened_;
};

}  // namespace

std::vector<Loosened> LoosenedLimits(const RevisionLimits& before, const RevisionLimits& after,
                                     WallTime now) {
  return Limits(before, after, now).Compare();
}

std::vector<Loosened> LoosenedCare(const ProductCare& before, const ProductCare& after) {
  const bool takes = after.management > Management::kAssignOnly;
  if (!takes) return {};  // However short anything would wait, nothing of it goes.
  std::vector<Loosened> loosened;
  if (after.management > before.management) {
    loosened.push_back({.what = "management",
                        .from = std::string(ToString(before.management)),
                        .to = std::string(ToString(after.management))});
  }
  if (after.after < before.after) {
    loosened.push_back(
        {.what = "unassign.after", .from = Exactly(before.after), .to = Exactly(after.after)});
  }
  if (after.confirmations < before.confirmations) {
    loosened.push_back({.what = "unassign.confirmations",
                        .from = std::to_string(before.confirmations),
                        .to = std::to_string(after.confirmations)});
  }
  if (after.remove_redundant_direct && !before.remove_redundant_direct) {
    loosened.push_back({.what = "unassign.removeRedundantDirect", .from = "false", .to = "true"});
  }
  return loosened;
}

}  // namespace seatkeeper
