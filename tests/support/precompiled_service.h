#pragma once

// As precompiled_policy.h, for the tests of the simulator and of the executables: what they look at
// is JSON.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/json_instances.h"
