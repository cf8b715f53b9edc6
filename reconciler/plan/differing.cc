#include "reconciler/plan/differing.h"

#include <map>
#include <utility>
#include <vector>

#include "reconciler/plan/names.h"
#include "reconciler/plan/new_plans.h"

namespace seatkeeper {
namespace {

class Differing {
 public:
  Differing(const DesiredState& desired, const ObservedState& observed)
      : desired_(desired), observed_(observed), named_(observed.products.size(), kNotNamed) {
    for (std::size_t i = 0; i < desired.products.size(); ++i) {
      const auto& product = desired.products[i];
      if (product.index) named_[*product.index] = static_cast<int>(i);
      columns_.push_back(
          {RowSet(observed.users.size()), RowSet(observed.users.size()), ShapesPlans(product), {}});
    }
  }

  RowSet Find() {
    const auto& users = observed_.users;
    RowSet differing(users.size());
    for (Row row = 0; row < users.size(); ++row) {
      if (!users.assignments_known(row)) differing.Insert(row);
      for (const auto& assignment : users.assignments(row)) {
        const int product = named_[assignment.product];
        if (product != kNotNamed) Take(row, assignment, static_cast<std::size_t>(product));
      }
    }
    for (std::size_t i = 0; i < columns_.size(); ++i) AddDiffering(i, differing);
    return differing;
  }

 private:
  static constexpr int kNotNamed = -1;

  struct Column {
    RowSet held;     ///< From whatever source, in whatever state.
    RowSet healthy;  ///< From exactly one source, active, with the service plans that are wanted.
    bool shaped;
    std::map<std::pair<const PolicyStatement*, PlanSetIndex>, bool> as_wanted;
  };

  static bool ShapesPlans(const DesiredProduct& product) {
    if (product.DecidesNewPlans()) return true;
    for (const auto& statement : product.statements) {
      if (statement.shapes_plans()) return true;
    }
    return false;
  }

  void Take(Row row, const AssignmentRow& assignment, std::size_t product) {
    auto& column = columns_[product];
    if (column.held.Contains(row)) {
      column.healthy.Erase(row);
      return;
    }
    column.held.Insert(row);
    if (assignment.source != AssignmentSource::kUnknown &&
        assignment.state == AssignmentState::kActive &&
        (!column.shaped || PlansAsWanted(row, assignment, product))) {
      column.healthy.Insert(row);
    }
  }

  bool PlansAsWanted(Row row, const AssignmentRow& assignment, std::size_t index) {
    const auto& product = desired_.products[index];
    if (!observed_.products[*product.index].subscribed) return true;
    const auto shape = desired_.ShapeOf(product, row);
    if (shape.statement == nullptr && !product.DecidesNewPlans()) return true;
    if (shape.conflict != nullptr) return false;
    const auto [known, is_new] =
        columns_[index].as_wanted.try_emplace({shape.statement, assignment.disabled_plans});
    if (is_new) {
      const auto off = EffectivePlans(observed_.plan_sets[assignment.disabled_plans],
                                      observed_.products[*product.index]);
      known->second = off == WantedOff(product, shape.statement, off);
    }
    return known->second;
  }

  void AddDiffering(std::size_t index, RowSet& differing) const {
    const auto& product = desired_.products[index];
    const auto& column = columns_[index];
    RowSet wanted = product.granted;
    if (product.rung) {
      const auto& rungs = desired_.ladders[product.rung->ladder].rungs;
      for (std::size_t above = 0; above < product.rung->number; ++above) {
        wanted -= desired_.products[rungs[above]].granted;
      }
    }
    RowSet missing = wanted;
    missing -= column.healthy;
    RowSet unwanted = column.held;
    unwanted -= wanted;
    RowSet unhealthy = column.held;
    unhealthy -= column.healthy;
    differing |= missing;
    differing |= unwanted;
    differing |= unhealthy;
    differing |= product.tied;
  }

  const DesiredState& desired_;
  const ObservedState& observed_;
  std::vector<int> named_;  // From ProductIndex to the place in `columns_`.
  std::vector<Column> columns_;
};

}  // namespace

RowSet RowsThatMayDiffer(const DesiredState& desired, const ObservedState& observed) {
  return Differing(desired, observed).Find();
}

}  // namespace seatkeeper
