#include "policy/schema/format.h"

#include <algorithm>

#include "policy/country.h"
#include "policy/guid.h"
#include "policy/scalar.h"

namespace seatkeeper::schema {
namespace {

constexpr std::size_t kMaxNameBytes = 128;
constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kAlphanumeric =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view kZonePart =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-";

bool ConsistsOf(std::string_view text, std::string_view characters) {
  return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

bool IsName(std::string_view text) {
  if (text.empty() || text.size() > kMaxNameBytes) return false;
  if (text.front() == ' ' || text.back() == ' ') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return kAlphanumeric.find(c) != std::string_view::npos ||
           std::string_view(" ._-").find(c) != std::string_view::npos;
  });
}

bool IsGuid(std::string_view text) { return Guid::Parse(text).has_value(); }
bool IsDate(std::string_view text) { return ParseDate(text).has_value(); }
bool IsTimeOfDay(std::string_view text) { return ParseTimeOfDay(text).has_value(); }
bool IsCurrency(std::string_view text) { return text.size() == 3 && ConsistsOf(text, kUpper); }

bool IsTimeZone(std::string_view text) {
  if (text.empty() || !ConsistsOf(text.substr(0, 1), kLetters)) return false;
  for (int parts = 1; parts <= 3; ++parts) {
    const auto slash = text.find('/');
    if (!ConsistsOf(text.substr(0, slash), kZonePart)) return false;
    if (slash == std::string_view::npos) return true;
    text.remove_prefix(slash + 1);
  }
  return false;
}

bool IsDigest(std::string_view text) {
  constexpr std::string_view kPrefix = "sha256:";
  if (!text.starts_with(kPrefix)) return false;
  text.remove_prefix(kPrefix.size());
  return text.size() == 64 && ConsistsOf(text, "0123456789abcdef");
}

bool IsPropertyName(std::string_view text) {
  return ConsistsOf(text, kAlphanumeric) && ConsistsOf(text.substr(0, 1), kLetters);
}

}  // namespace

const Format kName{
    .pattern = "^[A-Za-z0-9._-]([A-Za-z0-9 ._-]{0,126}[A-Za-z0-9._-])?$",
    .accepts = IsName,
    .wanted = "a name",
    .hint = "up to 128 of the characters a-z A-Z 0-9 . _ - and blanks in between",
    .code = "bad-name",
    .plain = true,
};
const Format kGuid{
    .pattern = "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
    .accepts = IsGuid,
    .wanted = "a GUID",
    .hint = "as in 11111111-1111-1111-1111-111111111111",
};
const Format kDate{
    .pattern =
        "^(000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-"
        "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|"
        "02-(0[1-9]|[12][0-9]))$",
    .accepts = IsDate,
    .wanted = "a day of the calendar",
    .hint = "year, month and day, as in 2027-03-31",
    .code = "bad-date",
};
const Format kTimeOfDay{
    .pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$",
    .accepts = IsTimeOfDay,
    .wanted = "a time of day",
    .hint = "hours and minutes from \"00:00\" to \"23:59\", as in \"09:00\"",
    .code = "bad-time",
};
const Format kTimeZone{
    .pattern = "^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$",
    .accepts = IsTimeZone,
    .wanted = "the name of a time zone",
    .hint = "a name of the IANA time zone database, as in Europe/Paris or UTC",
    .code = "bad-time-zone",
};
const Format kCurrency{
    .pattern = "^[A-Z]{3}$",
    .accepts = IsCurrency,
    .wanted = "a currency",
    .hint = "three capital letters of ISO 4217, as in EUR or USD",
    .code = "bad-currency",
};
const Format kCountry{
    .pattern = "^[A-Z]{2}$",  // Which of them are countries, only the loader asks.
    .accepts = IsCountryCode,
    .wanted = "a country",
    .hint = "two capital letters of ISO 3166, as in FR",
    .code = "bad-country",
};
const Format kDigest{
    .pattern = "^sha256:[0-9a-f]{64}$",
    .accepts = IsDigest,
    .wanted = "a digest",
    .hint = "copy it from the plan: sha256: and 64 hexadecimal digits",
    .code = "bad-digest",
};
const Format kPropertyName{
    .pattern = "^[A-Za-z][A-Za-z0-9]*$",
    .accepts = IsPropertyName,
    .wanted = "a property of a user",
    .hint = "its name without `user.`, as in country",
    .plain = true,
};

}  // namespace seatkeeper::schema
