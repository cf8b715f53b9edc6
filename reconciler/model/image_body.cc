#include "reconciler/model/image_body.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>
#include <variant>
#include <vector>

#include "reconciler/model/image_bytes.h"
#include "reconciler/model/observed_builder.h"

namespace seatkeeper {
namespace {

using rule::Property;

// --- Properties: by name, so that a new one does not alter the meaning of those before it.

void PutProperties(const PropertySet& properties, ImageWriter& writer) {
  std::vector<std::string_view> names;
  for (const auto& info : rule::Properties()) {
    if (properties.Has(info.property)) names.push_back(info.rule_name);
  }
  writer.Put(std::uint64_t{names.size()});
  for (const auto name : names) writer.PutText(name);
  writer.Put(std::uint64_t{properties.extensions().size()});
  for (const auto& extension : properties.extensions()) writer.PutText(extension.name);
}

PropertySet GetProperties(ImageReader& reader) {
  PropertySet properties;
  for (auto left = reader.GetCount(sizeof(std::uint64_t)); left > 0 && reader.ok(); --left) {
    const auto property = rule::FindProperty(reader.GetText());
    reader.Expect(property.has_value());
    if (property) properties.Add(*property);
  }
  for (auto left = reader.GetCount(sizeof(std::uint64_t)); left > 0 && reader.ok(); --left) {
    properties.Add(rule::DirectoryExtension{std::string(reader.GetText())});
  }
  return properties;
}

// --- Dictionaries. What is interned again in the same order gets the same codes, as long as
// nothing stands there twice.

void PutTexts(const TextDictionary& texts, ImageWriter& writer) {
  writer.PutText(texts.bytes());
  writer.PutAll(texts.ends());
}

std::vector<std::string_view> GetTexts(ImageReader& reader) {
  const auto bytes = reader.GetText();
  const auto ends = reader.GetAll<std::size_t>();
  std::vector<std::string_view> texts;
  texts.reserve(ends.size());
  std::size_t begin = 0;
  for (const auto end : ends) {
    reader.Expect(begin <= end && end <= bytes.size());
    if (!reader.ok()) return {};
    texts.push_back(bytes.substr(begin, end - begin));
    begin = end;
  }
  reader.Expect(begin == bytes.size());
  return texts;
}

// What the codes stand for; nothing, and a failed reader, where one stands for nothing.
template <typename T>
std::vector<T> Meanings(const std::vector<std::uint32_t>& codes, const std::vector<T>& meanings,
                        ImageReader& reader) {
  std::vector<T> found;
  found.reserve(codes.size());
  for (const auto code : codes) {
    reader.Expect(code < meanings.size());
    if (!reader.ok()) return {};
    found.push_back(meanings[code]);
  }
  return found;
}

// --- Columns.

void PutColumn(const StringColumn& column, ImageWriter& writer) {
  PutTexts(column.texts(), writer);
  writer.PutAll(column.codes());
}

void PutColumn(const ListColumn& column, ImageWriter& writer) {
  PutTexts(column.items(), writer);
  writer.Put(std::uint64_t{column.dictionary_end() - ListColumn::kFirstList});
  for (auto code = ListColumn::kFirstList; code < column.dictionary_end(); ++code) {
    writer.PutAll(column.List(code));
  }
  writer.PutAll(column.codes());
}

void PutColumn(const PlanColumn& column, ImageWriter& writer) {
  PutTexts(column.texts(), writer);
  writer.PutAll(column.plans());
  writer.Put(std::uint64_t{column.dictionary_end() - PlanColumn::kFirstSet});
  for (auto code = PlanColumn::kFirstSet; code < column.dictionary_end(); ++code) {
    writer.PutAll(column.PlanSet(code));
  }
  writer.PutAll(column.codes());
}

void PutColumn(const TimeColumn& column, ImageWriter& writer) { writer.PutAll(column.values()); }
void PutColumn(const BooleanColumn& column, ImageWriter& writer) { writer.PutAll(column.values()); }

// `end`: one past the largest code that stands for something.
void GetCodes(CodeColumn& column, CodeColumn::Code end, ImageReader& reader) {
  for (const auto code : reader.GetAll<CodeColumn::Code>()) {
    reader.Expect(code < end);
    column.Append(code);
  }
}

void GetColumn(StringColumn& column, ImageReader& reader) {
  for (const auto text : GetTexts(reader)) {
    const auto next = column.dictionary_end();
    reader.Expect(column.Intern(text) == next);
  }
  GetCodes(column, column.dictionary_end(), reader);
}

void GetColumn(ListColumn& column, ImageReader& reader) {
  const auto items = GetTexts(reader);
  for (auto left = reader.GetCount(sizeof(std::uint64_t)); left > 0 && reader.ok(); --left) {
    const auto list = Meanings(reader.GetAll<std::uint32_t>(), items, reader);
    const auto next = column.dictionary_end();
    reader.Expect(column.Intern(list) == next);
  }
  GetCodes(column, column.dictionary_end(), reader);
}

void GetColumn(PlanColumn& column, ImageReader& reader) {
  const auto texts = GetTexts(reader);
  std::vector<AssignedPlanInput> plans;
  for (const auto& plan : reader.GetAll<PlanColumn::Plan>()) {
    const auto parts =
        Meanings({plan.service_plan_id, plan.service, plan.capability_status}, texts, reader);
    if (!reader.ok()) return;
    plans.push_back(
        {.service_plan_id = parts[0], .service = parts[1], .capability_status = parts[2]});
  }
  for (auto left = reader.GetCount(sizeof(std::uint64_t)); left > 0 && reader.ok(); --left) {
    const auto set = Meanings(reader.GetAll<std::uint32_t>(), plans, reader);
    const auto next = column.dictionary_end();
    reader.Expect(column.Intern(set) == next);
  }
  GetCodes(column, column.dictionary_end(), reader);
}

void GetColumn(TimeColumn& column, ImageReader& reader) {
  for (const auto value : reader.GetAll<std::int64_t>()) {
    column.AppendAbsent();
    column.Set(column.size() - 1, WallTime(std::chrono::milliseconds(value)));
  }
}

void GetColumn(BooleanColumn& column, ImageReader& reader) {
  for (const auto value : reader.GetAll<std::uint8_t>()) {
    reader.Expect(value <= static_cast<std::uint8_t>(BooleanColumn::Value::kTrue));
    column.Append(static_cast<BooleanColumn::Value>(value));
  }
}

// --- What rows refer to.

template <typename T>
bool StrictlyAscending(const std::vector<T>& values) {
  return std::ranges::adjacent_find(values, std::greater_equal<>()) == values.end();
}

void PutNames(const ObservedState& state, ImageWriter& writer) {
  writer.PutAll(state.product_ids);
  writer.Put(std::uint64_t{state.plan_sets.size()});
  for (const auto& plans : state.plan_sets) writer.PutAll(plans);
  writer.Put(std::uint64_t{state.texts.size()});
  for (const auto& text : state.texts) writer.PutText(text);
}

void GetNames(ObservedState& state, ImageReader& reader) {
  state.product_ids = reader.GetAll<SkuId>();
  reader.Expect(StrictlyAscending(state.product_ids));
  for (const auto& id : state.product_ids) state.products.push_back(Product{.id = id});
  state.plan_sets.clear();
  for (auto left = reader.GetCount(sizeof(std::uint64_t)); left > 0 && reader.ok(); --left) {
    state.plan_sets.push_back(reader.GetAll<PlanId>());
  }
  state.texts.clear();
  for (auto left = reader.GetCount(sizeof(std::uint64_t)); left > 0 && reader.ok(); --left) {
    state.texts.emplace_back(reader.GetText());
  }
  reader.Expect(!state.plan_sets.empty() && state.plan_sets.front().empty());
  reader.Expect(!state.texts.empty() && state.texts.front().empty());
}

}  // namespace

/// The users alone: UserTable lets it see its vectors.
class TableImage {
 public:
  static void Put(const UserTable& users, ImageWriter& writer) {
    writer.PutAll(users.ids_);
    writer.PutAll(std::vector<std::uint8_t>(users.known_.begin(), users.known_.end()));
    writer.Put(std::uint64_t{users.other_types_.size()});
    for (const auto& [row, type] : users.other_types_) {
      writer.Put(row);
      writer.PutText(type);
    }
    users.ForEachColumn([&](const auto& column) { PutColumn(column, writer); });
    writer.PutAll(users.assignment_begin_);
    writer.PutAll(users.rows_);
  }

