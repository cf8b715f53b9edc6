#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "policy/schema/schema.h"

namespace seatkeeper {

/// The tables of policy/schema as JSON Schema, draft 2020-12, for editors and other validators.
/// It accepts what the loader accepts, except where a rule is beyond it: what stands in other
/// documents, in a rule, in the environment or in the YAML text itself. What is not in force is
/// described and refused. Deterministic; indented; ends with a line end.

/// One kind of document alone.
std::string RenderSchema(const schema::Kind& kind);

/// Any document, by its `kind`.
std::string RenderSchema(std::span<const schema::Kind* const> kinds);

}  // namespace seatkeeper
