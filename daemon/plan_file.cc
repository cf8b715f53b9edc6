#include "daemon/plan_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "daemon/subject_text.h"
#include "reconciler/plan/render_text.h"

namespace seatkeeper {
namespace {

using Json = nlohmann::json;

Error NotAPlan(const std::string& path, std::string_view why) {
  return {.kind = ErrorKind::kInvalid,
          .message = fmt::format("{} is not a plan that `plan --out` saved: {}", path, why),
          .position = {},
          .service = {}};
}

// Of a plan of a million changes only what is compared becomes a tree.
bool IsCompared(int depth, Json::parse_event_t event, const Json& parsed) {
  if (event != Json::parse_event_t::key) return true;
  constexpr int kOfPlan = 1;
  constexpr int kOfChange = 3;
  const auto& key = parsed.get_ref<const std::string&>();
  const auto is = [&](std::string_view name) { return key == name; };
  if (depth == kOfPlan) {
    return is("apiVersion") || is("kind") || is("tenant") || is("digest") || is("changes");
  }
  return depth != kOfChange || is("id") || is("user") || is("group") || is("verdict");
}

std::string SubjectOf(const Json& change) {
  const auto group = change.find("group");
  if (group != change.end()) return SubjectText(group->at("displayName").get<std::string>(), true);
  return SubjectText(change.at("user").at("userPrincipalName").get<std::string>(), false);
}

// Why what was to be sent is not sent now, where it is still in the plan.
std::string KeptBack(const Plan& now, const std::string& id) {
  const auto found = std::ranges::find(now.changes, id, &Change::id);
  if (found == now.changes.end()) return "";
  if (found->verdict == Verdict::kHeld && !found->held.empty()) {
    return ", held now by " + found->held.front().guardrail;
  }
  return found->until.empty() ? ", deferred now" : ", deferred now: " + Printable(found->until);
}

}  // namespace

Result<PlanFile> ParsePlanFile(const std::string& path, const std::string& text) {
  const auto json = Json::parse(text, IsCompared, false);
  if (json.is_discarded()) return NotAPlan(path, "it is not JSON");
  try {
    if (json.at("apiVersion") != "seatkeeper/v1" || json.at("kind") != "Plan") {
      return NotAPlan(path, "apiVersion or kind is another");
    }
    PlanFile file{.tenant = json.at("tenant").get<std::string>(),
                  .digest = json.at("digest").get<std::string>(),
                  .go = {}};
    for (const auto& change : json.at("changes")) {
      if (change.at("verdict") != "go") continue;
      file.go.push_back({.id = change.at("id").get<std::string>(), .subject = SubjectOf(change)});
    }
    return file;
  } catch (const Json::exception& wrong) {
    return NotAPlan(path, wrong.what());
  }
}

std::vector<std::string> DifferencesFrom(const PlanFile& saved, const Plan& now) {
  if (saved.tenant != now.tenant) {
    return {fmt::format("the file is about {}, not {}", Printable(saved.tenant), now.tenant)};
  }
  if (saved.digest == now.digest) return {};
  std::set<std::string> ids_now;
  std::set<std::string> ids_saved;
  for (const auto& entry : saved.go) ids_saved.insert(entry.id);
  std::vector<std::string> lines;
  for (const auto& change : now.changes) {
    if (change.verdict != Verdict::kGo) continue;
    ids_now.insert(change.id);
    if (ids_saved.contains(change.id)) continue;
    lines.push_back(fmt::format("now only: {} {}",
                                SubjectText(change.subject_name(), change.group.has_value()),
                                DescribeChange(now, change)));
  }
  for (const auto& entry : saved.go) {
    if (ids_now.contains(entry.id)) continue;
    lines.push_back(fmt::format("in the file only: {} (change {}{})", entry.subject, entry.id,
                                KeptBack(now, entry.id)));
  }
  std::sort(lines.begin(), lines.end());
  // The same changes from another starting point: the digest covers the state before.
  if (lines.empty()) lines.push_back("the users concerned held something else when it was saved");
  return lines;
}

}  // namespace seatkeeper