  /// Into a table without users, with the columns that were written.
  static void Get(UserTable& users, ImageReader& reader) {
    users.ids_ = reader.GetAll<UserId>();
    reader.Expect(StrictlyAscending(users.ids_));
    const auto known = reader.GetAll<std::uint8_t>();
    reader.Expect(known.size() == users.size());
    users.known_.assign(known.begin(), known.end());
    GetOtherTypes(users, reader);
    users.ForEachColumn([&](auto& column) {
      GetColumn(column, reader);
      reader.Expect(column.size() == users.size());
    });
    if (!reader.ok()) return;
    if (const auto* names = users.strings(Property::kUserPrincipalName)) {
      users.principal_names_ = NameIndex(*names);
    }
  }

  static void GetAssignments(ObservedState& state, ImageReader& reader) {
    auto& users = state.users;
    users.assignment_begin_ = reader.GetAll<std::uint32_t>();
    users.rows_ = reader.GetAll<AssignmentRow>();
    const auto& begins = users.assignment_begin_;
    reader.Expect(begins.size() == users.size() + 1 && begins.front() == 0 &&
                  begins.back() == users.rows_.size() && std::ranges::is_sorted(begins));
    reader.Expect(std::ranges::all_of(
        users.rows_, [&](const AssignmentRow& row) { return IsSound(row, state); }));
  }

