#include "reconciler/plan/revision.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <tuple>

#include "policy/product_table.h"
#include "policy/text.h"
#include "reconciler/model/sort_unique.h"
#include "reconciler/plan/amounts.h"
#include "reconciler/plan/digest.h"
#include "reconciler/plan/guard.h"
#include "reconciler/plan/names.h"
#include "reconciler/plan/people.h"
#include "reconciler/plan/reading_needs.h"

namespace seatkeeper {
namespace {

using Names = std::vector<Positioned<std::string>>;

// Facts of a document, each with its length in front of it: no text can stand for two of them.
class Content {
 public:
  void Add(std::string_view label, std::string_view text) {
    text_ += fmt::format("{} {}:{}\n", label, text.size(), text);
  }
  void Add(std::string_view label, const Names& names) {
    std::vector<std::string> ordered;
    for (const auto& name : names) ordered.push_back(FoldCase(name.value));
    std::sort(ordered.begin(), ordered.end());
    for (const auto& name : ordered) Add(label, name);
  }
  void Add(std::string_view label, const SubjectUnion& subjects) {
    Add(label, "");
    if (subjects.rule) Add("rule", subjects.rule->text);
    Add("group", subjects.groups);
    Add("user", subjects.users);
  }
  std::string Digest() const { return Sha256(text_); }

 private:
  std::string text_;
};

std::string DayText(std::chrono::year_month_day day) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

std::string ContentOf(const LicensePolicy& policy) {
  Content content;
  content.Add("priority", std::to_string(policy.priority));
  content.Add("subjects", policy.subjects.of);
  if (policy.subjects.where) content.Add("where", policy.subjects.where->text);
  content.Add("except", policy.subjects.except);
  for (const auto& grant : policy.licenses) {
    content.Add("product", FoldCase(grant.product.value));
    content.Add("plans", std::to_string(static_cast<int>(grant.plans.kind)));
    content.Add("plan", grant.plans.plans);
  }
  if (policy.revoke) {
    content.Add("revoke", policy.revoke->all ? "all" : "");
    content.Add("product", policy.revoke->products);
  }
  if (policy.usage_location) {
    content.Add("from", policy.usage_location->from);
    content.Add("default", policy.usage_location->fallback);
  }
  content.Add("delivery", std::to_string(static_cast<int>(policy.delivery)));
  if (policy.expires) content.Add("expires", DayText(policy.expires->value));
  return content.Digest();
}

std::string ContentOf(const ProductLadder& ladder) {
  Content content;
  // The order of rungs counts.
  for (const auto& product : ladder.products) content.Add("rung", FoldCase(product.value));
  content.Add("fallback", ladder.fallback ? "true" : "false");
  return content.Digest();
}

std::string TextOf(const ChangeWindow& window) {
  return fmt::format("{} {}-{} {}", window.days.to_string(), window.from.count(), window.to.count(),
                     window.timezone.value);
}

// Sums up one revision. Everything it is given must outlive it.
class Summary {
 public:
  Summary(std::string_view tenant, const ObservedState& observed, const ProductCatalog& catalog)
      : tenant_(tenant), observed_(observed), catalog_(catalog) {}

  void Add(const LicensePolicy& policy) {
    if (!AppliesTo(policy.tenants, tenant_)) return;
    auto document = Begin("LicensePolicy", policy.name, policy.at, ContentOf(policy));
    for (const auto& grant : policy.licenses) AddProduct(grant.product, document.products);
    if (policy.revoke) {
      for (const auto& product : policy.revoke->products) Resolve(product);
    }
    if (policy.expires) document.expires = policy.expires->value;
    Keep(std::move(document));
  }

  void Add(const ProductLadder& ladder) {
    if (!AppliesTo(ladder.tenants, tenant_)) return;
    auto document = Begin("ProductLadder", ladder.name, ladder.at, ContentOf(ladder));
    for (const auto& product : ladder.products) AddProduct(product, document.products);
    Keep(std::move(document));
  }

  void Add(const ProductPolicy& policy) {
    if (!AppliesTo(policy.tenants, tenant_)) return;
    const auto product = Resolve(policy.product);
    if (!product) return;
    summary_.care.emplace(
        *product, ProductCare{.management = policy.management,
                              .after = policy.unassign.after,
                              .confirmations = policy.unassign.confirmations,
                              .remove_redundant_direct = policy.unassign.remove_redundant_direct,
                              .at = ToString(policy.at)});
  }

