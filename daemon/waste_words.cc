#include "daemon/waste_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "daemon/waste_cost_trend.h"

namespace seatkeeper {
namespace {

std::string Seats(int count) { return fmt::format("{} seat{}", count, count == 1 ? "" : "s"); }

std::string Users(int count) { return fmt::format("{} user{}", count, count == 1 ? "" : "s"); }

std::string_view WordsFor(Billing billing) {
  switch (billing) {
    case Billing::kPaid:
      return "";
    case Billing::kSelfService:
      return "users bought it for themselves (self-service)";
    case Billing::kTrial:
      return "a trial: nobody pays for it, so nothing of it is wasted";
    case Billing::kFree:
      return "free of charge: nothing of it is wasted";
    case Billing::kLapsed:
      return "no seat is in force: nothing of it is wasted";
    case Billing::kCompany:
      return "for the whole company: it has no seats that users take";
  }
  return "";
}

std::string SpareInWords(const SpareSeats& spare) {
  if (spare.min && spare.max) return fmt::format("agreed spare {} to {}", *spare.min, *spare.max);
  if (spare.max) return fmt::format("agreed spare up to {}", *spare.max);
  return spare.min ? fmt::format("agreed spare at least {}", *spare.min) : "";
}

std::string KeptInWords(const ProductWaste& product) {
  std::vector<std::string> why;
  if (product.reserve > 0) why.push_back(fmt::format("reserve {}", product.reserve));
  if (const auto spare = SpareInWords(product.spare); !spare.empty()) why.push_back(spare);
  return fmt::format("{} kept free ({})", product.kept(), fmt::join(why, ", "));
}

std::string RenewalInWords(const Renewal& renewal) {
  const auto when = renewal.at ? FormatTime(*renewal.at).substr(0, 10) : "a date that is not known";
  return fmt::format("{} of {} can be returned at the renewal of {} (subscription {})",
                     renewal.returnable, Seats(renewal.seats), when, renewal.subscription);
}

void AddRenewals(const ProductWaste& product, std::vector<std::string>& remarks) {
  int left = product.returnable;
  for (const auto& renewal : product.renewals) {
    if (renewal.returnable == 0) continue;
    left -= renewal.returnable;
    remarks.push_back(RenewalInWords(renewal));
  }
  if (left > 0) {
    remarks.push_back(fmt::format("{} can be returned; when is not known", Seats(left)));
  }
}

}  // namespace

std::string_view WordsFor(WasteReason reason) {
  switch (reason) {
    case WasteReason::kDisabledAccount:
      return "disabled account";
    case WasteReason::kInactive:
      return "inactive";
    case WasteReason::kGuest:
      return "guest";
    case WasteReason::kSelfService:
      return "self-service";
    case WasteReason::kOverlap:
      return "overlap";
  }
  return "";
}

std::string WastedInWords(const SeatsByReason& wasted) {
  std::vector<std::string> parts;
  for (const auto reason : kWasteReasons) {
    const int seats = wasted[static_cast<std::size_t>(reason)];
    if (seats > 0) parts.push_back(fmt::format("{} {}", seats, WordsFor(reason)));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::vector<std::string> RemarksOn(const ProductWaste& product, const WasteReport& report) {
  std::vector<std::string> remarks;
  const auto add = [&](int count, const std::string& text) {
    if (count > 0) remarks.push_back(text);
  };
  if (const auto words = WordsFor(product.billing); !words.empty()) remarks.emplace_back(words);
  add(Sum(product.wasted), "wasted: " + WastedInWords(product.wasted));
  AddRenewals(product, remarks);
  if (product.billing == Billing::kPaid) add(product.kept(), KeptInWords(product));
  add(product.short_by, Seats(product.short_by) + " short of what policy asks for");
  if (product.billing != Billing::kTrial) {
    add(product.trial.value_or(0), Seats(product.trial.value_or(0)) + " of trials");
  }
  if (product.billing != Billing::kSelfService) {
    add(product.self_service.value_or(0), Seats(product.self_service.value_or(0)) +
                                              " that users bought for themselves (self-service)");
  }
  add(product.warning, Seats(product.warning) + " in grace after expiry");
  add(product.suspended, Seats(product.suspended) + " suspended");
  add(product.redundant_direct, Users(product.redundant_direct) +
                                    " with it directly and from a group: one seat each, no waste");
  if (report.knows_inactive()) {
    add(product.activity_unknown,
        Seats(product.activity_unknown) + " whose users' sign-ins are not known: not inactive");
  }
  return remarks;
}

std::vector<std::string> NotesOn(const TenantWaste& tenant) {
  const auto& waste = tenant.waste;
  std::vector<std::string> notes{
      "A wasted seat counts once, for the first that holds: disabled account, inactive, guest, "
      "self-service, overlap (another product gives the user the same service plans)."};
  if (waste.knows_inactive()) {
    notes.push_back(
        fmt::format("Inactive: no successful sign-in for {} days, by somebody whose "
                    "account is older than that.",
                    waste.inactive_after->count()));
  } else if (waste.inactive_after) {
    notes.push_back(fmt::format("Inactive: {}. {}", kNotKnown, tenant.sign_ins_refused));
  } else {
    notes.push_back(fmt::format("Inactive: {}; --inactive-days asks for it.", kNotKnown));
  }
  if (!waste.subscriptions_read) {
    notes.emplace_back(
        "The subscriptions could not be read: renewals, trials and self-service are not known.");
  }
  if (!tenant.trends.empty()) {
    notes.emplace_back(
        "Day by day the store has what the last complete cycle of each day (UTC) counted. Who is "
        "inactive is not part of what was wasted then, so that all days can be compared.");
  }
  for (auto& note : NotesOnCosts(CostsByDay(waste, tenant.trends)))
    notes.push_back(std::move(note));
  notes.emplace_back(
      "What can be returned leaves the reserve, the agreed spare and open shortages, and counts no "
      "wasted seat: those have to be unassigned first.");
  notes.emplace_back(
      "Deleted users who can be restored are not read: their seats count as assigned as long as "
      "the service counts them, and for no reason.");
  return notes;
}

}  // namespace seatkeeper
