#include "tests/reconciler/plan/random_cases.h"

#include <fmt/format.h>
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <exception>
#include <functional>
#include <utility>

#include "reconciler/plan/differing.h"
#include "reconciler/plan/judge.h"
#include "reconciler/plan/render_json.h"
#include "tests/support/long_run.h"

namespace seatkeeper::test {
namespace {

constexpr int kUsualCases = 10'000;

std::string_view SourceName(AssignmentSource source) {
  if (source == AssignmentSource::kDirect) return "direct";
  return source == AssignmentSource::kGroup ? "group" : "unknown";
}

std::string DescribeUser(const TestUser& user) {
  auto text = fmt::format(
      "user {}: {}{}{}{}{}", user.name, user.department, user.enabled ? "" : ", disabled",
      user.usage_location.empty() ? ", without usage location, of " + user.country : "",
      user.assignments_known ? "" : ", not read", user.type.empty() ? "" : ", " + user.type);
  for (const auto& license : user.licenses) {
    text += fmt::format("\n  {} {} {} off [{}]{}", license.product, SourceName(license.source),
                        license.group, fmt::join(license.off, " "),
                        license.state == AssignmentState::kActive ? "" : " without a seat");
  }
  return text + "\n";
}

// One thing less, of whatever list; calls `keep` with it gone, and puts it back unless that is
// true.
template <typename List, typename Keep>
bool DropAny(List& list, const Keep& keep) {
  bool dropped = false;
  for (std::size_t i = list.size(); i-- > 0;) {
    auto whole = list;
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(i));
    if (keep()) {
      dropped = true;
    } else {
      list = std::move(whole);
    }
  }
  return dropped;
}

std::string Describe(const RandomCase& made) {
  std::string text;
  for (const auto& product : made.tenant.products) {
    text += fmt::format("product {}: {} seats, {} elsewhere, {}\n", product.name, product.seats,
                        product.consumed_elsewhere, product.status);
  }
  for (const auto& group : made.tenant.groups) {
    text += fmt::format("group {}: {}{}\n", group.name, fmt::join(group.members, " "),
                        group.status == GroupReading::Status::kFound ? "" : ", not read");
  }
  for (const auto& user : made.tenant.users) text += DescribeUser(user);
  const auto& rules = made.memory.learned_rules;
  for (const auto& [a, b] : rules.exclusive) {
    text += fmt::format("{} excludes {}\n", NameOf(a.guid), NameOf(b.guid));
  }
  for (const auto& [plan, any] : rules.needs) {
    text += fmt::format("{} needs", NameOf(plan.guid));
    for (const auto& one : any) text += " " + NameOf(one.guid);
    text += "\n";
  }
  for (const auto& document : made.documents) text += "---\n" + document;
  return text;
}

// The case without whatever can be left out while `fails` stays true.
RandomCase Shrunk(RandomCase made, const std::function<bool(const RandomCase&)>& fails) {
  const auto keep = [&] { return fails(made); };
  for (bool smaller = true; smaller;) {
    smaller = DropAny(made.documents, keep) || DropAny(made.tenant.users, keep);
    for (auto& user : made.tenant.users) smaller = DropAny(user.licenses, keep) || smaller;
    for (auto& user : made.tenant.users) {
      for (auto& license : user.licenses) smaller = DropAny(license.off, keep) || smaller;
    }
    for (auto& group : made.tenant.groups) smaller = DropAny(group.members, keep) || smaller;
  }
  return made;
}

// Whether the property fails, without a report. What cannot be planned does not fail: half a case
// may be no case at all.
bool FailsQuietly(const Property& property, const RandomCase& made) {
  ::testing::TestPartResultArray results;
  try {
    const ::testing::ScopedFakeTestPartResultReporter quiet(
        ::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &results);
    property.check(PlannedCase(made));
  } catch (const std::exception&) {
    return false;
  }
  for (int i = 0; i < results.size(); ++i) {
    if (results.GetTestPartResult(i).failed()) return true;
  }
  return false;
}

void Report(const Property& property, const RandomCase& made, int seed) {
  const auto smallest =
      Shrunk(made, [&](const RandomCase& smaller) { return FailsQuietly(property, smaller); });
  ADD_FAILURE() << property.name << ": seed " << seed << ", made small:\n" << Describe(smallest);
  property.check(PlannedCase(smallest));
}

}  // namespace

Plan PlannedCase::PlanFor(const TestTenant& tenant) const {
  return PlanOf(tenant.Read(), policies, made.memory).plan();
}

PlannedCase::PlannedCase(RandomCase from)
    : made(std::move(from)),
      policies(Policies(made.documents)),
      observed(made.tenant.Read()),
      plan(PlanOf(observed, policies, made.memory).plan()),
      plan_json(RenderPlanJson(plan)) {}

void ExpectNothingMoreToJudge(const DesiredState& desired, const ObservedState& observed) {
  const auto differing = RowsThatMayDiffer(desired, observed);
  Draft draft;
  std::vector<Drift> drift;
  const std::set<UserId> nobody;
  UserJudge judge(desired, observed, nobody, draft, drift);
  for (Row row = 0; row < observed.users.size(); ++row) {
    if (differing.Contains(row)) continue;
    judge.JudgeUser(row);
    ASSERT_TRUE(draft.parts.empty() && drift.empty())
        << observed.users.user_principal_name(row) << " " << drift.size();
  }
}

void CheckRandomCases(std::span<const Property> properties, int share, int shares) {
  for (int seed = share; seed < RandomCases(kUsualCases); seed += shares) {
    const PlannedCase planned(RandomCase(static_cast<std::uint32_t>(seed)));
    for (const auto& property : properties) {
      {
        SCOPED_TRACE(fmt::format("{}: seed {}", property.name, seed));
        property.check(planned);
      }
      if (!::testing::Test::HasFailure()) continue;
      Report(property, planned.made, seed);
      return;
    }
  }
}

}  // namespace seatkeeper::test
