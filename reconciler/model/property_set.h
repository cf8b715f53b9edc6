#pragma once

#include <bitset>
#include <vector>

#include "policy/rule/property.h"
#include "policy/rule/tree.h"

namespace seatkeeper {

/// The user properties that a reading selects: the union of what the policy needs and what
/// planning always needs. Decides `$select` and which columns exist. A value.
class PropertySet {
 public:
  bool Has(rule::Property property) const { return named_[static_cast<std::size_t>(property)]; }
  void Add(rule::Property property) { named_.set(static_cast<std::size_t>(property)); }

  /// Names that differ in letter case only are one extension; of its spellings the least is kept,
  /// so that the order of adding leaves no trace.
  void Add(const rule::DirectoryExtension& extension);
  /// Ordered by name without regard to case, each once.
  const std::vector<rule::DirectoryExtension>& extensions() const { return extensions_; }

  PropertySet& operator|=(const PropertySet& other);
  /// Those that are not in the other set as well.
  PropertySet Without(const PropertySet& other) const;
  friend PropertySet operator|(PropertySet a, const PropertySet& b) { return a |= b; }
  /// Letter case of extensions does not count.
  friend bool operator==(const PropertySet& a, const PropertySet& b);

 private:
  std::bitset<rule::kPropertyCount> named_;
  std::vector<rule::DirectoryExtension> extensions_;
};

/// accountEnabled, displayName, usageLocation, userPrincipalName, userType: without these no plan
/// can be made or shown. The object id is always there.
PropertySet PlanningProperties();
/// Everything but directory extensions, whose names only a policy can tell, and the object id,
/// which is always there as the key of the table.
PropertySet AllProperties();

}  // namespace seatkeeper
