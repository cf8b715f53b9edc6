#include "policy/contradiction.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "policy/fields.h"
#include "policy/product_check.h"
#include "policy/same_subjects.h"
#include "policy/tenant_scope.h"
#include "policy/text.h"

namespace seatkeeper {
namespace {

enum class Says { kGrant, kRevoke };

// A policy's word on one product, or on all.
struct Statement {
  const LicensePolicy* policy;
  Says says;
  std::string product;  // ProductKey; empty: all.
  const Positioned<std::string>* written;
};

std::vector<Statement> StatementsOf(const LicensePolicy& policy, const ProductCatalog& catalog) {
  std::vector<Statement> statements;
  for (const auto& grant : policy.licenses) {
    statements.push_back(
        {&policy, Says::kGrant, ProductKey(grant.product.value, catalog), &grant.product});
  }
  if (!policy.revoke) return statements;
  for (const auto& product : policy.revoke->products) {
    statements.push_back({&policy, Says::kRevoke, ProductKey(product.value, catalog), &product});
  }
  if (policy.revoke->all) {
    statements.push_back({&policy, Says::kRevoke, "", &policy.revoke->written});
  }
  return statements;
}

// Whom a policy certainly speaks about, as keys: "=" and the selection, "%" and the groups that are
// licensed themselves, "@" and a user.
std::vector<std::string> SubjectKeys(const LicensePolicy& policy) {
  std::vector<std::string> keys;
  const auto fingerprint = Fingerprint(policy.subjects);
  if (!fingerprint.empty() && policy.delivery == Delivery::kGroup)
    keys.push_back("%" + fingerprint);
  // What is taken from a group is not taken from those who hold it themselves.
  if (policy.delivery == Delivery::kGroup && policy.revoke) return keys;
  if (!fingerprint.empty()) keys.push_back("=" + fingerprint);
  for (const auto& user : CertainUsers(policy.subjects)) keys.push_back("@" + user);
  return keys;
}

class Contradictions {
 public:
  Contradictions(const ProductCatalog& catalog, std::vector<Diagnostic>& diagnostics)
      : catalog_(catalog), diagnostics_(diagnostics) {}

  void Add(const LicensePolicy& policy) {
    const auto statements = StatementsOf(policy, catalog_);
    for (const auto& subject : SubjectKeys(policy)) {
      for (const auto& statement : statements) Add(statement, subject);
    }
  }

 private:
  // Per product, and under an empty one whatever was granted first.
  using Key = std::tuple<int, std::string, Says, std::string>;

  const Statement* Find(const Statement& statement, const std::string& subject, Says says,
                        const std::string& product) const {
    const auto found = first_.find({statement.policy->priority, subject, says, product});
    return found == first_.end() ? nullptr : found->second.Find(statement.policy->tenants);
  }

  void Add(const Statement& statement, const std::string& subject) {
    const bool grants = statement.says == Says::kGrant;
    const auto opposite = grants ? Says::kRevoke : Says::kGrant;
    const auto* other = Find(statement, subject, opposite, statement.product);
    if (other == nullptr && grants) other = Find(statement, subject, opposite, "");
    if (other != nullptr) Report(statement, *other, subject);
    Remember(statement, subject, statement.product);
    if (grants) Remember(statement, subject, "");
  }

  void Remember(const Statement& statement, const std::string& subject,
                const std::string& product) {
    first_[{statement.policy->priority, subject, statement.says, product}].Add(
        statement.policy->tenants, statement);
  }

  // Two lists may share many users: one finding for each pair of statements.
  void Report(const Statement& statement, const Statement& other, const std::string& subject) {
    if (!reported_.emplace(statement.written, other.written).second) return;
    const bool grants = statement.says == Says::kGrant;
    const std::string whom = subject.front() == '@'   ? Quoted(subject.substr(1))
                             : subject.front() == '%' ? "the same groups"
                                                      : "the same users";
    const auto& product = (statement.product.empty() ? other : statement).written->value;
    diagnostics_.push_back(
        ErrorAt(*statement.written, "contradiction",
                Quoted(product) + " is " + (grants ? "granted to " : "revoked from ") + whom +
                    " here and " + (grants ? "revoked" : "granted") + " at the same priority (" +
                    std::to_string(statement.policy->priority) + ") by " +
                    Quoted(other.policy->name) + " at " + ToString(other.written->at),
                "give the policy that is to win the higher priority"));
  }

  const ProductCatalog& catalog_;
  std::vector<Diagnostic>& diagnostics_;
  std::map<Key, FirstPerTenant<Statement>> first_;
  std::set<std::pair<const void*, const void*>> reported_;
};

}  // namespace

void CheckContradictions(const PolicySet& policies, const ProductCatalog& catalog,
                         std::vector<Diagnostic>& diagnostics) {
  const auto& all = policies.license_policies;
  const bool revokes =
      std::any_of(all.begin(), all.end(), [](const auto& policy) { return policy.revoke; });
  if (!revokes) return;
  Contradictions contradictions(catalog, diagnostics);
  for (const auto& policy : all) contradictions.Add(policy);
}

}  // namespace seatkeeper
