#include "reconciler/cycle/recall_approvals.h"

#include <fmt/format.h>

#include <chrono>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "reconciler/seams/planted.h"

namespace seatkeeper {
namespace {

using Spent = std::set<std::tuple<std::string, Subject, SkuId>>;  // By ApprovedBy::approval.

class ApprovalRecall {
 public:
  ApprovalRecall(Store& store, const TenantKey& tenant, const ApprovalTerms& terms)
      : store_(store), tenant_(tenant), terms_(terms) {}

  Result<RecalledApprovals> Run(const std::vector<Approval>& documents) {
    auto given = store_.Approvals(tenant_);
    if (!given) return std::move(given).error();
    auto spent = store_.SpentItems(tenant_);
    if (!spent) return std::move(spent).error();
    if (IsPlanted(PlantedBug::kApprovalNeverSpent)) spent->clear();
    for (const auto& item : *spent) spent_.emplace(item.approval, item.subject, item.product);
    auto seen = store_.DocumentsOf(tenant_);
    if (!seen) return std::move(seen).error();
    seen_ = *std::move(seen);
    for (const auto& approval : *given) {
      if (terms_.now >= approval.expires_at) continue;
      const auto what =
          fmt::format("approval by {} of {} ({})", approval.who, approval.digest, approval.reason);
      auto added = Add(what, approval.approved_at,
                       {.approval = approval.name(),
                        .digest = approval.digest,
                        .who = approval.who,
                        .reason = approval.reason});
      if (!added) return std::move(added).error();
    }
    for (const auto& document : documents) {
      if (auto added = AddDocument(document); !added) return std::move(added).error();
    }
    return std::move(recalled_);
  }

 private:
  Result<void> AddDocument(const Approval& document) {
    const auto what = fmt::format("approval {} ({})", document.name, ToString(document.at));
    if (terms_.now >= EndOf(document)) {
      recalled_.warnings.push_back(
          fmt::format("{} ended with {} and releases nothing", what,
                      FormatTime(WallTime(std::chrono::sys_days(document.expires))).substr(0, 10)));
      return {};
    }
    const auto& digest = document.digest.value;
    auto name = fmt::format("document {}, {}", document.name, digest);
    const auto seen = FirstSeen(name);
    recalled_.documents.emplace(name, seen);
    auto known = Add(what, seen,
                     {.approval = std::move(name),
                      .digest = digest,
                      .who = ToString(document.at),
                      .reason = document.reason});
    if (!known) return std::move(known).error();
    if (*known) return {};
    recalled_.warnings.push_back(fmt::format(
        "{} releases nothing: the store knows nothing of this tenant that was held under {}", what,
        digest));
    return {};
  }

  // A document that nobody looked at since the store was relied on again may be older than that.
  WallTime FirstSeen(const std::string& document) const {
    if (const auto known = seen_.find(document); known != seen_.end()) return known->second;
    const auto& standing = terms_.standing;
    return standing.last_heard > standing.trusted_at ? terms_.now : WallTime{};
  }

  // False: there is no such set.
  Result<bool> Add(const std::string& what, WallTime approved_at, ApprovedBy by) {
    auto set = sets_.find(by.digest);
    if (set == sets_.end()) {
      auto stored = store_.HeldSets(tenant_, by.digest);
      if (!stored) return std::move(stored).error();
      auto items = stored->empty() ? std::vector<HeldItem>() : std::move(stored->front().set.items);
      set = sets_.emplace(by.digest, std::move(items)).first;
    }
    Release release{.by = std::move(by), .items = set->second};
    std::erase_if(release.items, [&](const HeldItem& item) {
      return !item.approvable || spent_.contains({release.by.approval, item.subject, item.product});
    });
    if (release.items.empty()) return !set->second.empty();
    if (auto why = WhyLapsed(approved_at, terms_); !why.empty()) {
      recalled_.warnings.push_back(fmt::format("{} releases nothing: {}", what, why));
    } else {
      recalled_.releases.push_back(std::move(release));
    }
    return !set->second.empty();
  }

  Store& store_;
  const TenantKey& tenant_;
  const ApprovalTerms& terms_;
  Spent spent_;
  DocumentsSeen seen_;
  std::map<std::string, std::vector<HeldItem>> sets_;  // By digest.
  RecalledApprovals recalled_;
};

}  // namespace

WallTime EndOf(const Approval& document) {
  return WallTime(std::chrono::sys_days(document.expires) + std::chrono::days(1));
}

std::string WhyLapsed(WallTime approved_at, const ApprovalTerms& terms) {
  if (terms.doubt) return "the store is in doubt, and until that is settled no approval counts";
  const auto& trusted = terms.standing.trusted_at;
  if (!trusted || approved_at >= *trusted) return {};
  return fmt::format(
      "it lapsed when the store was relied on anew, at {}, for what it released before may not be "
      "known; approve what is held now by `seatkeeper approve`, or by a document of another name",
      FormatTime(*trusted));
}

Result<RecalledApprovals> RecallApprovals(Store& store, const TenantKey& tenant,
                                          const std::vector<Approval>& documents,
                                          const ApprovalTerms& terms) {
  return ApprovalRecall(store, tenant, terms).Run(documents);
}

std::vector<Approval> ApprovalsFor(const std::vector<Approval>& documents,
                                   const std::string& tenant) {
  std::vector<Approval> of_tenant;
  for (const auto& document : documents) {
    if (document.tenant.value == tenant) of_tenant.push_back(document);
  }
  return of_tenant;
}

}  // namespace seatkeeper
