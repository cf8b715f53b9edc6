#include "reconciler/plan/deliver.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <tuple>
#include <utility>

#include "reconciler/model/sort_unique.h"
#include "reconciler/plan/digest.h"
#include "reconciler/plan/membership.h"
#include "reconciler/plan/names.h"
#include "reconciler/plan/new_plans.h"

namespace seatkeeper {
namespace {

using Statements = std::vector<const PolicyStatement*>;

const GroupLicense* LicenseOf(const Group& group, const SkuId& product) {
  const auto found =
      std::find_if(group.licenses.begin(), group.licenses.end(),
                   [&](const GroupLicense& license) { return license.product == product; });
  return found == group.licenses.end() ? nullptr : &*found;
}

class GroupJudge {
 public:
  GroupJudge(const DesiredState& desired, const ObservedState& observed, const OpenChanges& open,
             Draft& draft, std::vector<std::string>& warnings)
      : desired_(desired), observed_(observed), open_(open), draft_(draft), warnings_(warnings) {}

  void Run() {
    for (std::size_t i = 0; i < desired_.products.size(); ++i) {
      std::map<GroupId, Statements> said;
      for (const auto& statement : desired_.products[i].group_statements) {
        for (const auto& group : desired_.selections[statement.selection].groups) {
          said[group].push_back(&statement);
        }
      }
      for (const auto& [id, statements] : said) {
        const auto* group = observed_.FindGroup(id);
        if (group != nullptr) Judge(static_cast<DesiredIndex>(i), *group, statements);
      }
    }
    std::sort(draft_.group_parts.begin(), draft_.group_parts.end(),
              [](const GroupPart& a, const GroupPart& b) {
                return std::tie(a.group, a.product) < std::tie(b.group, b.product);
              });
    if (left_alone_.empty()) return;
    warnings_.push_back(
        fmt::format("group {} changed earlier and the tenant does not show the "
                    "outcome yet: left alone until it does",
                    fmt::join(left_alone_, ", ")));
  }

 private:
  // What is said of one product of one group; by priority, highest first.
  void Judge(DesiredIndex index, const Group& group, const Statements& statements) {
    const auto& first = *statements.front();
    const auto rival = std::find_if(statements.begin(), statements.end(), [&](const auto* other) {
      return other->priority == first.priority && other->kind != first.kind;
    });
    const auto& product = desired_.products[index];
    const auto* license = LicenseOf(group, product.id);
    if (rival != statements.end()) return WarnOfTie(index, group, first, **rival);
    if (first.kind == PolicyStatement::Kind::kRevoke) {
      if (license != nullptr && product.management == Management::kFull) {
        Remove(index, group, first);
      }
    } else if (license == nullptr) {
      Give(index, group, statements);
    } else {
      SwitchPlans(index, group, *license, statements);
    }
  }

  void Give(DesiredIndex index, const Group& group, const Statements& statements) {
    const auto& product = desired_.products[index];
    const auto shape = ShapeOf(statements);
    const auto why = WhyNotGiven(product, group, shape);
    if (!why.empty()) return Warn(group, "is not given " + NameOf(index) + ": " + why);
    auto part = MakePart(index, group, Part::Kind::kAdd, *statements.front());
    part.reason = Reason::kGranted;
    // What is new is, for a newcomer, as if it had been off.
    part.disabled_plans =
        draft_.plan_sets.Intern(WantedOff(product, shape.statement, product.new_plans));
    std::vector<UserId> reached;
    observed_.users.ForEachKnown(MembersOf(group.id), [&](Row row) {
      const auto member = MembershipOf(observed_.users, row, *product.index, group.id);
      if (member.has_seat()) return;
      ++part.seats;
      reached.push_back(users().id(row));
    });
    part.affected = DigestOfUsers(reached);
    Add(part, group);
  }

