#pragma once

#include <string>
#include <vector>

#include "policy/products.h"
#include "policy/source.h"
#include "reconciler/model/observed.h"
#include "reconciler/plan/import.h"

namespace seatkeeper {

/// What the documents of an import are written with.
struct ImportTextOptions {
  std::string folder;  ///< In front of the files' names; empty: none.
  std::string tenant;  ///< For `metadata.tenants`; empty: there is only one.
  const ProductCatalog& catalog;
};

/// Policy files as a person would have written them: `rules.yaml` with what rules and groups
/// explain, `by-name.yaml` with the rest. Comments say how many users each document describes, how
/// sure it is, and what is not described. The same bytes for the same reading. Whatever a tenant
/// calls things, it stays text: names are quoted where YAML or the rule language needs it.
std::vector<SourceFile> RenderImport(const Import& described, const ObservedState& observed,
                                     const ImportTextOptions& options);

}  // namespace seatkeeper
