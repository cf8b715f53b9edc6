#include "reconciler/plan/import_holders.h"

#include <algorithm>
#include <set>

#include "reconciler/plan/agents.h"
#include "reconciler/plan/holding.h"
#include "reconciler/plan/names.h"

namespace seatkeeper {
namespace {

class Collector {
 public:
  explicit Collector(const ObservedState& observed)
      : observed_(observed),
        people_(observed.users.size()),
        shape_of_set_(observed.products.size()) {
    people_.Complement();
    KeepPeople(observed.users, people_);
    const RowSet nobody(observed.users.size());
    for (std::size_t i = 0; i < observed.products.size(); ++i) {
      all_.push_back({.product = static_cast<ProductIndex>(i),
                      .direct = nobody,
                      .otherwise = nobody,
                      .seatless = nobody});
    }
  }

  std::vector<ImportHolders> Run() {
    people_.ForEach([&](Row row) { Look(row); });
    std::erase_if(all_, [](const ImportHolders& each) {
      return each.shape_of.empty() && each.seatless.Count() == 0;
    });
    return std::move(all_);
  }

 private:
  void Look(Row row) {
    std::map<ProductIndex, Holding> holdings;
    for (const auto& assignment : observed_.users.assignments(row)) {
      holdings.try_emplace(assignment.product, Holding{.known = true})
          .first->second.Add(assignment);
      if (assignment.source == AssignmentSource::kGroup && assignment.holds_seat()) {
        ++all_[assignment.product].inherited[assignment.group];
      }
    }
    for (const auto& [product, holding] : holdings) Sort(row, holding, all_[product]);
  }

  void Sort(Row row, const Holding& holding, ImportHolders& holders) {
    const bool direct = holding.direct != nullptr && holding.direct->holds_seat();
    if (direct && holding.unknown == nullptr) {
      holders.direct.Insert(row);
    } else if (holding.group != nullptr || holding.unknown != nullptr) {
      holders.otherwise.Insert(row);
    } else {
      if (holding.direct != nullptr) holders.seatless.Insert(row);
      return;
    }
    const auto shape = ShapeNumber(holding.shown()->disabled_plans, holders);
    holders.shape_of.emplace_back(row, shape);
    if (shape != 0 && holders.direct.Contains(row)) holders.shaped = true;
  }

  // Few sets are shared by all: each is looked at once.
  std::uint32_t ShapeNumber(PlanSetIndex set, ImportHolders& holders) {
    auto& known = shape_of_set_[holders.product];
    const auto found = known.find(set);
    if (found != known.end()) return found->second;
    const auto plans =
        EffectivePlans(observed_.plan_sets[set], observed_.products[holders.product]);
    auto& shapes = holders.shapes;
    const auto at = std::ranges::find(shapes, plans);
    const auto number = static_cast<std::uint32_t>(at - shapes.begin());
    if (at == shapes.end()) shapes.push_back(plans);
    known.emplace(set, number);
    return number;
  }

  const ObservedState& observed_;
  RowSet people_;
  std::vector<std::map<PlanSetIndex, std::uint32_t>> shape_of_set_;  // By product.
  std::vector<ImportHolders> all_;
};

}  // namespace

std::uint32_t ImportHolders::ShapeOf(Row row) const {
  return std::ranges::lower_bound(shape_of, row, {}, &std::pair<Row, std::uint32_t>::first)->second;
}

std::uint32_t ImportHolders::CommonShape(const RowSet& rows) const {
  std::vector<std::size_t> counts(shapes.size(), 0);
  rows.ForEach([&](Row row) {
    if (direct.Contains(row)) ++counts[ShapeOf(row)];
  });
  return static_cast<std::uint32_t>(std::ranges::max_element(counts) - counts.begin());
}

std::vector<ImportHolders> HoldersByProduct(const ObservedState& observed) {
  return Collector(observed).Run();
}

}  // namespace seatkeeper
