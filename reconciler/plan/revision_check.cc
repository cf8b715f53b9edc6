#include "reconciler/plan/revision_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "reconciler/plan/digest.h"
#include "reconciler/plan/revision_limits.h"

namespace seatkeeper {
namespace {

constexpr std::size_t kShownOfRevision = 19;  // "sha256:" and twelve digits.

std::string ShortRevision(const std::string& revision) {
  return revision.substr(0, kShownOfRevision);
}

// By its name, or with another name and nothing else about it.
bool IsThere(const std::vector<RevisionDocument>& documents, const RevisionDocument& like) {
  return std::ranges::any_of(documents, [&](const RevisionDocument& each) {
    return each.kind == like.kind && (each.name == like.name || each.content == like.content);
  });
}

bool HasExpired(const RevisionDocument& document, WallTime now) {
  return document.expires && std::chrono::sys_days(*document.expires) + std::chrono::days(1) <= now;
}

class Comparison {
 public:
  Comparison(const RevisionSummary& accepted, const RevisionSummary& newest,
             const RevisionFacts& facts)
      : accepted_(accepted), newest_(newest), facts_(facts) {}

  std::vector<HeldBy> Run() {
    CompareDescent();
    CompareDocuments();
    CompareNames();
    CompareCare();
    for (const auto& [what, from, to] :
         LoosenedLimits(accepted_.limits, newest_.limits, facts_.now)) {
      const auto at = newest_.limits.at.find(what);
      AddLoosened(what, from, to, at == newest_.limits.at.end() ? "" : at->second, std::nullopt);
    }
    std::ranges::sort(facts_said_);
    std::string text;
    for (const auto& fact : facts_said_) text += fact + "\n";
    for (auto& finding : findings_) finding.because = Sha256(text);
    return std::move(findings_);
  }

 private:
  void CompareDescent() {
    if (facts_.descent != Descent::kNo) return;
    Add(fmt::format("{} does not come after the accepted revision",
                    ShortRevision(newest_.revision)),
        fmt::format("revisions come after {}, the accepted one", ShortRevision(accepted_.revision)),
        "bring the history back", std::nullopt, "not after: " + newest_.revision);
  }

  void CompareDocuments() {
    for (const auto& document : DroppedDocuments(accepted_, newest_, facts_.now)) {
      for (const auto& product : document.products) AddDropped(document, product);
    }
  }

  void AddDropped(const RevisionDocument& document, const SkuId& product) {
    const auto losing = facts_.losing.find(product);
    if (losing == facts_.losing.end() || losing->second == 0) return;
    const int users = losing->second;
    Add(fmt::format("{} {} is gone (it stood at {}), and {} user{} would lose {}, or something of "
                    "it",
                    document.kind, document.name, document.at, users, users == 1 ? "" : "s",
                    Name(product)),
        "no document goes while people hold products through it",
        fmt::format("bring {} back, or keep for them in another document what it gave them",
                    document.name),
        product,
        fmt::format("dropped: {} {} {} {}", document.kind, document.name, document.content,
                    product.ToString()));
  }

  void CompareNames() {
    for (const auto& [key, now] : newest_.names) {
      const auto before = accepted_.names.find(key);
      if (before == accepted_.names.end() || before->second.product == now.product) continue;
      for (const auto& product : {before->second.product, now.product}) {
        Add(fmt::format("`{}` ({}) means {} ({}) now", now.written, now.at, Name(now.product),
                        now.product.ToString()),
            fmt::format("it meant {} ({})", Name(before->second.product),
                        before->second.product.ToString()),
            "write the SKU id that is meant", product,
            fmt::format("name: {} {} {}", key, before->second.product.ToString(),
                        now.product.ToString()));
      }
    }
  }

  void CompareCare() {
    for (const auto& [product, now] : newest_.care) {
      const auto found = accepted_.care.find(product);
      const auto before = found == accepted_.care.end() ? ProductCare() : found->second;
      for (const auto& [what, from, to] : LoosenedCare(before, now)) {
        AddLoosened(fmt::format("{} of {}", what, Name(product)), from, to, now.at, product);
      }
    }
  }

