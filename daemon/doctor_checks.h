#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/exit_code.h"
#include "daemon/permissions.h"
#include "reconciler/graph/probe.h"
#include "reconciler/model/observed.h"
#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

/// One line of `doctor`.
struct Check {
  enum class Verdict { kOk, kWarn, kFail };
  Verdict verdict = Verdict::kOk;
  std::string subject = {};  ///< "contoso groups".
  std::string what = {};
  std::string mend = {};          ///< What to do; empty with kOk.
  ExitCode code = ExitCode::kOk;  ///< With kFail.
};

// What `doctor` makes of what it was told: pure functions, a line per trouble, or one that says
// that there is none. `subject` begins the line.

/// Each permission that is missing for a feature in use, and the least one that would do.
std::vector<Check> JudgePermissions(const std::string& subject,
                                    const std::vector<std::string>& roles,
                                    const FeaturesUsed& features);

/// `skew`: as GraphHttp::clock_skew.
Check JudgeClock(const std::string& subject, std::optional<std::chrono::milliseconds> skew);

/// How near the application is to the limit of its requests.
Check JudgeQuota(const std::string& subject, const GraphProbe& probe);

/// Products with seats that nobody can be given: in grace, suspended, locked out; with the day on
/// which that changes, where subscriptions were read.
std::vector<Check> JudgeSubscriptions(const std::string& subject, const ObservedState& observed);

/// Products that users seem to have bought for themselves.
std::vector<Check> JudgeSelfService(const std::string& subject, const ObservedState& observed);

/// What the groups that policy names are in the tenant, and whether those that it licenses can be
/// licensed. Nothing where it names none. `asked`: as OutlineOf.
std::vector<Check> JudgeGroups(const std::string& subject, const ReadRequest& asked,
                               const ObservedState& observed);

/// What is to be read of a tenant for these checks, of what planning needs: groups that rules reach
/// through are looked up like those that are named.
ReadRequest OutlineOf(ReadRequest needs);

}  // namespace seatkeeper
