#pragma once

#include "reconciler/model/observed.h"
#include "reconciler/plan/desired.h"
#include "reconciler/plan/row_set.h"

namespace seatkeeper {

/// The users who may have too little, too much or something else than the documents say. Everybody
/// else has, of every product that is named, just what is wanted, from one healthy source, so that
/// judging them one by one would find nothing. One pass over the assignments; errs on the side of
/// naming a user. Pure.
RowSet RowsThatMayDiffer(const DesiredState& desired, const ObservedState& observed);

}  // namespace seatkeeper
