#include "reconciler/execute/split.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "policy/text.h"
#include "reconciler/plan/digest.h"
#include "reconciler/plan/ids_in_text.h"
#include "reconciler/seams/planted.h"

namespace seatkeeper {
namespace {

constexpr int kBadRequest = 400;

template <typename List, typename Value>
bool Has(const List& list, const Value& value) {
  return std::ranges::find(list, value) != list.end();
}

/// One product's part of a change. Of a product that is both added and removed there is none.
struct Piece {
  SkuId product;
  const AddLicense* add = nullptr;  ///< nullptr: it is removed.
  bool is_new = false;              ///< With `add`: it was not held before.
  bool is_loss = false;             ///< Counts as a removal.
  std::size_t unit = 0;             ///< Pieces with the same number belong together.
};

/// A change taken apart.
class Pieces {
 public:
  Pieces(const Change& change, const SplitFacts& facts) : facts_(facts) {
    for (const AddLicense& add : change.add) {
      const bool held = Has(Products(change.before), add.product);
      const bool off = Has(change.plans_off, add.product);
      pieces_.push_back({.product = add.product, .add = &add, .is_new = !held, .is_loss = off});
    }
    for (const SkuId& product : change.remove) {
      pieces_.push_back({.product = product, .is_loss = !Has(change.replaced, product)});
    }
    for (std::size_t i = 0; i < pieces_.size(); ++i) pieces_[i].unit = i;
    if (IsPlanted(PlantedBug::kSwapTorn)) return;
    for (const auto& swap : change.swaps) {
      JoinWhere([&](const Piece& piece) {
        return piece.product == swap.first || piece.product == swap.second;
      });
    }
    JoinByRules();
  }

  /// The unit that the refusal is about, if it is about just one.
  std::optional<std::size_t> Blamed(std::string_view message) const {
    const auto text = AsciiLower(message);
    std::set<std::size_t> units;
    for (const Guid& id : Mentions(text)) {
      for (const Piece& piece : pieces_) {
        if (piece.product.guid == id || Concerns(piece, PlanId{id})) units.insert(piece.unit);
      }
    }
    if (units.empty() && IsAboutRemoval(text)) {
      for (const Piece& piece : pieces_) {
        if (piece.add == nullptr) units.insert(piece.unit);
      }
    }
    if (units.size() != 1) return std::nullopt;
    return *units.begin();
  }

  /// What goes without that unit; see RemainderOf.
  std::set<SkuId> Without(std::size_t unit) const {
    const bool lacks_grant = AnyOf(unit, &Piece::is_new) && !IsPlanted(PlantedBug::kSwapTorn);
    std::set<SkuId> left;
    for (const Piece& piece : pieces_) {
      const bool loses = lacks_grant && AnyOf(piece.unit, &Piece::is_loss);
      if (piece.unit != unit && !loses) left.insert(piece.product);
    }
    return left;
  }

  std::vector<SkuId> ProductsOf(std::size_t unit) const {
    std::vector<SkuId> products;
    for (const Piece& piece : pieces_) {
      if (piece.unit == unit) products.push_back(piece.product);
    }
    return products;
  }

 private:
  static std::vector<SkuId> Products(const std::vector<AddLicense>& licenses) {
    std::vector<SkuId> products;
    products.reserve(licenses.size());
    for (const AddLicense& license : licenses) products.push_back(license.product);
    return products;
  }

  static std::vector<Guid> Mentions(std::string_view text) {
    std::vector<Guid> mentions;
    for (const PlanId& id : IdsIn<PlanId>(text)) mentions.push_back(id.guid);
    return mentions;
  }

  /// Both say nothing of which product.
  static bool IsAboutRemoval(std::string_view text) {
    return text.find("inherited from a group membership") != std::string_view::npos ||
           text.find("does not have a corresponding license") != std::string_view::npos;
  }

  /// Switches the plan on, or may take it away.
  bool Concerns(const Piece& piece, const PlanId& plan) const {
    const auto plans = facts_.service_plans.find(piece.product);
    if (plans == facts_.service_plans.end() || !Has(plans->second, plan)) return false;
    return piece.add == nullptr || piece.is_loss || !Has(piece.add->disabled_plans, plan);
  }

