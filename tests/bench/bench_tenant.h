#pragma once

#include <cstdint>
#include <vector>

#include "reconciler/model/observed.h"
#include "tests/support/rule_interpreter.h"

namespace seatkeeper::bench {

/// A tenant as a large company has it: 200 departments, 40 countries, 5,000 job titles,
/// all-distinct display names, principal names and addresses (a few of them not ASCII), dates, and
/// sixty sets of assigned plans. The same for the same number of users.
struct BenchTenant {
  ObservedState observed;
  std::size_t heap_bytes = 0;        ///< What `observed` takes.
  test::Links links;                 ///< Two groups and one manager.
  std::vector<test::Person> sample;  ///< Every so-many-th user as a plain value.
};

BenchTenant MakeTenant(std::uint32_t users, std::uint32_t sample_every,
                       const PropertySet& properties);

/// The moment at which the tenant is read.
WallTime BenchNow();

GroupId BenchGroup(int number);
PlanId BenchPlan(int number);
UserId BenchManager();

}  // namespace seatkeeper::bench
