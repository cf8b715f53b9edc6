#pragma once

// As precompiled_policy.h, for the tests of reconciler/ and daemon/.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reconciler/precompiled.h"
