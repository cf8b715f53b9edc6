#include "daemon/history_text.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <variant>

#include "daemon/csv_cell.h"
#include "daemon/history_adoptions.h"
#include "daemon/json_object.h"
#include "daemon/product_name.h"
#include "daemon/request_id.h"
#include "daemon/subject_text.h"
#include "policy/fields.h"
#include "reconciler/plan/render_text.h"

namespace seatkeeper {
namespace {

const std::string& WhoseName(const JournalEntry& entry) {
  return entry.group ? entry.group->display_name : entry.user_principal_name;
}

// "ada@contoso.com", "group `All Engineers` of 12"
std::string WhoOf(const JournalEntry& entry) {
  if (!entry.group) return SubjectText(entry.user_principal_name, false);
  return fmt::format("{} of {}", SubjectText(entry.group->display_name, true),
                     entry.group->members);
}

using NamesOfSubjects = std::map<Subject, std::set<std::string>>;

NamesOfSubjects NamesOf(const std::vector<HistoryEntry>& entries) {
  NamesOfSubjects names;
  for (const auto& [tenant, entry] : entries) names[entry.subject()].insert(WhoseName(entry));
  return names;
}

// Of who was renamed between two changes: by which id they are one.
std::string AlsoKnownAs(const JournalEntry& entry, const NamesOfSubjects& names) {
  std::string others;
  for (const auto& name : names.at(entry.subject())) {
    if (name == WhoseName(entry)) continue;
    others += (others.empty() ? "" : ", ") + Printable(name);
  }
  if (others.empty()) return "";
  const auto id =
      std::visit([](const auto& subject) { return subject.ToString(); }, entry.subject());
  return fmt::format("    object id {}, also as {}\n", id, others);
}

// "+SPE_E5 -SPE_E3 usageLocation:FR", "reprocess:SPE_E3"
std::string WhatOf(const JournalEntry& entry, const ProductCatalog& catalog) {
  std::string what;
  const auto add = [&](std::string_view sign, const SkuId& product) {
    if (!what.empty()) what += ' ';
    what.append(sign).append(NameOf(product, catalog));
  };
  const std::string_view given = entry.reprocesses() ? "reprocess:" : "+";
  for (const auto& license : entry.add) add(given, license.product);
  for (const auto& product : entry.remove) add("-", product);
  if (!entry.usage_location.empty()) what += " usageLocation:" + entry.usage_location;
  return what;
}

// Each approval once, whatever it released of the change.
std::map<std::string, const ApprovedBy*> ApprovalsOf(const JournalEntry& entry) {
  std::map<std::string, const ApprovedBy*> approvals;
  for (const auto& by : entry.approved) approvals.emplace(by.approval, &by);
  return approvals;
}

std::string ApproversOf(const JournalEntry& entry) {
  std::string who;
  for (const auto& [approval, by] : ApprovalsOf(entry)) who += (who.empty() ? "" : ", ") + by->who;
  return who;
}

std::string JsonApproved(const JournalEntry& entry) {
  JsonArray list;
  for (const auto& [approval, by] : ApprovalsOf(entry)) {
    list.Raw(JsonObject()
                 .Text("approval", approval)
                 .Text("digest", by->digest)
                 .Text("who", by->who)
                 .Text("reason", by->reason)
                 .Finish());
  }
  return list.Finish();
}

template <typename Ids, typename Text>
std::string JsonList(const Ids& ids, Text text) {
  JsonArray list;
  for (const auto& id : ids) list.Raw(text(id));
  return list.Finish();
}

std::string JsonLicense(const AddLicense& license, const ProductCatalog& catalog) {
  return JsonObject()
      .Text("skuId", license.product.ToString())
      .Text("partNumber", NameOf(license.product, catalog))
      .Raw("disabledPlans", JsonList(license.disabled_plans,
                                     [](const PlanId& id) { return JsonString(id.ToString()); }))
      .Finish();
}

std::string ChangeText(const HistoryEntry& change, const NamesOfSubjects& names_of,
                       const TenantNames& names, const ProductCatalog& catalog) {
  const auto& [tenant, entry] = change;
  auto text =
      fmt::format("{} {} {} {} {}\n", FormatTime(entry.intended_at), Printable(names(tenant)),
                  WhoOf(entry), WhatOf(entry, catalog), ToString(entry.state));
  text += fmt::format("    {} by {} ({}), policy {}, plan {}\n", entry.reason,
                      Printable(entry.policy), Printable(entry.policy_position),
                      entry.policy_revision.substr(0, 19), entry.plan_id);
  for (const auto& [approval, by] : ApprovalsOf(entry)) {
    text += fmt::format("    approved by {}: {} ({})\n", Printable(by->who), Printable(by->reason),
                        by->digest.substr(0, 19));
  }
  if (!entry.message.empty()) text += fmt::format("    {}\n", Printable(entry.message));
  if (!entry.service.request_id.empty()) {
    const auto request = RequestText(entry.service.request_id, entry.service.request_date);
    text += fmt::format("    request id {}\n", Printable(request));
  }
  return text + AlsoKnownAs(entry, names_of);
}

std::string ChangeJson(const HistoryEntry& change, const TenantNames& names,
                       const ProductCatalog& catalog) {
  const auto& [tenant, entry] = change;
  const auto sku = [](const SkuId& id) { return JsonString(id.ToString()); };
  const auto license = [&](const AddLicense& add) { return JsonLicense(add, catalog); };
  JsonObject object;
  object.Text("id", entry.id)
      .Text("tenant", names(tenant))
      .Text("tenantId", tenant.tenant_id)
      .Text("cloud", tenant.cloud)
      .Text("planId", entry.plan_id);
  AddSubject(object, entry.group, entry.user, entry.user_principal_name);
  // What groups are to give is no assignment of the user's own.
  const auto given = JsonList(entry.add, license);
  if (entry.reprocesses()) object.Raw("reprocess", given);
  return object.Raw("add", entry.reprocesses() ? "[]" : given)
      .Raw("remove", JsonList(entry.remove, sku))
      .Raw("usageLocation",
           entry.usage_location.empty() ? std::string("null") : JsonString(entry.usage_location))
      .Raw("before", JsonList(entry.before, license))
      .Text("state", ToString(entry.state))
      .Number("attempt", entry.attempt)
      .Text("intendedAt", FormatTime(entry.intended_at))
      .Raw("answeredAt",
           entry.answered_at ? JsonString(FormatTime(*entry.answered_at)) : std::string("null"))
      .Text("reason", entry.reason)
      .Text("policy", entry.policy)
      .Text("policyPosition", entry.policy_position)
      .Text("policyRevision", entry.policy_revision)
      .Raw("approved", JsonApproved(entry))
      .Number("status", entry.service.status)
      .Text("code", entry.service.code)
      .Text("requestId", entry.service.request_id)
      .Text("requestDate", entry.service.request_date)
      .Text("message", entry.message)
      .Finish();
}

std::string ChangeCsv(const HistoryEntry& change, const TenantNames& names,
                      const ProductCatalog& catalog) {
  const auto& [tenant, entry] = change;
  std::string line;
  const auto& group = entry.group;
  const std::string none;
  for (const auto& cell : {FormatTime(entry.intended_at), names(tenant), entry.user_principal_name,
                           group ? none : entry.user.ToString(), group ? group->display_name : none,
                           group ? group->id.ToString() : none, WhatOf(entry, catalog),
                           std::string(ToString(entry.state)), entry.reason, entry.policy,
                           entry.policy_position, entry.policy_revision, entry.plan_id,
                           entry.service.request_id, entry.message, ApproversOf(entry)}) {
    line += (line.empty() ? "" : ",") + CsvCell(cell);
  }
  return line;
}

// Both from the newest to the oldest.
template <typename OfChange, typename OfAdoption>
void ByTime(const std::vector<HistoryEntry>& changes, const std::vector<AdoptionEntry>& adopted,
            OfChange of_change, OfAdoption of_adoption) {
  auto adoption = adopted.begin();
  for (const auto& change : changes) {
    for (; adoption != adopted.end() && adoption->at > change.entry.intended_at; ++adoption) {
      of_adoption(*adoption);
    }
    of_change(change);
  }
  for (; adoption != adopted.end(); ++adoption) of_adoption(*adoption);
}

}  // namespace

std::optional<WallTime> ParseSince(std::string_view text, WallTime now) {
  if (const auto duration = ParseDuration(text)) return now - *duration;
  if (text.size() == 10) return ParseTime(fmt::format("{}T00:00:00Z", text));
  return ParseTime(text);
}

std::string RenderHistoryText(const std::vector<HistoryEntry>& entries, const TenantNames& names,
                              const ProductCatalog& catalog,
                              const std::vector<AdoptionEntry>& adopted) {
  const auto names_of = NamesOf(entries);
  std::string text;
  ByTime(
      entries, adopted,
      [&](const HistoryEntry& change) { text += ChangeText(change, names_of, names, catalog); },
      [&](const AdoptionEntry& entry) { text += AdoptionText(entry, names, catalog); });
  return text;
}

std::string RenderHistoryJson(const std::vector<HistoryEntry>& entries, const TenantNames& names,
                              const ProductCatalog& catalog,
                              const std::vector<AdoptionEntry>& adopted) {
  std::string text = "[";
  const auto add = [&](const std::string& object) {
    text += (text.size() == 1 ? "\n" : ",\n") + object;
  };
  ByTime(
      entries, adopted,
      [&](const HistoryEntry& change) { add(ChangeJson(change, names, catalog)); },
      [&](const AdoptionEntry& entry) { add(AdoptionJson(entry, names, catalog)); });
  return text + "\n]\n";
}

std::string RenderHistoryCsv(const std::vector<HistoryEntry>& entries, const TenantNames& names,
                             const ProductCatalog& catalog,
                             const std::vector<AdoptionEntry>& adopted) {
  std::string text =
      "time,tenant,user,userId,group,groupId,change,state,reason,policy,policyPosition,"
      "policyRevision,planId,requestId,message,approvedBy\r\n";
  ByTime(
      entries, adopted,
      [&](const HistoryEntry& change) { text += ChangeCsv(change, names, catalog) + "\r\n"; },
      [&](const AdoptionEntry& entry) { text += AdoptionCsv(entry, names, catalog) + "\r\n"; });
  return text;
}

}  // namespace seatkeeper
