#pragma once

// What nearly every test includes, compiled once. Nothing may rely on it: each file still includes
// what it uses, and compiles without it.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/json_instances.h"
