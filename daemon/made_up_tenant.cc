#include "daemon/made_up_tenant.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "daemon/made_up_user.h"
#include "daemon/named_users.h"
#include "policy/test_user.h"
#include "policy/text.h"
#include "reconciler/file/decode_snapshot.h"
#include "reconciler/model/account_type.h"
#include "reconciler/model/object_writer.h"
#include "reconciler/plan/reading_needs.h"

namespace seatkeeper {
namespace {

using Texts = std::vector<Positioned<std::string>>;

std::string MakeUpId(char kind, std::size_t number) {
  return fmt::format("{}0000000-0000-4000-8000-{:012x}", kind, number);
}

// Writes the made-up tenant as a snapshot.
class TenantWriter {
 public:
  TenantWriter(const PolicyTest& test, const PolicySet& policies, std::string_view tenant,
               const MadeUpProducts& products)
      : test_(test), products_(products), request_(ReadingNeeds(policies, tenant)) {
    for (const auto& user : test.users) {
      const auto* id = user.properties.Find("id");
      AddUser(user.name.value, id == nullptr ? std::string() : AsciiLower(id->scalar));
    }
    for (const auto& group : test.groups) {
      AddGroup(group.name.value, group.id ? AsciiLower(group.id->value) : std::string());
    }
    for (const auto& reference : request_.groups) AddNamedGroup(reference);
    named_users_ = NamedUsers(policies, tenant);
  }

  const ReadRequest& request() const { return request_; }
  const std::string& IdOfUser(const std::string& name) const {
    return user_ids_.at(FoldCase(name));
  }

  std::string Write(WallTime at) {
    std::string out;
    ObjectWriter root(out);
    root.Text("readAt", FormatTime(at));
    List(root.Key("users"), [&] { WriteUsers(out); });
    root.Objects("subscribedSkus", products_.all(),
                 [&](ObjectWriter& object, const auto& entry) { Product(object, entry.second); });
    root.Objects("groups", groups_,
                 [&](ObjectWriter& object, const Group& group) { WriteGroup(object, group); });
    root.Objects("links", Links(), [](ObjectWriter& object, const auto& link) {
      object.Text("kind", link.first.kind == Link::Kind::kDirectMembers ? "directMembers"
                                                                        : "directReports");
      object.Text("of", link.first.of.ToString());
      object.Texts("users", link.second);
    });
    root.End();
    return out;
  }

 private:
  struct Group {
    std::string id;
    std::string name;
    const TestGroup* document = nullptr;  // nullptr: only policies name it.
  };

  template <typename WriteItems>
  static void List(std::string& out, WriteItems&& write) {
    out += '[';
    write();
    out += ']';
  }

  void AddUser(const std::string& name, std::string id) {
    if (id.empty()) id = MakeUpId('a', user_ids_.size() + 1);
    user_ids_.emplace(FoldCase(name), std::move(id));
  }

  void AddGroup(const std::string& name, std::string id) {
    if (id.empty()) id = MakeUpId('b', groups_.size() + 1);
    const auto* document =
        groups_.size() < test_.groups.size() ? &test_.groups[groups_.size()] : nullptr;
    groups_.push_back({.id = std::move(id), .name = name, .document = document});
  }

  void AddNamedGroup(const std::string& reference) {
    const bool known = std::any_of(groups_.begin(), groups_.end(), [&](const Group& group) {
      return group.id == AsciiLower(reference) || FoldCase(group.name) == FoldCase(reference);
    });
    if (!known) AddGroup(reference, Guid::Parse(reference) ? AsciiLower(reference) : std::string());
  }

  const Group* FindGroup(const std::string& name) const {
    const auto found = std::find_if(groups_.begin(), groups_.end(), [&](const Group& group) {
      return FoldCase(group.name) == FoldCase(name);
    });
    return found == groups_.end() ? nullptr : &*found;
  }

  void WriteUsers(std::string& out) {
    bool first = true;
    for (const auto& user : test_.users) {
      if (!std::exchange(first, false)) out += ',';
      ObjectWriter object(out);
      object.Text("id", IdOfUser(user.name.value));
      WriteMadeUpProperties(user.properties, request_.properties, object, out);
      object.Objects("licenseAssignmentStates", HoldingsOf(user.name.value),
                     [&](ObjectWriter& row, const TestHolding* held) { Assignment(row, *held); });
      object.End();
    }
    for (const auto& name : named_users_) WriteNamedUser(name.value, first, out);
  }

  // Somebody whom policies name must be found, or nobody would lose anything.
  void WriteNamedUser(const std::string& name, bool& first, std::string& out) {
    const bool is_id = Guid::Parse(name).has_value();
    if (user_ids_.contains(FoldCase(name))) return;
    if (is_id && std::any_of(user_ids_.begin(), user_ids_.end(),
                             [&](const auto& user) { return user.second == AsciiLower(name); })) {
      return;
    }
    AddUser(name, is_id ? AsciiLower(name) : std::string());
    if (!std::exchange(first, false)) out += ',';
    ObjectWriter object(out);
    object.Text("id", IdOfUser(name));
    object.Text("@odata.type", kAgentType);
    object.Text("userPrincipalName", name);
    object.Texts("licenseAssignmentStates", std::vector<std::string>());
    object.End();
  }

  std::vector<const TestHolding*> HoldingsOf(const std::string& user) const {
    std::vector<const TestHolding*> holdings;
    for (const auto& holding : test_.holds) {
      if (FoldCase(holding.user.value) == FoldCase(user)) holdings.push_back(&holding);
    }
    return holdings;
  }

