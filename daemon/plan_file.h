#pragma once

#include <string>
#include <vector>

#include "policy/result.h"
#include "reconciler/plan/plan.h"

namespace seatkeeper {

/// What `apply PLANFILE` needs of a saved plan. It carries no authority: the plan is computed anew
/// and must come to the same.
struct PlanFile {
  struct Entry {
    std::string id;
    std::string subject;  ///< As SubjectText says it.
  };
  std::string tenant;
  std::string digest;
  std::vector<Entry> go;  ///< Changes with verdict go.
};

/// Reads what WritePlanJson wrote. kInvalid when it is something else.
Result<PlanFile> ParsePlanFile(const std::string& path, const std::string& text);

/// How the plan now differs from the saved one, a line per user or group: "in the file only: ..."
/// and "now only: ...". Empty when it still holds: same tenant, same digest.
std::vector<std::string> DifferencesFrom(const PlanFile& saved, const Plan& now);

}  // namespace seatkeeper
