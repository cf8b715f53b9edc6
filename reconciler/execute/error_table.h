#pragma once

#include <span>
#include <string>
#include <string_view>

#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

/// What an error of the service is about, and so what else it would befall.
enum class ErrorReach {
  kMoment,      ///< Nothing happened; the same may work a little later.
  kChange,      ///< This change. It stays refused, so what nobody knows counts as that.
  kProduct,     ///< Every change that gives the same product.
  kTenant,      ///< Every change of the tenant, until somebody mends it.
  kEverything,  ///< Whatever is asked as this application: it is not signed in.
};

/// An error that is known. Rows are tried in order, and the first that fits counts.
struct KnownError {
  int status = 0;         ///< 0: any.
  std::string_view code;  ///< The error's, or one that stands in its message; empty: any.
  std::string_view part;  ///< Of the message, in lower case; empty: any.
  ErrorReach reach = ErrorReach::kChange;
  std::string_view meaning;  ///< A sentence without its end.
  std::string_view mend;     ///< Likewise; empty: nothing is to be done.
  /// The user's usage location is what is missing: one that was just set may not be seen yet.
  bool location = false;
};

/// All of them. Nearly every refused licence has the code Request_BadRequest, so that the message
/// decides, in any letter case. Codes and texts as documented for Graph, or as observed: Graph's
/// assignLicense, its errors page, the errors of group-based licensing. Those of signing in are
/// elsewhere (aadsts.h).
std::span<const KnownError> KnownErrors();

/// nullptr where nobody knows it: then it is kept as the service says it, and counts as about this
/// change alone. `message` is the service's, with the codes further in (see ParseGraphError).
const KnownError* FindKnownError(int status, std::string_view code, std::string_view message);

/// How far a refusal reaches. One that was never sent, for there is no token, reaches everything.
ErrorReach ReachOf(const WriteResult& refusal);

}  // namespace seatkeeper
