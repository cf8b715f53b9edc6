#pragma once

// What nearly every test of policy/ includes, compiled once. Nothing may rely on it: each file
// still includes what it uses, and compiles without it.
#include <gtest/gtest.h>

#include "policy/precompiled.h"