  void SwitchPlans(DesiredIndex index, const Group& group, const GroupLicense& license,
                   const Statements& statements) {
    const auto& product = desired_.products[index];
    const auto shape = ShapeOf(statements);
    if (shape.statement == nullptr && !product.DecidesNewPlans()) return;
    if (!product.index || !observed_.products[*product.index].subscribed) return;
    const auto& listed = observed_.products[*product.index];
    const auto off = EffectivePlans(license.disabled_plans, listed);
    auto wanted = WantedOff(product, shape.statement, off);
    if (off == wanted) return;
    auto why = WhyNotGiven(product, group, shape);
    if (why.empty() && product.management != Management::kFull) {
      why = fmt::format("{} leaves present holders as they are", ToString(product.management));
    }
    if (!why.empty()) {
      return Warn(group, "keeps the service plans of " + NameOf(index) + ": " + why);
    }
    const auto& origin = shape.statement == nullptr ? *statements.front() : *shape.statement;
    auto part = MakePart(index, group, Part::Kind::kPlans, origin);
    part.reason = Reason::kPlansDiffer;
    part.plans_off = !std::includes(off.begin(), off.end(), wanted.begin(), wanted.end());
    part.disabled_plans = draft_.plan_sets.Intern(std::move(wanted));
    if (part.plans_off) {
      CountLosing(part, /*whole=*/false);
      if (product.removals_held) HoldBack(part, *product.removals_held);
    }
    Add(part, group);
  }

  void Remove(DesiredIndex index, const Group& group, const PolicyStatement& revoke) {
    const auto& product = desired_.products[index];
    auto part = MakePart(index, group, Part::Kind::kRemove, revoke);
    part.reason = revoke.expired ? Reason::kNotGranted : Reason::kRevoked;
    part.just_expired = revoke.just_expired;
    CountLosing(part, /*whole=*/true);
    if (product.removals_held) HoldBack(part, *product.removals_held);
    Add(part, group);
  }

  // Who loses something is whoever the service shows to have it from the group, member or not.
  void CountLosing(GroupPart& part, bool whole) {
    const auto& product = desired_.products[part.product];
    if (!product.index) return;  // Nobody holds it.
    int in_need = 0;
    int unclear = 0;
    std::vector<UserId> reached;
    for (const auto& member : MembersOf(part.group)) {
      const auto row = users().Find(member);
      // A member who came after the users were listed may have it from here as well.
      if (row && users().assignments_known(*row)) continue;
      ++unclear;
      reached.push_back(member);
    }
    for (Row row = 0; row < observed_.users.size(); ++row) {
      const auto member = MembershipOf(observed_.users, row, *product.index, part.group);
      unclear += member.holding.unknown != nullptr;
      if (member.through_group || member.holding.unknown != nullptr) {
        reached.push_back(users().id(row));
      }
      if (!member.through_group || (whole && KeepsOtherwise(row, product, part.group))) continue;
      ++part.losing;
      part.lacking += LacksSomethingGranted(row);
      in_need += whole && (product.granted.Contains(row) || product.tied.Contains(row));
    }
    part.affected = DigestOfUsers(std::move(reached));
    if (part.lacking > 0) part.verdict = Verdict::kDeferred;
    if (in_need > 0) {
      HoldBack(part, {.guardrail = "still-granted",
                      .value = fmt::format("{} users are granted it and hold it from this group "
                                           "alone",
                                           in_need),
                      .limit = "nobody loses what a policy grants them",
                      .release = "assign it to them first, or grant it to them no longer",
                      .product = product.id});
    }
    if (unclear > 0) {
      HoldBack(part, {.guardrail = "unknown-source",
                      .value = fmt::format("of {} users it is not known where they have it from",
                                           unclear),
                      .limit = "it is known of everybody whether the group gives it",
                      .release = "wait for a reading that says it",
                      .product = product.id,
                      .approvable = true});
    }
  }

  const UserTable& users() const { return observed_.users; }

  // Something else gives the user the product and goes on doing so, whatever this plan takes away.
  bool KeepsOtherwise(Row row, const DesiredProduct& product, const GroupId& group) const {
    const auto assignments = observed_.users.assignments(row);
    return std::any_of(assignments.begin(), assignments.end(), [&](const AssignmentRow& held) {
      if (held.product != product.index || held.state != AssignmentState::kActive) return false;
      if (held.source == AssignmentSource::kDirect) return KeepsDirect(row, product);
      return held.source == AssignmentSource::kGroup && held.group != group &&
             !open_.groups.contains(held.group) &&
             GoesOnGiving(desired_, observed_, product, held.group);
    });
  }

  bool KeepsDirect(Row row, const DesiredProduct& product) const {
    if (open_.users.contains(observed_.users.id(row))) return false;
    return std::ranges::none_of(draft_.PartsOf(row), [&](const Part& part) {
      return part.kind == Part::Kind::kRemove && desired_.products[part.product].id == product.id;
    });
  }

