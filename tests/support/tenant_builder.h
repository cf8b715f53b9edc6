#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "policy/document.h"
#include "reconciler/model/merge.h"
#include "reconciler/model/observed.h"
#include "reconciler/model/property_set.h"
#include "reconciler/plan/planner.h"

namespace seatkeeper::test {

/// An id whose bytes are those of a short name (at most 16), so that ids order as names do and a
/// failing test can be read.
template <typename IdType>
IdType IdOf(std::string_view name) {
  char text[] = "00000000-0000-0000-0000-000000000000";
  auto* digit = text;
  for (const char byte : name.substr(0, 16)) {
    while (*digit == '-') ++digit;
    *digit++ = "0123456789abcdef"[static_cast<unsigned char>(byte) >> 4];
    *digit++ = "0123456789abcdef"[static_cast<unsigned char>(byte) & 15];
  }
  return *IdType::Parse(text);
}
/// The name that IdOf was given.
std::string NameOf(const Guid& guid);

/// One source of one product.
struct TestLicense {
  std::string product;
  std::vector<std::string> off = {};
  AssignmentSource source = AssignmentSource::kDirect;
  std::string group = {};
  AssignmentState state = AssignmentState::kActive;
  std::string error = {};
  std::string updated = {};
};

struct TestUser {
  std::string name;  ///< At most 16 bytes; the principal name is name@contoso.com.
  std::string department = {};
  std::vector<TestLicense> licenses = {};
  bool enabled = true;
  std::string usage_location = "FR";
  std::string country = {};
  bool assignments_known = true;
  std::string principal_name = {};  ///< Instead of name@contoso.com.
  std::string type = {};            ///< `@odata.type`; empty: a person.
  /// The last successful sign-in; nothing: the service says nothing of sign-ins.
  std::optional<WallTime> signed_in = std::nullopt;
};

struct TestProduct {
  std::string name;  ///< The part number, at most 16 bytes.
  int seats = 100;
  std::vector<std::string> plans = {};
  std::vector<std::string> company_plans = {};
  std::string applies_to = "User";
  std::string status = "Enabled";
  int consumed_elsewhere = 0;  ///< Seats that the service counts and no user's row shows.
};

struct TestGroup {
  std::string name;
  std::vector<std::string> members = {};  ///< Direct ones; none is nested.
  GroupReading::Status status = GroupReading::Status::kFound;
  std::vector<TestLicense> licenses = {};  ///< Products and what is off alone.
  bool security_enabled = true;
  std::string processing_state = "ProcessingComplete";
  std::string called = {};  ///< How policies name it, instead of `name`, which is its id.
};

/// A tenant as a world that a test can read, change and read again.
struct TestTenant {
  std::vector<TestUser> users = {};
  std::vector<TestProduct> products = {};
  std::vector<TestGroup> groups = {};
  PropertySet properties = AllProperties();  ///< What is read of users.

  TestUser& User(std::string_view name);
  TestGroup& Group(std::string_view name);
  TestProduct& Product(std::string_view name);
  const TestProduct& Product(std::string_view name) const;

  /// Writes one user, or everything, into a builder as a provider would. The service's own count
  /// of a product's seats is the number of users who hold one, and `consumed_elsewhere`.
  static void ReadUser(const TestUser& user, ObservedBuilder& sink);
  /// Without its members.
  static void ReadGroup(const TestGroup& group, ObservedBuilder& sink);
  void Read(ObservedBuilder& sink) const;
  ObservedState Read() const;
  /// What is read after the service named these users as changed: those of them who are there, and
  /// all that is not a user.
  ReadingChange Reread(const std::set<std::string>& users) const;
  /// Of those users who are there.
  Memberships MembershipsOf(const std::vector<UserId>& of, const std::vector<GroupId>& in) const;

 private:
  void ReadAllButUsers(ObservedBuilder& sink) const;
};

/// The users who hold a seat of the product, each once.
int HoldersOf(const TestTenant& tenant, std::string_view product);

/// Loads YAML documents, one file per text; the test fails, with the findings, if any is an error.
PolicySet Policies(const std::vector<std::string>& documents);

/// "kind: LicensePolicy" and so on in one line each.
std::string Grants(std::string_view name, std::string_view subjects, std::string_view licenses,
                   int priority = 0);
/// Removals go at once, unless `unassign` says otherwise.
std::string Manages(std::string_view product, std::string_view management,
                    std::string_view unassign = "{after: 0d, confirmations: 1}");
std::string Limits(std::string_view name, std::string_view max_unassign);
/// "kind: Guardrails" that say this, as in "protected: {users: [a@contoso.com]}".
std::string Guards(std::string_view name, std::string_view says);

/// MakePlan, with nothing remembered unless it is said. Throws, so that the test fails, where there
/// is no plan.
GuardedPlan PlanOf(const TestTenant& tenant, const std::vector<std::string>& documents);
GuardedPlan PlanOf(const ObservedState& observed, const PolicySet& policies,
                   const PlanMemory& memory = {});

/// "go 1 ada +E5(-P1) -E3" and so on, a change a line: `+` takes a seat, `*2` two of them, `~`
/// alters service plans, plans in parentheses are off, `@FR` is the usage location that is set;
/// `again` that the user is processed again, for what follows; held and deferred ones name the
/// guardrails or what they wait for, be it time.
std::string Brief(const Plan& plan);
/// "ada E5 missing: granted by engineering", a drift a line.
std::string BriefDrift(const Plan& plan);

/// Carries out one change on the world as the service would: all of it, whatever the seats. A
/// group is licensed and left to be processed: Process does that.
void Carry(const Change& change, TestTenant& tenant);
/// What processing a user again comes to: what a group gives its member is there, whatever failed
/// before and whatever the seats; what else stands there as inherited goes.
void ReprocessUser(std::string_view user, TestTenant& tenant);
/// Gives the members what their group has, takes what it has no longer, and says so.
void Process(std::string_view group, TestTenant& tenant);

}  // namespace seatkeeper::test
