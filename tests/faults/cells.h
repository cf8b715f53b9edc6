#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "tests/support/json_instances.h"

namespace seatkeeper::test {

/// One call of a cycle, or one page of it, as the tenant sees it.
struct StruckCall {
  std::string name;
  nlohmann::json match;   ///< Of a fault rule (tests/simulator/faults.h).
  std::string told;       ///< What an error about this call must say, as part of its sentence.
  bool lists = false;     ///< Answers with pages of rows.
  bool writes = false;    ///< What it asks for changes the tenant.
  bool of_users = false;  ///< Its rows are users.
  bool delta = false;     ///< Is made only by whoever reads who changed.
};

struct FaultKind {
  std::string name;
  nlohmann::json fault;
  enum class For { kAll, kReads, kWrites, kLists, kUsers } at = For::kAll;
};

/// For how long it strikes.
enum class Moment {
  kOnce,   ///< The first time in the cycle.
  kAgain,  ///< The second and third time.
  kHolds,  ///< Every time, for two cycles.
};

struct Cell {
  StruckCall call;
  FaultKind kind;
  Moment moment = Moment::kOnce;
  int number = 0;  ///< From 1; also the seed of what is drawn.

  /// "Status503_UsersFirst_Holds"
  std::string Name() const;
  /// Whoever asks can tell that something is wrong. A change that an answer leaves out without a
  /// trace shows when everybody is read again.
  bool IsVisible() const;
  nlohmann::json Rule() const;
};

/// For the test framework, which would show its bytes.
void PrintTo(const Cell& cell, std::ostream* out);

const std::vector<StruckCall>& StruckCalls();
const std::vector<FaultKind>& FaultKinds();
std::string NameOf(Moment moment);
/// Every combination that can happen.
std::vector<Cell> Cells();

}  // namespace seatkeeper::test
