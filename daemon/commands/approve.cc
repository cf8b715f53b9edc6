#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>

#include "daemon/approve_text.h"
#include "daemon/commands/command.h"
#include "daemon/login.h"
#include "daemon/policy_load.h"
#include "policy/text.h"
#include "reconciler/cycle/recall_approvals.h"
#include "reconciler/http/system_clock.h"
#include "reconciler/plan/doubt.h"
#include "reconciler/store/sqlite_store.h"

namespace seatkeeper {
namespace {

constexpr std::string_view kDigestStart = "sha256:";
constexpr std::size_t kDigitsLeast = 12;
constexpr std::size_t kDigitsMost = 64;
constexpr std::chrono::days kUsualDays{7};

// "sha256:0123456789ab" from what a person wrote, with or without the beginning.
Result<std::string> DigestMeant(const std::string& written) {
  auto digits = AsciiLower(written);
  if (digits.starts_with(kDigestStart)) digits.erase(0, kDigestStart.size());
  const bool hexadecimal = digits.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!hexadecimal || digits.size() < kDigitsLeast || digits.size() > kDigitsMost) {
    return UsageError(
        "DIGEST must be sha256: and at least 12 hexadecimal digits, as the plan shows "
        "it, but is " +
        Quoted(written));
  }
  return std::string(kDigestStart) + digits;
}

// To the end of that day, UTC.
Result<WallTime> EndMeant(const std::string& written, WallTime now) {
  if (written.empty()) {
    return WallTime(std::chrono::floor<std::chrono::days>(now) + kUsualDays + std::chrono::days(1));
  }
  const auto day = written.size() == 10 ? ParseTime(written + "T00:00:00Z") : std::nullopt;
  if (!day) {
    return UsageError("--expires must be a day, such as 2026-12-01, but is " + Quoted(written));
  }
  const auto end = *day + std::chrono::days(1);
  if (end <= now) {
    return UsageError("--expires must not be over, but is " + Quoted(written));
  }
  return end;
}

struct Found {
  TenantConfig tenant;
  StoredHeldSet held;
};

class Approver {
 public:
  Approver(const CommonOptions& common, const ApproveOptions& options, CommandContext& context)
      : common_(common), options_(options), context_(context), now_(SystemClock().Now()) {}

  ExitCode Run() {
    if (const auto sound = CheckOptions(); !sound) return Report(sound.error(), context_);
    if (const auto opened = Open(); !opened) return Report(opened.error(), context_);
    return options_.list ? List() : Approve();
  }

 private:
  Result<void> CheckOptions() const {
    if (options_.list) {
      if (options_.digest.empty() && options_.reason.empty() && options_.expires.empty()) return {};
      return UsageError("--list approves nothing: leave out the rest");
    }
    if (options_.digest.empty()) {
      return UsageError("say the DIGEST of what is held, or --list");
    }
    if (options_.reason.empty()) {
      return UsageError("say why it may happen with --reason");
    }
    if (options_.format == OutputFormat::kJson) {
      return UsageError("--format is for --list");
    }
    if (!options_.yes && !context_.in_is_terminal) {
      return UsageError("there is no terminal to ask at: say --yes to approve without asking");
    }
    return {};
  }

  Result<void> Open() {
    auto catalog = ReadProductCatalog(common_.product_catalog);
    if (!catalog) return std::move(catalog).error();
    catalog_ = std::move(catalog->catalog);
    const auto config = OpenConfig(common_, context_);
    if (!config) return config.error();
    auto tenants = SelectTenants(*config, common_.tenants);
    if (!tenants) return std::move(tenants).error();
    tenants_ = *std::move(tenants);
    std::error_code failure;
    if (!std::filesystem::exists(config->store_path, failure)) {
      return MakeError(ErrorKind::kStore,
                       fmt::format("there is no store at {} yet, so nothing is known to be held",
                                   config->store_path));
    }
    auto store = OpenSqliteStore(config->store_path);
    if (!store) return std::move(store).error();
    store_ = *std::move(store);
    return {};
  }

  ExitCode List() {
    std::vector<TenantApprovals> all;
    for (const auto& tenant : tenants_) {
      auto held = store_->OpenHeldSets(KeyOf(tenant));
      if (!held) return Report(held.error(), context_);
      auto approvals = store_->Approvals(KeyOf(tenant));
      if (!approvals) return Report(approvals.error(), context_);
      auto spent = store_->SpentItems(KeyOf(tenant));
      if (!spent) return Report(spent.error(), context_);
      auto terms = TermsOf(tenant);
      if (!terms) return Report(terms.error(), context_);
      all.push_back({.tenant = tenant.name,
                     .held = *std::move(held),
                     .approvals = *std::move(approvals),
                     .spent = *std::move(spent),
                     .terms = *std::move(terms)});
    }
    context_.out << (options_.format == OutputFormat::kJson ? RenderApprovalsJson(all)
                                                            : RenderApprovalsText(all, catalog_));
    return ExitCode::kOk;
  }

