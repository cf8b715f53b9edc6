#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "reconciler/model/observed.h"

namespace seatkeeper {

/// An assignment as a provider reads it, before ids become small integers.
struct AssignmentInput {
  SkuId product;
  AssignmentSource source = AssignmentSource::kUnknown;
  GroupId group;
  AssignmentState state = AssignmentState::kActive;
  std::span<const PlanId> disabled_plans;  ///< Any order, repeats allowed.
  std::string_view error;                  ///< Empty for none; "None" is none, too.
  std::string_view updated;
};

/// The sink that providers read into: users arrive page by page and go straight into columns.
/// Not thread-safe; one page at a time.
///
/// For each user: BeginUser, then any of the setters in any order, then EndUser. A user who comes
/// twice (Graph's pages may repeat) counts once, and what came last holds.
class ObservedBuilder {
 public:
  explicit ObservedBuilder(PropertySet properties);

  const PropertySet& properties() const { return properties_; }

  void BeginUser(const UserId& id);
  /// Properties that are not selected, or are of another type, are ignored; those never set stay
  /// absent. Lists and plans come in any order, repeats allowed; extensions by name in any case.
  void SetText(rule::Property property, std::string_view text);
  void SetBoolean(rule::Property property, bool value);
  void SetTime(rule::Property property, WallTime time);
  void SetList(rule::Property property, std::span<const std::string_view> items);
  void SetPlans(std::span<const AssignedPlanInput> plans);
  void SetExtension(std::string_view name, std::string_view text);
  void SetExtensionNull(std::string_view name);
  /// For properties of every type.
  void SetNull(rule::Property property);
  /// What Graph calls the account (`@odata.type`). Never set, or that of a user: a person. Anything
  /// else is an agent, or unknown and so not taken for a person.
  void SetAccountType(std::string_view type);
  /// Says that the entry carried assignment information, even if it was an empty list.
  void AssignmentsKnown();
  void AddAssignment(const AssignmentInput& input);
  void EndUser();

  /// Distinct users so far: what is compared with the service's own count.
  std::size_t user_count() const { return row_of_.size(); }

  void AddProduct(Product product);
  void AddGroup(Group group);
  void AddReference(GroupReading reading);
  void AddLinked(LinkedUsers linked);
  void AddSubscription(Subscription subscription);
  /// Subscriptions were listed, even if there were none.
  void SubscriptionsKnown();

  /// When the reading was really made, for providers that replay one; otherwise Finish says it.
  void SetReadAt(WallTime read_at) { read_at_ = read_at; }

  /// See ObservedState::clock_skew.
  void SetClockSkew(std::optional<std::chrono::milliseconds> skew) { clock_skew_ = skew; }

  /// Orders everything and hands it over. Leaves the builder empty.
  ObservedState Finish(std::string tenant, WallTime read_at);

 private:
  template <typename T>
  T* Get(rule::Property property) {
    return std::get_if<T>(&users_.columns_[static_cast<std::size_t>(property)]);
  }
  StringColumn* Extension(std::string_view name);
  ProductIndex InternProduct(const SkuId& id);
  PlanSetIndex InternPlans(std::span<const PlanId> plans);
  std::uint32_t InternText(std::string_view text);
  bool Before(const AssignmentRow& a, const AssignmentRow& b) const;
  void SortProducts(ObservedState& state);
  void SortUsers(ObservedState& state);

  PropertySet properties_;
  UserTable users_;
  std::vector<std::vector<AssignmentRow>> assignments_;  // By unsorted row.
  std::unordered_map<UserId, Row> row_of_;
  Row current_ = 0;
  std::vector<Product> products_;
  std::unordered_map<SkuId, ProductIndex> product_of_;
  std::map<std::vector<PlanId>, PlanSetIndex> plan_set_of_;
  std::vector<std::vector<PlanId>> plan_sets_;
  std::unordered_map<std::string, std::uint32_t> text_of_;
  std::vector<std::string> texts_;
  std::vector<Group> groups_;
  std::vector<GroupReading> references_;
  std::vector<LinkedUsers> linked_;
  std::optional<std::vector<Subscription>> subscriptions_;
  std::optional<WallTime> read_at_;
  std::optional<std::chrono::milliseconds> clock_skew_;
};

}  // namespace seatkeeper
