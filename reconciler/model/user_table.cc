#include "reconciler/model/user_table.h"

#include <algorithm>

#include "policy/text.h"

namespace seatkeeper {
namespace {

using rule::Property;

constexpr Row kAmbiguous = static_cast<Row>(-1);

std::size_t Index(Property property) { return static_cast<std::size_t>(property); }

// FNV-1a over 64 bits with a final mix: stable across processes and builds, and cheap. It only has
// to notice that something differs, not to resist anybody.
class Hasher {
 public:
  void Add(std::string_view bytes) {
    AddNumber(bytes.size());
    for (const char byte : bytes) AddByte(static_cast<unsigned char>(byte));
  }
  void Add(const Guid& guid) {
    for (const auto byte : guid.bytes()) AddByte(byte);
  }
  void AddNumber(std::uint64_t number) {
    for (int shift = 0; shift < 64; shift += 8) {
      AddByte(static_cast<unsigned char>(number >> shift));
    }
  }
  std::uint64_t Digest() const {
    std::uint64_t mixed = state_;
    mixed ^= mixed >> 33;
    mixed *= 0xff51afd7ed558ccdULL;
    mixed ^= mixed >> 33;
    return mixed;
  }

 private:
  void AddByte(unsigned char byte) { state_ = (state_ ^ byte) * 0x100000001b3ULL; }
  std::uint64_t state_ = 0xcbf29ce484222325ULL;
};

}  // namespace

PropertySet PlanningProperties() {
  PropertySet set;
  for (const auto property :
       {Property::kAccountEnabled, Property::kDisplayName, Property::kUsageLocation,
        Property::kUserPrincipalName, Property::kUserType}) {
    set.set(Index(property));
  }
  return set;
}

PropertySet AllProperties() {
  PropertySet set = PropertySet().set();
  set.reset(Index(Property::kObjectId));  // Always there, as the key of the table.
  return set;
}

std::string_view UserTable::user_principal_name(Row row) const {
  return strings_[Index(Property::kUserPrincipalName)]->text(row);
}

std::string_view UserTable::display_name(Row row) const {
  return strings_[Index(Property::kDisplayName)]->text(row);
}

const StringColumn* UserTable::strings(Property property) const {
  const auto& column = strings_[Index(property)];
  return column ? &*column : nullptr;
}

const BooleanColumn* UserTable::booleans(Property property) const {
  const auto& column = booleans_[Index(property)];
  return column ? &*column : nullptr;
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

std::optional<Row> UserTable::FindByPrincipalName(std::string_view name) const {
  const auto found = by_principal_name_.find(FoldCase(name));
  if (found == by_principal_name_.end() || found->second == kAmbiguous) return std::nullopt;
  return found->second;
}

std::uint64_t UserTable::Fingerprint(Row row, const Names& names) const {
  Hasher hasher;
  hasher.Add(ids_[row].guid);
  for (std::size_t index = 0; index < rule::kPropertyCount; ++index) {
    if (strings_[index]) {
      hasher.AddNumber(
          std::min<StringColumn::Code>(strings_[index]->code(row), StringColumn::kFirstText));
      hasher.Add(strings_[index]->text(row));
    } else if (booleans_[index]) {
      hasher.AddNumber(static_cast<std::uint64_t>(booleans_[index]->value(row)));
    }
  }
  hasher.AddNumber(known_[row] ? 1 : 0);
  // Positions differ between tables, ids do not: rows are ordered by product id, source and group
  // in every table, so the sequence is comparable. `updated` is left out: the service touches it
  // without changing anything that a decision rests on.
  for (const auto& assignment : assignments(row)) {
    hasher.Add(names.products[assignment.product].guid);
    hasher.AddNumber(static_cast<std::uint64_t>(assignment.source));
    hasher.AddNumber(static_cast<std::uint64_t>(assignment.state));
    hasher.Add(assignment.group.guid);
    hasher.Add(names.texts[assignment.error]);
    const auto& plans = names.plan_sets[assignment.disabled_plans];
    hasher.AddNumber(plans.size());
    for (const auto& plan : plans) hasher.Add(plan.guid);
  }
  return hasher.Digest();
}

}  // namespace seatkeeper
