#include "reconciler/execute/error_table.h"

#include <algorithm>
#include <array>

#include "policy/text.h"

namespace seatkeeper {
namespace {

using enum ErrorReach;

constexpr std::string_view kConsent =
    "grant the application the permission, with admin consent; `seatkeeper doctor` names it";
constexpr std::string_view kApart = "two service plans cannot be held together";
constexpr std::string_view kOneOff = "turn one of them off in the policy";
constexpr std::string_view kNoLocation = "the user has no usage location";
constexpr std::string_view kSetLocation = "let the policy set one, with usageLocation";
constexpr std::string_view kNoSeat = "no seat of this product is free";
constexpr std::string_view kBuySeats = "buy seats or free some";
constexpr std::string_view kNeedsPlan = "a service plan needs another one";
constexpr std::string_view kBothAlike = "turn both on or both off in the policy";
constexpr std::string_view kDoubleAddress = "an address of this user belongs to another object";
constexpr std::string_view kRemoveAddress = "remove the double address";
constexpr std::string_view kBusy = "another change of the same object is under way";

constexpr std::array kTable = std::to_array<KnownError>({
    // Whatever else these say: they promise that nothing happened.
    {409, "", "", kMoment, kBusy, ""},
    {424, "", "", kMoment, "a request that this one depends on was not carried out", ""},
    {429, "", "", kMoment, "the service asks to slow down", ""},

    // Of refused licences the message tells more than the code.
    {400, "", "invalid usage location", kChange, kNoLocation, kSetLocation, true},
    {400, "", "does not have any available licenses", kProduct, kNoSeat, kBuySeats},
    {400, "", "are mutually exclusive", kChange, kApart, kOneOff},
    {400, "", "conflicts with service plan", kChange, kApart, kOneOff},
    {400, "", "depends on the service plan", kChange, kNeedsPlan, kBothAlike},
    {400, "", "inherited from a group membership", kChange, "the licence comes from a group",
     "change the group's licences or its membership"},
    {400, "", "does not have a corresponding license", kChange,
     "the user does not hold the product any more", "nothing is left to do"},
    {400, "", "does not correspond to a valid company license", kProduct,
     "the tenant does not own this product", "buy it, or take it out of the policy"},
    {400, "", "proxyaddresses already exists", kChange, kDoubleAddress, kRemoveAddress},
    {400, "", "property 'usagelocation'", kChange, "the service knows no such country",
     "use a two-letter ISO code in usageLocation"},
    {400, "", "could not find a property named", kTenant, "the directory knows no such property",
     "check its name in the rules"},

    // Codes that some answers have further in, in `details` or `innerError`.
    {0, "invalidUsageLocation", "", kChange, kNoLocation, kSetLocation, true},
    {0, "CountViolation", "", kProduct, kNoSeat, kBuySeats},
    {0, "noAvailableLicenses", "", kProduct, kNoSeat, kBuySeats},
    {0, "MutuallyExclusiveViolation", "", kChange, kApart, kOneOff},
    {0, "mutuallyExclusiveServicePlans", "", kChange, kApart, kOneOff},
    {0, "DependencyViolation", "", kChange, kNeedsPlan, kBothAlike},
    {0, "ProhibitedInUsageLocationViolation", "", kChange,
     "a service of the product is not offered in the user's country",
     "turn its service plan off in the policy, or correct the usage location"},
    {0, "UniquenessViolation", "", kChange, kDoubleAddress, kRemoveAddress},
    {0, "proxyAddressConflict", "", kChange, kDoubleAddress, kRemoveAddress},
    {0, "missingRequiredPermission", "", kTenant, "the application lacks a permission", kConsent},

    // What passes by itself.
    {0, "Directory_ConcurrencyViolation", "", kMoment, kBusy, ""},
    {0, "LicenseAssignmentAttributeConcurrencyException", "", kMoment, kBusy, ""},
    {400, "Directory_ExpiredPageToken", "", kMoment, "the link to the next page has run out",
     "the next reading begins anew"},
    {0, "syncStateNotFound", "", kMoment, "the service no longer knows what was read before",
     "the next reading is a full one"},
    {0, "resyncRequired", "", kMoment, "the service asks for a full reading",
     "the next reading is a full one"},

    // By the status alone: of what is not known better.
    {401, "", "", kEverything, "the token was not accepted",
     "check the application and the tenant id"},
    {403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant", "", kTenant,
     "the tenant has no Entra ID P1 or P2, which sign-in times need",
     "leave user.signInActivity out of the rules"},
    {403, "Authorization_RequestDenied", "", kTenant, "the application lacks a permission",
     kConsent},
    {403, "", "", kTenant, "the service does not allow this application to do that",
     "run `seatkeeper doctor`"},
    {404, "", "", kChange, "the user or group does not exist any more", ""},
});

bool Fits(const KnownError& known, int status, std::string_view code, const std::string& text) {
  if (known.status != 0 && known.status != status) return false;
  if (text.find(known.part) == std::string::npos) return false;
  return known.code.empty() || EqualsIgnoreCase(known.code, code) ||
         text.find(AsciiLower(known.code)) != std::string::npos;
}

}  // namespace

std::span<const KnownError> KnownErrors() { return kTable; }

const KnownError* FindKnownError(int status, std::string_view code, std::string_view message) {
  const auto text = AsciiLower(message);
  const auto* found = std::ranges::find_if(
      kTable, [&](const KnownError& known) { return Fits(known, status, code, text); });
  return found == kTable.end() ? nullptr : found;
}

ErrorReach ReachOf(const WriteResult& refusal) {
  const auto& service = refusal.service;
  if (service.status == 0 || service.code.starts_with("AADSTS")) return kEverything;
  const auto* known = FindKnownError(service.status, service.code, refusal.message);
  return known == nullptr ? kChange : known->reach;
}

}  // namespace seatkeeper
