#include "reconciler/plan/import_table.h"

#include <cmath>
#include <map>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "policy/text.h"
#include "reconciler/plan/agents.h"
#include "reconciler/plan/printable.h"

namespace seatkeeper {
namespace {

using rule::Property;

// What people write rules about. Names, addresses and numbers of people are not among them.
constexpr Property kAsked[] = {Property::kDepartment,
                               Property::kCountry,
                               Property::kUsageLocation,
                               Property::kJobTitle,
                               Property::kCompanyName,
                               Property::kOfficeLocation,
                               Property::kEmployeeType,
                               Property::kUserType,
                               Property::kCity,
                               Property::kState,
                               Property::kExtensionAttribute1,
                               Property::kExtensionAttribute2,
                               Property::kExtensionAttribute3,
                               Property::kExtensionAttribute4,
                               Property::kExtensionAttribute5,
                               Property::kExtensionAttribute6,
                               Property::kExtensionAttribute7,
                               Property::kExtensionAttribute8,
                               Property::kExtensionAttribute9,
                               Property::kExtensionAttribute10,
                               Property::kExtensionAttribute11,
                               Property::kExtensionAttribute12,
                               Property::kExtensionAttribute13,
                               Property::kExtensionAttribute14,
                               Property::kExtensionAttribute15};

// With fewer people to a value than this on average, a property is as good as a name.
constexpr std::size_t kPeoplePerValue = 5;

struct Spellings {
  std::vector<Row> rows;
  std::map<std::string_view, std::size_t> counts;

  std::string_view Usual() const {
    std::pair<std::string_view, std::size_t> best{};
    for (const auto& each : counts) {
      if (each.second > best.second) best = each;
    }
    return best.first;
  }
};

}  // namespace

ImportTable::ImportTable(const ObservedState& observed) : people_(observed.users.size()) {
  people_.Complement();
  KeepPeople(observed.users, people_);
  for (const auto property : kAsked) AddTexts(observed, property);
  AddEnabled(observed);
  AddGroups(observed);
}

PropertySet ImportProperties() {
  PropertySet properties;
  for (const auto property : kAsked) properties.Add(property);
  properties.Add(Property::kAccountEnabled);
  return properties;
}

double ImportTable::BitsOf(const ImportAtom& atom) const {
  constexpr double kOfAnyAtom = 2;  // That it is there at all, and of which kind.
  return kOfAnyAtom + std::log2(static_cast<double>(attributes_.size())) +
         std::log2(static_cast<double>(attributes_[atom.attribute].values.size()));
}

void ImportTable::AddTexts(const ObservedState& observed, Property property) {
  const auto* column = observed.users.strings(property);
  if (column == nullptr) return;
  std::map<std::string, Spellings> values;
  std::unordered_map<CodeColumn::Code, Spellings*> by_code;
  std::size_t with_value = 0;
  people_.ForEach([&](Row row) {
    if (!column->has_text(row) || column->text(row).empty()) return;
    ++with_value;
    auto& of_code = by_code[column->code(row)];
    if (of_code == nullptr) of_code = &values[FoldCase(column->text(row))];
    of_code->rows.push_back(row);
    ++of_code->counts[column->text(row)];
  });
  if (values.size() * kPeoplePerValue > with_value) return;
  Attribute attribute{
      .property = property, .codes = std::vector<std::uint32_t>(users(), 0), .values = {}};
  for (auto& [folded, value] : values) {
    const auto usual = value.Usual();
    if (value.rows.size() < kFewestExplained || Printable(usual) != usual) continue;
    attribute.values.push_back({.text = std::string(usual), .rows = std::move(value.rows)});
    const auto code = static_cast<std::uint32_t>(attribute.values.size());
    for (const auto row : attribute.values.back().rows) attribute.codes[row] = code;
  }
  if (!attribute.values.empty()) attributes_.push_back(std::move(attribute));
}

// That an account is disabled is no reason to give it anything: only the other value is asked for.
void ImportTable::AddEnabled(const ObservedState& observed) {
  const auto* column = observed.users.booleans(Property::kAccountEnabled);
  if (column == nullptr) return;
  RowSet enabled(users());
  people_.ForEach([&](Row row) {
    if (column->value(row) == BooleanColumn::Value::kTrue) enabled.Insert(row);
  });
  AddSet(Property::kAccountEnabled, "true", enabled);
}

void ImportTable::AddGroups(const ObservedState& observed) {
  std::set<GroupId> seen;
  for (const auto& reference : observed.references) {
    if (reference.status != GroupReading::Status::kFound || !seen.insert(reference.id).second) {
      continue;
    }
    const auto* group = observed.FindGroup(reference.id);
    if (group == nullptr || Printable(reference.reference) != reference.reference) continue;
    RowSet members(users());
    observed.users.ForEachKnown(group->members, [&](Row row) { members.Insert(row); });
    members &= people_;
    AddSet(std::nullopt, reference.reference, members);
  }
}

void ImportTable::AddSet(std::optional<Property> property, std::string text,
                         const RowSet& members) {
  if (members.Count() < kFewestExplained) return;
  Attribute attribute{
      .property = property, .codes = std::vector<std::uint32_t>(users(), 0), .values = {}};
  auto& value = attribute.values.emplace_back();
  value.text = std::move(text);
  members.ForEach([&](Row row) {
    value.rows.push_back(row);
    attribute.codes[row] = 1;
  });
  attributes_.push_back(std::move(attribute));
}

}  // namespace seatkeeper
