#include "reconciler/model/columns.h"

#include <gtest/gtest.h>

namespace seatkeeper {
namespace {

TEST(StringColumn, KeepsAbsentNullAndEmptyApart) {
  StringColumn column;
  column.Append(StringColumn::kAbsent);
  column.Append(StringColumn::kNull);
  column.Append(column.Intern(""));
  column.Append(column.Intern("a"));
  EXPECT_NE(column.code(0), column.code(1));
  EXPECT_NE(column.code(1), column.code(2));
  EXPECT_NE(column.code(0), column.code(2));
  EXPECT_FALSE(column.has_text(0));
  EXPECT_FALSE(column.has_text(1));
  EXPECT_TRUE(column.has_text(2));
  EXPECT_EQ(column.text(0), "");
  EXPECT_EQ(column.text(2), "");
  EXPECT_EQ(column.text(3), "a");
}

TEST(StringColumn, StoresEachTextOnce) {
  StringColumn column;
  const auto first = column.Intern("Engineering");
  EXPECT_EQ(column.Intern("Engineering"), first);
  EXPECT_NE(column.Intern("engineering"), first);
  EXPECT_EQ(column.dictionary_end(), StringColumn::kFirstText + 2);
}

TEST(StringColumn, KnowsItsTextsAfterAMove) {
  StringColumn column;
  for (int i = 0; i < 1000; ++i) column.Append(column.Intern("text " + std::to_string(i)));
  const StringColumn moved = std::move(column);
  EXPECT_EQ(moved.text(0), "text 0");
  EXPECT_EQ(moved.text(999), "text 999");
}

TEST(StringColumn, PermutesRows) {
  StringColumn column;
  for (const auto* text : {"a", "b", "c"}) column.Append(column.Intern(text));
  column.Permute({2, 0, 1});
  EXPECT_EQ(column.text(0), "c");
  EXPECT_EQ(column.text(1), "a");
  EXPECT_EQ(column.text(2), "b");
}

TEST(BooleanColumn, KeepsFourValuesApart) {
  using Value = BooleanColumn::Value;
  BooleanColumn column;
  for (const auto value : {Value::kAbsent, Value::kNull, Value::kFalse, Value::kTrue}) {
    column.Append(value);
  }
  column.Permute({3, 2, 1, 0});
  EXPECT_EQ(column.value(0), Value::kTrue);
  EXPECT_EQ(column.value(1), Value::kFalse);
  EXPECT_EQ(column.value(2), Value::kNull);
  EXPECT_EQ(column.value(3), Value::kAbsent);
}

}  // namespace
}  // namespace seatkeeper
