#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "policy/guid.h"
#include "policy/result.h"
#include "reconciler/model/assignment.h"
#include "reconciler/model/columns.h"
#include "reconciler/model/name_index.h"
#include "reconciler/model/property_set.h"
#include "reconciler/model/rows.h"

namespace seatkeeper {

class Hasher;

/// All users of a tenant in columns, ordered by object id, each id once.
/// Move-only, one owner, immutable once built (by ObservedBuilder, by ReadingMerge out of two, or
/// by TableImage out of what was stored);
/// reads from any thread.
class UserTable {
 public:
  UserTable() = default;
  UserTable(UserTable&&) = default;
  UserTable& operator=(UserTable&&) = default;

  std::size_t size() const { return ids_.size(); }
  UserId id(Row row) const { return ids_[row]; }
  std::string_view user_principal_name(Row row) const;
  std::string_view display_name(Row row) const;

  /// nullptr: not selected, or of another type.
  const StringColumn* strings(rule::Property property) const { return Get<StringColumn>(property); }
  const BooleanColumn* booleans(rule::Property property) const {
    return Get<BooleanColumn>(property);
  }
  const TimeColumn* times(rule::Property property) const { return Get<TimeColumn>(property); }
  const ListColumn* lists(rule::Property property) const { return Get<ListColumn>(property); }
  /// assignedPlans; nullptr: not selected.
  const PlanColumn* plans() const { return Get<PlanColumn>(rule::Property::kAssignedPlans); }
  /// A directory extension, its name in any letter case; nullptr: not selected.
  const StringColumn* extension(std::string_view name) const;

  /// False when the reading carried neither licenseAssignmentStates nor assignedLicenses for this
  /// user: what they hold is unknown, which is not the same as nothing.
  bool assignments_known(Row row) const { return known_[row]; }
  /// Ordered; empty when nothing is held or nothing is known.
  std::span<const AssignmentRow> assignments(Row row) const;

  /// False: an agent account, or one of a type of which nobody knows that it is a person's. Such an
  /// account is read like any other, for it may hold seats; policies are not for it.
  bool is_person(Row row) const { return !other_types_.contains(row); }
  /// By row, everybody who is no person, with what Graph calls them (`@odata.type`, as sent).
  const std::map<Row, std::string>& not_people() const { return other_types_; }

  std::optional<Row> Find(const UserId& id) const;
  /// Calls `visit(row)` for each of these users who is in the table. `ordered` is: faster than one
  /// Find each.
  template <typename Visit>
  void ForEachKnown(std::span<const UserId> ordered, Visit&& visit) const {
    std::size_t at = 0;
    for (const auto& id : ordered) {
      at = NotBefore(id, at);
      if (at == ids_.size()) return;
      if (ids_[at] == id) visit(static_cast<Row>(at));
    }
  }
  /// Any letter case. When a name stands twice (it never should), nothing.
  std::optional<Row> FindByPrincipalName(std::string_view name) const;

  /// For each of the users a digest of everything read about them: equal exactly when nothing that
  /// a decision could rest on differs. Comparable only between readings with the same property set,
  /// without those `aside` (directory extensions always count).
  /// Texts and ids go in, positions do not, so two tables that numbered things differently agree.
  /// Column by column: many users at once take a fraction of the time of one after the other, for
  /// their texts stand all over the memory.
  struct Names {
    std::span<const SkuId> products;
    std::span<const std::vector<PlanId>> plan_sets;
    std::span<const std::string> texts;
  };
  std::vector<std::uint64_t> Fingerprints(std::span<const Row> rows, const Names& names,
                                          const PropertySet& aside = {}) const;

 private:
  friend class ObservedBuilder;
  friend class ReadingMerge;
  friend class TableImage;
  /// The first row at or after `from` whose id is not before `id`.
  std::size_t NotBefore(const UserId& id, std::size_t from) const;

  using Column =
      std::variant<std::monostate, StringColumn, BooleanColumn, TimeColumn, ListColumn, PlanColumn>;

  template <typename T>
  const T* Get(rule::Property property) const {
    return std::get_if<T>(&columns_[static_cast<std::size_t>(property)]);
  }
  /// For every selected property but those `aside`, then every extension.
  template <typename Visit>
  void ForEachColumn(Visit&& visit, const PropertySet& aside = {}) const {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (aside.Has(static_cast<rule::Property>(i))) continue;
      std::visit(Overloaded{[](const std::monostate&) {}, visit}, columns_[i]);
    }
    for (const auto& [name, column] : extensions_) visit(column);
  }
  template <typename Visit>
  void ForEachColumn(Visit&& visit) {
    for (auto& column : columns_) std::visit(Overloaded{[](std::monostate&) {}, visit}, column);
    for (auto& [name, column] : extensions_) visit(column);
  }

  void AddAccount(Row row, Hasher& hasher) const;
  void AddAssignments(Row row, const Names& names, Hasher& hasher) const;

  std::vector<UserId> ids_;
  std::array<Column, rule::kPropertyCount> columns_;
  std::vector<std::pair<std::string, StringColumn>> extensions_;  // Ordered by lower-case name.
  std::vector<bool> known_;
  std::map<Row, std::string> other_types_;
  std::vector<std::uint32_t> assignment_begin_;  // size() + 1 offsets into rows_.
  std::vector<AssignmentRow> rows_;
  NameIndex principal_names_;
};

}  // namespace seatkeeper
