// What has become of a tenant, as itself and the service's log say, and what the last plan says.

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <stdexcept>

#include "reconciler/plan/guardrail_table.h"
#include "tests/incidents/incident.h"
#include "tests/simulation/tenant_log.h"
#include "tests/simulator/products.h"
#include "tests/support/json_instances.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;

std::string PartNumberOf(const std::string& sku) {
  for (const auto& product : sim::Products()) {
    if (product.sku_id == sku) return std::string(product.part_number);
  }
  return sku;
}

std::string NameOf(const json& user) {
  const auto upn = user.at("userPrincipalName").get<std::string>();
  return upn.substr(0, upn.find('@'));
}

json State(World& world) { return json::parse(world.Control("GET", "/_sim/state")); }

// Calls visit(user, row) for every assignment that holds a seat of the product.
void ForEachHolder(World& world, const std::string& product,
                   const std::function<void(const json&, const json&)>& visit) {
  const auto sku = Incident::SkuOf(product);
  const auto state = State(world);
  for (const auto& user : state.at("users")) {
    for (const auto& row : user.at("licenseAssignmentStates")) {
      if (row.at("skuId") == sku && row.at("state") == "Active") visit(user, row);
    }
  }
}

}  // namespace

People Incident::HoldersOf(const std::string& product) {
  People holders;
  ForEachHolder(world(), product,
                [&](const json& user, const json& /*row*/) { holders.insert(NameOf(user)); });
  return holders;
}

People Incident::DirectHoldersOf(const std::string& product) {
  People holders;
  ForEachHolder(world(), product, [&](const json& user, const json& row) {
    if (row.at("assignedByGroup").is_null()) holders.insert(NameOf(user));
  });
  return holders;
}

People Incident::UsersOf(const std::string& product, const std::string& plan) {
  People users;
  // A plan that was added later has its id for a name.
  const auto id = plan.find('-') == std::string::npos ? PlanOf(product, plan) : plan;
  ForEachHolder(world(), product, [&](const json& user, const json& row) {
    const auto& off = row.at("disabledPlans");
    if (std::find(off.begin(), off.end(), id) == off.end()) users.insert(NameOf(user));
  });
  return users;
}

std::vector<std::string> Incident::Losses() {
  std::map<std::string, std::string> names;
  const auto state = State(world());
  for (const auto& user : state.at("users")) names[user.at("id")] = NameOf(user);
  std::vector<std::string> losses;
  ForEachWrite(world(), [&](const json& item) {
    const auto id = item.value("user", "");
    const auto name = names.contains(id) ? names.at(id) : item.value("target", "somebody");
    for (const auto& sku : item.at("body").value("removeLicenses", json::array())) {
      losses.push_back(fmt::format("{} {}", name, PartNumberOf(sku.get<std::string>())));
    }
  });
  return losses;
}

People Incident::Losers() {
  People losers;
  const auto losses = Losses();
  for (const auto& loss : losses) losers.insert(loss.substr(0, loss.find(' ')));
  return losers;
}

int Incident::Writes() {
  int writes = 0;
  ForEachWrite(world(), [&](const json& /*item*/) { ++writes; });
  return writes;
}

const CycleReport& Incident::LastReport() {
  if (!last_) throw std::logic_error("no cycle has ended");
  return *last_;
}

const Plan& Incident::LastPlan() {
  const auto& report = LastReport();
  if (!report.plan) throw std::logic_error("no plan: " + report.error->message);
  return report.plan->plan();
}

std::set<std::string> Incident::Guardrails() {
  std::set<std::string> guardrails;
  for (const auto& change : LastPlan().changes) {
    for (const auto& held : change.held) guardrails.insert(held.guardrail);
  }
  return guardrails;
}

People Incident::HeldBy(const std::string& guardrail) {
  People people;
  for (const auto& change : LastPlan().changes) {
    for (const auto& held : change.held) {
      const auto& name = change.subject_name();
      if (held.guardrail == guardrail) people.insert(name.substr(0, name.find('@')));
    }
  }
  return people;
}

People Incident::Deferred() {
  People people;
  for (const auto& change : LastPlan().changes) {
    const auto& name = change.subject_name();
    if (change.verdict == Verdict::kDeferred) people.insert(name.substr(0, name.find('@')));
  }
  return people;
}

std::string Incident::Says(const std::string& guardrail) {
  std::set<std::string> said;
  for (const auto& change : LastPlan().changes) {
    for (const auto& held : change.held) {
      if (held.guardrail != guardrail) continue;
      said.insert(fmt::format("{} (limit: {}; {})\n", held.value, held.limit, held.release));
    }
  }
  return fmt::format("{}", fmt::join(said, ""));
}

std::string Incident::Warnings() { return fmt::format("{}", fmt::join(LastPlan().warnings, "\n")); }

std::map<ChangeState, int> Incident::Journal() {
  std::map<ChangeState, int> states;
  const auto history = world().History();
  for (const auto& [tenant, entry] : history) ++states[entry.state];
  return states;
}

void Incident::CheckWhatIsHeld() {
  if (!last_->plan) return;
  for (const auto& change : last_->plan->plan().changes) {
    EXPECT_EQ(change.verdict == Verdict::kHeld, !change.held.empty()) << change.subject_name();
    for (const auto& held : change.held) {
      EXPECT_TRUE(std::ranges::any_of(kGuardrails, [&](const auto& known) {
        return known.name == held.guardrail;
      })) << held.guardrail;
      EXPECT_FALSE(held.value.empty() || held.limit.empty() || held.release.empty())
          << held.guardrail << " does not say its figure, its limit and the way out";
    }
  }
}

People operator+(const People& some, const People& others) {
  auto all = some;
  all.insert(others.begin(), others.end());
  return all;
}

People operator-(const People& some, const People& others) {
  auto rest = some;
  for (const auto& name : others) rest.erase(name);
  return rest;
}

}  // namespace seatkeeper::test
