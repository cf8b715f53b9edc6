#pragma once

#include <string>

#include "reconciler/plan/compare.h"
#include "reconciler/plan/text_page.h"

namespace seatkeeper {

/// For people at a terminal: seats and cost, then who is concerned, what is held or lost first.
std::string RenderComparisonText(const PlanComparison& comparison, const TextStyle& style);

/// What a comment of GitHub takes, with room for a few lines around it. Azure DevOps takes more
/// than twice as much, GitLab a million characters.
inline constexpr std::size_t kCommentBytes = 60'000;

/// GitHub Flavored Markdown for the comment of a pull request; GitLab and Azure DevOps show it,
/// too. Begins with an HTML comment that names the tenant, by which a later run finds its own
/// comment. Lists of more than a few names fold; of very long ones the beginning is shown, so that
/// all fits into `max_bytes`. Whatever comes from the tenant or a file stands in code spans, where
/// neither markup nor mentions nor links mean anything.
std::string RenderComparisonMarkdown(const PlanComparison& comparison,
                                     std::size_t max_bytes = kCommentBytes);

/// One JSON document on one line, `kind: Comparison`, as daemon/comparison_schema.h describes it.
std::string RenderComparisonJson(const PlanComparison& comparison);

}  // namespace seatkeeper
