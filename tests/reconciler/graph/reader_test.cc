#include "reconciler/graph/reader.h"

#include <gmock/gmock.h>

#include "tests/reconciler/graph/graph_fixture.h"

namespace seatkeeper::test {
namespace {

using Status = GroupReading::Status;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// A reader together with what it has asked for and concluded.
class ReaderTest : public ::testing::Test {
 protected:
  void Start(std::vector<std::string> groups = {}) {
    Start({.properties = PlanningProperties(), .groups = groups});
  }
  void Start(ReadRequest request, Reader::Extent extent = Reader::Extent::kEverything) {
    reader_.emplace(std::move(request), 999, extent);
    Step(reader_event::Start{});
  }
  void Step(ReaderEvent event) {
    for (ReaderEffect& effect : reader_->Step(std::move(event))) {
      std::visit(
          Overloaded{
              [this](reader_effect::Get& get) { open_.push_back(std::move(get)); },
              [this](reader_effect::AddGroup& add) { groups_.push_back(std::move(add.group)); },
              [this](reader_effect::AddReference& add) {
                references_[add.reading.reference] = add.reading;
              },
              [this](reader_effect::AddLinked& add) {
                const Link link = add.linked.link;
                linked_[link] = std::move(add.linked);
              },
              [this](reader_effect::Finished& end) {
                EXPECT_FALSE(finished_) << "finished twice";
                finished_ = std::move(end.result);
              },
          },
          effect);
    }
  }
  /// Takes the open request whose url contains `part`.
  reader_effect::Get Take(const std::string& part) {
    for (auto get = open_.begin(); get != open_.end(); ++get) {
      if (get->url.find(part) == std::string::npos) continue;
      reader_effect::Get taken = *get;
      open_.erase(get);
      return taken;
    }
    ADD_FAILURE() << "nothing asks for " << part;
    return {};
  }
  void Answer(const std::string& part, DecodedPage page) {
    Step(reader_event::PageRead{Take(part).id, std::move(page)});
  }
  void Refuse(const std::string& part, int status) {
    Step(reader_event::Failed{Take(part).id, Error{.kind = ErrorKind::kRejected,
                                                   .message = "refused",
                                                   .service = ServiceError{.status = status}}});
  }
  void AnswerTenant(std::size_t users = 2, std::uint64_t count = 2) {
    Answer("/subscribedSkus", {});
    Answer("/users/$count", {.count = count});
    Answer("/users?", {.distinct_users = users});
    Answer("/directory/subscriptions", {});
  }
  static Group MakeGroup(int id, std::string name) {
    return {.id = *GroupId::Parse(Guid(id)), .display_name = std::move(name)};
  }
  static DecodedPage HiddenGroup(int id) {
    const auto group = MakeGroup(id, "Hidden");
    return {.groups = {group}, .hiding = {group.id}};
  }
  static UserId User(int id) { return *UserId::Parse(Guid(id)); }

