#include "tests/reconciler/plan/reference_subjects.h"

#include <algorithm>

#include "tests/support/rule_interpreter.h"

namespace seatkeeper::test {
namespace {

const TestGroup* Find(const std::string& name, const TestTenant& tenant) {
  for (const auto& group : tenant.groups) {
    if (group.name == name && group.status == GroupReading::Status::kFound) return &group;
  }
  return nullptr;
}

bool Passes(const Rule& rule, const TestUser& user) {
  Person person{.id = IdOf<UserId>(user.name)};
  if (!user.department.empty()) {
    person.properties[rule::Property::kDepartment] = user.department;
  }
  person.properties[rule::Property::kAccountEnabled] = user.enabled;
  return Selects(rule.expression, person, {}, WallTime{});
}

bool Names(const SubjectUnion& subjects, const TestUser& user, const TestTenant& tenant) {
  if (subjects.rule && Passes(*subjects.rule, user)) return true;
  for (const auto& name : subjects.groups) {
    const auto* group = Find(name.value, tenant);
    if (group && std::count(group->members.begin(), group->members.end(), user.name) > 0) {
      return true;
    }
  }
  return std::any_of(subjects.users.begin(), subjects.users.end(),
                     [&](const auto& name) { return name.value == user.name + "@contoso.com"; });
}

bool HasDoubtIn(const SubjectUnion& subjects, const TestTenant& tenant) {
  const auto unknown_group = [&](const auto& name) { return Find(name.value, tenant) == nullptr; };
  const auto unknown_user = [&](const auto& name) {
    return std::none_of(tenant.users.begin(), tenant.users.end(), [&](const TestUser& user) {
      return name.value == user.name + "@contoso.com";
    });
  };
  return std::any_of(subjects.groups.begin(), subjects.groups.end(), unknown_group) ||
         std::any_of(subjects.users.begin(), subjects.users.end(), unknown_user);
}

SubjectUnion UnionOf(const ProtectedSubjects& subjects) {
  SubjectUnion all;
  all.groups = subjects.groups;
  all.users = subjects.users;
  return all;
}

}  // namespace

bool SelectsUser(const Subjects& subjects, const TestUser& user, const TestTenant& tenant) {
  return Names(subjects.of, user, tenant) && (!subjects.where || Passes(*subjects.where, user)) &&
         !Names(subjects.except, user, tenant);
}

bool HasDoubt(const Subjects& subjects, const TestTenant& tenant) {
  return HasDoubtIn(subjects.of, tenant) || HasDoubtIn(subjects.except, tenant);
}

bool IsProtected(const TestUser& user, const PolicySet& policies, const TestTenant& tenant) {
  const auto& documents = policies.guardrails;
  return std::any_of(documents.begin(), documents.end(), [&](const Guardrails& document) {
    return Names(UnionOf(document.protected_subjects), user, tenant);
  });
}

bool HasUnknownProtected(const PolicySet& policies, const TestTenant& tenant) {
  const auto& documents = policies.guardrails;
  return std::any_of(documents.begin(), documents.end(), [&](const Guardrails& document) {
    return HasDoubtIn(UnionOf(document.protected_subjects), tenant);
  });
}

bool MailboxesMayGo(const PolicySet& policies) {
  const auto said = [&](MailboxLoss word) {
    return std::any_of(policies.guardrails.begin(), policies.guardrails.end(),
                       [&](const Guardrails& document) { return document.mailbox_loss == word; });
  };
  return said(MailboxLoss::kAllow) && !said(MailboxLoss::kApprove) && !said(MailboxLoss::kDeny);
}

bool HasDoubtfulException(const Subjects& subjects, const TestTenant& tenant) {
  return HasDoubtIn(subjects.except, tenant);
}

}  // namespace seatkeeper::test
