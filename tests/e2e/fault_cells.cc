#include "tests/e2e/fault_cells.h"

#include <utility>

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using Way = FaultCell::Way;

// More users than are on one page.
constexpr int kTwoPages = 1100;

json Get(const char* path) { return {{"method", "GET"}, {"path", path}}; }

json GetPage(const char* path, int page) {
  json match = Get(path);
  match["page"] = page;
  return match;
}

json Post(const char* path) { return {{"method", "POST"}, {"path", path}}; }

json Kind(const char* kind) { return {{"kind", kind}}; }

json Status(int status) { return {{"kind", "status"}, {"status", status}}; }

json Throttled(const char* retry_after) {
  json fault = Status(429);
  fault["retryAfter"] = retry_after;
  return fault;
}

json DroppedRows(int rows) { return {{"kind", "dropRows"}, {"rows", rows}}; }

json Without(const char* property) { return {{"kind", "omit"}, {"property", property}}; }

/// Collects the cells of one call.
class Call {
 public:
  Call(std::vector<FaultCell>& cells, std::string name, json match, Way way = Way::kApply,
       int users = 60)
      : cells_(cells), name_(std::move(name)), match_(std::move(match)), way_(way), users_(users) {}

  Call& Once(const char* kind, const json& fault, std::vector<std::string> told = {}) {
    return Add(std::string(kind) + "_Once", fault, 1, std::move(told));
  }
  Call& Twice(const char* kind, const json& fault, std::vector<std::string> told = {}) {
    return Add(std::string(kind) + "_Twice", fault, 2, std::move(told));
  }
  /// Until it is lifted.
  Call& Holds(const char* kind, const json& fault, std::vector<std::string> told = {}) {
    return Add(std::string(kind) + "_Holds", fault, 0, std::move(told));
  }

 private:
  Call& Add(const std::string& kind, const json& fault, int count, std::vector<std::string> told) {
    json rule{{"match", match_}, {"fault", fault}};
    if (count > 0) rule["count"] = count;
    cells_.push_back({.name = name_ + "_" + kind,
                      .rule = std::move(rule),
                      .told = std::move(told),
                      .way = way_,
                      .users = users_});
    return *this;
  }

  std::vector<FaultCell>& cells_;
  std::string name_;
  json match_;
  Way way_;
  int users_;
};

void AddReadings(std::vector<FaultCell>& cells) {
  Call(cells, "SignIn", Post("*/oauth2/v2.0/token"))
      .Once("Status503", Status(503), {"sign"})
      .Holds("Status401", Status(401), {"sign-in", "401"});
  Call(cells, "Products", Get("/subscribedSkus"))
      .Once("Status429", Throttled("0.128"), {"products"})
      .Holds("Status429Long", Throttled("120.5"), {"products", "429"})
      .Holds("Status401", Status(401), {"products", "401"})
      .Holds("NoJson", Kind("malformed"), {"products"});
  Call(cells, "Subscriptions", Get("/directory/subscriptions"))
      .Holds("Status403", Status(403), {"subscriptions"});
  const json elsewhere{{"kind", "nextLink"}, {"url", "https://elsewhere.example/v1.0/users"}};
  Call(cells, "Users", GetPage("/users", 1))
      .Once("Status401", Status(401), {"users"})
      .Twice("Status504", Status(504), {"users"})
      .Once("Reset", Kind("reset"), {"users"})
      .Once("Truncated", Kind("truncate"), {"users"})
      .Holds("NoValue", Kind("missingValue"), {"users", "value"})
      .Holds("MissingRows", DroppedRows(10), {"users", "not complete"})
      .Holds("LoopingLink", Kind("nextLink"), {"users", "points back"})
      .Holds("ForeignLink", elsewhere, {"users", "another host"})
      .Holds("NoDepartments", Without("department"), {"users", "department"})
      .Holds("NoRowsOfLicences", Without("licenseAssignmentStates"), {"not known"});
  Call(cells, "Users", GetPage("/users", 1), Way::kMidway).Once("Stall", Kind("stall"), {"users"});
  json run_out = Status(400);
  run_out["code"] = "Directory_ExpiredPageToken";
  Call(cells, "SecondPage", GetPage("/users", 2), Way::kApply, kTwoPages)
      .Once("Status401", Status(401), {"users"})
      .Once("Reset", Kind("reset"), {"users"})
      .Holds("LinkRunOut", run_out, {"users, page 2", "has run out"});
  Call(cells, "GroupSearch", Get("/groups?")).Holds("Status403", Status(403), {"group"});
  Call(cells, "Members", GetPage("/groups/*/transitiveMembers", 1))
      .Holds("MissingRow", DroppedRows(1), {"members", "not complete"});
}

void AddChanges(std::vector<FaultCell>& cells) {
  // A single user is read by its id, which has hyphens as no other path below /users does.
  Call(cells, "Recheck", Get("/users/*-*-*-*-*"))
      .Once("Status404", Status(404), {"is gone since"})
      .Holds("Status403", Status(403), {"before the removal"});
  Call(cells, "Batch", Post("/$batch"))
      .Once("Status503", Status(503), {"simulated fault"})
      .Once("Reset", Kind("reset"))
      .Once("NoJson", Kind("malformed"), {"cannot be read"});
  Call(cells, "Batch", Post("/$batch"), Way::kMidway).Once("Stall", Kind("stall"));
  Call(cells, "Assign", Post("/users/*/assignLicense"))
      .Once("Status429", Throttled("0.25"), {"simulated fault"})
      .Once("Status401", Status(401), {"simulated fault"})
      .Twice("Status500", Status(500), {"simulated fault"})
      .Once("LostAnswer", Kind("resetAfterEffect"));
  Call(cells, "Location", {{"method", "PATCH"}, {"path", "/users/*"}})
      .Once("Status503", Status(503), {"usage location"});
  Call(cells, "Everything", json::object()).Holds("Status503", Status(503));
  cells.back().name = "Everything_Status503_NowAndThen";
  cells.back().rule["probability"] = 0.15;
}

void AddDaemon(std::vector<FaultCell>& cells) {
  Call(cells, "Delta", Get("/users/delta"), Way::kDaemon)
      .Holds("Status410", Status(410), {"everybody is read"})
      .Holds("NoJson", Kind("malformed"), {"everybody is read"})
      .Holds("LoopingLink", Kind("nextLink"), {"everybody is read"})
      .Once("Reset", Kind("reset"));
}

void AddFront(std::vector<FaultCell>& cells) {
  Call(cells, "Front_Users", GetPage("/users", 1), Way::kFront)
      .Once("Reset", Kind("reset"), {"users"})
      .Once("Truncated", Kind("truncate"), {"users"});
  Call(cells, "Front_Assign", Post("/users/*/assignLicense"), Way::kFront)
      .Once("LostAnswer", Kind("resetAfterEffect"));
}

}  // namespace

void PrintTo(const FaultCell& cell, std::ostream* out) { *out << cell.name; }

const std::vector<FaultCell>& FaultCells() {
  static const std::vector<FaultCell> cells = [] {
    std::vector<FaultCell> all;
    AddReadings(all);
    AddChanges(all);
    AddDaemon(all);
    AddFront(all);
    return all;
  }();
  return cells;
}

}  // namespace seatkeeper::test
