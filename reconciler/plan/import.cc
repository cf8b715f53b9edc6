#include "reconciler/plan/import.h"

#include <algorithm>
#include <map>
#include <utility>

#include "reconciler/plan/import_bundle.h"
#include "reconciler/plan/names.h"

namespace seatkeeper {
namespace {

// Room between priorities for what people add later.
constexpr int kStep = 10;

std::vector<Row> RowsOf(const RowSet& set) {
  std::vector<Row> rows;
  set.ForEach([&](Row row) { rows.push_back(row); });
  return rows;
}

// A bundle and where it stands among those that give the same product with other service plans.
struct Placed {
  ImportBundle bundle;
  RowSet described{};
  int priority = 0;
};

class Describer {
 public:
  Describer(const ObservedState& observed, const ImportScope& scope)
      : observed_(observed), scope_(scope) {}

  Import Run() {
    for (auto& holders : HoldersByProduct(observed_)) Sort(std::move(holders));
    std::vector<bool> named;
    for (const auto& each : holders_) named.push_back(scope_.named.contains(each.product));
    const ImportTable table(observed_);
    for (auto& bundle : BundleRules(table, holders_, named)) Place(std::move(bundle));
    for (const auto& each : placed_) result_.documents.push_back(DocumentOf(each, table));
    for (std::size_t i = 0; i < holders_.size(); ++i) AddNamed(i);
    return std::move(result_);
  }

 private:
  void Sort(ImportHolders holders) {
    if (!scope_.only.empty() && !scope_.only.contains(holders.product)) return;
    for (const auto& [group, users] : holders.inherited) {
      result_.inherited.push_back({.product = holders.product, .group = group, .users = users});
    }
    const auto direct = holders.direct.Count();
    if (direct == 0) return;
    const auto why = WhyNotAssignable(&observed_.products[holders.product]);
    if (!why.empty()) {
      result_.gaps.push_back({.product = holders.product, .why = why, .holders = direct});
      return;
    }
    holders_.push_back(std::move(holders));
  }

  ImportGrant GrantOf(std::size_t index, std::uint32_t shape) const {
    const auto& holders = holders_[index];
    ImportGrant grant{.product = holders.product, .disabled = std::nullopt};
    // Where nobody has anything off, a policy need not speak of service plans.
    if (holders.shaped) grant.disabled = holders.shapes[shape];
    return grant;
  }

  // Of two that give one product to the same people with other service plans, the narrower wins.
  void Place(ImportBundle bundle) {
    Placed placed{.bundle = std::move(bundle)};
    placed.described = placed.bundle.selected;
    placed.described -= placed.bundle.except;
    for (const auto& broader : placed_) {
      if (Disagree(broader.bundle, placed.bundle)) {
        placed.priority = std::max(placed.priority, broader.priority + kStep);
      }
    }
    placed_.push_back(std::move(placed));
  }

  static bool Disagree(const ImportBundle& a, const ImportBundle& b) {
    const bool shapes = std::ranges::any_of(a.parts, [&](const ImportBundle::Part& part) {
      const auto found = std::ranges::find(b.parts, part.holders, &ImportBundle::Part::holders);
      return found != b.parts.end() && found->shape != part.shape;
    });
    if (!shapes) return false;
    auto both = a.selected;
    both &= b.selected;
    return both.Count() > 0;
  }

  ImportDocument DocumentOf(const Placed& placed, const ImportTable& table) const {
    const auto& bundle = placed.bundle;
    ImportDocument document{.conditions = {},
                            .users = {},
                            .except = RowsOf(bundle.except),
                            .grants = {},
                            .priority = placed.priority,
                            .selected = bundle.selected.Count(),
                            .described = placed.described};
    auto& first = document.conditions.emplace_back();
    first.property = table.attributes()[bundle.firsts.front().attribute].property;
    for (const auto& atom : bundle.firsts) first.values.push_back(table.At(atom).text);
    std::ranges::sort(first.values);
    if (bundle.second) {
      document.conditions.push_back(
          {.property = table.attributes()[bundle.second->attribute].property,
           .values = {table.At(*bundle.second).text}});
    }
    for (const auto& part : bundle.parts) {
      document.grants.push_back(GrantOf(part.holders, part.shape));
    }
    return document;
  }

  // Those whom no rule describes, and those whose service plans are not as their rule has them.
  void AddNamed(std::size_t index) {
    const auto& holders = holders_[index];
    RowSet covered(observed_.users.size());
    std::map<Row, std::pair<int, std::uint32_t>> shape;  // What the highest policy says.
    int above = 0;
    for (const auto& placed : placed_) {
      const auto part = std::ranges::find(placed.bundle.parts, index, &ImportBundle::Part::holders);
      if (part == placed.bundle.parts.end()) continue;
      covered |= placed.described;
      above = std::max(above, placed.priority + kStep);
      if (!holders.shaped) continue;
      placed.described.ForEach([&](Row row) {
        auto& said = shape.try_emplace(row, -1, 0).first->second;
        said = std::max(said, std::pair(placed.priority, part->shape));
      });
    }
    std::map<std::uint32_t, std::vector<Row>> named;
    std::size_t by_rule = 0;
    holders.direct.ForEach([&](Row row) {
      if (covered.Contains(row)) ++by_rule;
      const auto own = holders.ShapeOf(row);
      if (!covered.Contains(row) || (holders.shaped && shape.at(row).second != own)) {
        named[own].push_back(row);
      }
    });
    for (auto& [of_shape, rows] : named) {
      result_.documents.push_back({.conditions = {},
                                   .users = std::move(rows),
                                   .except = {},
                                   .grants = {GrantOf(index, of_shape)},
                                   .priority = holders.shaped ? above : 0,
                                   .selected = 0});
    }
    result_.products.push_back({.product = holders.product,
                                .holders = holders.direct.Count(),
                                .by_rule = by_rule,
                                .seatless = holders.seatless.Count()});
  }

  const ObservedState& observed_;
  const ImportScope& scope_;
  Import result_;
  std::vector<ImportHolders> holders_;
  std::vector<Placed> placed_;
};

}  // namespace

double ImportDocument::Precision() const {
  if (selected == 0) return 1;
  return static_cast<double>(selected - except.size()) / static_cast<double>(selected);
}

Import DescribeTenant(const ObservedState& observed, const ImportScope& scope) {
  return Describer(observed, scope).Run();
}

}  // namespace seatkeeper
