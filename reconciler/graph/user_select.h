#pragma once

#include <string>
#include <string_view>

#include "policy/result.h"
#include "reconciler/model/property_set.h"

namespace seatkeeper {

/// How the properties of rules lie in Graph's users. Source: Graph's user resource type.

inline constexpr std::string_view kSignInActivity = "signInActivity";

/// The object inside the user that holds the property; empty: the user holds it itself.
std::string_view ParentOf(rule::Property property);
/// Whether Graph keeps a list of texts, of which the first item is the property.
bool IsFirstOfList(rule::Property property);

/// The `$select` of users for these properties: `id`, the properties under their Graph names or
/// those of their common object, directory extensions by name, and what assignments are read from.
std::string UserSelect(const PropertySet& properties);

bool SelectsSignIns(const PropertySet& properties);
/// `page_size`, or less: with signInActivity Graph lists at most 500 users per page.
int UserPageSize(const PropertySet& properties, int page_size);
/// Tells in an error of reading users what signInActivity needs, when it is selected and the
/// service refused (403).
void ExplainSignIns(const PropertySet& properties, Error& error);

}  // namespace seatkeeper
