#pragma once

// As precompiled.h, for the tests of reconciler/ and daemon/: what nearly all of them include of
// these.
#include "reconciler/precompiled.h"
#include "tests/support/precompiled.h"