  // As with users: nothing goes while something that is granted has not come.
  bool LacksSomethingGranted(Row row) const {
    const auto assignments = observed_.users.assignments(row);
    return std::any_of(
        desired_.products.begin(), desired_.products.end(), [&](const DesiredProduct& product) {
          return product.granted.Contains(row) &&
                 std::none_of(assignments.begin(), assignments.end(), [&](const auto& assignment) {
                   return assignment.product == product.index && assignment.holds_seat();
                 });
        });
  }

  void HoldBack(GroupPart& part, const HeldBy& why) {
    part.verdict = Verdict::kHeld;
    part.held = draft_.holds.Add(part.held, why);
    part.in_doubt = true;
  }

  DesiredState::Shape ShapeOf(const Statements& statements) const {
    DesiredState::Shape shape;
    for (const auto* statement : statements) {
      if (!statement->shapes_plans()) continue;
      if (shape.statement == nullptr) {
        shape.statement = statement;
      } else if (statement->priority < shape.statement->priority) {
        break;
      } else if (statement->disabled_plans != shape.statement->disabled_plans) {
        shape.conflict = statement;
        break;
      }
    }
    return shape;
  }

  std::string WhyNotGiven(const DesiredProduct& product, const Group& group,
                          const DesiredState::Shape& shape) const {
    if (!product.obstacle.empty()) return product.obstacle;
    if (shape.conflict != nullptr) {
      return fmt::format("{} and {} have the same priority and differ on service plans",
                         Where(*shape.statement), Where(*shape.conflict));
    }
    if (product.management == Management::kObserve) return "only observed";
    // https://learn.microsoft.com/graph/api/group-assignlicense
    if (group.security_enabled == false) {
      return "the group is not security-enabled, and the service licenses no other";
    }
    return "";
  }

  GroupPart MakePart(DesiredIndex index, const Group& group, Part::Kind kind,
                     const PolicyStatement& by) const {
    return {.group = group.id,
            .product = index,
            .kind = kind,
            .origin = by.origin,
            .priority = by.priority};
  }

  void Add(const GroupPart& part, const Group& group) {
    if (open_.groups.contains(group.id)) {
      left_alone_.insert(group.display_name);
    } else {
      draft_.group_parts.push_back(part);
    }
  }

  std::span<const UserId> MembersOf(const GroupId& group) const {
    const auto* members = observed_.FindLinked({Link::Kind::kDirectMembers, group.guid});
    if (members == nullptr) return {};
    return members->users;
  }

  void WarnOfTie(DesiredIndex index, const Group& group, const PolicyStatement& a,
                 const PolicyStatement& b) {
    const bool a_grants = a.kind == PolicyStatement::Kind::kGrant;
    Warn(group,
         fmt::format("is left as it is: {} grants it {} and {} revokes it, with the same priority",
                     Where(a_grants ? a : b), NameOf(index), Where(a_grants ? b : a)));
  }

  void Warn(const Group& group, const std::string& what) {
    warnings_.push_back(fmt::format("group {} {}", group.display_name, what));
  }

  std::string NameOf(DesiredIndex index) const {
    const auto& product = desired_.products[index];
    return product.index ? observed_.products[*product.index].name() : product.id.ToString();
  }

  std::string Where(const PolicyStatement& statement) const {
    const auto& origin = desired_.OriginOf(statement);
    return fmt::format("{} ({})", origin.policy, ToString(origin.at));
  }

  const DesiredState& desired_;
  const ObservedState& observed_;
  const OpenChanges& open_;
  Draft& draft_;
  std::vector<std::string>& warnings_;
  std::set<std::string> left_alone_;
};

}  // namespace

std::string DigestOfUsers(std::vector<UserId> users) {
  SortUnique(users);
  std::string text;
  for (const auto& user : users) user.guid.AppendTo(text);
  return Sha256(text);
}

void JudgeGroups(const DesiredState& desired, const ObservedState& observed,
                 const OpenChanges& open, Draft& draft, std::vector<std::string>& warnings) {
  GroupJudge(desired, observed, open, draft, warnings).Run();
}

bool GoesOnGiving(const DesiredState& desired, const ObservedState& observed,
                  const DesiredProduct& product, const GroupId& group) {
  const auto* read = observed.FindGroup(group);
  if (read == nullptr) return true;
  if (LicenseOf(*read, product.id) == nullptr || !read->processed()) return false;
  const auto decides = std::ranges::find_if(product.group_statements, [&](const auto& statement) {
    const auto& groups = desired.selections[statement.selection].groups;
    return std::ranges::binary_search(groups, group);
  });
  return decides == product.group_statements.end() ||
         decides->kind == PolicyStatement::Kind::kGrant;
}

}  // namespace seatkeeper
