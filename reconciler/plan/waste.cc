#include "reconciler/plan/waste.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "policy/text.h"
#include "reconciler/plan/activity.h"
#include "reconciler/plan/allocate.h"
#include "reconciler/plan/overlap.h"
#include "reconciler/plan/waste_terms.h"

namespace seatkeeper {
namespace {

std::size_t At(WasteReason reason) { return static_cast<std::size_t>(reason); }

// Cheaper products first, of one currency after the other, then those without a price.
std::vector<std::optional<std::size_t>> RanksOf(const std::vector<ProductWaste>& products) {
  std::vector<std::size_t> paid;
  for (std::size_t i = 0; i < products.size(); ++i) {
    if (products[i].billing == Billing::kPaid) paid.push_back(i);
  }
  std::ranges::sort(paid, [&](std::size_t a, std::size_t b) {
    const auto& one = products[a];
    const auto& other = products[b];
    if (!one.price || !other.price || one.price->currency != other.price->currency) {
      return std::tuple(!one.price, one.price ? one.price->currency : "", one.id) <
             std::tuple(!other.price, other.price ? other.price->currency : "", other.id);
    }
    return std::tuple(MonthlyAmount(*one.price, 1), one.id) <
           std::tuple(MonthlyAmount(*other.price, 1), other.id);
  });
  std::vector<std::optional<std::size_t>> ranks(products.size());
  for (std::size_t rank = 0; rank < paid.size(); ++rank) ranks[paid[rank]] = rank;
  return ranks;
}

/// Goes through the users of a reading and counts their seats.
class Counter {
 public:
  Counter(const WasteQuestion& question, std::vector<ProductWaste>& products, WasteReport& report)
      : question_(question),
        users_(question.observed.users),
        products_(products),
        report_(report),
        overlaps_(question.observed, RanksOf(products)) {}

  void Count() {
    for (Row row = 0; row < users_.size(); ++row) CountUser(row);
  }

 private:
  void CountUser(Row row) {
    const auto rows = users_.assignments(row);
    // Rows are ordered by product.
    bool judged = false;
    for (std::size_t begin = 0, end = 0; begin < rows.size(); begin = end) {
      while (end < rows.size() && rows[end].product == rows[begin].product) ++end;
      const auto of_product = rows.subspan(begin, end - begin);
      if (std::ranges::none_of(of_product, &AssignmentRow::holds_seat)) continue;
      if (!std::exchange(judged, true)) Judge(row);
      CountSeat(row, of_product);
    }
  }

  // What is wrong with the account, whatever it holds.
  void Judge(Row row) {
    account_.reset();
    unknown_ = false;
    const auto* enabled = users_.booleans(rule::Property::kAccountEnabled);
    if (enabled != nullptr && enabled->value(row) == BooleanColumn::Value::kFalse) {
      account_ = WasteReason::kDisabledAccount;
      return;
    }
    if (report_.knows_inactive()) {
      const auto activity = ActivityOf(users_, row, question_.now - *question_.inactive_after);
      unknown_ = activity == Activity::kUnknown;
      if (activity == Activity::kInactive) account_ = WasteReason::kInactive;
    }
    if (!account_ && IsGuest(row)) account_ = WasteReason::kGuest;
  }

  bool IsGuest(Row row) const {
    const auto* types = users_.strings(rule::Property::kUserType);
    return types != nullptr && EqualsIgnoreCase(types->text(row), "Guest");
  }

  void CountSeat(Row row, std::span<const AssignmentRow> of_product) {
    const auto index = of_product.front().product;
    auto& product = products_[index];
    ++product.seen;
    const auto from = [&](AssignmentSource source) {
      return std::ranges::any_of(of_product, [&](const AssignmentRow& each) {
        return each.source == source && each.holds_seat();
      });
    };
    if (from(AssignmentSource::kDirect) && from(AssignmentSource::kGroup)) {
      ++product.redundant_direct;
    }
    if (product.billing != Billing::kPaid && product.billing != Billing::kSelfService) return;
    WastedSeat seat{.row = row, .product = index};
    const bool wasted = ReasonOf(seat);
    if (unknown_ && !wasted) ++product.activity_unknown;
    if (!wasted) return;
    ++product.wasted[At(seat.reason)];
    if (seat.reason == WasteReason::kInactive && HoldsWithout(seat)) ++product.inactive_and_more;
    if (question_.with_seats) report_.seats.push_back(seat);
  }

  bool ReasonOf(WastedSeat& seat) {
    if (account_) {
      seat.reason = *account_;
      return true;
    }
    return ReasonInProduct(seat);
  }

  // Whether the seat of somebody inactive is wasted even if nobody asks about that.
  bool HoldsWithout(WastedSeat seat) { return IsGuest(seat.row) || ReasonInProduct(seat); }

  bool ReasonInProduct(WastedSeat& seat) {
    if (products_[seat.product].billing == Billing::kSelfService) {
      seat.reason = WasteReason::kSelfService;
      return true;
    }
    const auto& covered = overlaps_.Find(users_.assignments(seat.row));
    const auto found = covered.find(seat.product);
    if (found == covered.end()) return false;
    seat.reason = WasteReason::kOverlap;
    seat.covered_by = found->second;
    return true;
  }

