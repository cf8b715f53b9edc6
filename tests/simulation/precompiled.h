#pragma once

// As tests/support/precompiled_policy.h, for what looks at a simulated tenant as well: its JSON.
#include <fmt/format.h>

#include "tests/support/json_instances.h"
#include "tests/support/precompiled_core.h"