  std::optional<Reader> reader_;
  std::vector<reader_effect::Get> open_;
  std::vector<Group> groups_;
  std::map<std::string, GroupReading> references_;
  std::map<Link, LinkedUsers> linked_;
  std::optional<Result<void>> finished_;
};

TEST_F(ReaderTest, AsksForEverythingAtOnceAndSelectsWhatItNeeds) {
  Start();
  ASSERT_EQ(open_.size(), 4U);
  EXPECT_TRUE(Take("/users/$count").eventual) << "counts need ConsistencyLevel";
  EXPECT_EQ(Take("/users?").url,
            "/users?$select=id,accountEnabled,displayName,usageLocation,userPrincipalName,userType,"
            "assignedLicenses,licenseAssignmentStates&$top=999");
}

TEST_F(ReaderTest, AnOutlineHasNeitherUsersNorMembersNorLinks) {
  const Link link{Link::Kind::kDirectReports, UserId::Parse(Guid(7))->guid};
  Start({.properties = PlanningProperties(),
         .groups = {"Pilots", "Sales"},
         .licensed_groups = {"Pilots"},
         .links = {link}},
        Reader::Extent::kOutline);
  ASSERT_EQ(open_.size(), 4U) << "products, subscriptions and two names";
  Answer("Pilots", {.groups = {MakeGroup(50, "Pilots")}});
  Answer("Sales", {});
  Answer("/subscribedSkus", {});
  EXPECT_FALSE(finished_);
  Refuse("/directory/subscriptions", 403);
  ASSERT_TRUE(finished_ && finished_->ok());
  EXPECT_EQ(references_.at("Pilots").status, Status::kFound);
  EXPECT_EQ(references_.at("Sales").status, Status::kMissing);
  ASSERT_EQ(groups_.size(), 1U);
  EXPECT_TRUE(groups_[0].members.empty());
  EXPECT_TRUE(open_.empty());
}

TEST_F(ReaderTest, WithSignInTimesPagesOfUsersHold500) {
  auto properties = PlanningProperties();
  properties.Add(rule::Property::kLastSignIn);
  Start({.properties = properties});
  const auto users = Take("/users?");
  EXPECT_THAT(users.url, HasSubstr(",signInActivity,"));
  EXPECT_TRUE(users.url.ends_with("&$top=500")) << users.url;
}

TEST_F(ReaderTest, RefusedSignInTimesSayWhatTheyNeed) {
  auto properties = PlanningProperties();
  properties.Add(rule::Property::kLastSuccessfulSignIn);
  Start({.properties = properties});
  Refuse("/users?", 403);
  ASSERT_TRUE(finished_ && !finished_->ok());
  EXPECT_THAT(finished_->error().message,
              AllOf(HasSubstr("refused"), HasSubstr("user.signInActivity"),
                    HasSubstr("Entra ID P1 or P2"), HasSubstr("AuditLog.Read.All")));
  Start();
  finished_.reset();
  Refuse("/users?", 403);
  EXPECT_THAT(finished_->error().message, ::testing::Not(HasSubstr("signInActivity")));
}

TEST_F(ReaderTest, SucceedsWhenEveryListingHasEnded) {
  Start();
  AnswerTenant();
  ASSERT_TRUE(finished_);
  EXPECT_TRUE(finished_->ok());
}

TEST_F(ReaderTest, FollowsLinksVerbatimOnePageAtATime) {
  Start();
  Answer("/users?", {.next_link = "https://g/users?page=2", .distinct_users = 1});
  const auto second = Take("page=2");
  EXPECT_EQ(second.url, "https://g/users?page=2");
  EXPECT_EQ(second.doing, "Reading users, page 2");
  Step(reader_event::PageRead{second.id, {.next_link = "https://g/users?page=3"}});
  Step(reader_event::PageRead{Take("page=3").id, {.distinct_users = 2}});
  Answer("/subscribedSkus", {});
  Answer("/users/$count", {.count = 2});
  EXPECT_FALSE(finished_);
  Answer("/directory/subscriptions", {});
  ASSERT_TRUE(finished_);
  EXPECT_TRUE(finished_->ok()) << "an empty page with a link is just a page";
}

TEST_F(ReaderTest, AFailedPageFailsTheReadingAtOnceAndForGood) {
  Start();
  Answer("/users?", {.next_link = "https://g/users?page=2", .distinct_users = 999});
  const auto count = Take("/users/$count");
  Refuse("page=2", 503);
  ASSERT_TRUE(finished_);
  EXPECT_FALSE(finished_->ok());
  Step(reader_event::PageRead{count.id, {.count = 1}});  // Would be reported as a second Finished.
}

TEST_F(ReaderTest, FewerUsersThanCountedIsNoReading) {
  Start();
  AnswerTenant(99, 100);
  ASSERT_TRUE(finished_ && !finished_->ok());
  EXPECT_EQ(finished_->error().kind, ErrorKind::kIncomplete);
  EXPECT_THAT(finished_->error().message, AllOf(HasSubstr("100"), HasSubstr("99")));
}

TEST_F(ReaderTest, MoreUsersThanCountedIsFine) {
  Start();
  AnswerTenant(101, 100);
  ASSERT_TRUE(finished_);
  EXPECT_TRUE(finished_->ok()) << "somebody may have joined meanwhile";
}

TEST_F(ReaderTest, ALinkThatComesTwiceIsNoReading) {
  Start();
  Answer("/users?", {.next_link = "https://g/a"});
  Answer("https://g/a", {.next_link = "https://g/b"});
  Answer("https://g/b", {.next_link = "https://g/a"});
  ASSERT_TRUE(finished_ && !finished_->ok());
  EXPECT_EQ(finished_->error().kind, ErrorKind::kIncomplete);
  EXPECT_THAT(finished_->error().message, HasSubstr("page 3"));
}

TEST_F(ReaderTest, SubscriptionsMayBeForbiddenButNotBroken) {
  for (const int status : {403, 404, 501}) {
    finished_.reset();
    open_.clear();
    Start();
    Refuse("/directory/subscriptions", status);
    Answer("/subscribedSkus", {});
    Answer("/users/$count", {});
    Answer("/users?", {});
    ASSERT_TRUE(finished_) << status;
    EXPECT_TRUE(finished_->ok()) << status;
  }
  finished_.reset();
  open_.clear();
  Start();
  Refuse("/directory/subscriptions", 503);
  ASSERT_TRUE(finished_ && !finished_->ok());
}

TEST_F(ReaderTest, ForbiddenUsersOrProductsFailTheReading) {
  for (const char* part : {"/users?", "/users/$count", "/subscribedSkus"}) {
    finished_.reset();
    open_.clear();
    Start();
    Refuse(part, 403);
    ASSERT_TRUE(finished_) << part;
    EXPECT_FALSE(finished_->ok()) << part;
  }
}

TEST_F(ReaderTest, ReadsAGroupByNameWithItsUsersOnly) {
  Start({"O'Neil & Co"});
  AnswerTenant();
  EXPECT_FALSE(finished_);
  const auto search = Take("/groups?$filter=");
  EXPECT_THAT(search.url, HasSubstr("displayName%20eq%20%27O%27%27Neil%20%26%20Co%27&$select="));
  Step(reader_event::PageRead{search.id, {.groups = {MakeGroup(50, "O'Neil & Co")}}});
  EXPECT_TRUE(Take("transitiveMembers/$count").eventual);
  Start({Guid(50)});
  finished_.reset();
  open_.erase(open_.begin(), open_.begin() + static_cast<std::ptrdiff_t>(open_.size() - 5));
  AnswerTenant();
  Answer("/groups/" + Guid(50) + "?", {.groups = {MakeGroup(50, "x")}});
  Answer("transitiveMembers/$count", {.count = 3});
  Answer("transitiveMembers?$select=id&$top=999",
         {.next_link = "https://g/m2", .members = {User(2), User(1)}});
  Answer("https://g/m2", {.members = {User(2)}, .others = {GroupId::Parse(Guid(9))->guid}});
  ASSERT_TRUE(finished_);
  ASSERT_TRUE(finished_->ok()) << finished_->error().message;
  ASSERT_EQ(groups_.size(), 1U);
  EXPECT_THAT(groups_[0].members, ::testing::ElementsAre(User(1), User(2)));
  EXPECT_EQ(references_[Guid(50)].status, Status::kFound);
  EXPECT_EQ(references_[Guid(50)].id, groups_[0].id);
}

TEST_F(ReaderTest, FewerMembersThanCountedIsNoReading) {
  Start({Guid(50)});
  AnswerTenant();
  Answer("/groups/", {.groups = {MakeGroup(50, "Sales")}});
  Answer("transitiveMembers/$count", {.count = 3});
  Answer("transitiveMembers?", {.members = {User(1), User(1), User(2)}});
  ASSERT_TRUE(finished_ && !finished_->ok());
  EXPECT_EQ(finished_->error().kind, ErrorKind::kIncomplete);
  EXPECT_THAT(finished_->error().message, HasSubstr("Sales"));
}

TEST_F(ReaderTest, GroupsThatCannotBeUsedAreFindingsNotFailures) {
  Start({"Nobody", "Twins", Guid(60), Guid(61), Guid(62)});
  AnswerTenant();
  Answer("Nobody", {});
  Answer("Twins", {.groups = {MakeGroup(1, "Twins"), MakeGroup(2, "twins")}});
  Refuse(Guid(60), 404);
  Refuse(Guid(61), 403);
  Answer("/groups/" + Guid(62) + "?", {.groups = {MakeGroup(62, "Hidden")}});
  Answer("transitiveMembers/$count", {.count = 3});
  Refuse("transitiveMembers?", 403);
  ASSERT_TRUE(finished_ && finished_->ok());
  EXPECT_EQ(references_["Nobody"].status, Status::kMissing);
  EXPECT_EQ(references_["Twins"].status, Status::kAmbiguous);
  EXPECT_THAT(references_["Twins"].detail, AllOf(HasSubstr(Guid(1)), HasSubstr(Guid(2))));
  EXPECT_EQ(references_[Guid(60)].status, Status::kMissing);
  EXPECT_EQ(references_[Guid(61)].status, Status::kUnreadable);
  EXPECT_EQ(references_[Guid(62)].status, Status::kUnreadable);
  EXPECT_TRUE(groups_.empty());
}

TEST_F(ReaderTest, AGroupThatHidesItsMembersIsNotTakenForEmpty) {
  Start({.properties = PlanningProperties(),
         .groups = {Guid(61), Guid(62)},
         .licensed_groups = {Guid(61)}});
  AnswerTenant();
  Answer("/groups/" + Guid(61) + "?", HiddenGroup(61));
  Answer(Guid(61) + "/transitiveMembers/$count", {.count = 0});
  Answer(Guid(61) + "/transitiveMembers?", {});
  Answer(Guid(61) + "/members/$count", {.count = 0});
  Answer(Guid(61) + "/members?", {});
  Answer("/groups/" + Guid(62) + "?", HiddenGroup(62));
  Answer(Guid(62) + "/transitiveMembers/$count", {.count = 1});
  Answer(Guid(62) + "/transitiveMembers?", {.members = {User(1)}});
  ASSERT_TRUE(finished_ && finished_->ok());
  EXPECT_EQ(references_[Guid(61)].status, Status::kUnreadable);
  EXPECT_THAT(references_[Guid(61)].detail, HasSubstr("Member.Read.Hidden"));
  const Link direct{Link::Kind::kDirectMembers, GroupId::Parse(Guid(61))->guid};
  EXPECT_EQ(linked_[direct].status, Status::kUnreadable);
  EXPECT_EQ(references_[Guid(62)].status, Status::kFound) << "who is listed is seen";
}

TEST_F(ReaderTest, AGroupNamedTwiceIsReadOnce) {
  Start({Guid(50), "Sales"});
  AnswerTenant();
  Answer("/groups/", {.groups = {MakeGroup(50, "Sales")}});
  Answer("/groups?", {.groups = {MakeGroup(50, "Sales")}});
  Answer("transitiveMembers/$count", {.count = 0});
  Answer("transitiveMembers?", {});
  ASSERT_TRUE(finished_ && finished_->ok());
  EXPECT_EQ(groups_.size(), 1U);
  EXPECT_EQ(references_["Sales"].id, references_[Guid(50)].id);
}

Link Members(int group) { return {Link::Kind::kDirectMembers, GroupId::Parse(Guid(group))->guid}; }
Link Reports(int manager) {
  return {Link::Kind::kDirectReports, UserId::Parse(Guid(manager))->guid};
}

TEST_F(ReaderTest, ReadsDirectMembersAndDirectReportsToTheirLastPage) {
  Start({.properties = PlanningProperties(), .links = {Members(50), Reports(7), Members(50)}});
  AnswerTenant();
  EXPECT_TRUE(Take("/groups/" + Guid(50) + "/members/$count").eventual);
  Answer("/groups/" + Guid(50) + "/members?$select=id&$top=999",
         {.next_link = "https://g/m2", .members = {User(2)}, .others = {User(60).guid}});
  Answer("/users/" + Guid(7) + "/directReports/$count", {.count = 1});
  Answer("/users/" + Guid(7) + "/directReports?$select=id&$top=999", {.members = {User(9)}});
  EXPECT_FALSE(finished_);
  Answer("https://g/m2", {.members = {User(1), User(2)}});
  EXPECT_TRUE(open_.empty()) << "a link asked for twice is read once";
}

TEST_F(ReaderTest, LinkedUsersAreOrderedAndComeBeforeTheEnd) {
  Start({.properties = PlanningProperties(), .links = {Members(50)}});
  AnswerTenant();
  Answer("members/$count", {.count = 3});
  Answer("members?", {.members = {User(2), User(1), User(2)}, .others = {User(60).guid}});
  ASSERT_TRUE(finished_ && finished_->ok());
  ASSERT_EQ(linked_.size(), 1U);
  EXPECT_EQ(linked_[Members(50)].status, Status::kFound);
  EXPECT_THAT(linked_[Members(50)].users, ::testing::ElementsAre(User(1), User(2)));
}

TEST_F(ReaderTest, FewerReportsThanCountedIsNoReading) {
  Start({.properties = PlanningProperties(), .links = {Reports(7)}});
  AnswerTenant();
  Answer("directReports/$count", {.count = 2});
  Answer("directReports?", {.members = {User(1)}});
  ASSERT_TRUE(finished_ && !finished_->ok());
  EXPECT_EQ(finished_->error().kind, ErrorKind::kIncomplete);
  EXPECT_THAT(finished_->error().message, HasSubstr("direct reports of user '" + Guid(7)));
}

TEST_F(ReaderTest, LinksThatCannotBeReadAreFindingsNotFailures) {
  Start({.properties = PlanningProperties(), .links = {Members(50), Members(51), Reports(7)}});
  AnswerTenant();
  Refuse(Guid(50) + "/members/$count", 404);
  Refuse(Guid(50) + "/members?", 404);
  Answer(Guid(51) + "/members/$count", {.count = 9});
  Answer(Guid(51) + "/members?", {.next_link = "https://g/m2", .members = {User(1)}});
  Refuse("https://g/m2", 403);
  Refuse("directReports/$count", 404);
  Refuse("directReports?", 404);
  ASSERT_TRUE(finished_ && finished_->ok());
  EXPECT_EQ(linked_[Members(50)].status, Status::kMissing);
  EXPECT_EQ(linked_[Members(51)].status, Status::kUnreadable);
  EXPECT_TRUE(linked_[Members(51)].users.empty()) << "all pages or nothing";
  EXPECT_EQ(linked_[Members(51)].detail, "refused");
  EXPECT_EQ(linked_[Reports(7)].status, Status::kMissing);
  Start({.properties = PlanningProperties(), .links = {Reports(7)}});
  finished_.reset();
  Refuse("directReports?", 503);
  ASSERT_TRUE(finished_ && !finished_->ok());
}

TEST_F(ReaderTest, AGroupThatOnlyARuleNamesIsNotTakenForEmptyWhereItHidesItsMembers) {
  Start({.properties = PlanningProperties(),
         .links = {Members(61), Members(62), Members(63), Members(64), Members(65), Reports(7)}});
  AnswerTenant();
  for (const int group : {61, 62, 63, 64}) {
    Answer(Guid(group) + "/members/$count", {.count = 0});
    Answer(Guid(group) + "/members?", {});
  }
  Answer(Guid(65) + "/members/$count", {.count = 1});
  Answer(Guid(65) + "/members?", {.members = {User(1)}});
  Answer("directReports/$count", {.count = 0});
  Answer("directReports?", {});
  EXPECT_FALSE(finished_);
  ASSERT_EQ(open_.size(), 4U) << "only of groups that list nobody";
  Answer("/groups/" + Guid(61) + "?$select=id,visibility", HiddenGroup(61));
  Answer("/groups/" + Guid(62) + "?", {.groups = {MakeGroup(62, "Empty")}});
  Refuse("/groups/" + Guid(63) + "?", 403);
  Refuse("/groups/" + Guid(64) + "?", 404);
  ASSERT_TRUE(finished_ && finished_->ok());
  EXPECT_EQ(linked_[Members(61)].status, Status::kUnreadable);
  EXPECT_THAT(linked_[Members(61)].detail, HasSubstr("Member.Read.Hidden"));
  EXPECT_EQ(linked_[Members(62)].status, Status::kFound);
  EXPECT_EQ(linked_[Members(63)].status, Status::kUnreadable);
  EXPECT_EQ(linked_[Members(64)].status, Status::kMissing);
  EXPECT_EQ(linked_[Members(65)].status, Status::kFound);
  EXPECT_EQ(linked_[Reports(7)].status, Status::kFound);
  EXPECT_TRUE(groups_.empty()) << "no policy names one";
}

TEST_F(ReaderTest, WhetherAGroupHidesItsMembersIsAskedOnceAndForLinksReadAgain) {
  Start({.links = {Members(61)}}, Reader::Extent::kLinks);
  Answer("members/$count", {.count = 0});
  Answer("members?", {});
  Answer("/groups/" + Guid(61) + "?", HiddenGroup(61));
  ASSERT_TRUE(finished_ && finished_->ok());
  EXPECT_EQ(linked_[Members(61)].status, Status::kUnreadable);
  finished_.reset();
  Start({.properties = PlanningProperties(), .groups = {Guid(61)}, .links = {Members(61)}});
  AnswerTenant();
  Answer("/groups/" + Guid(61) + "?", HiddenGroup(61));
  for (const char* members : {"/members", "/transitiveMembers"}) {
    Answer(Guid(61) + members + "/$count", {.count = 0});
    Answer(Guid(61) + members + "?", {});
  }
  ASSERT_TRUE(finished_ && finished_->ok()) << "the group has been read with its visibility";
  EXPECT_EQ(linked_[Members(61)].status, Status::kUnreadable);
}

TEST_F(ReaderTest, ThatItCannotBeToldWhetherAGroupHidesItsMembersFailsTheReading) {
  Start({.links = {Members(61)}}, Reader::Extent::kLinks);
  Answer("members/$count", {.count = 0});
  Answer("members?", {});
  Refuse("/groups/" + Guid(61) + "?", 503);
  ASSERT_TRUE(finished_ && !finished_->ok());
}

TEST_F(ReaderTest, OfGroupsToBeLicensedTheDirectMembersAreReadToo) {
  Start({.properties = PlanningProperties(),
         .groups = {Guid(50), Guid(52), "Nobody", "Sales", "Support"},
         .licensed_groups = {Guid(50), Guid(52), "Nobody", "Sales"},
         .links = {Members(52)}});
  AnswerTenant();
  Answer("Nobody", {});
  const auto search = Take("%27Sales%27");
  EXPECT_THAT(search.url, HasSubstr("$select=id,displayName,assignedLicenses,"
                                    "licenseProcessingState,securityEnabled,visibility"));
  Step(reader_event::PageRead{search.id, {.groups = {MakeGroup(50, "Sales")}}});
  Answer("/groups/" + Guid(50) + "?", {.groups = {MakeGroup(50, "Sales")}});
  Answer("/groups/" + Guid(52) + "?", {.groups = {MakeGroup(52, "Stock")}});
  Answer("%27Support%27", {.groups = {MakeGroup(51, "Support")}});
  for (const int group : {50, 51, 52}) {
    Answer(Guid(group) + "/transitiveMembers/$count", {.count = 2});
    Answer(Guid(group) + "/transitiveMembers?", {.members = {User(1), User(2)}});
  }
  for (const int group : {50, 52}) {
    Answer(Guid(group) + "/members/$count", {.count = 2});
    Answer(Guid(group) + "/members?", {.members = {User(1)}, .others = {User(60).guid}});
  }
  ASSERT_TRUE(finished_ && finished_->ok()) << "each once, however often it is asked for";
  ASSERT_EQ(linked_.size(), 2U) << "and of no other group";
  EXPECT_THAT(linked_[Members(50)].users, ::testing::ElementsAre(User(1)));
}

TEST_F(ReaderTest, ManyGroupsDoNotFloodTheService) {
  std::vector<std::string> names;
  for (int i = 0; i < 200; ++i) names.push_back("group " + std::to_string(i));
  Start(names);
  EXPECT_EQ(open_.size(), 16U);
  AnswerTenant();
  int answered = 0;
  while (!open_.empty()) {
    Answer("displayName", {});
    ++answered;
    ASSERT_LE(open_.size(), 16U);
  }
  EXPECT_EQ(answered, 200);
  ASSERT_TRUE(finished_);
}

}  // namespace
}  // namespace seatkeeper::test
