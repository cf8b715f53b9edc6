#pragma once

#include <string>
#include <vector>

#include "reconciler/plan/compare.h"

namespace seatkeeper {

/// Where a difference is shown. What a reviewer must not miss comes first.
enum class CompareSection { kHeld, kReleased, kLoses, kNotGiven, kSwitches, kGains, kStays };
std::string_view TitleOf(CompareSection section);

/// The users to whom one document makes the same difference. Texts are Printable.
struct CompareGroup {
  CompareSection section = CompareSection::kGains;
  std::string what;  ///< "SPE_E3 -> SPE_E5 (without YAMMER_ENTERPRISE)", "- SPE_E3".
  std::string why;   ///< "engineering (policies/engineering.yaml:11:16)"; may be empty.
  std::string risk;  ///< "apps, mailbox"; may be empty.
  std::vector<std::string> held;   ///< A sentence per guardrail.
  std::vector<std::string> names;  ///< Of users and groups, in their order.
  std::size_t users = 0;           ///< Members of groups counted.
};

/// By section, what is done, why and how it is held; larger groups first within a section.
std::vector<CompareGroup> GroupComparison(const PlanComparison& comparison);

/// "12 users concerned: 3 lose something, 8 gain something."
std::string SummarizeComparison(const PlanComparison& comparison);

}  // namespace seatkeeper