  template <typename Predicate>
  void JoinWhere(Predicate belongs) {
    const auto first = std::ranges::find_if(pieces_, belongs);
    if (first == pieces_.end()) return;
    for (const Piece& piece : pieces_) {
      if (belongs(piece)) Join(piece.unit, first->unit);
    }
  }

  void Join(std::size_t from, std::size_t into) {
    for (Piece& piece : pieces_) {
      if (piece.unit == from) piece.unit = into;
    }
  }

  void JoinByRules() {
    for (const auto& [a, b] : facts_.rules.exclusive) {
      JoinWhere([&, &one = a, &other = b](const Piece& piece) {
        return Concerns(piece, one) || Concerns(piece, other);
      });
    }
    for (const auto& [plan, any] : facts_.rules.needs) {
      JoinWhere([&, &needing = plan, &needed = any](const Piece& piece) {
        return Concerns(piece, needing) ||
               std::ranges::any_of(needed, [&](const PlanId& one) { return Concerns(piece, one); });
      });
    }
  }

  bool AnyOf(std::size_t unit, bool Piece::*is) const {
    return std::ranges::any_of(pieces_,
                               [&](const Piece& piece) { return piece.unit == unit && piece.*is; });
  }

  const SplitFacts& facts_;
  std::vector<Piece> pieces_;
};

template <typename T, typename Predicate>
void Drop(BoxedVector<T>& list, Predicate unwanted) {
  std::vector<T> kept = list;
  std::erase_if(kept, unwanted);
  list = std::move(kept);
}

/// Keeps of the change what is about these products.
Change Keep(const Change& change, const std::set<SkuId>& left) {
  Change rest = change;
  const auto out = [&](const SkuId& product) { return !left.contains(product); };
  const auto by_first = [&](const auto& entry) { return out(entry.first); };
  std::erase_if(rest.add, [&](const AddLicense& add) { return out(add.product); });
  std::erase_if(rest.remove, out);
  std::erase_if(rest.takes_seats, out);
  std::erase_if(rest.frees_seats, out);
  Drop(rest.plans_off, out);
  Drop(rest.replaced, out);
  Drop(rest.swaps, by_first);
  Drop(rest.removed_by, by_first);
  Drop(rest.affected, by_first);
  Drop(rest.approved, [&](const ApprovedBy& by) { return out(by.product); });
  if (rest.group) std::erase_if(rest.group->losses, by_first);
  if (rest.add.empty() && !rest.removed_by.empty()) rest.origin = rest.removed_by.front().second;
  rest.id = ChangeId(rest);
  return rest;
}

}  // namespace

SplitFacts SplitFactsOf(const ObservedState& observed, const PlanRules& learned) {
  SplitFacts facts{.service_plans = {}, .rules = learned};
  facts.rules.Add(KnownPlanRules());
  for (const Product& product : observed.products) {
    auto& plans = facts.service_plans[product.id];
    for (const ServicePlan& plan : product.plans) plans.push_back(plan.id);
  }
  return facts;
}

std::optional<Remainder> RemainderOf(const Change& change, const WriteResult& refusal,
                                     const SplitFacts& facts) {
  if (refusal.kind != WriteResult::Kind::kRefused || refusal.service.status != kBadRequest) {
    return std::nullopt;
  }
  // The products were not even tried.
  if (!change.usage_location.empty()) return std::nullopt;
  const Pieces pieces(change, facts);
  const auto unit = pieces.Blamed(refusal.message);
  if (!unit) return std::nullopt;
  const auto left = pieces.Without(*unit);
  if (left.empty()) return std::nullopt;
  Remainder rest{
      .change = Keep(change, left), .culprits = pieces.ProductsOf(*unit), .stays_out = {}};
  for (const auto& product : change.removals()) {
    if (!left.contains(product) && !Has(rest.culprits, product)) rest.stays_out.push_back(product);
  }
  return rest;
}

}  // namespace seatkeeper
