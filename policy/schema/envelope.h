#pragma once

#include <array>

#include "policy/schema/kinds.h"

namespace seatkeeper::schema {

/// The keys of a policy document around its `spec`. `kind` is the one word that names it.
constexpr std::array<Key, 4> DocumentKeys(std::span<const Choice> kind, const Mapping& metadata,
                                          const Mapping& spec) {
  return {{
      {.key = "apiVersion",
       .status = Status::kRequired,
       .about = "The version of these files",
       .value = {.choices = kApiVersions,
                 .hint = "write apiVersion: seatkeeper/v1",
                 .code = "api-version"}},
      {.key = "kind",
       .status = Status::kRequired,
       .about = "What this document is",
       .value = {.choices = kind}},
      {.key = "metadata",
       .status = Status::kRequired,
       .about = "What the document is called, and which tenants it is for",
       .value = {.type = Type::kMapping, .mapping = &metadata}},
      {.key = "spec",
       .status = Status::kRequired,
       .about = "What the document says",
       .value = {.type = Type::kMapping, .mapping = &spec}},
  }};
}

}  // namespace seatkeeper::schema
