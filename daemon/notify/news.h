#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "daemon/notify/target.h"
#include "policy/diagnostic.h"
#include "reconciler/cycle/cycle.h"
#include "reconciler/model/time.h"

namespace seatkeeper {

// What is worth telling somebody who is not looking: figures, products and digests. No users and
// no groups, neither their names nor their ids, and no text that could hold one: that needs a
// person who may see them, and the commands.

/// What a guardrail holds of one product.
struct HeldSetNews {
  std::string guardrail = {};
  std::string product = {};  ///< Empty: the guardrail is about none.
  std::string digest = {};
  std::size_t subjects = 0;  ///< Users and groups.
  bool approvable = false;
};
struct HeldNews {
  std::string digest = {};  ///< Of all that is held.
  std::size_t changes = 0;
  std::vector<HeldSetNews> sets = {};
};

struct AppliedProduct {
  std::string product = {};
  int gained = 0;    ///< Seats.
  int lost = 0;      ///< Users who lose it, also for a higher rung.
  int switched = 0;  ///< Changes of service plans alone.
};
struct AppliedNews {
  std::size_t changes = 0;  ///< The service accepted them.
  std::vector<AppliedProduct> products = {};
};

struct FailedNews {
  std::string error = {};  ///< The kind of error that ended the cycle; empty: only changes failed.
  int status = 0;          ///< The service's answer to it; 0: there was none.
  std::string code = {};
  std::string request_id = {};
  std::string request_date = {};  ///< The service's time of the error, as it wrote it.
  std::size_t refused = 0;
  std::size_t withdrawn = 0;
  std::size_t ambiguous = 0;
  std::string same_as = {};  ///< Which failures these are: the same ones are no news.
};

struct ShortProduct {
  std::string product = {};
  int short_by = 0;       ///< Seats that grants ask for and that are not there.
  int spare_missing = 0;  ///< Free seats that the agreement lacks.
  int purchased = 0;
  int assigned = 0;
};
struct ShortageNews {
  std::vector<ShortProduct> products = {};
};

struct PolicyErrorNews {
  std::size_t errors = 0;
  std::string in_force = {};  ///< The revision that goes on; empty: none.
  struct At {
    std::string place = {};  ///< file:line:column
    std::string code = {};
  };
  std::vector<At> findings = {};  ///< Errors, in order; none: the files could not even be read.
};

/// News of one cycle of one tenant, or of the policy that all share.
struct News {
  std::string tenant = {};           ///< Empty: of the policy.
  std::string cycle = {};            ///< The plan's id, as `history` has it; empty: of the policy.
  std::string policy_revision = {};  ///< In force; empty: none.
  WallTime at{};
  bool planned = false;  ///< There was a plan, so what is absent below is over.
  std::optional<HeldNews> held = std::nullopt;
  std::optional<AppliedNews> applied = std::nullopt;
  std::optional<FailedNews> failed = std::nullopt;
  std::optional<ShortageNews> shortage = std::nullopt;
  std::optional<PolicyErrorNews> policy_error = std::nullopt;

  bool empty() const { return !held && !applied && !failed && !shortage && !policy_error; }
  bool has(NewsKind kind) const;
  void Drop(NewsKind kind);
  /// Whether this news says how things stand there: what it lacks of such a kind is over.
  bool Decides(NewsKind kind) const;
  /// What is the same while nothing has changed; empty where there is nothing, or it never is.
  std::string Sameness(NewsKind kind) const;
};

inline constexpr NewsKind kNewsKinds[] = {NewsKind::kHeld, NewsKind::kApplied, NewsKind::kFailed,
                                          NewsKind::kShortage, NewsKind::kPolicyError};

/// Of a cycle that has ended. One that was told to stop, or found another one at work, has not
/// failed. Pure.
News NewsOf(const CycleReport& report);

/// How the newest policy files stand.
struct PolicyNewsInput {
  const PolicyInForce* in_force = nullptr;  ///< nullptr: none.
  const std::vector<Diagnostic>& findings;
  bool failed = false;  ///< The newest files do not load.
  WallTime now{};
};
News NewsOf(const PolicyNewsInput& policy);

}  // namespace seatkeeper
