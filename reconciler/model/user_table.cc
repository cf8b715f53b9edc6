#include "reconciler/model/user_table.h"

#include <algorithm>

#include "policy/text.h"
#include "reconciler/model/hasher.h"

namespace seatkeeper {
namespace {

using rule::Property;

// What a column says of one row goes in, and how the table numbered it does not.
void AddValue(const StringColumn& column, Row row, Hasher& hasher) {
  hasher.AddNumber(std::min(column.code(row), StringColumn::kFirstText));
  hasher.Add(column.text(row));
}
void AddValue(const BooleanColumn& column, Row row, Hasher& hasher) {
  hasher.AddNumber(static_cast<std::uint64_t>(column.value(row)));
}
void AddValue(const TimeColumn& column, Row row, Hasher& hasher) {
  hasher.AddNumber(static_cast<std::uint64_t>(column.values()[row]));
}
void AddValue(const ListColumn& column, Row row, Hasher& hasher) {
  hasher.AddNumber(std::min(column.code(row), ListColumn::kFirstList));
  const auto items = column.List(column.code(row));
  hasher.AddNumber(items.size());
  for (const auto item : items) hasher.Add(column.items().Text(item));
}
void AddValue(const PlanColumn& column, Row row, Hasher& hasher) {
  hasher.AddNumber(std::min(column.code(row), PlanColumn::kFirstSet));
  const auto set = column.PlanSet(column.code(row));
  hasher.AddNumber(set.size());
  for (const auto index : set) {
    const auto& plan = column.plans()[index];
    hasher.Add(column.texts().Text(plan.service_plan_id));
    hasher.Add(column.texts().Text(plan.service));
    hasher.Add(column.texts().Text(plan.capability_status));
  }
}

}  // namespace

std::string_view UserTable::user_principal_name(Row row) const {
  return strings(Property::kUserPrincipalName)->text(row);
}

std::string_view UserTable::display_name(Row row) const {
  return strings(Property::kDisplayName)->text(row);
}

const StringColumn* UserTable::extension(std::string_view name) const {
  const auto wanted = AsciiLower(name);
  const auto found =
      std::lower_bound(extensions_.begin(), extensions_.end(), wanted,
                       [](const auto& entry, const auto& key) { return entry.first < key; });
  return found == extensions_.end() || found->first != wanted ? nullptr : &found->second;
}

std::span<const AssignmentRow> UserTable::assignments(Row row) const {
  const auto begin = assignment_begin_[row];
  return {rows_.data() + begin, assignment_begin_[row + 1] - begin};
}

std::optional<Row> UserTable::Find(const UserId& id) const {
  const auto found = std::lower_bound(ids_.begin(), ids_.end(), id);
  if (found == ids_.end() || *found != id) return std::nullopt;
  return static_cast<Row>(found - ids_.begin());
}

// Strides that double find the next id near the last one in few steps.
std::size_t UserTable::NotBefore(const UserId& id, std::size_t from) const {
  std::size_t stride = 1;
  auto end = from;
  while (end < ids_.size() && ids_[end] < id) {
    from = end + 1;
    end += stride;
    stride *= 2;
  }
  const auto begin = ids_.begin();
  return static_cast<std::size_t>(
      std::lower_bound(begin + static_cast<std::ptrdiff_t>(from),
                       begin + static_cast<std::ptrdiff_t>(std::min(end, ids_.size())), id) -
      begin);
}

std::optional<Row> UserTable::FindByPrincipalName(std::string_view name) const {
  const auto* names = strings(Property::kUserPrincipalName);
  return names == nullptr ? std::nullopt : principal_names_.Find(name, *names);
}

std::vector<std::uint64_t> UserTable::Fingerprints(std::span<const Row> rows, const Names& names,
                                                   const PropertySet& aside) const {
  std::vector<Hasher> hashers(rows.size());
  const auto for_each = [&](auto&& add) {
    for (std::size_t i = 0; i < rows.size(); ++i) add(rows[i], hashers[i]);
  };
  for_each([&](Row row, Hasher& hasher) { hasher.Add(ids_[row].guid); });
  ForEachColumn(
      [&](const auto& column) {
        for_each([&](Row row, Hasher& hasher) { AddValue(column, row, hasher); });
      },
      aside);
  for_each([&](Row row, Hasher& hasher) { AddAccount(row, hasher); });
  for_each([&](Row row, Hasher& hasher) { AddAssignments(row, names, hasher); });
  std::vector<std::uint64_t> fingerprints(rows.size());
  std::ranges::transform(hashers, fingerprints.begin(), &Hasher::Digest);
  return fingerprints;
}

void UserTable::AddAccount(Row row, Hasher& hasher) const {
  hasher.AddNumber(known_[row] ? 1 : 0);
  const auto type = other_types_.find(row);
  hasher.AddNumber(type == other_types_.end() ? 0 : 1);
  if (type != other_types_.end()) hasher.Add(type->second);
}

// Positions differ between tables, ids do not: rows are ordered by product id, source and group in
// every table, so the sequence is comparable. `updated` is left out: the service touches it without
// changing anything that a decision rests on.
void UserTable::AddAssignments(Row row, const Names& names, Hasher& hasher) const {
  for (const auto& assignment : assignments(row)) {
    hasher.Add(names.products[assignment.product].guid);
    hasher.AddNumber(static_cast<std::uint64_t>(assignment.source));
    hasher.AddNumber(static_cast<std::uint64_t>(assignment.state));
    hasher.Add(assignment.group.guid);
    hasher.Add(names.texts[assignment.error]);
    hasher.Add(names.plan_sets[assignment.disabled_plans]);
  }
}

}  // namespace seatkeeper