 private:
  static void GetOtherTypes(UserTable& users, ImageReader& reader) {
    for (auto left = reader.GetCount(sizeof(Row)); left > 0 && reader.ok(); --left) {
      const auto row = reader.Get<Row>();
      reader.Expect(row < users.size());
      users.other_types_.emplace(row, reader.GetText());
    }
  }

  static bool IsSound(const AssignmentRow& row, const ObservedState& state) {
    return row.product < state.products.size() && row.disabled_plans < state.plan_sets.size() &&
           row.error < state.texts.size() && row.updated < state.texts.size() &&
           row.source <= AssignmentSource::kUnknown && row.state <= AssignmentState::kOther;
  }
};

std::string WriteImageBody(const ObservedState& state, std::string_view cursor, WallTime since) {
  ImageWriter writer;
  writer.PutText(state.tenant);
  writer.PutText(cursor);
  writer.Put(since.time_since_epoch().count());
  writer.Put(state.read_at.time_since_epoch().count());
  PutProperties(state.properties, writer);
  PutNames(state, writer);
  TableImage::Put(state.users, writer);
  return writer.Take();
}

std::optional<ReadingImage> ReadImageBody(std::string_view bytes) {
  const auto get_time = [](ImageReader& reader) {
    return WallTime(WallTime::duration(reader.Get<WallTime::duration::rep>()));
  };
  ImageReader reader(bytes);
  std::string tenant(reader.GetText());
  ReadingImage image{.state = {}, .cursor = std::string(reader.GetText())};
  image.since = get_time(reader);
  const auto read_at = get_time(reader);
  // Makes the columns that belong to the properties.
  image.state = ObservedBuilder(GetProperties(reader)).Finish(std::move(tenant), read_at);
  GetNames(image.state, reader);
  TableImage::Get(image.state.users, reader);
  TableImage::GetAssignments(image.state, reader);
  if (!reader.at_end()) return std::nullopt;
  return image;
}

}  // namespace seatkeeper