  const WasteQuestion& question_;
  const UserTable& users_;
  std::vector<ProductWaste>& products_;  // By ProductIndex.
  WasteReport& report_;
  OverlapFinder overlaps_;
  std::optional<WasteReason> account_;  // Of the user at hand.
  bool unknown_ = false;                // Whether they sign in; likewise.
};

ProductWaste Begin(const Product& product, int assigned, const PlanProduct* planned) {
  ProductWaste waste{.id = product.id,
                     .name = product.name(),
                     .purchased = product.prepaid.enabled,
                     .assigned = assigned,
                     .warning = product.prepaid.warning,
                     .suspended = product.prepaid.suspended};
  if (planned == nullptr) return waste;
  waste.reserve = planned->reserve;
  waste.spare = planned->spare;
  waste.short_by = planned->short_by;
  waste.price = planned->price;
  return waste;
}

// Reserved seats of a plan contain those of self-service subscriptions, beside others.
void TakeOutSelfService(ProductWaste& waste) {
  if (waste.billing != Billing::kPaid) return;
  waste.reserve = std::max(0, waste.reserve - waste.self_service.value_or(0));
}

int ReturnableOf(const ProductWaste& waste) {
  if (waste.billing != Billing::kPaid) return 0;
  const auto needed =
      std::int64_t{waste.self_service.value_or(0)} + waste.assigned + waste.kept() + waste.short_by;
  return needed < waste.billed() ? static_cast<int>(waste.billed() - needed) : 0;
}

void AddCosts(WasteReport& report) {
  std::map<std::string, CurrencyWaste> costs;
  for (const auto& product : report.products) {
    if (product.billed() == 0) continue;
    if (!product.price) {
      report.without_price.push_back(product.name);
      continue;
    }
    const auto& price = *product.price;
    auto& cost = costs[price.currency];
    cost.purchased += MonthlyAmount(price, product.billed());
    cost.unused += MonthlyAmount(price, product.unused_and_billed());
    cost.returnable += MonthlyAmount(price, product.returnable);
    const auto wasted = product.wasted_and_billed();
    for (std::size_t i = 0; i < wasted.size(); ++i) {
      const MonthlyAmount amount(price, wasted[i]);
      cost.wasted[i] += amount;
      cost.wasted_in_all += amount;
    }
  }
  for (auto& [currency, cost] : costs) {
    cost.currency = currency;
    report.costs.push_back(std::move(cost));
  }
  std::ranges::sort(report.without_price);
}

}  // namespace

std::string_view ToString(WasteReason reason) {
  switch (reason) {
    case WasteReason::kDisabledAccount:
      return "disabled_account";
    case WasteReason::kInactive:
      return "inactive";
    case WasteReason::kGuest:
      return "guest";
    case WasteReason::kSelfService:
      return "self_service";
    case WasteReason::kOverlap:
      return "overlap";
  }
  return "";
}

std::string_view ToString(Billing billing) {
  switch (billing) {
    case Billing::kPaid:
      return "paid";
    case Billing::kSelfService:
      return "self-service";
    case Billing::kTrial:
      return "trial";
    case Billing::kFree:
      return "free";
    case Billing::kLapsed:
      return "lapsed";
    case Billing::kCompany:
      return "company";
  }
  return "";
}

int Sum(const SeatsByReason& seats) { return std::accumulate(seats.begin(), seats.end(), 0); }

int ProductWaste::kept() const {
  return std::max(reserve, spare.max.value_or(spare.min.value_or(0)));
}

int ProductWaste::billed() const {
  if (billing != Billing::kPaid && billing != Billing::kSelfService) return 0;
  return std::max(0, purchased - trial.value_or(0));
}

int ProductWaste::unused_and_billed() const { return std::max(0, billed() - assigned); }

SeatsByReason ProductWaste::wasted_and_billed() const {
  auto seats = wasted;
  int room = billed();
  for (auto& count : seats) {
    count = std::min(count, room);
    room -= count;
  }
  return seats;
}

WasteReport FindWaste(const WasteQuestion& question) {
  const auto& observed = question.observed;
  WasteReport report{.inactive_after = question.inactive_after,
                     .sign_ins_read = TellsActivity(observed.users),
                     .subscriptions_read = observed.subscriptions.has_value(),
                     .products = {},
                     .costs = {},
                     .without_price = {},
                     .seats = {}};
  const WasteTerms terms(observed);
  const auto assigned = CountAssigned(observed);
  for (std::size_t i = 0; i < observed.products.size(); ++i) {
    const auto& product = observed.products[i];
    const auto planned = std::ranges::find(question.planned, product.id, &PlanProduct::id);
    auto& waste = report.products.emplace_back(
        Begin(product, assigned[i], planned == question.planned.end() ? nullptr : &*planned));
    terms.Judge(product, waste);
    TakeOutSelfService(waste);
  }
  Counter(question, report.products, report).Count();
  for (auto& product : report.products) {
    product.returnable = ReturnableOf(product);
    terms.ShareOut(product);
  }
  // Until here by ProductIndex.
  std::ranges::sort(report.products, {},
                    [](const ProductWaste& each) { return std::tie(each.name, each.id); });
  AddCosts(report);
  return report;
}

}  // namespace seatkeeper
