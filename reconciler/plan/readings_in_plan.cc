#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "reconciler/plan/readings.h"

namespace seatkeeper {

void AddReadingReasons(const std::vector<ReadingFinding>& findings, const SkuId& product,
                       std::vector<HeldBy>& reasons) {
  for (const auto& finding : findings) {
    if (!finding.Holds(product)) continue;
    reasons.push_back(finding.why);
    reasons.back().product = product;
  }
}

void AcceptApproved(const std::vector<ReadingFinding>& findings, Plan& plan) {
  for (const auto& finding : findings) {
    const auto concerns = [&](const std::string& guardrail, const std::optional<SkuId>& product) {
      return guardrail == finding.why.guardrail && product && finding.Holds(*product);
    };
    bool released = false;
    bool held = false;
    for (const auto& change : plan.changes) {
      for (const auto& by : change.approved) released |= concerns(by.guardrail, by.about);
      for (const auto& why : change.held) held |= concerns(why.guardrail, why.product);
    }
    if (released && !held) std::erase(plan.not_accepted, finding.figure);
  }
}

void TellReading(ReadingJudgement judgement, Plan& plan) {
  plan.not_accepted = std::move(judgement.unread);
  for (const auto& [figure, why, resting] : judgement.findings) {
    plan.not_accepted.push_back(figure);
    std::vector<std::string> products;
    for (const auto& product : resting.products) products.push_back(plan.ProductName(product));
    plan.warnings.push_back(fmt::format(
        "{}: {}; removals of {} are held. To release them: {}", why.guardrail, why.value,
        resting.whole_tenant ? "the whole tenant" : fmt::format("{}", fmt::join(products, ", ")),
        why.release));
  }
  plan.warnings.insert(plan.warnings.end(), judgement.warnings.begin(), judgement.warnings.end());
  plan.reading = std::move(judgement.reading);
}

}  // namespace seatkeeper
