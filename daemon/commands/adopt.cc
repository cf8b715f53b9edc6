#include "daemon/commands/adopt.h"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "daemon/conflict.h"
#include "daemon/login.h"
#include "reconciler/plan/doubt.h"
#include "reconciler/plan/ordered_sets.h"
#include "reconciler/plan/product_overview.h"
#include "reconciler/plan/remember.h"
#include "reconciler/seams/adoption.h"

namespace seatkeeper {
namespace {

namespace fs = std::filesystem;

// So long it waits for a cycle that is under way.
constexpr std::chrono::minutes kPatience{2};
// What was read longer ago may have been taken away and given again by somebody since.
constexpr std::chrono::minutes kReadingStands{10};

Error InDoubt(const HeldBy& doubt) {
  return Conflict(fmt::format("{}: {}: nothing is adopted on its word. To end that: {}",
                              doubt.guardrail, doubt.value, doubt.release));
}

bool IsMissingOrEmpty(const std::string& path) {
  std::error_code failure;
  if (!fs::exists(path, failure)) return true;
  return fs::is_directory(path, failure) && fs::is_empty(path, failure);
}

}  // namespace

Adopter::Adopter(Runtime& runtime, const Workplace& workplace, bool yes, CommandContext& context)
    : runtime_(runtime),
      workplace_(workplace),
      tenant_(workplace.tenants.front()),
      yes_(yes),
      context_(context) {}

Result<void> Adopter::Begin() {
  if (auto opened = OpenStore(); !opened) return opened;
  if (auto read = ReadPolicy(); !read) return read;
  lease_.emplace(runtime_, KeyOf(tenant_));
  auto taken = lease_->Take(kPatience, [&](const std::string& why) {
    context_.err << "seatkeeper: waiting for another cycle to end: " << why << "\n" << std::flush;
  });
  if (!taken) return taken;
  return Recall();
}

// A store that is not there yet is new for every tenant; whoever resumes makes it.
Result<void> Adopter::OpenStore() {
  std::error_code failure;
  if (!fs::exists(workplace_.store_path, failure)) {
    return InDoubt(StoreHolds(tenant_.name, {.kind = StoreDoubt::Kind::kNew}));
  }
  return runtime_.OpenStore(workplace_.store_path);
}

Result<void> Adopter::ReadPolicy() {
  if (workplace_.policy_path.empty() || IsMissingOrEmpty(workplace_.policy_path)) return {};
  auto policy = OpenPolicy(workplace_, context_);
  if (!policy) return std::move(policy).error();
  policy_ = *std::move(policy);
  return {};
}

Result<void> Adopter::Recall() {
  auto standing = std::make_shared<StoreStanding>();
  auto facts = std::make_shared<AdoptionFacts>();
  auto recalled = runtime_.Await<Result<void>>([&](auto done) {
    runtime_.store().Run(
        [key = KeyOf(tenant_), standing, facts](Store& store) -> Result<void> {
          auto says = store.Standing(key);
          if (!says) return std::move(says).error();
          *standing = *says;
          auto memory = store.Memory(key);
          if (!memory) return std::move(memory).error();
          facts->owned = std::move(memory->owned);
          const auto open = store.OpenChanges(key);
          if (!open) return open.error();
          for (const auto& entry : *open) {
            if (!entry.group) facts->busy.insert(entry.user);
          }
          return {};
        },
        std::move(done));
  });
  if (!recalled) return recalled;
  const auto doubt = JudgeStore(*standing, runtime_.clock().Now(), tenant_.interval);
  if (doubt) return InDoubt(StoreHolds(tenant_.name, *doubt));
  last_heard_ = standing->last_heard;
  facts_ = std::move(*facts);
  return {};
}

Result<void> Adopter::CheckClock(const ObservedState& observed) {
  const auto& clock = runtime_.clock();
  const auto judged = JudgeClock({.now = {.wall = clock.Now(), .monotonic = clock.Monotonic()},
                                  .skew = observed.clock_skew,
                                  .before = std::nullopt,
                                  .last_heard = last_heard_});
  now_ = judged.now;
  if (judged.doubt.empty()) return {};
  return Conflict(fmt::format("{}: {}: nothing is adopted. Set this machine's clock, with NTP",
                              kClockInDoubt, judged.doubt));
}

std::map<SkuId, Management> Adopter::Managed(const ObservedState& observed,
                                             const ProductCatalog& catalog) const {
  std::map<SkuId, Management> managed;
  if (!policy_) return managed;
  const auto overview = OverviewOfProducts(observed, policy_->policies, tenant_.name, catalog);
  for (const auto& product : overview.products) {
    const bool said = !product.managed_by.policy.empty();
    if (said && product.management) managed.emplace(product.id, *product.management);
  }
  return managed;
}

Result<void> Adopter::Confirm(const Import& described, const ObservedState& observed,
                              const ProductCatalog& catalog) {
  if (auto clock = CheckClock(observed); !clock) return clock;
  confirmable_ = runtime_.clock().Monotonic() + kReadingStands;
  facts_.managed = Managed(observed, catalog);
  choice_ = ChooseAdopted(described, observed, facts_);
  PlanMemory memory;
  memory.owned = facts_.owned;
  ended_ = Without(facts_.owned, RememberReading(std::move(memory), {}, observed).owned);
  context_.err << RenderAdoption(choice_, observed) << std::flush;
  if (choice_.users.empty()) return {};
  if (!yes_) {
    if (auto said = Ask(); !said) return said;
  }
  if (runtime_.clock().Monotonic() > confirmable_) {
    return Conflict(
        "what was read is too old to adopt it: nothing was adopted or written; say the same again");
  }
  if (auto held = lease_->Renew(); !held) {
    return Conflict("nothing was adopted or written, for a cycle came between: " +
                    held.error().message + " Say the same again, with --yes");
  }
  return {};
}

Result<void> Adopter::Ask() {
  const auto count = choice_.assignments();
  const auto what =
      count == 1 ? std::string("this 1 assignment") : fmt::format("these {} assignments", count);
  if (context_.ask(fmt::format("Adopt {} of {}? [y/N] ", what, tenant_.name))) return {};
  return MakeError(ErrorKind::kCancelled, "nothing was adopted or written");
}

Result<void> Adopter::Adopt() {
  if (choice_.users.empty()) {
    context_.err << "There is nothing to adopt.\n";
    return {};
  }
  const Adoption adoption{.id = fmt::format("{:016x}", runtime_.random().Next()),
                          .who = Login(),
                          .at = now_,
                          .users = choice_.users};
  auto adopted = std::make_shared<std::size_t>(0);
  auto done = runtime_.Await<Result<void>>([&](auto end) {
    runtime_.store().Run(
        [lease = lease_->lease(), ended = ended_, adoption, adopted](Store& store) -> Result<void> {
          // This was a complete reading like any other: what it lacks is owned no longer.
          MemoryChange change;
          change.no_longer_owned = ended;
          if (auto forgotten = store.RecordMemory(lease, change); !forgotten) return forgotten;
          const auto count = store.Adopt(lease, adoption);
          if (!count) return count.error();
          *adopted = *count;
          return {};
        },
        std::move(end));
  });
  if (!done) return done;
  context_.err << fmt::format("Adopted {} of {}: `seatkeeper history` says whose.\n",
                              Count(*adopted, "assignment"), Count(choice_.users.size(), "user"));
  return {};
}

}  // namespace seatkeeper
