#include <gtest/gtest.h>

#include <string>

#include "reconciler/model/merge.h"
#include "tests/reconciler/model/every_column.h"
#include "tests/reconciler/model/same_reading.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using rule::DirectoryExtension;
using test::IdOf;
using test::ReadEveryColumn;

TEST(MergedColumns, TakeValuesOfEveryKindForValuesOfEveryOther) {
  const auto third = [](std::size_t i) { return i % 3 == 1; };
  for (std::size_t shift = 0; shift < test::EveryValue().size(); ++shift) {
    SCOPED_TRACE(shift);
    const auto now = ReadEveryColumn(shift);
    const auto all = MergeReading(ReadEveryColumn(0), {{}, ReadEveryColumn(shift)});
    ASSERT_TRUE(all);
    test::ExpectSameReading(*all, now);
    const auto merged = MergeReading(ReadEveryColumn(0), {{}, ReadEveryColumn(shift, third)});
    ASSERT_TRUE(merged);
    const auto before = ReadEveryColumn(0);
    for (Row row = 0; row < test::kPeople; ++row) {
      test::ExpectSameUser(*merged, third(row) ? now : before, row);
    }
  }
}

TEST(MergedColumns, TakeAnExtensionInEitherCase) {
  auto upper = AllProperties();
  upper.Add(DirectoryExtension{"EXTENSION_0123456789abcdef0123456789abcdef_badge"});
  ObservedBuilder builder(upper);
  builder.BeginUser(IdOf<UserId>("ada"));
  builder.SetExtension(test::kExtension, "7");
  builder.EndUser();
  const auto before = ObservedBuilder(test::Everything()).Finish("t", WallTime{});
  const auto merged = MergeReading(before, {{}, builder.Finish("t", WallTime{})});
  ASSERT_TRUE(merged);
  EXPECT_EQ(merged->users.extension(test::kExtension)->text(0), "7");
}

}  // namespace
}  // namespace seatkeeper
