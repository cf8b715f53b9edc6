#include "daemon/user_list.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace seatkeeper {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> Names(const ListedUsers& list) {
  std::vector<std::string> names;
  for (const auto& user : list.users) names.push_back(user.value);
  return names;
}

ListedUsers Read(const std::string& text) {
  const SourceFile file{.path = "leavers.csv", .text = text};
  return ReadUserList(file);
}

TEST(UserList, TakesTheColumnThatTheHeaderNames) {
  const auto list = Read(
      "\xEF\xBB\xBF\"Display name\",\"User principal name\",Department\r\n"
      "\"Ada, Countess\",ada@contoso.com,Engineering\r\n"
      "Bob,\" bob@contoso.com\",\r\n");
  EXPECT_TRUE(list.findings.empty());
  EXPECT_THAT(Names(list), ElementsAre("ada@contoso.com", "bob@contoso.com"));
  EXPECT_EQ(ToString(list.users.at(0).at), "leavers.csv:2:17");
  EXPECT_THAT(Names(Read("id,userPrincipalName\n1,ada@contoso.com\n")),
              ElementsAre("ada@contoso.com"));
}

TEST(UserList, WithoutAHeaderTakesTheFirstColumn) {
  EXPECT_THAT(Names(Read("ada@contoso.com,x\n\n6f0d1a52-0f2b-4e57-9140-b90eb88a9e97,y")),
              ElementsAre("ada@contoso.com", "6f0d1a52-0f2b-4e57-9140-b90eb88a9e97"));
}

TEST(UserList, NamesEveryBadLine) {
  const auto list = Read(
      "name,user\nAda,ada@contoso.com\nBob,bob\n\"two\nlines\",cleo at contoso.com\nDan\n"
      "Eve,\n");
  ASSERT_EQ(list.findings.size(), 4U);
  EXPECT_EQ(ToString(list.findings[0].at), "leavers.csv:3:5");
  EXPECT_THAT(list.findings[0].message, HasSubstr("neither a user principal name"));
  EXPECT_EQ(ToString(list.findings[1].at), "leavers.csv:5:8") << "behind a field of two lines";
  EXPECT_EQ(ToString(list.findings[2].at), "leavers.csv:6:1");
  EXPECT_THAT(list.findings[3].message, HasSubstr("names no user"));
}

TEST(UserList, ABrokenQuoteAndAnEmptyFileAreFindings) {
  EXPECT_EQ(Read("user\n\"ada@contoso.com\n").findings.at(0).code, "csv");
  EXPECT_EQ(Read("user\n\n").findings.at(0).code, "no-users");
  EXPECT_EQ(Read("").findings.at(0).code, "no-users");
}

}  // namespace
}  // namespace seatkeeper
