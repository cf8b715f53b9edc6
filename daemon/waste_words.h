#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/waste_report.h"

namespace seatkeeper {

/// What a report says in words, in every format for people. Nothing in here is escaped.

/// "disabled account" and so on.
std::string_view WordsFor(WasteReason reason);

/// "2 disabled account, 1 guest": of each reason with seats; empty where there is none.
std::string WastedInWords(const SeatsByReason& wasted);

/// What a person should know of a product beyond the figures of the table, a sentence each.
std::vector<std::string> RemarksOn(const ProductWaste& product, const WasteReport& report);

/// How the figures are meant, and what is not known: a sentence each.
std::vector<std::string> NotesOn(const TenantWaste& tenant);

/// Shown where the figure itself is not known.
inline constexpr std::string_view kNotKnown = "not known";

}  // namespace seatkeeper