  void AddLoosened(const std::string& what, const std::string& from, const std::string& to,
                   const std::string& at, const std::optional<SkuId>& product) {
    Add(fmt::format("{}: now {}{}", what, to, at.empty() ? "" : " (" + at + ")"),
        fmt::format("{} in the accepted revision, {}", from, ShortRevision(accepted_.revision)),
        "take back what was loosened", product, fmt::format("loosened: {} {} {}", what, from, to));
  }

  void Add(std::string value, std::string limit, std::string release,
           const std::optional<SkuId>& product, std::string fact) {
    facts_said_.push_back(std::move(fact));
    findings_.push_back({.guardrail = std::string(kSuspiciousRevision),
                         .value = std::move(value),
                         .limit = std::move(limit),
                         .release = std::move(release),
                         .product = product,
                         .approvable = true});
  }

  std::string Name(const SkuId& product) const {
    const auto found = facts_.product_names.find(product);
    return found == facts_.product_names.end() ? product.ToString() : found->second;
  }

  const RevisionSummary& accepted_;
  const RevisionSummary& newest_;
  const RevisionFacts& facts_;
  std::vector<HeldBy> findings_;
  std::vector<std::string> facts_said_;
};

}  // namespace

std::map<SkuId, int> UsersLosing(const DesiredState& desired, const ObservedState& observed,
                                 const Draft& draft) {
  const auto& users = observed.users;
  std::map<SkuId, int> losing;
  std::vector<bool> holds(observed.products.size());
  for (Row row = 0; row < users.size(); ++row) {
    if (!users.is_person(row)) continue;
    for (const auto& assignment : users.assignments(row)) {
      if (assignment.source != AssignmentSource::kGroup) holds[assignment.product] = true;
    }
    for (const auto& product : desired.products) {
      if (!product.index || !product.LetsGo(row) || product.granted.Contains(row)) continue;
      if (holds[*product.index] || !users.assignments_known(row)) ++losing[product.id];
    }
    for (const auto& assignment : users.assignments(row)) holds[assignment.product] = false;
  }
  // Who stays without some service plan that is on.
  for (const auto& part : draft.parts) {
    const auto& product = desired.products[part.product];
    if (part.takes_away && product.granted.Contains(part.row)) ++losing[product.id];
  }
  for (const auto& part : draft.group_parts) {
    if (part.takes_away()) losing[desired.products[part.product].id] += std::max(1, part.losing);
  }
  return losing;
}

std::vector<RevisionDocument> DroppedDocuments(const RevisionSummary& accepted,
                                               const RevisionSummary& newest, WallTime now) {
  std::vector<RevisionDocument> dropped;
  std::ranges::copy_if(accepted.documents, std::back_inserter(dropped), [&](const auto& document) {
    return !IsThere(newest.documents, document) && !HasExpired(document, now);
  });
  return dropped;
}

std::vector<HeldBy> CompareRevisions(const RevisionSummary& accepted, const RevisionSummary& newest,
                                     const RevisionFacts& facts) {
  return Comparison(accepted, newest, facts).Run();
}

bool IsApproved(const std::vector<HeldBy>& suspicions, const std::vector<Release>& releases,
                const std::vector<Change>& changes) {
  const auto approves = [&](const HeldItem& item) {
    return item.guardrail == kSuspiciousRevision && item.because == suspicions.front().because;
  };
  const bool named =
      !suspicions.empty() && std::ranges::any_of(releases, [&](const Release& release) {
        return std::ranges::any_of(release.items, approves);
      });
  return named && std::ranges::none_of(changes, [](const Change& change) {
           return std::ranges::find(change.held, kSuspiciousRevision, &HeldBy::guardrail) !=
                  change.held.end();
         });
}

std::vector<HeldBy> SuspicionsOf(const SkuId& product, const std::vector<HeldBy>& suspicions) {
  std::vector<HeldBy> holding;
  for (const auto& suspicion : suspicions) {
    if (suspicion.product && *suspicion.product != product) continue;
    holding.push_back(suspicion);
    holding.back().product = product;
  }
  return holding;
}

std::string DescribeSuspicion(const HeldBy& suspicion) {
  return fmt::format(
      "{}: {} ({}); {}removals are held. To release them: {}, or approve what is held for it",
      suspicion.guardrail, suspicion.value, suspicion.limit,
      suspicion.product ? "its product's " : "", suspicion.release);
}

}  // namespace seatkeeper