  void Assignment(ObjectWriter& row, const TestHolding& held) const {
    const auto& product = products_.Named(held.product.value);
    row.Text("skuId", product.id.ToString());
    row.Ids("disabledPlans", products_.PlansOf(product, held.disabled_plans));
    if (held.group) {
      row.Text("assignedByGroup", FindGroup(held.group->value)->id);
    } else {
      row.Null("assignedByGroup");
    }
    row.Text("state", "Active");
    row.Text("error", "None");
  }

  int HoldersOf(const MadeUpProduct& product) const {
    std::set<std::string> users;
    for (const auto& holding : test_.holds) {
      if (products_.Named(holding.product.value).id != product.id) continue;
      users.insert(FoldCase(holding.user.value));
    }
    return static_cast<int>(users.size());
  }

  void Product(ObjectWriter& object, const MadeUpProduct& product) const {
    object.Text("skuId", product.id.ToString());
    object.Text("skuPartNumber", product.part_number);
    object.Text("appliesTo", "User");
    object.Text("capabilityStatus", "Enabled");
    object.Number("consumedUnits", HoldersOf(product));
    object.Object("prepaidUnits",
                  [&](ObjectWriter& units) { units.Number("enabled", product.purchased); });
    object.Objects("servicePlans", product.plans, [](ObjectWriter& plan, const PlanFact& fact) {
      plan.Text("servicePlanId", fact.id.ToString());
      plan.Text("servicePlanName", fact.name);
      plan.Text("provisioningStatus", "Success");
      plan.Text("appliesTo", "User");
    });
  }

  // Of a group only the direct members, users or groups as `of_groups` says.
  std::vector<std::string> MembersOf(const Group& group, bool of_groups) const {
    std::vector<std::string> ids;
    if (group.document == nullptr) return ids;
    for (const auto& member : group.document->members) {
      const auto user = user_ids_.find(FoldCase(member.value));
      if (user != user_ids_.end()) {
        ids.push_back(user->second);
      } else if (of_groups) {
        ids.push_back(FindGroup(member.value)->id);
      }
    }
    return ids;
  }

  // Products that the group gives its members by the test.
  std::map<SkuId, std::vector<PlanId>> LicensesOf(const Group& group) const {
    std::map<SkuId, std::vector<PlanId>> licenses;
    for (const auto& holding : test_.holds) {
      if (!holding.group || FindGroup(holding.group->value) != &group) continue;
      const auto& product = products_.Named(holding.product.value);
      licenses.emplace(product.id, products_.PlansOf(product, holding.disabled_plans));
    }
    return licenses;
  }

  void WriteGroup(ObjectWriter& object, const Group& group) const {
    object.Text("id", group.id);
    object.Text("displayName", group.name);
    object.Boolean("securityEnabled", true);
    object.Texts("members", MembersOf(group, true));
    object.Objects("assignedLicenses", LicensesOf(group),
                   [](ObjectWriter& license, const auto& held) {
                     license.Text("skuId", held.first.ToString());
                     license.Ids("disabledPlans", held.second);
                   });
  }

  // Everything that a rule may reach through, with whom it reaches.
  std::map<Link, std::vector<std::string>> Links() const {
    std::map<Link, std::vector<std::string>> links;
    for (const auto& link : request_.links) links[link];
    for (const auto& group : groups_) {
      links[{Link::Kind::kDirectMembers, *Guid::Parse(group.id)}] = MembersOf(group, false);
    }
    for (auto& [link, users] : links) {
      if (link.kind == Link::Kind::kDirectReports) users = ReportsOf(link.of.ToString());
    }
    return links;
  }

  std::vector<std::string> ReportsOf(const std::string& manager) const {
    std::vector<std::string> ids;
    for (const auto& user : test_.users) {
      const auto* written = user.properties.Find(kManager);
      if (written == nullptr) continue;
      const auto known = user_ids_.find(FoldCase(written->scalar));
      const auto id = known == user_ids_.end() ? AsciiLower(written->scalar) : known->second;
      if (id == manager) ids.push_back(IdOfUser(user.name.value));
    }
    return ids;
  }

  const PolicyTest& test_;
  const MadeUpProducts& products_;
  ReadRequest request_;
  std::map<std::string, std::string> user_ids_;  // By name in lower case.
  std::vector<Group> groups_;                    // Those of the test first, in their order.
  Texts named_users_;
};

PlanMemory MemoryOf(const PolicyTest& test, const MadeUpProducts& products,
                    const TenantWriter& writer) {
  PlanMemory memory;
  for (const auto& holding : test.holds) {
    if (!holding.owned) continue;
    memory.owned.push_back({.user = *UserId::Parse(writer.IdOfUser(holding.user.value)),
                            .product = products.Named(holding.product.value).id});
  }
  std::sort(memory.owned.begin(), memory.owned.end());
  return memory;
}

}  // namespace

Result<MadeUpTenant> MakeUpTenant(const PolicyTest& test, const PolicySet& policies,
                                  std::string_view tenant, const MadeUpProducts& products,
                                  WallTime at) {
  TenantWriter writer(test, policies, tenant, products);
  auto text = writer.Write(at);
  ObservedBuilder sink(writer.request().properties);
  const auto decoded = DecodeSnapshot(text, writer.request(), sink);
  if (!decoded) {
    auto error = decoded.error();
    error.position = test.at;
    return error;
  }
  return MadeUpTenant{.observed = sink.Finish("made-up", at),
                      .memory = MemoryOf(test, products, writer)};
}

}  // namespace seatkeeper
