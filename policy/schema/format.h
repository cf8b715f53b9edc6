#pragma once

#include "policy/schema/schema.h"

namespace seatkeeper::schema {

extern const Format kName;          ///< Of a document.
extern const Format kGuid;          ///< In either letter case.
extern const Format kDate;          ///< As ParseDate. The pattern takes every 29 February.
extern const Format kTimeOfDay;     ///< As ParseTimeOfDay.
extern const Format kTimeZone;      ///< The shape of an IANA zone name; whether it exists is open.
extern const Format kCurrency;      ///< The shape of an ISO 4217 code.
extern const Format kCountry;       ///< The shape of an ISO 3166-1 alpha-2 code.
extern const Format kDigest;        ///< "sha256:" and 64 hexadecimal digits.
extern const Format kPropertyName;  ///< The shape of a property of a user.

/// The pattern of ParseDuration, less its limit of ten years.
inline constexpr std::string_view kDurationPattern = "^[0-9]+(ms|s|m|h|d)$";

}  // namespace seatkeeper::schema
