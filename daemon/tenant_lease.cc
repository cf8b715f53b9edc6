#include "daemon/tenant_lease.h"

#include <memory>
#include <utility>

namespace seatkeeper {
namespace {

// As a cycle's: a crashed holder blocks the tenant for no longer; a live one renews well before.
constexpr std::chrono::milliseconds kLeaseTime = std::chrono::minutes(2);
constexpr std::chrono::milliseconds kRenewEvery = std::chrono::seconds(30);
constexpr std::chrono::milliseconds kRetry{500};

}  // namespace

TenantLease::~TenantLease() {
  runtime_.loop().Cancel(renewal_);
  if (!lease_) return;
  // Whoever comes next waits for it to run out where this fails.
  const auto held = *std::exchange(lease_, std::nullopt);
  (void)runtime_.Await<Result<void>>([&](auto done) {
    runtime_.store().Run([held](Store& store) { return store.ReleaseLease(held); },
                         std::move(done));
  });
}

Result<void> TenantLease::Take(std::chrono::milliseconds patience,
                               const std::function<void(const std::string&)>& waiting) {
  const auto ends = runtime_.clock().Monotonic() + patience;
  for (bool told = false;;) {
    auto taken = TryToTake();
    if (taken) {
      lease_ = *std::move(taken);
      RenewLater();
      return {};
    }
    const bool waits =
        taken.error().kind == ErrorKind::kConflict && runtime_.clock().Monotonic() + kRetry <= ends;
    if (!waits) return std::move(taken).error();
    if (!std::exchange(told, true)) waiting(taken.error().message);
    Wait(kRetry);
  }
}

Result<void> TenantLease::Renew() {
  return runtime_.Await<Result<void>>([&](auto done) {
    runtime_.store().Run([held = *lease_, until = runtime_.clock().Now() + kLeaseTime](
                             Store& store) { return store.RenewLease(held, until); },
                         std::move(done));
  });
}

Result<Lease> TenantLease::TryToTake() {
  auto taken = std::make_shared<std::optional<Result<Lease>>>();
  const auto ran = runtime_.Await<Result<void>>([&](auto done) {
    runtime_.store().Run(
        [key = tenant_, holder = Runtime::Holder(), now = runtime_.clock().Now(),
         taken](Store& store) -> Result<void> {
          *taken = store.AcquireLease(key, holder, now, kLeaseTime);
          // A conflict is an answer like another: what it wrote stays.
          if (**taken || (*taken)->error().kind == ErrorKind::kConflict) return {};
          return (*taken)->error();
        },
        std::move(done));
  });
  if (!ran) return ran.error();
  return std::move(**taken);
}

void TenantLease::Wait(std::chrono::milliseconds span) {
  runtime_.Await<bool>([&](auto done) {
    runtime_.loop().At(runtime_.clock().Monotonic() + span,
                       [done = std::move(done)] { done(true); });
  });
}

void TenantLease::RenewLater() {
  renewal_ = runtime_.loop().At(runtime_.clock().Monotonic() + kRenewEvery, [this] {
    runtime_.store().Run([held = *lease_, until = runtime_.clock().Now() + kLeaseTime](
                             Store& store) { return store.RenewLease(held, until); },
                         // A lease that was lost is found out when it is asked for.
                         [this](const Result<void>& done) {
                           if (done && lease_) RenewLater();
                         });
  });
}

}  // namespace seatkeeper
