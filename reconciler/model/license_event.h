#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "policy/guid.h"
#include "reconciler/model/time.h"

namespace seatkeeper {

/// Who or what changes licences.
enum class Actor {
  kUser,            ///< A person who was signed in.
  kApplication,     ///< An application on its own behalf; seatkeeper is one.
  kGroupLicensing,  ///< The service itself, for a group that is licensed.
  kUnknown,         ///< The log names nobody.
};
std::string_view ToString(Actor actor);

/// What the directory's audit log says of one change of what a user holds.
struct LicenseEvent {
  WallTime at{};
  UserId user;
  Actor actor = Actor::kUnknown;
  std::string name{};  ///< A principal name, or what the application is called; may be empty.
  /// The log says of which products: these. Otherwise all three are empty.
  bool names_products = false;
  std::vector<SkuId> gained{};
  std::vector<SkuId> lost{};
  std::vector<SkuId> altered{};  ///< Other service plans of what the user goes on holding.

  friend auto operator<=>(const LicenseEvent&, const LicenseEvent&) = default;
};

/// Who brought about a difference, and when.
struct Author {
  Actor actor = Actor::kUnknown;
  std::string name{};
  WallTime at{};
  /// False: this is the last change of the user's licences, of which the log does not say which
  /// product it was about.
  bool certain = false;

  friend bool operator==(const Author&, const Author&) = default;
};

/// "by ada@contoso.com at 2026-11-20T09:12:33Z", for a page that takes no markup.
std::string DescribeAuthor(const Author& author);

}  // namespace seatkeeper
