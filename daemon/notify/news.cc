#include "daemon/notify/news.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "policy/diagnostic.h"

namespace seatkeeper {
namespace {

std::string_view WordFor(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUsage:
    case ErrorKind::kInvalid:
      return "invalid policy or config";
    case ErrorKind::kUnreachable:
      return "tenant unreachable";
    case ErrorKind::kPermission:
      return "missing permission";
    case ErrorKind::kThrottled:
      return "throttled";
    case ErrorKind::kIncomplete:
      return "reading incomplete";
    case ErrorKind::kNotFound:
      return "not found";
    case ErrorKind::kRejected:
      return "request rejected";
    case ErrorKind::kConflict:
      return "conflict";
    case ErrorKind::kStore:
      return "store failure";
    case ErrorKind::kIo:
      return "file failure";
    case ErrorKind::kCancelled:
      return "stopped";
    case ErrorKind::kInternal:
      break;
  }
  return "internal error";
}

std::optional<HeldNews> HeldIn(const Plan& plan) {
  if (plan.held_digest.empty()) return std::nullopt;
  HeldNews held{.digest = plan.held_digest, .changes = plan.CountWith(Verdict::kHeld), .sets = {}};
  for (const auto& set : plan.held_sets) {
    held.sets.push_back({.guardrail = set.guardrail,
                         .product = set.product ? plan.ProductName(*set.product) : std::string(),
                         .digest = set.digest,
                         .subjects = set.subjects,
                         .approvable = set.approvable});
  }
  return held;
}

std::optional<ShortageNews> ShortageIn(const Plan& plan) {
  ShortageNews shortage;
  for (const auto& product : plan.products) {
    if (product.short_by <= 0 && product.missing_spare() <= 0) continue;
    shortage.products.push_back({.product = plan.ProductName(product.id),
                                 .short_by = product.short_by,
                                 .spare_missing = product.missing_spare(),
                                 .purchased = product.purchased,
                                 .assigned = product.assigned});
  }
  if (shortage.products.empty()) return std::nullopt;
  return shortage;
}

void Count(const Change& change, std::map<SkuId, AppliedProduct>& products) {
  for (const auto& product : change.takes_seats) ++products[product].gained;
  for (const auto& product : change.remove) {
    products[product].lost += change.group ? change.group->LossesOf(product) : 1;
  }
  for (const auto& add : change.add) {
    const bool seat =
        std::ranges::find(change.takes_seats, add.product) != change.takes_seats.end();
    if (!seat) ++products[add.product].switched;
  }
}

std::optional<AppliedNews> AppliedIn(const CycleReport& report) {
  if (!report.plan) return std::nullopt;
  AppliedNews applied;
  std::map<SkuId, AppliedProduct> products;
  for (const auto* change : report.Tried()) {
    const auto outcome = report.outcomes.find(change->id);
    if (outcome == report.outcomes.end()) continue;
    if (outcome->second.state != ChangeState::kAccepted) continue;
    ++applied.changes;
    Count(*change, products);
  }
  if (applied.changes == 0) return std::nullopt;
  for (auto& [id, product] : products) {
    product.product = report.plan->plan().ProductName(id);
    applied.products.push_back(std::move(product));
  }
  std::ranges::sort(applied.products, {}, &AppliedProduct::product);
  return applied;
}

// Changes keep their ids from plan to plan.
std::string WhichFailed(const CycleReport& report) {
  std::string which;
  for (const auto& [id, outcome] : report.outcomes) {
    if (outcome.state == ChangeState::kAccepted) continue;
    which += id + " " + std::string(ToString(outcome.state)) + "\n";
  }
  return which;
}

std::optional<FailedNews> FailedIn(const CycleReport& report) {
  FailedNews failed;
  const auto count = [&](ChangeState state) {
    return static_cast<std::size_t>(report.CountOutcomes(state));
  };
  failed.refused = count(ChangeState::kRefused);
  failed.withdrawn = count(ChangeState::kWithdrawn);
  failed.ambiguous = count(ChangeState::kAmbiguous);
  const bool told_to = report.error && (report.error->kind == ErrorKind::kCancelled ||
                                        report.error->kind == ErrorKind::kConflict);
  if (report.error && !told_to) {
    failed.error = WordFor(report.error->kind);
    if (const auto& service = report.error->service) {
      failed.status = service->status;
      failed.code = service->code;
      failed.request_id = service->request_id;
      failed.request_date = service->request_date;
    }
  }
  if (failed.error.empty() && report.failures() == 0) return std::nullopt;
  failed.same_as = fmt::format("{} {} {} {:x}", failed.error, failed.status, failed.code,
                               std::hash<std::string>()(WhichFailed(report)));
  return failed;
}

}  // namespace

bool News::has(NewsKind kind) const {
  switch (kind) {
    case NewsKind::kHeld:
      return held.has_value();
    case NewsKind::kApplied:
      return applied.has_value();
    case NewsKind::kFailed:
      return failed.has_value();
    case NewsKind::kShortage:
      return shortage.has_value();
    case NewsKind::kPolicyError:
      break;
  }
  return policy_error.has_value();
}

void News::Drop(NewsKind kind) {
  switch (kind) {
    case NewsKind::kHeld:
      return held.reset();
    case NewsKind::kApplied:
      return applied.reset();
    case NewsKind::kFailed:
      return failed.reset();
    case NewsKind::kShortage:
      return shortage.reset();
    case NewsKind::kPolicyError:
      break;
  }
  policy_error.reset();
}

bool News::Decides(NewsKind kind) const {
  const bool of_policy = tenant.empty();
  if (kind == NewsKind::kPolicyError) return of_policy;
  if (kind == NewsKind::kFailed) return !of_policy;
  return !of_policy && planned;
}

std::string News::Sameness(NewsKind kind) const {
  if (!has(kind)) return {};
  std::string same;
  switch (kind) {
    case NewsKind::kHeld:
      return held->digest;
    case NewsKind::kApplied:
      return {};
    case NewsKind::kFailed:
      return failed->same_as;
    case NewsKind::kShortage:
      for (const auto& product : shortage->products) {
        same += fmt::format("{} {} {}\n", product.product, product.short_by, product.spare_missing);
      }
      return same;
    case NewsKind::kPolicyError:
      break;
  }
  same = fmt::format("{}\n", policy_error->errors);
  for (const auto& [place, code] : policy_error->findings) {
    same += fmt::format("{} {}\n", place, code);
  }
  return same;
}

News NewsOf(const CycleReport& report) {
  News news{.tenant = report.tenant,
            .cycle = report.plan_id,
            .policy_revision = {},
            .at = report.finished_at,
            .planned = report.plan.has_value()};
  if (report.plan) {
    const auto& plan = report.plan->plan();
    news.policy_revision = plan.policy_revision;
    news.held = HeldIn(plan);
    news.shortage = ShortageIn(plan);
  }
  news.applied = AppliedIn(report);
  news.failed = FailedIn(report);
  return news;
}

News NewsOf(const PolicyNewsInput& policy) {
  News news{.tenant = {}, .cycle = {}, .policy_revision = {}, .at = policy.now};
  if (policy.in_force != nullptr) news.policy_revision = policy.in_force->revision;
  if (!policy.failed) return news;
  PolicyErrorNews error{.errors = 0, .in_force = news.policy_revision, .findings = {}};
  for (const auto& finding : policy.findings) {
    if (finding.severity != Severity::kError) continue;
    ++error.errors;
    error.findings.push_back({.place = ToString(finding.at), .code = finding.code});
  }
  news.policy_error = std::move(error);
  return news;
}

}  // namespace seatkeeper
