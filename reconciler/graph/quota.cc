#include "reconciler/graph/quota.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace seatkeeper {
namespace {

using std::chrono::seconds;

// Left over by reads that can wait.
constexpr double kForUrgentReads = 0.25;
// No write is under way for as long: whoever took the room has gone.
constexpr std::chrono::minutes kLongestWrite{5};

struct Cost {
  std::string_view call;
  double units;
};
// As we ask, with $select where we select. Source: the table of resource units beside the limits.
constexpr Cost kCosts[] = {
    {"users", 1},         {"users-count", 2},   {"users-delta", 1},  {"subscribedSkus", 3},
    {"subscriptions", 1}, {"groups", 1},        {"members", 4},      {"members-count", 5},
    {"reports", 1},       {"reports-count", 2}, {"organization", 1},
};

}  // namespace

RateLimit UnitsOfTenant(std::uint64_t users) {
  constexpr std::uint64_t kMediumFrom = 50;
  constexpr std::uint64_t kLargeAbove = 500;
  if (users < kMediumFrom) return {3'500, seconds(10)};
  return {users > kLargeAbove ? 8'000.0 : 5'000.0, seconds(10)};
}

Quota::Quota(std::shared_ptr<Shared> application, const QuotaLimits& limits)
    : application_(std::move(application)),
      limits_(limits),
      writes_(limits.writes, limits.share),
      units_(limits.units.value_or(UnitsOfTenant(0)), limits.share) {}

RateLimit Quota::UnitsLimit() const { return limits_.units.value_or(UnitsOfTenant(users_)); }

void Quota::SetLimits(const QuotaLimits& limits) {
  if (limits == limits_) return;
  limits_ = limits;
  writes_.SetLimit(limits.writes, limits.share);
  units_.SetLimit(UnitsLimit(), limits.share);
  application_->writes.SetLimit(limits.application_writes, limits.application_share);
  application_->units.SetLimit(limits.application_units, limits.application_share);
}

void Quota::SetTenantSize(std::uint64_t users) {
  users_ = users;
  units_.SetLimit(UnitsLimit(), limits_.share);
}

MonotonicTime Quota::RoomAt(int writes, MonotonicTime now) {
  // A write costs a unit as well.
  const auto when = std::max({writes_.When(writes, now), application_->writes.When(writes, now),
                              units_.When(writes, now), application_->units.When(writes, now)});
  if (when > now) {
    writes_wait_ = {writes_wait_.value_or(std::pair(now, when)).first, when};
  }
  return when;
}

void Quota::TakeRoom(int writes, MonotonicTime now) {
  if (writes_wait_) {
    use_.writes_waited += std::min(now, writes_wait_->second) - writes_wait_->first;
    writes_wait_.reset();
  }
  writes_.Take(writes, now);
  application_->writes.Take(writes, now);
  TakeUnits(writes, now);
  under_way_ += writes;
  room_taken_at_ = now;
}

void Quota::ReturnRoom(int writes) {
  writes_.Return(writes);
  application_->writes.Return(writes);
  units_.Return(writes);
  application_->units.Return(writes);
  WritesEnded(writes);
}

void Quota::WritesEnded(int writes) { under_way_ = std::max(0, under_way_ - writes); }

double Quota::UnitsOf(std::string_view call) const {
  const auto heard = costs_.find(call);
  if (heard != costs_.end()) return heard->second;
  const auto* known = std::find_if(std::begin(kCosts), std::end(kCosts),
                                   [call](const Cost& cost) { return cost.call == call; });
  return known == std::end(kCosts) ? 1 : known->units;
}

MonotonicTime Quota::UnitsAt(double units, Urgency urgency, MonotonicTime now) {
  const double spare = urgency == Urgency::kUrgent ? 0 : kForUrgentReads;
  return std::max(units_.When(units, now, spare), application_->units.When(units, now, spare));
}

void Quota::TakeUnits(double units, MonotonicTime now) {
  units_.Take(units, now);
  application_->units.Take(units, now);
}

void Quota::CorrectUnits(std::string_view call, double reckoned, double units, MonotonicTime now) {
  if (!call.empty()) costs_.insert_or_assign(std::string(call), units);
  TakeUnits(units - reckoned, now);
}

TokenBucket& Quota::BucketOf(const ThrottleSigns& signs, Of of) {
  const bool all = signs.whose == ThrottleSigns::Whose::kApplication;
  const bool writes = signs.what == ThrottleSigns::What::kUnknown
                          ? of == Of::kWrites
                          : signs.what == ThrottleSigns::What::kWrites;
  if (writes) return all ? application_->writes : writes_;
  return all ? application_->units : units_;
}

void Quota::Hear(const ThrottleSigns& signs, Of of, MonotonicTime now) {
  if (signs.used) {
    if (now - room_taken_at_ > kLongestWrite) under_way_ = 0;
    if (of == Of::kWrites) {
      writes_.Told(*signs.used, under_way_, now);
    } else {
      units_.Told(*signs.used, 0, now);
    }
  }
  if (signs.throttled == 0) return;
  const bool others = signs.whose == ThrottleSigns::Whose::kTenant;
  BucketOf(signs, of).Throttled(signs.retry_after, others, now);
}

void Quota::HearItems(const ThrottleSigns& signs, Of of, MonotonicTime now) {
  use_.throttled += static_cast<std::uint64_t>(signs.throttled);
  Hear(signs, of, now);
}

QuotaUse Quota::Use(MonotonicTime now) {
  QuotaUse use = use_;
  use.writes = writes_.Used(now);
  use.units = units_.Used(now);
  return use;
}

std::shared_ptr<Quota> QuotaBook::Get(const std::string& tenant, const Key& key,
                                      const QuotaLimits& limits) {
  auto& shared = applications_[{key.cloud, key.client_id}];
  auto application = shared.lock();
  if (application == nullptr) {
    application = std::make_shared<Quota::Shared>(limits);
    shared = application;
  }
  auto& quota = quotas_[key];
  if (quota == nullptr) {
    quota = std::make_shared<Quota>(std::move(application), limits);
  } else {
    quota->SetLimits(limits);
  }
  auto& own = by_tenant_[tenant];
  if (std::ranges::find(own, quota) == own.end()) own.push_back(quota);
  return quota;
}

QuotaUse QuotaBook::UseOf(std::string_view tenant, MonotonicTime now) const {
  QuotaUse sum;
  const auto found = by_tenant_.find(tenant);
  if (found == by_tenant_.end()) return sum;
  for (const auto& quota : found->second) {
    const auto one = quota->Use(now);
    sum.writes = std::max(sum.writes, one.writes);
    sum.units = std::max(sum.units, one.units);
    sum.throttled += one.throttled;
    sum.writes_waited += one.writes_waited;
    sum.reads_waited += one.reads_waited;
  }
  return sum;
}

}  // namespace seatkeeper
