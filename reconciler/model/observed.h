#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/guid.h"
#include "policy/result.h"
#include "reconciler/model/time.h"
#include "reconciler/model/user_table.h"

namespace seatkeeper {

/// A service plan of a product as the tenant lists it.
struct ServicePlan {
  PlanId id;
  std::string name;
  std::string provisioning_status;
  std::string applies_to;  ///< "User" or "Company"; Company plans cannot be switched per user.
};

/// Purchased units by state (Graph's prepaidUnits). Only `enabled` is planned with.
struct PrepaidUnits {
  int enabled = 0;
  int warning = 0;
  int suspended = 0;
  int locked_out = 0;
};

/// One row of subscribedSkus, or a product that only appears in assignments (then `subscribed` is
/// false and everything but the id is empty).
struct Product {
  SkuId id;
  bool subscribed = false;
  std::string raw_id;  ///< Graph's opaque `id`.
  std::string part_number;
  std::string applies_to;  ///< Only "User" products are assignable to users.
  std::string capability_status;
  int consumed = 0;  ///< Seats assigned, as the service counts them.
  PrepaidUnits prepaid;
  std::vector<ServicePlan> plans;  ///< Ordered by id.
  std::vector<std::string> subscription_ids;

  /// The part number, or the id where there is none: never empty.
  std::string name() const { return part_number.empty() ? id.ToString() : part_number; }
};

struct GroupLicense {
  SkuId product;
  std::vector<PlanId> disabled_plans;
};

struct Group {
  GroupId id;
  std::string display_name;
  /// Ids of users that are members, directly or through nested groups. Ordered, each once.
  std::vector<UserId> members;
  std::vector<GroupLicense> licenses;
  /// Only security-enabled groups can be licensed. Absent: not read.
  std::optional<bool> security_enabled = std::nullopt;
  /// Graph's licenseProcessingState; empty: not read. Anything but "ProcessingComplete" means that
  /// members do not yet hold what the group gives, or still hold what it gave.
  std::string processing_state = {};

  /// Whether the service is done with the group's members, as far as the reading says.
  bool processed() const {
    return processing_state.empty() || processing_state == "ProcessingComplete";
  }
};

/// A digest of what a group's change rests on: which group it is (policies name groups by their
/// display names), that it can be licensed, and its licences with their service plans. Without the
/// members, whom nobody reads again just for this, and without the processing state, which moves
/// whenever somebody joins. Of groups as an ObservedState holds them: their lists are ordered.
std::uint64_t Fingerprint(const Group& group);

/// What became of one group that the policy names.
struct GroupReading {
  enum class Status { kFound, kMissing, kAmbiguous, kUnreadable };
  std::string reference;  ///< As written in the policy: display name or object id.
  Status status = Status::kMissing;
  GroupId id;          ///< With kFound.
  std::string detail;  ///< Otherwise: why, for a person.
};

/// Users that a rule reaches through another object of the directory.
struct Link {
  enum class Kind {
    kDirectMembers,  ///< Users who are themselves members of the group; nested groups do not count.
    kDirectReports,  ///< Users whose manager is the user `of`.
  };
  Kind kind = Kind::kDirectMembers;
  Guid of;  ///< A group's or a user's object id.

  friend auto operator<=>(const Link&, const Link&) = default;
};

/// What became of one link.
struct LinkedUsers {
  Link link;
  GroupReading::Status status = GroupReading::Status::kMissing;
  std::string detail;         ///< Unless kFound: why, for a person.
  std::vector<UserId> users;  ///< With kFound. Ordered, each once.
};

/// A row of /directory/subscriptions: purchased quantity with its term.
struct Subscription {
  std::string id;
  std::string commerce_subscription_id;
  std::string sku_id;
  std::string sku_part_number;
  std::string status;
  std::optional<bool> is_trial;
  std::string created;         ///< As sent; empty when absent.
  std::string next_lifecycle;  ///< As sent; empty when absent.
  int total_licenses = 0;
  std::string owner_id;
  std::string owner_type;
  std::string owner_tenant_id;
};

/// One complete reading of a tenant. There is no such thing as an incomplete one: a provider that
/// cannot prove its reading whole returns an error instead.
/// Ordered throughout, so that two readings of the same tenant in another order are equal.
struct ObservedState {
  std::string tenant;  ///< Tenant id as configured or as the snapshot says.
  WallTime read_at{};
  PropertySet properties;
  UserTable users;
  std::vector<Product> products;               ///< By id; ProductIndex points here.
  std::vector<SkuId> product_ids;              ///< The same order, ids alone.
  std::vector<std::vector<PlanId>> plan_sets;  ///< Each ordered; PlanSetIndex points here.
  std::vector<std::string> texts;              ///< Error codes and timestamps of rows; [0] is "".
  std::vector<Group> groups;                   ///< By id.
  std::vector<GroupReading> references;        ///< By reference.
  std::vector<LinkedUsers> linked;             ///< By link.
  std::optional<std::vector<Subscription>> subscriptions;  ///< Absent: not read or not allowed.
  /// The service's time less local time at its last answer, as far as it is certain. Absent: the
  /// service did not say, or there is none.
  std::optional<std::chrono::milliseconds> clock_skew = std::nullopt;
  /// Of `properties` those that no decision rests on, as when waste alone asks who signs in: they
  /// are no part of fingerprints, so that a sign-in withdraws no change and alters no plan.
  PropertySet aside = {};

  /// What decisions may rest on.
  PropertySet decisive() const { return properties.Without(aside); }
  std::optional<ProductIndex> FindProduct(const SkuId& id) const;
  const Group* FindGroup(const GroupId& id) const;
  const GroupReading* FindReference(std::string_view reference) const;
  const LinkedUsers* FindLinked(const Link& link) const;
  std::vector<std::uint64_t> Fingerprints(std::span<const Row> rows) const {
    return users.Fingerprints(rows, {product_ids, plan_sets, texts}, aside);
  }
  std::uint64_t Fingerprint(Row row) const { return Fingerprints({&row, 1}).front(); }
};

}  // namespace seatkeeper
