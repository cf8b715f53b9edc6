#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "policy/rule/property.h"
#include "reconciler/model/observed.h"
#include "reconciler/plan/row_set.h"

namespace seatkeeper {

/// What users of a policy have in common: a property with one of these values or, without a
/// property, membership of the one group that is called so.
struct ImportCondition {
  std::optional<rule::Property> property;
  std::vector<std::string> values;  ///< Ordered, at least one.
};

/// A product that a policy gives.
struct ImportGrant {
  ProductIndex product = 0;
  /// What is off. Nothing: nobody has any of its service plans off, and the policy need not say.
  std::optional<std::vector<PlanId>> disabled;
};

/// A LicensePolicy that describes what users hold.
struct ImportDocument {
  std::vector<ImportCondition> conditions;  ///< All hold; none: users alone.
  std::vector<Row> users;                   ///< Without conditions: whom it names. Ordered.
  std::vector<Row> except;                  ///< Whom the conditions select wrongly. Ordered.
  std::vector<ImportGrant> grants;          ///< By product.
  int priority = 0;
  std::size_t selected = 0;  ///< With conditions: how many satisfy them, exceptions included.
  RowSet described{};        ///< With conditions: who satisfies them, less the exceptions.

  /// The share of those selected who hold all that it gives.
  double Precision() const;
};

/// A product that users get from a group: no policy describes that.
struct ImportInherited {
  ProductIndex product = 0;
  GroupId group;
  std::size_t users = 0;
};

/// A product whose direct holders are not described, and why.
struct ImportGap {
  ProductIndex product = 0;
  std::string why;
  std::size_t holders = 0;
};

/// How much of one product is described how.
struct ImportedProduct {
  ProductIndex product = 0;
  std::size_t holders = 0;   ///< Directly, with a seat.
  std::size_t by_rule = 0;   ///< Of these by a rule or a group; the others are named.
  std::size_t seatless = 0;  ///< Assigned directly without a seat: described by nothing.
};

/// A tenant as policies that a person could have written.
struct Import {
  std::vector<ImportDocument> documents;  ///< Those with conditions first, the broadest first.
  std::vector<ImportedProduct> products;  ///< By product, those that documents give.
  std::vector<ImportInherited> inherited;
  std::vector<ImportGap> gaps;
};

/// What to describe.
struct ImportScope {
  std::set<ProductIndex> only = {};   ///< Empty: every product.
  std::set<ProductIndex> named = {};  ///< Products whose holders are all named: no rules.
};

/// Describes who holds which product directly, and with which service plans: by rules where they
/// explain it (see import_rules.h), by names otherwise. What the documents grant is just what is
/// held. They are all there is: no management (so it stays at `assign-only`), no revocation, no
/// end: nothing that is written from this can take anything away. Where the service plans of a
/// product differ, those whose set is not that of their rule are named in a document above it.
/// Products of one rule share a document where they have nearly the same holders, and values of
/// one property where they give the same. Pure.
Import DescribeTenant(const ObservedState& observed, const ImportScope& scope = {});

}  // namespace seatkeeper
