#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <span>

#include "reconciler/plan/cost.h"
#include "reconciler/plan/drift_left.h"
#include "reconciler/plan/duration.h"
#include "reconciler/plan/plan_words.h"
#include "reconciler/plan/printable.h"
#include "reconciler/plan/render_sections.h"

// Who has to wait for a seat, alone or in a circle, and what would end that.

namespace seatkeeper {
namespace {

const PlanProduct* RowOf(const Plan& plan, const SkuId& product) {
  const auto found = std::find_if(plan.products.begin(), plan.products.end(),
                                  [&](const auto& row) { return row.id == product; });
  return found == plan.products.end() ? nullptr : &*found;
}

// " (57.00 USD a month)"; empty where the price is not known.
std::string PriceWords(const PlanProduct* row, std::int64_t seats) {
  if (row == nullptr || !row->price) return "";
  return fmt::format(" ({} {} a month)", MonthlyAmount(*row->price, seats).Grouped(),
                     Printable(row->price->currency));
}

// A seat for each, and those by which the product is overdrawn or its reserve not filled.
std::size_t SeatsToBuy(const PlanProduct* row, std::size_t users) {
  const int lacking = row == nullptr ? 0 : row->reserve - row->free_after();
  return users + static_cast<std::size_t>(std::max(0, lacking));
}

bool InCircle(const Plan& plan, const SkuId& product) {
  return std::any_of(plan.circles.begin(), plan.circles.end(), [&](const auto& circle) {
    return std::find(circle.products.begin(), circle.products.end(), product) !=
           circle.products.end();
  });
}

std::string WaitingLine(const Plan& plan, const Waiting& entry) {
  const auto age = Age(plan.observed_at - entry.since);
  auto line = fmt::format("    {:>4}. {:<34} {}", entry.place, Printable(entry.user_principal_name),
                          entry.begins ? "from now on" : "for " + age);
  if (entry.served) line += ", has a lower rung";
  return line + fmt::format(" ({})", Printable(entry.policy));
}

void WriteQueue(const Plan& plan, std::span<const Waiting> queue, TextPage& page) {
  const auto& product = queue.front().product;
  const auto served =
      std::count_if(queue.begin(), queue.end(), [](const auto& entry) { return entry.served; });
  const auto* row = RowOf(plan, product);
  const auto buy = SeatsToBuy(row, queue.size());
  auto text = fmt::format("  {}: {}; {} to buy{}", ProductWord(plan, product),
                          Counted(queue.size(), "user"), Counted(buy, "seat"),
                          PriceWords(row, static_cast<std::int64_t>(buy)));
  if (InCircle(plan, product)) text += ", fewer to end the circle below";
  if (served > 0) text += fmt::format("; {} with a lower rung for the time", served);
  page.Line(text, TextPage::Tone::kNotice);
  page.Fold(queue.size(), 6, [&](std::size_t i) { page.Line(WaitingLine(plan, queue[i])); });
}

struct Unwanted {
  std::set<UserId> users;
  std::set<UserId> through_groups;
};

// Seats of users whom no policy grants the product, and whom the plan leaves it. Those who have it
// twice are not among them: the other source goes on using the seat.
void WriteGiveBack(const Plan& plan, TextPage& page) {
  std::map<std::string, Unwanted> products;
  for (const auto* drift : DriftLeft(plan)) {
    const bool inherited = drift->kind == Drift::Kind::kInherited;
    if (!inherited && drift->kind != Drift::Kind::kExtra) continue;
    auto& unwanted = products[ProductWord(plan, drift->product)];
    unwanted.users.insert(drift->user);
    if (inherited) unwanted.through_groups.insert(drift->user);
  }
  if (products.empty()) return;
  page.Line("  Seats that could be given back, for no policy grants them:");
  for (const auto& [product, unwanted] : products) {
    const auto through = unwanted.through_groups.size();
    page.Line(fmt::format("    {}: {}{}", product, unwanted.users.size(),
                          through == 0 ? "" : fmt::format(", {} of them through groups", through)));
  }
}

void WriteCircle(const Plan& plan, const WaitingCircle& circle, TextPage& page) {
  page.Line(fmt::format("  {} swap {} and wait for each other's seats",
                        Counted(circle.users, "user"), ProductWords(plan, circle.products)),
            TextPage::Tone::kNotice);
  if (circle.seats_needed.empty()) {
    page.Line("    no seats of these products alone would let them go");
    return;
  }
  std::vector<std::string> needed;
  for (const auto& [product, seats] : circle.seats_needed) {
    needed.push_back(
        fmt::format("{} of {}{}", Counted(static_cast<std::size_t>(seats), "more seat"),
                    ProductWord(plan, product), PriceWords(RowOf(plan, product), seats)));
  }
  page.Line(fmt::format("    {} would let them go", fmt::join(needed, " and ")));
}

}  // namespace

void WriteWaiting(const Plan& plan, TextPage& page) {
  if (plan.waiting.empty()) return;
  page.Heading(fmt::format("Waiting for a seat ({})", plan.waiting.size()));
  for (auto begin = plan.waiting.begin(); begin != plan.waiting.end();) {
    const auto end = std::find_if(begin, plan.waiting.end(), [&](const auto& entry) {
      return entry.product != begin->product;
    });
    WriteQueue(plan, std::span(begin, end), page);
    begin = end;
  }
  WriteGiveBack(plan, page);
}

void WriteCircles(const Plan& plan, TextPage& page) {
  if (plan.circles.empty()) return;
  page.Heading(fmt::format("Circles of swaps ({})", plan.circles.size()));
  for (const auto& circle : plan.circles) WriteCircle(plan, circle, page);
}

}  // namespace seatkeeper
