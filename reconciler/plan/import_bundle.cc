#include "reconciler/plan/import_bundle.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace seatkeeper {
namespace {

// Products share a document as long as no more of those selected are excepted for one of them.
constexpr std::size_t kExceptedOneIn = 10;
// A list of values that is longer is read by nobody.
constexpr std::size_t kMostValues = 20;

class Bundler {
 public:
  Bundler(const ImportTable& table, const std::vector<ImportHolders>& holders)
      : table_(table), holders_(holders) {}

  void Add(std::size_t product) {
    const auto& of = holders_[product];
    for (const auto& rule : FindImportRules(table_, of.direct, of.otherwise)) {
      products_of_[rule].push_back(product);
    }
  }

  std::vector<ImportBundle> Run() {
    for (const auto& [rule, products] : products_of_) Divide(rule, products);
    JoinValues();
    std::ranges::stable_sort(bundles_, std::ranges::greater(),
                             [](const ImportBundle& each) { return each.selected.Count(); });
    return std::move(bundles_);
  }

 private:
  RowSet Lacking(std::size_t product, RowSet rows) const {
    rows -= holders_[product].direct;
    rows -= holders_[product].otherwise;
    return rows;
  }

  // Whoever gets the product from a group has the service plans that the group gives: where they
  // are not those of the policy, that would be drift, or a change.
  void ExceptOtherShapes(ImportBundle& bundle) const {
    for (const auto& part : bundle.parts) {
      const auto& of = holders_[part.holders];
      if (!of.shaped) continue;
      auto others = bundle.selected;
      others &= of.otherwise;
      others.ForEach([&](Row row) {
        if (of.ShapeOf(row) != part.shape) bundle.except.Insert(row);
      });
    }
  }

  // Those whom a rule fits best come together first.
  void Divide(const ImportRule& rule, const std::vector<std::size_t>& products) {
    const auto selected = SelectedBy(rule, table_);
    std::vector<std::tuple<std::size_t, std::size_t, RowSet>> by_lack;
    for (const auto product : products) {
      auto lacking = Lacking(product, selected);
      const auto count = lacking.Count();
      by_lack.emplace_back(count, product, std::move(lacking));
    }
    std::ranges::stable_sort(by_lack, {}, [](const auto& each) {
      return std::pair(std::get<0>(each), std::get<1>(each));
    });
    const ImportBundle empty{.firsts = {rule.first},
                             .second = rule.second,
                             .selected = selected,
                             .except = RowSet(table_.users()),
                             .parts = {}};
    auto together = empty;
    for (const auto& [count, product, lacking] : by_lack) {
      auto all = together.except;
      all |= lacking;
      const bool fits = all.Count() * kExceptedOneIn <= selected.Count();
      if (!fits && !together.parts.empty()) {
        Finish(std::exchange(together, empty));
        all = lacking;
      }
      together.except = all;
      together.parts.push_back({.holders = product, .shape = 0});
    }
    Finish(std::move(together));
  }

  void Finish(ImportBundle bundle) {
    auto described = bundle.selected;
    described -= bundle.except;
    for (auto& part : bundle.parts) part.shape = holders_[part.holders].CommonShape(described);
    std::ranges::sort(bundle.parts);
    ExceptOtherShapes(bundle);
    bundles_.push_back(std::move(bundle));
  }

  // "Sales has E3" and "Legal has E3" are one sentence.
  void JoinValues() {
    using Key =
        std::tuple<std::uint32_t, std::optional<ImportAtom>, std::vector<ImportBundle::Part>>;
    std::map<Key, std::size_t> last;
    std::vector<ImportBundle> joined;
    for (auto& bundle : bundles_) {
      const auto attribute = bundle.firsts.front().attribute;
      const bool group = !table_.attributes()[attribute].property;
      const auto at = last.find({attribute, bundle.second, bundle.parts});
      if (group || at == last.end() || joined[at->second].firsts.size() == kMostValues) {
        last.insert_or_assign({attribute, bundle.second, bundle.parts}, joined.size());
        joined.push_back(std::move(bundle));
        continue;
      }
      auto& into = joined[at->second];
      into.firsts.push_back(bundle.firsts.front());
      into.selected |= bundle.selected;
      into.except |= bundle.except;
    }
    bundles_ = std::move(joined);
  }

  const ImportTable& table_;
  const std::vector<ImportHolders>& holders_;
  std::map<ImportRule, std::vector<std::size_t>> products_of_;
  std::vector<ImportBundle> bundles_;
};

}  // namespace

std::vector<ImportBundle> BundleRules(const ImportTable& table,
                                      const std::vector<ImportHolders>& holders,
                                      const std::vector<bool>& named) {
  Bundler bundler(table, holders);
  for (std::size_t i = 0; i < holders.size(); ++i) {
    if (!named[i]) bundler.Add(i);
  }
  return bundler.Run();
}

}  // namespace seatkeeper
