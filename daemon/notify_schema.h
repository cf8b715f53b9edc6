#pragma once

#include "policy/schema/schema.h"

namespace seatkeeper {

/// An item of `notify`.
extern const schema::Mapping kNotifyTarget;

// The words of a key, in the order of the enumeration in notify/target.h that they stand for.
extern const schema::Choice kNotifyTypeWords[3];
extern const schema::Choice kNewsKindWords[5];

}  // namespace seatkeeper
