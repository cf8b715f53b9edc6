#include "reconciler/execute/sight.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace seatkeeper {
namespace {

using Plans = std::vector<PlanId>;

/// The disabled plans of an assignment; nothing where there is none.
using Held = std::optional<Plans>;

bool HoldsSeat(Row row, const SkuId& product, const ObservedState& observed) {
  const auto rows = observed.users.assignments(row);
  return std::any_of(rows.begin(), rows.end(), [&](const AssignmentRow& held) {
    return observed.product_ids[held.product] == product && held.holds_seat();
  });
}

/// Compares what a change was to do with what its subject has: a user by direct assignments, a
/// group by its licences.
class Sight {
 public:
  Sight(const JournalEntry& entry, const ObservedState& observed)
      : entry_(entry), observed_(observed) {
    if (entry.group) {
      group_ = observed.FindGroup(entry.group->id);
    } else {
      row_ = observed.users.Find(entry.user);
    }
  }

  View Look() const { return entry_.group ? LookAtGroup() : LookAtUser(); }

 private:
  View LookAtUser() const {
    if (!row_) return View::kNeither;
    return Tells() ? Compare() : View::kNothing;
  }

  /// A group that no policy names any more is not read: that says nothing.
  View LookAtGroup() const {
    if (group_ == nullptr) return View::kNothing;
    const View view = Compare();
    return view == View::kNeither || group_->processed() ? view : View::kNothing;
  }

  View Compare() const {
    // That groups do not give it proves nothing: perhaps the service tried, and could not.
    if (entry_.reprocesses()) return Inherits() ? View::kAfter : View::kNeither;
    if (IsAfter()) return View::kAfter;
    return IsBefore() ? View::kBefore : View::kNeither;
  }

  bool Touches(const SkuId& product) const {
    return std::ranges::find(entry_.add, product, &AddLicense::product) != entry_.add.end() ||
           std::ranges::find(entry_.remove, product) != entry_.remove.end();
  }

  bool Tells() const {
    if (!observed_.users.assignments_known(*row_)) return false;
    const auto rows = observed_.users.assignments(*row_);
    return std::none_of(rows.begin(), rows.end(), [&](const AssignmentRow& row) {
      return row.source == AssignmentSource::kUnknown &&
             Touches(observed_.product_ids[row.product]);
    });
  }

  bool Inherits() const {
    return std::ranges::all_of(entry_.add, [&](const AddLicense& add) {
      const auto rows = observed_.users.assignments(*row_);
      return std::ranges::any_of(rows, [&](const AssignmentRow& held) {
        return held.source == AssignmentSource::kGroup && held.holds_seat() &&
               observed_.product_ids[held.product] == add.product;
      });
    });
  }

  /// Only plans that the product has in the tenant count; all do where the tenant lists none.
  Plans Effective(const SkuId& product, const Plans& plans) const {
    const auto index = observed_.FindProduct(product);
    if (!index || observed_.products[*index].plans.empty()) return plans;
    Plans own;
    for (const ServicePlan& plan : observed_.products[*index].plans) own.push_back(plan.id);
    Plans both;
    std::set_intersection(plans.begin(), plans.end(), own.begin(), own.end(),
                          std::back_inserter(both));
    return both;
  }

  Held Observed(const SkuId& product) const {
    if (group_ != nullptr) {
      const auto found = std::ranges::find(group_->licenses, product, &GroupLicense::product);
      if (found == group_->licenses.end()) return std::nullopt;
      return Effective(product, found->disabled_plans);
    }
    for (const AssignmentRow& row : observed_.users.assignments(*row_)) {
      if (row.source != AssignmentSource::kDirect) continue;
      if (observed_.product_ids[row.product] != product) continue;
      return Effective(product, observed_.plan_sets[row.disabled_plans]);
    }
    return std::nullopt;
  }

  Held Before(const SkuId& product) const {
    const auto found = std::ranges::find(entry_.before, product, &AddLicense::product);
    if (found == entry_.before.end()) return std::nullopt;
    return Effective(product, found->disabled_plans);
  }

  /// Of a change that sets none every usage location will do.
  bool LocationIs(std::string_view wanted) const {
    if (entry_.usage_location.empty() || !row_) return true;
    return observed_.users.strings(rule::Property::kUsageLocation)->text(*row_) == wanted;
  }

  bool IsAfter() const {
    const auto shows = [&](const AddLicense& add) {
      return Observed(add.product) == Held(Effective(add.product, add.disabled_plans));
    };
    return LocationIs(entry_.usage_location) &&
           std::all_of(entry_.add.begin(), entry_.add.end(), shows) &&
           std::none_of(entry_.remove.begin(), entry_.remove.end(),
                        [&](const SkuId& product) { return Observed(product).has_value(); });
  }

  bool IsBefore() const {
    const auto same = [&](const SkuId& product) { return Observed(product) == Before(product); };
    return LocationIs("") &&
           std::all_of(entry_.add.begin(), entry_.add.end(),
                       [&](const AddLicense& add) { return same(add.product); }) &&
           std::all_of(entry_.remove.begin(), entry_.remove.end(), same);
  }

  const JournalEntry& entry_;
  const ObservedState& observed_;
  std::optional<Row> row_;
  const Group* group_ = nullptr;
};

int UnseenByMembers(const LicensedGroup& group, const SkuId& product,
                    const ObservedState& observed) {
  const LinkedUsers* members =
      observed.FindLinked({.kind = Link::Kind::kDirectMembers, .of = group.id.guid});
  if (members == nullptr || members->status != GroupReading::Status::kFound) return group.members;
  return static_cast<int>(std::ranges::count_if(members->users, [&](const UserId& member) {
    const auto row = observed.users.Find(member);
    return row && !HoldsSeat(*row, product, observed);
  }));
}

}  // namespace

View LookAt(const JournalEntry& entry, const ObservedState& observed) {
  return Sight(entry, observed).Look();
}

int UnseenSeats(const JournalEntry& entry, const SkuId& product, const ObservedState& observed) {
  if (entry.group) return UnseenByMembers(*entry.group, product, observed);
  const auto row = observed.users.Find(entry.user);
  return row && HoldsSeat(*row, product, observed) ? 0 : 1;
}

}  // namespace seatkeeper