  ExitCode Approve() {
    const auto end = EndMeant(options_.expires, now_);
    if (!end) return Report(end.error(), context_);
    const auto found = Find();
    if (!found) return Report(found.error(), context_);
    const auto& [tenant, held] = *found;
    const auto terms = TermsOf(tenant);
    if (!terms) return Report(terms.error(), context_);
    if (terms->doubt) return Report(InDoubt(tenant, *terms->doubt), context_);
    const auto spent = store_->SpentItems(KeyOf(tenant));
    if (!spent) return Report(spent.error(), context_);
    const auto released = StillToRelease(held, *spent);
    context_.out << RenderRelease(tenant.name, held, released, catalog_,
                                  {.color = context_.out_is_terminal && !common_.no_color,
                                   .full = options_.full})
                 << std::flush;
    if (released.items.empty()) {
      return Report(MakeError(ErrorKind::kNotFound,
                              held.set.approvable()
                                  ? "everything in it has been done: approving it releases nothing"
                                  : "no approval releases any of it: see above what does"),
                    context_);
    }
    if (!options_.yes && !context_.ask(fmt::format("Approve this for {}? [y/N] ", tenant.name))) {
      return Report(MakeError(ErrorKind::kCancelled, "nothing was approved"), context_);
    }
    return Record(tenant, held.set.digest, *end);
  }

  Result<ApprovalTerms> TermsOf(const TenantConfig& tenant) {
    auto standing = store_->Standing(KeyOf(tenant));
    if (!standing) return std::move(standing).error();
    return ApprovalTerms{
        .now = now_, .standing = *standing, .doubt = JudgeStore(*standing, now_, tenant.interval)};
  }

  // What is approved while the store is in doubt would never count.
  static Error InDoubt(const TenantConfig& tenant, const StoreDoubt& doubt) {
    const auto held = StoreHolds(tenant.name, doubt);
    return {.kind = ErrorKind::kConflict,
            .message =
                fmt::format("nothing can be approved now: {}. First: {}", held.value, held.release),
            .position = {},
            .service = {}};
  }

  // Of all tenants that were asked about; the beginning of a digest has to mean one set.
  Result<Found> Find() {
    auto digest = DigestMeant(options_.digest);
    if (!digest) return std::move(digest).error();
    std::vector<Found> found;
    for (const auto& tenant : tenants_) {
      auto sets = store_->HeldSets(KeyOf(tenant), *digest);
      if (!sets) return std::move(sets).error();
      for (auto& set : *sets) found.push_back({tenant, std::move(set)});
    }
    if (found.size() == 1) return std::move(found.front());
    if (found.empty()) {
      return MakeError(ErrorKind::kNotFound,
                       fmt::format("{} releases nothing: nothing was recorded as held under it. "
                                   "`seatkeeper plan`, `apply` and the daemon record what they "
                                   "hold in the store of this config; `seatkeeper approve --list` "
                                   "shows it",
                                   *digest));
    }
    return MakeError(
        ErrorKind::kUsage,
        fmt::format("{} is the beginning of {} digests: write more of it", *digest, found.size()));
  }

  ExitCode Record(const TenantConfig& tenant, const std::string& digest, WallTime end) {
    const auto number = store_->RecordApproval(KeyOf(tenant), {.number = 0,
                                                               .digest = digest,
                                                               .who = Login(),
                                                               .reason = options_.reason,
                                                               .approved_at = now_,
                                                               .expires_at = end});
    if (!number) return Report(number.error(), context_);
    context_.err << fmt::format(
        "approved until {} (command {}): the next cycle, or `seatkeeper apply`, releases it\n",
        FormatTime(end), *number);
    return ExitCode::kOk;
  }

  const CommonOptions& common_;
  const ApproveOptions& options_;
  CommandContext& context_;
  const WallTime now_;
  ProductCatalog catalog_;
  std::vector<TenantConfig> tenants_;
  std::unique_ptr<TransactionalStore> store_;
};

}  // namespace

ExitCode RunApprove(const CommonOptions& common, const ApproveOptions& options,
                    CommandContext& context) {
  return Approver(common, options, context).Run();
}

}  // namespace seatkeeper
