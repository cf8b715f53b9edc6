#include <utility>

#include "tests/simulator/errors.h"
#include "tests/simulator/filter.h"
#include "tests/simulator/paging.h"
#include "tests/simulator/routes.h"
#include "tests/simulator/shapes.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

using nlohmann::json;
using std::chrono::hours;

constexpr const char* kNewestFirst = "activityDateTime desc";

// For so long the log is kept, with and without Entra ID P1 or P2.
constexpr hours kKept{30 * 24};
constexpr hours kKeptWithoutPremium{7 * 24};

// What the service takes of $filter here (Microsoft Graph, directoryAudit).
const FilterRules& AuditFilters() {
  static const FilterRules rules{{"activityDateTime", "eq ge le date"},
                                 {"activityDisplayName", "eq startsWith"},
                                 {"category", "eq"},
                                 {"correlationId", "eq"},
                                 {"loggedByService", "eq"},
                                 {"result", "eq"},
                                 {"initiatedBy/user/id", "eq"},
                                 {"initiatedBy/user/displayName", "eq"},
                                 {"initiatedBy/user/userPrincipalName", "eq startsWith"},
                                 {"initiatedBy/app/appId", "eq"},
                                 {"initiatedBy/app/displayName", "eq"},
                                 {"targetResources", "any"},
                                 {"targetResources/id", "eq"},
                                 {"targetResources/displayName", "eq startsWith"}};
  return rules;
}

bool IsKept(const Call& call, const AuditLog::Entry& entry) {
  const hours kept = call.world.options.premium ? kKept : kKeptWithoutPremium;
  return entry.visible_at <= call.now && entry.at + kept > call.now;
}

}  // namespace

// The newest first.
Reply ListDirectoryAudits(Call& call) {
  AllowOnly(call.target, {"$top", "$skiptoken", "$filter", "$orderby"});
  if (call.target.Option("$orderby").value_or(kNewestFirst) != kNewestFirst) {
    throw UnsupportedQuery("The simulator knows one order only: activityDateTime desc.");
  }
  const auto filter = FilterOf(call, AuditFilters());
  const auto& entries = call.world.audits.entries();
  const auto is_listed = [&](const AuditLog::Entry& entry) {
    return IsKept(call, entry) && (!filter || filter->Matches(entry.shown));
  };
  return ListReply(call, ReadPage(call, kPageSizeMax), ContextOf(call, "auditLogs/directoryAudits"),
                   ListingOf(entries, is_listed),
                   [&](std::uint64_t number) { return entries.at(number).shown; });
}

Reply GetDirectoryAudit(Call& call) {
  AllowOnly(call.target, {});
  for (const auto& [number, entry] : call.world.audits.entries()) {
    if (!IsKept(call, entry) || entry.shown.at("id") != call.arguments[0]) continue;
    Reply reply;
    reply.body = entry.shown;
    reply.body["@odata.context"] = ContextOf(call, "auditLogs/directoryAudits") + "/$entity";
    return reply;
  }
  throw NotFound(call.arguments[0]);
}

}  // namespace seatkeeper::sim
