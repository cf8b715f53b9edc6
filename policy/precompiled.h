#pragma once

// What most of policy/ includes, compiled once. Nothing may rely on it: every file includes what it
// uses, and clang-tidy looks at each without it.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "policy/document.h"
#include "policy/fields.h"
#include "policy/text.h"
