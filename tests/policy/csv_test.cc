#include "policy/csv.h"

#include <gtest/gtest.h>

namespace seatkeeper {
namespace {

// "1[a|b] 3[c]": the line of each record and its fields; an error as "line: message".
std::string Read(std::string_view text) {
  CsvReader reader(text);
  std::string all;
  while (true) {
    const auto record = reader.Next();
    if (!record) {
      return all + std::to_string(record.error().position->line) + ": " + record.error().message;
    }
    if (!*record) return all;
    std::string fields;
    for (const auto& field : (*record)->fields) fields += "|" + field;
    all += std::to_string((*record)->line) + "[" + fields.substr(1) + "] ";
  }
}

TEST(Csv, ReadsRecordsWithTheirLines) {
  EXPECT_EQ(Read("a,b\r\nc,d\n"), "1[a|b] 2[c|d] ");
  EXPECT_EQ(Read("a,b\nc,d"), "1[a|b] 2[c|d] ") << "the last line end may be missing";
  EXPECT_EQ(Read("a\n\r\n\nb\n"), "1[a] 4[b] ") << "empty lines are no records";
  EXPECT_EQ(Read(""), "");
}

TEST(Csv, KeepsEmptyFields) {
  CsvReader reader(",,\n");
  EXPECT_EQ((**reader.Next()).fields.size(), 3u);
  CsvReader last("a,");
  EXPECT_EQ((**last.Next()).fields.size(), 2u);
}

TEST(Csv, FieldsInQuotesHoldAnything) {
  EXPECT_EQ(Read("\"a,b\",\"say \"\"no\"\"\",\"two\r\nlines\"\nnext"),
            "1[a,b|say \"no\"|two\r\nlines] 3[next] ");
  EXPECT_EQ(Read("\"\",x"), "1[|x] ");
}

TEST(Csv, AQuoteInsideAPlainFieldIsText) { EXPECT_EQ(Read("24\" screen,x"), "1[24\" screen|x] "); }

TEST(Csv, SkipsTheByteOrderMark) { EXPECT_EQ(Read("\xEF\xBB\xBF\"a\",b"), "1[a|b] "); }

TEST(Csv, SaysWhereQuotesAreWrong) {
  EXPECT_EQ(Read("a\n\"b\nc"), "1[a] 2: a field in quotes is never closed");
  EXPECT_EQ(Read("a\n\"b\n\" c,d"),
            "1[a] 3: text follows the closing quote of a field; double a quote that is part of it");
}

}  // namespace
}  // namespace seatkeeper
