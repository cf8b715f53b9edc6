#include "daemon/doctor_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "policy/text.h"
#include "reconciler/model/sort_unique.h"
#include "reconciler/plan/doubt.h"
#include "reconciler/plan/self_service.h"

namespace seatkeeper {
namespace {

using Verdict = Check::Verdict;

constexpr std::size_t kMostNames = 3;

Check Ok(const std::string& subject, std::string what) {
  return {.subject = subject, .what = std::move(what)};
}
Check Warn(const std::string& subject, std::string what, std::string mend) {
  return {.verdict = Verdict::kWarn,
          .subject = subject,
          .what = std::move(what),
          .mend = std::move(mend)};
}
Check Fail(const std::string& subject, std::string what, std::string mend, ExitCode code) {
  return {.verdict = Verdict::kFail,
          .subject = subject,
          .what = std::move(what),
          .mend = std::move(mend),
          .code = code};
}

std::string Some(std::size_t number, std::string_view noun) {
  return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}
std::string Seats(int number) { return fmt::format("{} seat{}", number, number == 1 ? "" : "s"); }

// "a, b, c and 2 more".
template <typename Names>
std::string Listed(const Names& names) {
  std::string text;
  std::size_t told = 0;
  for (const auto& name : names) {
    if (told == kMostNames) return text + fmt::format(" and {} more", names.size() - told);
    text += (text.empty() ? "" : ", ") + name;
    ++told;
  }
  return text;
}

// A state of a subscription in which nobody can be given its seats.
struct SeatState {
  int PrepaidUnits::*units;
  std::string_view status;  // Of a subscription.
  std::string_view what;
  std::string_view when;  // Before the day on which the next state begins.
  std::string_view mend;
};
constexpr std::array kSeatStates = std::to_array<SeatState>({
    {&PrepaidUnits::warning, "Warning", "in grace, for the subscription has run out", "until",
     "renew the subscription; meanwhile its seats are not planned with"},
    {&PrepaidUnits::suspended, "Suspended", "suspended, so that nobody can be given one",
     "to be deleted on", "renew the subscription, or take the product out of the policy"},
    {&PrepaidUnits::locked_out, "LockedOut", "locked out, for the subscription was cancelled",
     "to be deleted on", "reactivate the subscription, or take the product out of the policy"},
});

// The first day on which a subscription of the product leaves this state; empty: not known.
std::string NextDay(const ObservedState& observed, const SkuId& product, std::string_view status) {
  std::optional<WallTime> first;
  if (!observed.subscriptions) return "";
  for (const auto& subscription : *observed.subscriptions) {
    if (SkuId::Parse(subscription.sku_id) != product) continue;
    if (!EqualsIgnoreCase(subscription.status, status)) continue;
    const auto next = ParseTime(subscription.next_lifecycle);
    if (next && (!first || *next < *first)) first = next;
  }
  constexpr std::size_t kDate = 10;
  return first ? FormatTime(*first).substr(0, kDate) : "";
}

bool IsLicensed(const ReadRequest& asked, const std::string& reference) {
  return std::ranges::find(asked.licensed_groups, reference) != asked.licensed_groups.end();
}

// Nothing: the group is there, once, and can be what policy wants of it.
std::optional<Check> TroubleWith(const std::string& subject, const GroupReading& reading,
                                 bool licensed, const ObservedState& observed) {
  using Status = GroupReading::Status;
  const auto name = Quoted(reading.reference);
  switch (reading.status) {
    case Status::kFound: {
      const auto* group = observed.FindGroup(reading.id);
      const bool refused = group != nullptr && group->security_enabled == false;
      if (!licensed || !refused) return std::nullopt;
      return Fail(subject, name + " is not security-enabled, so that it cannot be licensed",
                  "enable it for security, or let the policy deliver directly", ExitCode::kInvalid);
    }
    case Status::kMissing:
      return Fail(subject, fmt::format("{}: {}", name, reading.detail),
                  "correct the policy, or create the group; until then removals are held",
                  ExitCode::kInvalid);
    case Status::kAmbiguous:
      return Fail(subject, fmt::format("{}: {}", name, reading.detail),
                  "name the group by its object id; until then removals are held",
                  ExitCode::kInvalid);
    case Status::kUnreadable:
      return Fail(subject, fmt::format("{}: {}", name, reading.detail),
                  "grant GroupMember.Read.All, with admin consent", ExitCode::kNoPermission);
  }
  return std::nullopt;
}

}  // namespace

std::vector<Check> JudgePermissions(const std::string& subject,
                                    const std::vector<std::string>& roles,
                                    const FeaturesUsed& features) {
  constexpr auto* kGrant = "grant the application permission and admin consent";
  std::vector<Check> checks;
  bool enough = true;
  for (const auto& each : FindMissingPermissions(roles, features)) {
    auto what = fmt::format("{} is missing, for {}", each.name, each.what);
    if (each.without.empty()) {
      enough = false;
      checks.push_back(Fail(subject, std::move(what), kGrant, ExitCode::kNoPermission));
    } else {
      checks.push_back(Warn(subject, what + ": " + each.without, kGrant));
    }
  }
  if (enough) checks.push_back(Ok(subject, fmt::format("{}", fmt::join(roles, ", "))));
  return checks;
}

Check JudgeClock(const std::string& subject, std::optional<std::chrono::milliseconds> skew) {
  if (!skew) return Warn(subject, "the service did not say its time", "none needed");
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*skew);
  const auto what = fmt::format("{} s apart from the service's", seconds.count());
  if (std::chrono::abs(*skew) > kClockTolerance) {
    return Fail(subject, what, "set this machine's clock, with NTP", ExitCode::kError);
  }
  return Ok(subject, what);
}

