#pragma once

// What most of reconciler/ and daemon/ includes, compiled once: more than half of what compiling a
// small file costs. Nothing may rely on it: every file includes what it uses, and clang-tidy looks
// at each without it.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "policy/document.h"
#include "reconciler/model/observed_builder.h"
#include "reconciler/plan/plan.h"
