#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "reconciler/model/observed_builder.h"

namespace seatkeeper::test {

inline constexpr auto kExtension = "extension_0123456789abcdef0123456789abcdef_badge";

/// All properties and an extension.
PropertySet Everything();

/// Setters for every kind of column with every kind of value: absent, null, empty and others.
std::vector<std::function<void(ObservedBuilder&)>> EveryValue();

inline constexpr std::size_t kPeople = 24;

/// A reading of users who have one of those values each, another one with another `shift`; those
/// alone whom `who` takes.
ObservedState ReadEveryColumn(std::size_t shift, const std::function<bool(std::size_t)>& who);
ObservedState ReadEveryColumn(std::size_t shift);

}  // namespace seatkeeper::test