Check JudgeQuota(const std::string& subject, const GraphProbe& probe) {
  if (!probe.limit_share) return Ok(subject, "the service reports no pressure");
  const auto scope = probe.limit_scope.empty() ? "" : " (" + probe.limit_scope + ")";
  const auto what = fmt::format("{} % of the limit of requests is used{}{}",
                                std::lround(*probe.limit_share * 100), scope,
                                *probe.limit_share < 1 ? "" : ": some are refused for a while");
  return Warn(subject, what,
              "find out who else signs in as this application, or make `interval` longer");
}

std::vector<Check> JudgeSubscriptions(const std::string& subject, const ObservedState& observed) {
  std::vector<Check> checks;
  std::size_t subscribed = 0;
  for (const auto& product : observed.products) {
    if (!product.subscribed) continue;
    ++subscribed;
    for (const auto& state : kSeatStates) {
      const int seats = product.prepaid.*state.units;
      if (seats <= 0) continue;
      const auto day = NextDay(observed, product.id, state.status);
      const auto when = day.empty() ? "" : fmt::format(", {} {}", state.when, day);
      checks.push_back(Warn(
          subject, fmt::format("{} of {} {}{}", Seats(seats), product.name(), state.what, when),
          std::string(state.mend)));
    }
  }
  if (checks.empty()) {
    checks.push_back(Ok(subject, Some(subscribed, "product") + ", every seat in force"));
  }
  return checks;
}

std::vector<Check> JudgeSelfService(const std::string& subject, const ObservedState& observed) {
  if (!observed.subscriptions) {
    return {Warn(subject, "not known: the subscriptions could not be read",
                 "grant Organization.Read.All, with admin consent")};
  }
  std::vector<Check> checks;
  for (const auto& product : observed.products) {
    const auto found = FindSelfService(observed, product.id);
    if (!found) continue;
    const auto effect = found->only ? "nobody is given it, and nobody loses it"
                                    : "these seats are not planned with";
    checks.push_back(
        Warn(subject,
             fmt::format("{} of {} look like self-service, bought by {}: {}", Seats(found->seats),
                         product.name(), Listed(found->buyers), effect),
             "an administrator can take the purchase over, in the admin centre"));
  }
  if (checks.empty()) checks.push_back(Ok(subject, "no product looks like self-service"));
  return checks;
}

std::vector<Check> JudgeGroups(const std::string& subject, const ReadRequest& asked,
                               const ObservedState& observed) {
  std::vector<Check> checks;
  for (const auto& reference : asked.groups) {
    const auto* reading = observed.FindReference(reference);
    if (reading == nullptr) continue;
    auto trouble = TroubleWith(subject, *reading, IsLicensed(asked, reference), observed);
    if (trouble) checks.push_back(std::move(*trouble));
  }
  if (checks.empty() && !asked.groups.empty()) {
    checks.push_back(Ok(
        subject, fmt::format("{} named by the policy, {} there", Some(asked.groups.size(), "group"),
                             asked.groups.size() == 1 ? "and" : "and all are")));
  }
  return checks;
}

ReadRequest OutlineOf(ReadRequest needs) {
  for (const auto& link : needs.links) {
    if (link.kind != Link::Kind::kDirectMembers) continue;
    const GroupId group{link.of};
    needs.groups.push_back(group.ToString());
  }
  SortUnique(needs.groups);
  needs.links.clear();
  return needs;
}

}  // namespace seatkeeper
