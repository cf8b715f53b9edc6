#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/document.h"
#include "reconciler/model/observed.h"
#include "reconciler/plan/cost.h"
#include "reconciler/plan/plan.h"

namespace seatkeeper {

/// Why a seat in use does nothing for the tenant. Where several hold, the first of this order
/// counts: each seat counts once. A closed set, for labels.
enum class WasteReason : std::size_t {
  kDisabledAccount,  ///< The account is disabled.
  kInactive,         ///< No successful sign-in for as long as was asked; see activity.h.
  kGuest,            ///< The account is a guest's.
  kSelfService,      ///< Users bought the product for themselves; see self_service.h.
  kOverlap,          ///< Another product gives the user the same service plans; see overlap.h.
};
inline constexpr std::array kWasteReasons{WasteReason::kDisabledAccount, WasteReason::kInactive,
                                          WasteReason::kGuest, WasteReason::kSelfService,
                                          WasteReason::kOverlap};
/// "disabled_account" and so on.
std::string_view ToString(WasteReason reason);

/// Seats by reason.
using SeatsByReason = std::array<int, kWasteReasons.size()>;
int Sum(const SeatsByReason& seats);

/// Who pays for a product, if anybody does. Only what is paid for can be wasted, and only what the
/// tenant's administrators bought can be given back.
enum class Billing {
  kPaid,
  kSelfService,  ///< Users bought it, and nobody else did.
  kTrial,        ///< Its only subscriptions in force are trials.
  kFree,         ///< Free of charge; see IsFreeOfCharge.
  kLapsed,       ///< No seat is in force: expired, suspended or cancelled.
  kCompany,      ///< For the whole company: it has no seats that users take.
};
std::string_view ToString(Billing billing);

/// A subscription in force that can shrink, and by how much when it is next renewed.
struct Renewal {
  std::string subscription;      ///< Its id.
  std::optional<WallTime> at{};  ///< Nothing: the service does not say when.
  int seats = 0;                 ///< In all.
  int returnable = 0;            ///< Seats that nobody would miss.
};

/// One product's seats: what is bought, used and wasted.
struct ProductWaste {
  SkuId id;
  std::string name;  ///< The part number, or the id where there is none.
  Billing billing = Billing::kPaid;
  int purchased = 0;  ///< Seats in force.
  int assigned = 0;   ///< The larger of what the service counts and what the rows show.
  int seen = 0;       ///< Of those: whose holders the reading shows. Only these have a reason.
  int warning = 0;    ///< Seats of expired subscriptions in their grace period.
  int suspended = 0;
  /// Seats of trials and of self-service subscriptions in force, part of `purchased`. Nothing: the
  /// subscriptions were not read, so they count as any other seat.
  std::optional<int> trial{};
  std::optional<int> self_service{};
  int reserve = 0;     ///< As the policy says, without self-service seats.
  SpareSeats spare{};  ///< As the policy says.
  int short_by = 0;    ///< Seats that grants ask for and that are not there.
  SeatsByReason wasted{};
  /// Of those that are wasted as kInactive: seats for which a later reason holds as well.
  int inactive_and_more = 0;
  /// Seats that are bought and not assigned, beyond kept(), trials and self-service seats: as many
  /// can be given back.
  int returnable = 0;
  /// Seats in use of which nobody can tell whether their users sign in: never `kInactive`.
  int activity_unknown = 0;
  /// Users who hold the product directly and from a group as well. They take one seat: no waste.
  int redundant_direct = 0;
  std::optional<UnitPrice> price{};  ///< Of one seat, where the policy says it.
  std::vector<Renewal> renewals{};  ///< By date, then id; `returnable` is shared out in this order.

  int unused() const { return purchased > assigned ? purchased - assigned : 0; }
  /// Seats that stay free: the larger of the reserve and the agreed spare (its `max`, or its
  /// `min`).
  int kept() const;
  /// Seats in force that cost money: all but trials.
  int billed() const;
  /// Of `wasted`, in the order of reasons, what `billed()` has room for: where more seats are in
  /// use than bought, the others cost nothing.
  SeatsByReason wasted_and_billed() const;
  int unused_and_billed() const;
};

/// What the products with a price in one currency cost a month.
struct CurrencyWaste {
  std::string currency;
  MonthlyAmount purchased;
  MonthlyAmount unused;      ///< Not assigned, what is kept included.
  MonthlyAmount returnable;  ///< Not assigned and not kept.
  std::array<MonthlyAmount, kWasteReasons.size()> wasted{};
  MonthlyAmount wasted_in_all;
};

/// A seat that counts as wasted.
struct WastedSeat {
  Row row = 0;
  ProductIndex product = 0;
  WasteReason reason = WasteReason::kDisabledAccount;
  ProductIndex covered_by = 0;  ///< With kOverlap: which product gives the same.
};

struct WasteReport {
  /// As asked; nothing: nobody asked who is inactive.
  std::optional<std::chrono::days> inactive_after{};
  bool sign_ins_read = false;
  bool subscriptions_read = false;
  std::vector<ProductWaste> products;  ///< By name, then id.
  std::vector<CurrencyWaste> costs;    ///< By currency: never added across.
  /// Names of products with seats to pay for and without a price: no cost contains them. Ordered.
  std::vector<std::string> without_price;
  std::vector<WastedSeat> seats;  ///< Where asked for: by user id, then product id.

  /// Who is inactive is known, as far as it is known of each user.
  bool knows_inactive() const { return inactive_after && sign_ins_read; }
};

struct WasteQuestion {
  const ObservedState& observed;
  /// The products that policy names, with reserve, spare, price and shortage, as a plan has them.
  std::span<const PlanProduct> planned;
  WallTime now{};
  /// A user without a successful sign-in for so long is inactive; nothing: nobody is.
  std::optional<std::chrono::days> inactive_after{};
  bool with_seats = false;  ///< Name each wasted seat.
};

/// Counts the seats that are paid for and do nothing. Pure; the order of users, products and
/// subscriptions does not matter. Users who were deleted and can be restored are in no reading:
/// what they still hold is part of `assigned` as long as the service counts it, and has no reason.
WasteReport FindWaste(const WasteQuestion& question);

/// What is listed with thousands of seats that nobody pays for: Microsoft's free and viral
/// products. Graph has no flag for them; these are the part numbers that Microsoft's table of
/// products names as free, viral, ad hoc or exploratory. Any letter case.
bool IsFreeOfCharge(std::string_view part_number);

}  // namespace seatkeeper
