#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulator/message.h"

// Small text helpers without state; every function is safe to call from any thread.

namespace seatkeeper::sim {

// ASCII only, which is all that header names, GUIDs and user principal names need.
std::string ToLower(std::string_view text);
std::string ToUpper(std::string_view text);
bool EqualsIgnoringCase(std::string_view left, std::string_view right);

// The pieces between separators; an empty text is one empty piece.
std::vector<std::string> Split(std::string_view text, char separator);

// Undoes percent-encoding; '+' becomes a space only in a query. nullopt for a broken escape.
enum class UrlPart { kPath, kQuery };
std::optional<std::string> PercentDecode(std::string_view text, UrlPart part);

// base64url without padding, as tokens and paging cursors use it (RFC 4648, 5).
std::string Base64Url(std::string_view bytes);
std::optional<std::string> FromBase64Url(std::string_view text);

// 8-4-4-4-12 hexadecimal digits in either letter case.
bool IsGuid(std::string_view text);

// `*` matches any run of characters, slashes included. Letter case is ignored.
bool MatchesGlob(std::string_view pattern, std::string_view text);

// "2026-01-05T08:00:00Z", as Graph prints instants.
std::string IsoTime(WallTimeMs time);
// The instant of such a text, with or without a fraction of a second; nullopt for any other.
std::optional<WallTimeMs> ParseIsoTime(std::string_view text);
// "2026-01-05T08:00:00": the form without a zone that error bodies use.
std::string ErrorTime(WallTimeMs time);
// "Mon, 05 Jan 2026 08:00:00 GMT" for the Date header (RFC 9110, 5.6.7).
std::string HttpDate(WallTimeMs time);
std::int64_t UnixSeconds(WallTimeMs time);

// A number that depends on nothing but the text (64-bit FNV-1a).
std::uint64_t StableHash(std::string_view text);

}  // namespace seatkeeper::sim
