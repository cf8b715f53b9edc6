#include "tests/reconciler/model/same_reading.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include "tests/support/tenant_builder.h"

namespace seatkeeper::test {
namespace {

// An assignment in words and ids, however it was numbered.
auto WordsOf(const AssignmentRow& row, const ObservedState& state) {
  return std::tuple(state.product_ids[row.product], row.source, row.state,
                    state.plan_sets[row.disabled_plans], state.texts[row.error],
                    state.texts[row.updated], row.group);
}

template <typename T>
void ExpectSameThings(std::vector<T> read, std::vector<T> expected) {
  std::sort(read.begin(), read.end());
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(read, expected);
}

void ExpectSameProducts(const ObservedState& read, const ObservedState& expected) {
  ASSERT_EQ(read.product_ids, expected.product_ids);
  for (std::size_t i = 0; i < expected.products.size(); ++i) {
    EXPECT_EQ(read.products[i].id, expected.products[i].id);
    EXPECT_EQ(read.products[i].subscribed, expected.products[i].subscribed);
    EXPECT_EQ(read.products[i].part_number, expected.products[i].part_number);
    EXPECT_EQ(read.products[i].prepaid.enabled, expected.products[i].prepaid.enabled);
    EXPECT_EQ(read.products[i].consumed, expected.products[i].consumed);
  }
}

void ExpectSameGroups(const ObservedState& read, const ObservedState& expected) {
  ASSERT_EQ(read.groups.size(), expected.groups.size());
  for (std::size_t i = 0; i < expected.groups.size(); ++i) {
    EXPECT_EQ(read.groups[i].id, expected.groups[i].id);
    EXPECT_EQ(read.groups[i].members, expected.groups[i].members);
  }
}

}  // namespace

void ExpectSameUser(const ObservedState& read, const ObservedState& expected, Row row) {
  SCOPED_TRACE(NameOf(expected.users.id(row).guid));
  ASSERT_EQ(read.users.id(row), expected.users.id(row));
  EXPECT_EQ(read.Fingerprint(row), expected.Fingerprint(row));
  EXPECT_EQ(read.users.assignments_known(row), expected.users.assignments_known(row));
  const auto rows = read.users.assignments(row);
  const auto wanted = expected.users.assignments(row);
  ASSERT_EQ(rows.size(), wanted.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(WordsOf(rows[i], read), WordsOf(wanted[i], expected)) << i;
  }
  const auto name = expected.users.user_principal_name(row);
  EXPECT_EQ(read.users.FindByPrincipalName(name), expected.users.FindByPrincipalName(name)) << name;
}

void ExpectSameReading(const ObservedState& read, const ObservedState& expected) {
  EXPECT_EQ(read.tenant, expected.tenant);
  EXPECT_EQ(read.read_at, expected.read_at);
  EXPECT_EQ(read.properties, expected.properties);
  ASSERT_EQ(read.users.size(), expected.users.size());
  for (Row row = 0; row < expected.users.size(); ++row) ExpectSameUser(read, expected, row);
  ExpectSameProducts(read, expected);
  ExpectSameGroups(read, expected);
  // Each once, and nothing that nobody has: a plan looks for some of them by what they say.
  ExpectSameThings(read.texts, expected.texts);
  ExpectSameThings(read.plan_sets, expected.plan_sets);
  EXPECT_EQ(read.texts.at(0), "");
  EXPECT_TRUE(read.plan_sets.at(0).empty());
}

}  // namespace seatkeeper::test
