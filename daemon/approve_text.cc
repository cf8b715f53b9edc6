#include "daemon/approve_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "daemon/json_object.h"
#include "daemon/product_name.h"
#include "reconciler/plan/plan_words.h"
#include "reconciler/plan/printable.h"

namespace seatkeeper {
namespace {

std::string ReasonWords(const std::string& guardrail, const std::optional<SkuId>& about,
                        const ProductCatalog& catalog) {
  return about ? fmt::format("{} ({})", guardrail, NameOf(*about, catalog)) : guardrail;
}

std::string_view Verb(HeldItem::Action action) {
  switch (action) {
    case HeldItem::Action::kAdd:
      return "+";
    case HeldItem::Action::kPlans:
      return "~";
    case HeldItem::Action::kRemove:
      break;
  }
  return "-";
}

std::set<Subject> SubjectsOf(const std::vector<HeldItem>& items) {
  std::set<Subject> subjects;
  for (const auto& item : items) subjects.insert(item.subject);
  return subjects;
}

// "3 users", "1 group", "3 users and 1 group"
std::string SubjectWords(const std::set<Subject>& subjects) {
  const auto groups = static_cast<std::size_t>(
      std::count_if(subjects.begin(), subjects.end(),
                    [](const Subject& one) { return std::holds_alternative<GroupId>(one); }));
  const auto users = subjects.size() - groups;
  if (groups == 0) return Counted(users, "user");
  if (users == 0) return Counted(groups, "group");
  return fmt::format("{} and {}", Counted(users, "user"), Counted(groups, "group"));
}

using Group = std::tuple<std::string, std::optional<SkuId>, HeldItem::Action, SkuId>;

// Items that are told of together.
struct Alike {
  std::set<Subject> subjects;
  std::set<std::string> names;

