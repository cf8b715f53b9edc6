// What users of other tools went through, and the story of this folder that shows that it does not
// happen here. One tool's trouble is often another's: a story may stand for several.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/incidents/safety_table.h"

namespace seatkeeper::test {
namespace {

struct Lesson {
  std::string happened;
  std::vector<std::string> stories;
};

const std::vector<Lesson> kLessons{
    // What goes wrong with tools of this kind in general.
    {"what a file did not mention was taken to be empty, and groups were unlicensed for it, twice",
     {"InheritedLicence.TheGroupGoesOnWithoutAPolicyThatOmitsIt",
      "PolicyIncident.AProductIsNoLongerManaged",
      "ServiceIncident.APropertyThatARuleNeedsIsLeftOut"}},
    {"a part of a listing was read and everything beyond it was removed",
     {"ReadingIncident.APartOfTheTenantIsMissingFromTheReading",
      "ServiceIncident.MembersOfAGroupArePartlyMissing"}},
    {"an accepted request was reported as a success, and the work behind it failed later",
     {"InheritedLicence.TheServiceSaysYesAndDoesNothing",
      "ServiceIncident.ReadingsLagBehindWhatWasWritten"}},
    {"two requests for one user overlapped and one of them was lost",
     {"ServiceIncident.SeveralProductsOfOneUserChangeAtOnce"}},
    {"service plans that somebody had switched off came back with the next change",
     {"PlanIncident.SwitchesThatNoFileNamesStayAsTheyAre",
      "PlanIncident.OneSwitchIsChangedForEverybodyAndTheOthersStay"}},
    {"a suite was taken away before the next one was there, and then there was no seat",
     {"SeatIncident.E5RunsOutWhilePeopleMoveUpToIt", "SeatIncident.SwapsInACircleWithoutAFreeSeat",
      "PersonnelIncident.WhoMovesToAnotherDepartmentKeepsTheMailboxOnTheWay"}},
    {"a limit counted per run, and a slow leak went below it; or it cut off what was beyond",
     {"PersonnelIncident.SixtyUsersLoseAProduct20ADay",
      "PersonnelIncident.RestartsDoNotRenewTheAllowance",
      "PolicyIncident.ARuleIsMistypedAndMatchesEverybody"}},
    {"a limit had no way through for what was meant",
     {"PersonnelIncident.TheLastHolderCanLeave",
      "PersonnelIncident.WhoLeavesLosesTheLicenceInTheEnd"}},
    {"errors were swallowed and the run was called a success",
     {"ServiceIncident.OneUserIsRefusedAndTheOthersAreServed",
      "ReadingIncident.APartOfTheTenantIsMissingFromTheReading"}},
    {"removal was the default, and the first run did it",
     {"NewTenantIncident.ATenantIsAddedWithEnforceByMistake",
      "NewTenantIncident.AProductIsAssignedAndNeverTakenUnlessAFileSaysSo",
      "AdministratorIncident.BreakGlassAccountsAreInNobodysGroup"}},
    // What users of other tools complained of.
    {"to replace one licence, all of them were replaced",
     {"AdministratorIncident.ProductsThatNoFileNamesAreNeverTouched"}},
    {"more than twenty people, or single service plans of many, could not be changed in one go",
     {"ServiceIncident.FourHundredPeopleAreGivenAProductInOneGo",
      "PlanIncident.OneSwitchIsChangedForEverybodyAndTheOthersStay"}},
    {"a leaver's licence came from a group, and each run failed to remove it",
     {"InheritedLicence.ALeaverHasItFromAGroup"}},
    {"somebody else's licence vanished, and no log could say why",
     {"ServiceIncident.WhoLostWhatCanBeTold",
      "AdministratorIncident.AUserIsChangedBetweenThePlanAndTheRequest"}},
    {"an exclusion was meant for one tenant and held for all",
     {"PolicyIncident.APolicyOfOneTenantSaysNothingAboutAnother"}},
    {"group-based licensing ran out of seats and told nobody",
     {"InheritedLicence.AGroupRunsOutOfSeats"}},
    {"licences of groups could be neither seen nor changed",
     {"InheritedLicence.TheServiceSaysYesAndDoesNothing",
      "InheritedLicence.AGroupLosesWhatAPolicyStillGrantsItsMembers"}},
    {"a listing of products came back empty, and was believed",
     {"ReadingIncident.APartOfTheTenantIsMissingFromTheReading",
      "SeatIncident.AProductLeavesTheTenantWhileSomebodyHoldsIt"}},
    {"after a successful run there was drift again, for lists came in another order",
     {"PlanIncident.OneSwitchIsChangedForEverybodyAndTheOthersStay"}},
    {"whoever had no licence yet got none; changing switches was refused by the service",
     {"ServiceIncident.FourHundredPeopleAreGivenAProductInOneGo",
      "PlanIncident.OneSwitchIsChangedForEverybodyAndTheOthersStay"}},
    {"products could be named by id alone", {"SeatIncident.E5RunsOutWhilePeopleMoveUpToIt"}},
    {"the service switched more plans off than were asked for, or added some, and the run failed",
     {"PlanIncident.TheVendorAddsAServicePlan"}},
    {"more seats were in use than purchased, and nobody knew what ended subscriptions mean",
     {"SeatIncident.MoreSeatsAreInUseThanPurchased",
      "SeatIncident.ASubscriptionGoesIntoWarningAndIsThenSuspended"}},
    {"an error that no document lists broke the run",
     {"ServiceIncident.OneUserIsRefusedAndTheOthersAreServed"}},
    {"throttling was not understood and retried three times",
     {"ServiceIncident.TheServiceThrottles"}},
    {"switches that were off already were ignored, or broke the script; an update switched all on",
     {"PlanIncident.SwitchesThatNoFileNamesStayAsTheyAre"}},
    {"direct licences were removed while a group gave them, and the group was not the only one",
     {"DoubledLicence.TheGroupIsUnlicensedWhileTheDirectLicencesWaitToGo",
      "DoubledLicence.TheGroupIsUnlicensedAfterTheDirectLicencesHaveGone",
      "DoubledLicence.TheGroupIsUnlicensedBetweenThePlanAndTheRequest"}},
    {"readings that were empty, partial or throttled wiped what was known",
     {"ReadingIncident.APartOfTheTenantIsMissingFromTheReading",
      "ServiceIncident.WhereAssignmentsComeFromIsNotSaid"}},
    {"a whole team lost everything after a plan that showed no notable change",
     {"PersonnelIncident.HrBlanksTheDepartmentOf400UsersOvernight",
      "PersonnelIncident.AMailboxIsKeptUntilSomebodySaysSo"}},
    {"of two files about one product the second run undid the first's",
     {"RivalIncident.TwoPoliciesGrantOneProductToDifferentPeople",
      "RivalIncident.TwoDaemonsWithTwoStoresOnOneTenant"}},
    {"access could not be dropped while a group still gave it: an error in every run",
     {"InheritedLicence.ALeaverHasItFromAGroup"}},
    {"a group was to be synchronised, and everybody outside of it would have gone, admins first",
     {"AdministratorIncident.BreakGlassAccountsAreInNobodysGroup",
      "NewTenantIncident.AProductIsAssignedAndNeverTakenUnlessAFileSaysSo"}},
    {"there were more users than seats, and nothing said so",
     {"SeatIncident.ThereAreMoreUsersThanSeats"}},
    {"an empty group, or one that was filled only partly, revoked all licences",
     {"GroupIncident.ANamedGroupIsEmptied",
      "GroupIncident.ANamedGroupIsCreatedAgainWithAnotherId"}},
    {"during the first start the source was empty, and everything was deleted",
     {"NewTenantIncident.NothingHappensWithoutAPolicyThatEverLoaded",
      "RivalIncident.ASecondDaemonStartsWithANewStoreAndTakesNothing"}},
    {"manifests were empty or stale and live things were pruned",
     {"PolicyIncident.TheFilesAreThereButEmpty", "PolicyIncident.AFileDoesNotLoad"}},
    {"the guard blocked the last deletion, which was meant",
     {"PersonnelIncident.TheLastHolderCanLeave"}},
    {"a mistyped path was taken for the wish to delete; letting go was not to be had without it",
     {"PolicyIncident.AnEmptyCommitIsForcePushed", "PolicyIncident.AProductIsNoLongerManaged"}},
    {"drift could not be reported without being repaired", {"PolicyIncident.OnlyAReportIsWanted"}},
    {"limits were fixed, undocumented and the same for everybody; a restore that was meant was "
     "blocked",
     {"ApprovalIncident.ByADocumentThatWasReviewed",
      "PolicyIncident.TwoDocumentsLimitAndTheStricterHolds"}},
    {"belts were off by default, fired in dry runs, or let the first few through",
     {"PolicyIncident.ARuleIsMistypedAndMatchesNobody", "PolicyIncident.OnlyAReportIsWanted",
      "PolicyIncident.ARuleIsMistypedAndMatchesEverybody"}},
    {"one bad user stopped the whole run",
     {"ServiceIncident.OneUserIsRefusedAndTheOthersAreServed"}},
    {"somebody was removed and added again in one run",
     {"RivalIncident.NobodyIsRemovedAndAddedAgainInOneRun"}},
};

TEST(Lessons, EachHasAStory) {
  EXPECT_GE(kLessons.size(), 40U);
  for (const auto& lesson : kLessons) {
    EXPECT_FALSE(lesson.stories.empty()) << lesson.happened;
    for (const auto& story : lesson.stories) EXPECT_TRUE(IsTest(story)) << story;
  }
}

}  // namespace
}  // namespace seatkeeper::test
