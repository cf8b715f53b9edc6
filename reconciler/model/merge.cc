#include "reconciler/model/merge.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "reconciler/model/joined_list.h"
#include "reconciler/model/sort_unique.h"

namespace seatkeeper {
namespace {

Error NotMergeable(const char* why) {
  return {.kind = ErrorKind::kIncomplete,
          .message = std::string("What was read since cannot be added to the earlier reading: ") +
                     why + "."};
}

}  // namespace

/// One merge: UserTable lets it see its vectors.
class ReadingMerge {
 public:
  ReadingMerge(const ObservedState& earlier, ReadingChange change)
      : earlier_(earlier),
        later_(std::move(change.reread)),
        rows_(RowsOf(earlier.users, later_.users, std::move(change.changed))),
        products_(earlier.product_ids, later_.product_ids),
        plan_sets_(earlier.plan_sets, later_.plan_sets),
        texts_(earlier.texts, later_.texts) {}

  ObservedState Merged() {
    ObservedState state;
    state.users = Users();
    Number(state);
    state.tenant = std::move(later_.tenant);
    state.read_at = later_.read_at;
    state.clock_skew = later_.clock_skew;
    state.properties = std::move(later_.properties);
    state.groups = std::move(later_.groups);
    state.references = std::move(later_.references);
    state.linked = std::move(later_.linked);
    state.subscriptions = std::move(later_.subscriptions);
    return state;
  }

 private:
  /// Everybody who was read again, and of the others those who did not change.
  static Splice RowsOf(const UserTable& earlier, const UserTable& later,
                       std::vector<UserId> touched) {
    touched.insert(touched.end(), later.ids_.begin(), later.ids_.end());
    SortUnique(touched);
    Splice rows;
    Row from = 0;
    Row next = 0;
    for (const auto& id : touched) {
      const auto at = static_cast<Row>(earlier.NotBefore(id, from));
      rows.TakeEarlier(from, at);
      from = at < earlier.size() && earlier.ids_[at] == id ? at + 1 : at;
      if (next < later.size() && later.ids_[next] == id) rows.TakeLater(next++);
    }
    rows.TakeEarlier(from, static_cast<Row>(earlier.size()));
    return rows;
  }

  UserTable Users() const {
    const auto& earlier = earlier_.users;
    const auto& later = later_.users;
    UserTable users;
    users.ids_ = rows_.Of(earlier.ids_, later.ids_);
    users.known_ = rows_.Of(earlier.known_, later.known_);
    users.other_types_ = OtherTypes();
    for (std::size_t i = 0; i < users.columns_.size(); ++i) {
      users.columns_[i] = Spliced(earlier.columns_[i], later.columns_[i]);
    }
    for (std::size_t i = 0; i < earlier.extensions_.size(); ++i) {
      const auto& [name, column] = earlier.extensions_[i];
      users.extensions_.emplace_back(
          name, StringColumn::Spliced(column, later.extensions_[i].second, rows_));
    }
    LayAssignments(users);
    if (const auto* names = users.strings(rule::Property::kUserPrincipalName)) {
      users.principal_names_ =
          NameIndex(earlier.principal_names_, later.principal_names_, rows_, *names);
    }
    return users;
  }

  /// Of the few who are no people.
  std::map<Row, std::string> OtherTypes() const {
    const auto& earlier = earlier_.users.other_types_;
    const auto& later = later_.users.other_types_;
    std::map<Row, std::string> types;
    if (earlier.empty() && later.empty()) return types;
    Row at = 0;
    rows_.ForEachRow([&](bool from_later, Row row) {
      const auto& of = from_later ? later : earlier;
      if (const auto found = of.find(row); found != of.end())
        types.emplace_hint(types.end(), at, found->second);
      ++at;
    });
    return types;
  }

  UserTable::Column Spliced(const UserTable::Column& earlier,
                            const UserTable::Column& later) const {
    return std::visit(
        [&](const auto& column) -> UserTable::Column {
          using Column = std::decay_t<decltype(column)>;
          if constexpr (std::is_same_v<Column, std::monostate>) {
            return {};
          } else {
            return Column::Spliced(column, std::get<Column>(later), rows_);
          }
        },
        earlier);
  }

  /// Every user's rows, with numbers of the joined lists.
  void LayAssignments(UserTable& users) const {
    users.rows_.reserve(earlier_.users.rows_.size() + later_.users.rows_.size());
    users.assignment_begin_.reserve(rows_.size() + 1);
    rows_.ForEachRow([&](bool later, Row row) {
      users.assignment_begin_.push_back(static_cast<std::uint32_t>(users.rows_.size()));
      for (const auto& assignment : (later ? later_ : earlier_).users.assignments(row)) {
        users.rows_.push_back(later ? Joined(assignment) : assignment);
      }
    });
    users.assignment_begin_.push_back(static_cast<std::uint32_t>(users.rows_.size()));
  }

  AssignmentRow Joined(AssignmentRow row) const {
    row.product = static_cast<ProductIndex>(products_.OfLater(row.product));
    row.disabled_plans = plan_sets_.OfLater(row.disabled_plans);
    row.error = texts_.OfLater(row.error);
    row.updated = texts_.OfLater(row.updated);
    return row;
  }

  /// Products, sets of service plans and texts as a reading of everybody would have found them.
  /// The order of one user's rows rests on what they say, so it stays.
  void Number(ObservedState& state) {
    plan_sets_.Use(0);
    texts_.Use(0);
    // Subscribed or held by somebody who was read again; of the others those that are held.
    for (std::uint32_t i = 0; i < later_.products.size(); ++i) products_.Use(products_.OfLater(i));
    for (const auto& row : state.users.rows_) {
      products_.Use(row.product);
      plan_sets_.Use(row.disabled_plans);
      texts_.Use(row.error);
      texts_.Use(row.updated);
    }
    state.plan_sets = plan_sets_.Finish(plan_sets_.Used());
    state.texts = texts_.Finish(texts_.Used());
    TakeProducts(state);
    for (auto& row : state.users.rows_) {
      row.product = static_cast<ProductIndex>(products_.Final(row.product));
      row.disabled_plans = plan_sets_.Final(row.disabled_plans);
      row.error = texts_.Final(row.error);
      row.updated = texts_.Final(row.updated);
    }
  }

  void TakeProducts(ObservedState& state) {
    auto used = products_.Used();
    std::sort(used.begin(), used.end(),
              [this](auto a, auto b) { return products_[a] < products_[b]; });
    state.product_ids = products_.Finish(used);
    for (const auto& id : state.product_ids) {
      const auto read = later_.FindProduct(id);
      state.products.push_back(read ? later_.products[*read] : Product{.id = id});
    }
  }

  const ObservedState& earlier_;
  ObservedState later_;
  Splice rows_;
  JoinedList<SkuId> products_;
  JoinedList<std::vector<PlanId>> plan_sets_;
  JoinedList<std::string> texts_;
};

Result<ObservedState> MergeReading(const ObservedState& earlier, ReadingChange change) {
  const auto& reread = change.reread;
  if (reread.tenant != earlier.tenant) return NotMergeable("it is of another tenant");
  if (!(reread.properties == earlier.properties)) {
    return NotMergeable("other properties of users were read");
  }
  if (reread.read_at < earlier.read_at) return NotMergeable("it is older");
  return ReadingMerge(earlier, std::move(change)).Merged();
}

}  // namespace seatkeeper
