#include <fmt/format.h>

#include <map>
#include <tuple>

#include "reconciler/plan/drift_left.h"
#include "reconciler/plan/plan_words.h"
#include "reconciler/plan/printable.h"
#include "reconciler/plan/render_sections.h"

// What the plan leaves as it is, and what there is to say beside it.

namespace seatkeeper {

void WriteDriftLeft(const Plan& plan, TextPage& page) {
  const auto left = DriftLeft(plan);
  if (left.empty()) return;
  page.Heading(fmt::format("Drift that nothing is done about ({})", left.size()));
  using Key = std::tuple<std::string, Drift::Kind, std::string>;
  std::map<Key, std::vector<const Drift*>> alike;
  for (const auto* drift : left) {
    alike[{ProductWord(plan, drift->product), drift->kind, drift->cause}].push_back(drift);
  }
  std::vector<const std::pair<const Key, std::vector<const Drift*>>*> groups;
  groups.reserve(alike.size());
  for (const auto& group : alike) groups.push_back(&group);
  // A cause may name what is one user's own, so that there are as many groups as users.
  page.Fold(groups.size(), 2, [&](std::size_t i) {
    const auto& [product, kind, cause] = groups[i]->first;
    const auto& drifts = groups[i]->second;
    page.Line(fmt::format("  {} {}: {}", product, ToString(kind), Printable(cause)));
    page.Fold(drifts.size(), 6, [&](std::size_t user) {
      const auto& drift = *drifts[user];
      const auto by = drift.author ? ": " + DescribeAuthor(*drift.author) : std::string();
      page.Line("      " + Printable(drift.user_principal_name + by));
    });
  });
}

void WriteWarnings(const Plan& plan, TextPage& page) {
  for (const auto& warning : plan.warnings) {
    page.Heading("warning: " + Printable(warning), TextPage::Tone::kNotice);
  }
}

}  // namespace seatkeeper
