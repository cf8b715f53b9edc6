#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/diagnostic.h"
#include "policy/schema/schema.h"
#include "policy/yaml.h"

namespace seatkeeper::schema {

/// Where a value stands in its document, for messages. Built on the stack while going down.
struct Place {
  const Place* above = nullptr;
  std::string_view key{};  ///< "[]" for an item of a list.

  /// "spec.licenses[].product"; empty for a whole document.
  std::string Text() const;
};

/// Reports everything in `node`, however deep, that is not as `value` says. Codes: "unknown-key"
/// (with the nearest), "missing-key", "not-yet-in-force", "empty-value" (a key without value, or
/// empty text), "wrong-type", "bad-value", "out-of-range", "bad-duration", "empty-list", and what
/// the tables say. A reader of a document that passed needs no checks of its own for any of that.
void Check(const yaml::Node& node, const Value& value, std::vector<Diagnostic>& diagnostics,
           const Place& place = {});

}  // namespace seatkeeper::schema