  void Add(const std::vector<const Guardrails*>& documents) {
    auto& limits = summary_.limits;
    limits.max_unassign = StrictestMaxUnassign(documents);
    limits.max_assign = MaxAssignLimits(documents);
    limits.max_changes = StrictestMaxChanges(documents);
    limits.mailbox_loss = StrictestMailboxLoss(documents);
    for (const auto* document : documents) AddPeopleAndTimes(*document);
    SortUnique(limits.protected_subjects);
    SortUnique(limits.windows);
    SortUnique(limits.freezes);
  }

  RevisionSummary Take(const std::string& revision) {
    summary_.revision = revision;
    std::sort(summary_.documents.begin(), summary_.documents.end(),
              [](const RevisionDocument& a, const RevisionDocument& b) {
                return std::tie(a.kind, a.name) < std::tie(b.kind, b.name);
              });
    return std::move(summary_);
  }

 private:
  static RevisionDocument Begin(std::string kind, const std::string& name, const SourcePosition& at,
                                std::string content) {
    return {.kind = std::move(kind),
            .name = name,
            .content = std::move(content),
            .at = ToString(at),
            .products = {}};
  }

  void Keep(RevisionDocument document) {
    SortUnique(document.products);
    summary_.documents.push_back(std::move(document));
  }

  std::optional<SkuId> Resolve(const Positioned<std::string>& written) {
    const auto product = ResolveProduct(written, observed_, catalog_);
    if (!product) return std::nullopt;
    summary_.names.emplace(
        ProductNameKey(written.value),
        NamedProduct{.product = *product, .written = written.value, .at = ToString(written.at)});
    return *product;
  }

  void AddProduct(const Positioned<std::string>& written, std::vector<SkuId>& products) {
    if (const auto product = Resolve(written)) products.push_back(*product);
  }

  void AddPeopleAndTimes(const Guardrails& document) {
    auto& limits = summary_.limits;
    const auto& people = document.protected_subjects;
    const std::pair<const char*, bool> said[] = {
        {"maxUnassign", document.max_unassign.has_value()},
        {"maxAssign", document.max_assign.has_value()},
        {"maxChanges", document.max_changes.has_value()},
        {"mailboxLoss", document.mailbox_loss.has_value()},
        {"protected", !people.groups.empty() || !people.users.empty()},
        {"windows", !document.windows.empty()},
        {"freezes", !document.freezes.empty()}};
    for (const auto& [key, says] : said) {
      if (says) limits.at.emplace(key, ToString(document.at));
    }
    for (const auto& group : document.protected_subjects.groups) {
      limits.protected_subjects.push_back("group " + FoldCase(group.value));
    }
    for (const auto& user : document.protected_subjects.users) {
      limits.protected_subjects.push_back("user " + FoldCase(user.value));
    }
    std::vector<std::string> windows;
    for (const auto& window : document.windows) windows.push_back(TextOf(window));
    SortUnique(windows);
    if (!windows.empty()) limits.windows.push_back(std::move(windows));
    for (const auto& freeze : document.freezes) limits.freezes.emplace_back(freeze.from, freeze.to);
  }

  std::string_view tenant_;
  const ObservedState& observed_;
  const ProductCatalog& catalog_;
  RevisionSummary summary_;
};

}  // namespace

RevisionSummary SummarizeRevision(const PolicySet& policies, std::string_view tenant,
                                  const std::string& revision, const ObservedState& observed,
                                  const ProductCatalog& catalog) {
  Summary summary(tenant, observed, catalog);
  for (const auto& policy : policies.license_policies) summary.Add(policy);
  for (const auto& ladder : policies.product_ladders) summary.Add(ladder);
  for (const auto& policy : policies.product_policies) summary.Add(policy);
  std::vector<const Guardrails*> documents;
  for (const auto& document : policies.guardrails) {
    if (AppliesTo(document.tenants, tenant)) documents.push_back(&document);
  }
  summary.Add(documents);
  return summary.Take(revision);
}

std::string Describe(const AmountLimit& limit) {
  if (!limit.seats && !limit.percent) return "off";
  std::vector<std::string> parts;
  if (limit.seats) parts.push_back(fmt::format("seats: {}", *limit.seats));
  if (limit.percent) parts.push_back(fmt::format("percent: {:g}", *limit.percent));
  return fmt::format("{{{}}}", fmt::join(parts, ", "));
}

}  // namespace seatkeeper