  void Add(const HeldSet& set, std::size_t i) {
    subjects.insert(set.items[i].subject);
    names.insert(set.names[i]);
  }
};

void WriteNames(const Alike& alike, TextPage& page) {
  const std::vector<std::string> names(alike.names.begin(), alike.names.end());
  page.Fold(names.size(), 6, [&](std::size_t i) { page.Line("      " + Printable(names[i])); });
}

void WriteItems(const HeldSet& set, const ProductCatalog& catalog, TextPage& page) {
  std::map<Group, Alike> groups;
  for (std::size_t i = 0; i < set.items.size(); ++i) {
    const auto& item = set.items[i];
    groups[{item.guardrail, item.about, item.action, item.product}].Add(set, i);
  }
  for (const auto& [group, alike] : groups) {
    const auto& [guardrail, about, action, product] = group;
    page.Line(fmt::format("  {}: {} {} for {}", ReasonWords(guardrail, about, catalog),
                          Verb(action), NameOf(product, catalog), SubjectWords(alike.subjects)));
    WriteNames(alike, page);
  }
}

void WriteWhatStays(const HeldSet& set, const ProductCatalog& catalog, TextPage& page) {
  bool first = true;
  for (const auto& reason : set.reasons) {
    if (reason.approvable) continue;
    Alike alike;
    for (std::size_t i = 0; i < set.items.size(); ++i) {
      const auto& item = set.items[i];
      const bool same = item.guardrail == reason.guardrail && item.about == reason.about;
      if (same && !item.approvable) alike.Add(set, i);
    }
    if (std::exchange(first, false)) page.Heading("Stays held, whatever is approved:");
    page.Line(fmt::format(
        "  {}: {}; {}; release: {}", ReasonWords(reason.guardrail, reason.about, catalog),
        SubjectWords(alike.subjects), Printable(reason.limit), Printable(reason.release)));
    WriteNames(alike, page);
  }
}

std::size_t SpentBy(const StoredApproval& approval, const std::vector<SpentItem>& spent) {
  return static_cast<std::size_t>(std::count_if(spent.begin(), spent.end(), [&](const auto& item) {
    return item.approval == approval.name();
  }));
}

std::string Summary(const HeldSet& set, const ProductCatalog& catalog) {
  std::set<std::string> reasons;
  for (const auto& reason : set.reasons) {
    reasons.insert(ReasonWords(reason.guardrail, reason.about, catalog));
  }
  return fmt::format("{}: {}", fmt::join(reasons, ", "), SubjectWords(SubjectsOf(set.items)));
}

std::string JsonReason(const HeldReason& reason) {
  JsonObject object;
  object.Text("guardrail", reason.guardrail);
  if (reason.about) object.Text("skuId", reason.about->ToString());
  return object.Boolean("approvable", reason.approvable)
      .Text("limit", reason.limit)
      .Text("release", reason.release)
      .Finish();
}

std::string JsonHeld(const StoredHeldSet& stored) {
  JsonArray reasons;
  for (const auto& reason : stored.set.reasons) reasons.Raw(JsonReason(reason));
  return JsonObject()
      .Text("digest", stored.set.digest)
      .Boolean("approvable", stored.set.approvable())
      .Number("subjects", static_cast<std::int64_t>(SubjectsOf(stored.set.items).size()))
      .Text("firstSeen", FormatTime(stored.first_seen))
      .Text("lastSeen", FormatTime(stored.last_seen))
      .Raw("reasons", reasons.Finish())
      .Finish();
}

std::string JsonApproval(const StoredApproval& approval, const TenantApprovals& of_tenant) {
  return JsonObject()
      .Text("approval", approval.name())
      .Text("digest", approval.digest)
      .Text("who", approval.who)
      .Text("reason", approval.reason)
      .Text("approvedAt", FormatTime(approval.approved_at))
      .Text("expiresAt", FormatTime(approval.expires_at))
      .Boolean("expired", of_tenant.terms.now >= approval.expires_at)
      .Boolean("lapsed", !WhyLapsed(approval.approved_at, of_tenant.terms).empty())
      .Number("spent", static_cast<std::int64_t>(SpentBy(approval, of_tenant.spent)))
      .Finish();
}

}  // namespace

HeldSet StillToRelease(const StoredHeldSet& stored, const std::vector<SpentItem>& spent) {
  std::set<std::pair<Subject, SkuId>> done;
  for (const auto& item : spent) {
    if (item.at >= stored.last_seen) done.emplace(item.subject, item.product);
  }
  HeldSet left{.digest = stored.set.digest, .items = {}, .names = {}, .reasons = {}};
  for (std::size_t i = 0; i < stored.set.items.size(); ++i) {
    const auto& item = stored.set.items[i];
    if (!item.approvable || done.contains({item.subject, item.product})) continue;
    left.items.push_back(item);
    left.names.push_back(stored.set.names[i]);
  }
  return left;
}

std::string RenderRelease(const std::string& tenant, const StoredHeldSet& stored,
                          const HeldSet& released, const ProductCatalog& catalog,
                          const TextStyle& style) {
  TextPage page(style);
  page.Line(fmt::format("{}, held since {}, last seen {}", Printable(tenant),
                        FormatTime(stored.first_seen), FormatTime(stored.last_seen)),
            TextPage::Tone::kHeading);
  page.Line(stored.set.digest);
  if (!stored.open) {
    page.Line("The newest plan does not hold it: what is held again as it was would be released.",
              TextPage::Tone::kNotice);
  }
  if (!released.items.empty()) page.Heading("Released, once each, while held for this reason:");
  WriteItems(released, catalog, page);
  WriteWhatStays(stored.set, catalog, page);
  return page.Take();
}

std::string RenderApprovalsText(const std::vector<TenantApprovals>& tenants,
                                const ProductCatalog& catalog) {
  std::string text;
  for (const auto& of_tenant : tenants) {
    text += Printable(of_tenant.tenant) + "\n";
    for (const auto& stored : of_tenant.held) {
      text += fmt::format("  held      {}\n            {}, since {}{}\n", stored.set.digest,
                          Summary(stored.set, catalog), FormatTime(stored.first_seen),
                          stored.set.approvable() ? "" : "; no approval releases it");
    }
    for (const auto& approval : of_tenant.approvals) {
      text += fmt::format("  approved  {}\n            {} by {} at {}: {}\n            {} {}; {}\n",
                          approval.digest, approval.name(), Printable(approval.who),
                          FormatTime(approval.approved_at), Printable(approval.reason),
                          of_tenant.terms.now >= approval.expires_at ? "ended" : "until",
                          FormatTime(approval.expires_at),
                          Counted(SpentBy(approval, of_tenant.spent), "item") + " of it done");
      if (const auto lapsed = WhyLapsed(approval.approved_at, of_tenant.terms); !lapsed.empty()) {
        text += fmt::format("            releases nothing: {}\n", lapsed);
      }
    }
  }
  return text;
}

std::string RenderApprovalsJson(const std::vector<TenantApprovals>& tenants) {
  JsonArray all;
  for (const auto& of_tenant : tenants) {
    JsonArray held;
    for (const auto& stored : of_tenant.held) held.Raw(JsonHeld(stored));
    JsonArray approvals;
    for (const auto& approval : of_tenant.approvals) {
      approvals.Raw(JsonApproval(approval, of_tenant));
    }
    all.Raw(JsonObject()
                .Text("tenant", of_tenant.tenant)
                .Raw("held", held.Finish())
                .Raw("approvals", approvals.Finish())
                .Finish());
  }
  return all.Finish() + "\n";
}

}  // namespace seatkeeper
