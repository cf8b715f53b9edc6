#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policy/rule/property.h"
#include "reconciler/model/observed.h"
#include "reconciler/model/property_set.h"
#include "reconciler/plan/row_set.h"

namespace seatkeeper {

/// Fewer users than this are no pattern: a rule has to explain at least so many.
inline constexpr std::size_t kFewestExplained = 5;

/// One thing that a policy written by hand could ask of a user: that a property has a value, or
/// that they are in a group. Positions in an ImportTable.
struct ImportAtom {
  std::uint32_t attribute = 0;
  std::uint32_t value = 0;  ///< From 1: 0 stands for users of whom nothing worth asking is known.

  friend auto operator<=>(const ImportAtom&, const ImportAtom&) = default;
};

/// What distinguishes the people of one reading from each other, coded so that counting is fast:
/// one code per person and attribute. Values that differ in letter case only are one, as they are
/// in rules. Left out are values that fewer than kFewestExplained people share, properties of which
/// nearly everybody has a value of their own (they name people and explain nothing), and texts that
/// cannot be shown as they are. Pure; holds nothing of the reading it was made from.
class ImportTable {
 public:
  struct Value {
    std::string text;  ///< As most people's entry spells it; of a group what policies call it.
    std::vector<Row> rows;
  };
  struct Attribute {
    std::optional<rule::Property> property;  ///< Nothing: membership of one group.
    std::vector<std::uint32_t> codes;        ///< By row.
    std::vector<Value> values;               ///< Of code 1, 2, ...
  };

  explicit ImportTable(const ObservedState& observed);

  std::size_t users() const { return people_.universe(); }
  const RowSet& people() const { return people_; }
  const std::vector<Attribute>& attributes() const { return attributes_; }
  const Value& At(const ImportAtom& atom) const {
    return attributes_[atom.attribute].values[atom.value - 1];
  }
  bool Has(Row row, const ImportAtom& atom) const {
    return attributes_[atom.attribute].codes[row] == atom.value;
  }
  /// Bits that it takes to name an atom: the more there is to choose from, the likelier it fits by
  /// chance.
  double BitsOf(const ImportAtom& atom) const;

 private:
  void AddTexts(const ObservedState& observed, rule::Property property);
  void AddEnabled(const ObservedState& observed);
  void AddGroups(const ObservedState& observed);
  void AddSet(std::optional<rule::Property> property, std::string text, const RowSet& members);

  RowSet people_;
  std::vector<Attribute> attributes_;
};

/// The properties that it looks at, where they are to be had.
PropertySet ImportProperties();

}  // namespace seatkeeper
