#include "tests/faults/cells.h"

#include <utility>

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using For = FaultKind::For;

json Get(const char* path) { return {{"method", "GET"}, {"path", path}}; }

json GetPage(const char* path, json page) {
  json match = Get(path);
  match["page"] = std::move(page);
  return match;
}

json Post(const char* path) { return {{"method", "POST"}, {"path", path}}; }

json Status(int status) { return {{"kind", "status"}, {"status", status}}; }

bool Applies(const FaultKind& kind, const StruckCall& call) {
  switch (kind.at) {
    case For::kAll:
      return true;
    case For::kReads:
      return !call.writes;
    case For::kWrites:
      return call.writes;
    case For::kLists:
      return call.lists;
    case For::kUsers:
      return call.of_users;
  }
  return false;
}

}  // namespace

const std::vector<StruckCall>& StruckCalls() {
  // A single user is read by its id, which has hyphens as no other path below /users does.
  static const std::vector<StruckCall> calls{
      {.name = "SignIn", .match = Post("*/oauth2/v2.0/token"), .told = "ign"},
      {.name = "Products", .match = Get("/subscribedSkus"), .told = "product", .lists = true},
      {.name = "Subscriptions",
       .match = Get("/directory/subscriptions"),
       .told = "subscription",
       .lists = true},
      {.name = "UserCount", .match = Get("/users/$count"), .told = "user"},
      {.name = "UsersFirst",
       .match = GetPage("/users", 1),
       .told = "user",
       .lists = true,
       .of_users = true},
      {.name = "UsersMiddle",
       .match = GetPage("/users", 2),
       .told = "user",
       .lists = true,
       .of_users = true},
      {.name = "UsersLast",
       .match = GetPage("/users", "last"),
       .told = "user",
       .lists = true,
       .of_users = true},
      {.name = "GroupSearch", .match = Get("/groups?"), .told = "group", .lists = true},
      {.name = "MemberCount", .match = Get("/transitiveMembers/$count"), .told = "member"},
      {.name = "MembersFirst",
       .match = GetPage("/groups/*/transitiveMembers", 1),
       .told = "member",
       .lists = true},
      {.name = "MembersLast",
       .match = GetPage("/groups/*/transitiveMembers", "last"),
       .told = "member",
       .lists = true},
      {.name = "Delta",
       .match = Get("/users/delta"),
       .told = "user",
       .lists = true,
       .of_users = true,
       .delta = true},
      {.name = "Recheck", .match = Get("/users/*-*-*-*-*"), .told = "", .of_users = true},
      {.name = "Batch", .match = Post("/$batch"), .told = "", .writes = true},
      {.name = "Assign", .match = Post("/users/*/assignLicense"), .told = "", .writes = true},
      {.name = "Location",
       .match = {{"method", "PATCH"}, {"path", "/users/*"}},
       .told = "",
       .writes = true},
      {.name = "Everything", .match = json::object(), .told = ""},
  };
  return calls;
}

const std::vector<FaultKind>& FaultKinds() {
  static const std::vector<FaultKind> kinds{
      {"Status429", {{"kind", "status"}, {"status", 429}, {"retryAfter", "2.128"}}},
      {"Status429Long", {{"kind", "status"}, {"status", 429}, {"retryAfter", "120"}}},
      {"Status500", Status(500)},
      {"Status503", Status(503)},
      {"Status504", Status(504)},
      {"Status401", Status(401)},
      {"Status403", Status(403)},
      {"Status404", Status(404)},
      {"Status409", Status(409), For::kWrites},
      {"Status410", Status(410), For::kReads},
      {"Reset", {{"kind", "reset"}}},
      {"Stall", {{"kind", "stall"}}},
      {"Late", {{"kind", "delay"}, {"ms", 90'000}}},
      {"LostAnswer", {{"kind", "resetAfterEffect"}}, For::kWrites},
      {"Truncated", {{"kind", "truncate"}}},
      {"NoJson", {{"kind", "malformed"}}},
      {"NoValue", {{"kind", "missingValue"}}, For::kLists},
      {"MissingRow", {{"kind", "dropRows"}, {"rows", 1}}, For::kLists},
      {"MissingRows", {{"kind", "dropRows"}, {"rows", 10}}, For::kLists},
      {"LoopingLink", {{"kind", "nextLink"}}, For::kLists},
      {"ForeignLink",
       {{"kind", "nextLink"}, {"url", "https://elsewhere.example/v1.0/users"}},
       For::kLists},
      {"EmptyPage", {{"kind", "emptyPage"}}, For::kLists},
      {"NoRowsOfLicences",
       {{"kind", "omit"}, {"property", "licenseAssignmentStates"}},
       For::kUsers},
      {"NoDepartments", {{"kind", "omit"}, {"property", "department"}}, For::kUsers},
      {"NoIds", {{"kind", "omit"}, {"property", "id"}}, For::kUsers},
  };
  return kinds;
}

std::string NameOf(Moment moment) {
  switch (moment) {
    case Moment::kOnce:
      return "Once";
    case Moment::kAgain:
      return "Again";
    case Moment::kHolds:
      return "Holds";
  }
  return "";
}

std::string Cell::Name() const { return kind.name + "_" + call.name + "_" + NameOf(moment); }

bool Cell::IsVisible() const {
  return !(call.delta && (kind.name == "MissingRow" || kind.name == "MissingRows"));
}

json Cell::Rule() const {
  json rule{{"match", call.match}, {"fault", kind.fault}};
  if (moment == Moment::kOnce) rule["count"] = 1;
  if (moment == Moment::kAgain) {
    rule["skip"] = 1;
    rule["count"] = 2;
  }
  return rule;
}

void PrintTo(const Cell& cell, std::ostream* out) { *out << cell.Name(); }

std::vector<Cell> Cells() {
  std::vector<Cell> cells;
  for (const auto& call : StruckCalls()) {
    for (const auto& kind : FaultKinds()) {
      if (!Applies(kind, call)) continue;
      for (const auto moment : {Moment::kOnce, Moment::kAgain, Moment::kHolds}) {
        // For ever it would be a listing without an end that goes somewhere else each time.
        if (kind.name == "EmptyPage" && moment == Moment::kHolds) continue;
        cells.push_back({call, kind, moment, static_cast<int>(cells.size()) + 1});
      }
    }
  }
  return cells;
}

}  // namespace seatkeeper::test
