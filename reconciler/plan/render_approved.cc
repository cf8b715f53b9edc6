#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "reconciler/plan/held_set.h"
#include "reconciler/plan/plan_words.h"
#include "reconciler/plan/printable.h"
#include "reconciler/plan/render_sections.h"

// What approvals have to do with a plan.

namespace seatkeeper {

void WriteApproved(const Plan& plan, TextPage& page) {
  using Key = std::tuple<std::string, std::string, std::string>;  // Who, why, what was approved.
  std::map<Key, std::set<std::string>> changes;                   // By id.
  for (const auto& change : plan.changes) {
    for (const auto& by : change.approved) {
      const auto what = fmt::format("{}{}, {}", by.guardrail,
                                    by.about ? " of " + ProductWord(plan, *by.about) : "",
                                    ShortDigest(by.digest));
      changes[{by.who, by.reason, what}].insert(change.id);
    }
  }
  for (const auto& [key, ids] : changes) {
    const auto& [who, reason, what] = key;
    page.Line(fmt::format("  {} approved by {}: {} ({})", Counted(ids.size(), "change"),
                          Printable(who), Printable(reason), Printable(what)),
              TextPage::Tone::kNotice);
  }
}

void WriteWholeSet(const Plan& plan, TextPage& page) {
  const auto approvable = std::count_if(plan.held_sets.begin(), plan.held_sets.end(),
                                        [](const auto& set) { return set.approvable; });
  if (approvable == 0 || plan.held_sets.size() < 2) return;
  page.Line(fmt::format("  release whatever may be released: `seatkeeper approve {} --reason TEXT`",
                        ShortDigest(plan.held_digest)),
            TextPage::Tone::kNotice);
}

}  // namespace seatkeeper
