#include "tests/incidents/safety_table.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>

#include "policy/document.h"
#include "reconciler/plan/doubt.h"
#include "reconciler/plan/guardrail_table.h"
#include "reconciler/plan/repetition.h"

namespace seatkeeper::test {
namespace {

std::string DefaultMaxUnassign() {
  return fmt::format("{} seats or {:g} % of a product in 24 hours, the less",
                     kDefaultMaxUnassignSeats, kDefaultMaxUnassignPercent);
}

std::string DefaultMaxAssign() {
  return fmt::format("{} seats or {:g} % of a product in 24 hours, the more",
                     kDefaultMaxAssignSeats, kDefaultMaxAssignPercent);
}

std::string DefaultWaiting() {
  const UnassignWaiting waiting;
  return fmt::format("{} days unwanted, {} readings agree",
                     std::chrono::duration_cast<std::chrono::days>(waiting.after).count(),
                     waiting.confirmations);
}

std::string DefaultStoreDoubt() {
  const auto least = SilenceLimit(std::chrono::milliseconds(0));
  return fmt::format("new, or silent for 3 `interval`s ({} minutes at least)",
                     std::chrono::duration_cast<std::chrono::minutes>(least).count());
}

}  // namespace

const std::vector<SafetyRow>& SafetyTable() {
  static const std::vector<SafetyRow> rows{
      {"maxUnassign", "HR blanks the department of 400 users overnight", DefaultMaxUnassign(),
       "raise it in a `Guardrails` document",
       "PersonnelIncident.HrBlanksTheDepartmentOf400UsersOvernight"},
      {"maxUnassign", "60 users lose a product, 20 a day", "counted over 24 hours, across restarts",
       "wait until there are fewer", "PersonnelIncident.SixtyUsersLoseAProduct20ADay"},
      {"maxUnassign", "somebody switches all limits off", "no `ceilings`",
       "raise the ceiling in the config", "PolicyIncident.SomebodySwitchesAllLimitsOff",
       /*approvable=*/false},
      {"maxUnassign", "leavers join a held set after its approval",
       "an approval releases exactly what was held, once", "approve them, too",
       "ApprovalIncident.LeaversJoinAHeldSetAfterItsApproval", /*approvable=*/false},
      {"unassign", "a department that is blank for one night", DefaultWaiting(),
       "wait, or shorten it in a `ProductPolicy`",
       "PersonnelIncident.ADepartmentThatIsBlankForOneNightCostsNobodyAnything"},
      {"mailboxLoss", "somebody leaves, and the mailbox would be deleted", "`approve`: held",
       "`mailboxLoss: allow`", "PersonnelIncident.AMailboxIsKeptUntilSomebodySaysSo"},
      {"protected", "break-glass accounts are in nobody's group", "nobody",
       "take the user off `protected`",
       "AdministratorIncident.BreakGlassAccountsAreInNobodysGroup"},
      {"maxAssign", "a mistyped rule matches everybody", DefaultMaxAssign(),
       "raise it in a `Guardrails` document", "PolicyIncident.ARuleIsMistypedAndMatchesEverybody"},
      {"maxChanges", "a policy would touch the whole tenant in one cycle",
       fmt::format("{} users and groups in a cycle", kDefaultMaxChanges),
       "raise it in a `Guardrails` document",
       "FirstPolicyIncident.APolicyWouldTouchTheWholeTenantInOneCycle"},
      {"maxUserLoss", "a third of the directory is gone",
       fmt::format("{:g} % of the users", kDefaultMaxUserLossPercent),
       "wait until they are back, or raise it", "ReadingIncident.AThirdOfTheDirectoryIsGone"},
      {"attribute-changed", "HR blanks a department, with no limit on amounts",
       "`maxUserLoss` percent of the users, or more than half of those who share a value",
       "wait until it is filled in again", "ReadingIncident.HrBlanksADepartment"},
      {"group-shrunk", "somebody empties a group", "`maxUserLoss` percent of its members",
       "wait until it is filled again", "GroupReadingIncident.SomebodyEmptiesAGroup"},
      {"units-fallen", "a subscription is suspended while people leave", "always",
       "renew it, or buy seats", "ReadingIncident.FewerUnitsArePurchasedThanAreInUse"},
      {"reference-changed", "a named group is deleted, and made again with another id", "always",
       "write the object id that is meant", "GroupReadingIncident.AGroupIsMadeAgainUnderItsName"},
      {"suspicious-revision", "somebody loosens a limit in passing", "always",
       "take back what was loosened", "ReadingIncident.SomebodyLoosensALimitInPassing"},
      {"windows", "changes are due on a weekend", "always open", "wait until one opens",
       "PolicyIncident.ChangesAreDueOnAWeekend"},
      {"freezes", "changes are due over the holidays", "none", "wait until it is over",
       "PolicyIncident.ChangesAreDueOverTheHolidays"},
      {"reference", "a named group is deleted", "always",
       "bring it back, or correct the name in the policy", "GroupIncident.ANamedGroupIsDeleted"},
      {"policy-not-loading", "an empty commit is force-pushed", "always",
       "repair the files: `seatkeeper validate`", "PolicyIncident.AnEmptyCommitIsForcePushed"},
      {"no-policy", "who is to have a product is left out, not that it is managed", "always",
       "bring back the `LicensePolicy`, or say `assign-only`",
       "PolicyIncident.WhoIsToHaveItIsLeftOutButNotThatItIsManaged"},
      {"contradiction", "two policies disagree about somebody, with one priority", "always",
       "give one of them a higher priority",
       "RivalIncident.TwoPoliciesContradictEachOtherAboutSomebody"},
      {"still-granted", "a group loses what a policy grants its members", "always",
       "assign it to them first, or grant it no longer",
       "InheritedLicence.AGroupLosesWhatAPolicyStillGrantsItsMembers"},
      {"unknown-source", "a group loses a licence, and who has it from there is not said", "always",
       "wait for a reading that says it",
       "InheritedLicence.AGroupLosesItsLicenceAndNobodyKnowsWhoHasItFromThere"},
      {"store-in-doubt", "a tenant is added with `enforce` by mistake", DefaultStoreDoubt(),
       "`seatkeeper resume`", "NewTenantIncident.ATenantIsAddedWithEnforceByMistake"},
      {"store-in-doubt", "the store is restored from last week's backup", "as above",
       "`seatkeeper resume`; the day's allowance counts as spent",
       "DoubtIncident.TheStoreIsRestoredFromLastWeeksBackup"},
      {"clock-in-doubt", "the clock jumps 15 days ahead",
       fmt::format("more than {} minutes apart, or a jump by more", kClockTolerance.count()),
       "set the clock", "DoubtIncident.TheClockJumpsWhileARemovalIsDue"},
      {"suspended", "somebody sees it coming and stops everything", "not suspended",
       "`seatkeeper resume`", "PolicyIncident.SomebodySeesItComingAndStopsEverything"},
      {"reversed", "an administrator gives back what was taken",
       fmt::format("undone {} times in 24 hours", kReversalsMost), "wait a day",
       "AdministratorIncident.GivesBackWhatWasTakenAndMeansIt"},
      {"pinned", "a wrong rule took licences, and `undo` is quicker than the next commit",
       "what `undo` put back, until policy wants it", "`seatkeeper undo --unpin PLAN-ID`",
       "UndoIncident.AWrongRuleIsUndoneBeforeItIsCorrected"},
  };
  return rows;
}

std::string RenderSafetyTable() {
  std::string text = "| guardrail | incident | default | release |\n|---|---|---|---|\n";
  for (const auto& row : SafetyTable()) {
    text +=
        fmt::format("| `{}` | {} | {} | {} |\n", row.guardrail, row.incident, row.standard,
                    MayBeApproved(row.guardrail) && row.approvable ? "approve it, or " + row.release
                                                                   : row.release);
  }
  return text;
}

bool IsTest(const std::string& name) {
  const auto& all = *testing::UnitTest::GetInstance();
  for (int i = 0; i < all.total_test_suite_count(); ++i) {
    const auto& suite = *all.GetTestSuite(i);
    const std::string suite_name = suite.name();
    const auto bare_suite = suite_name.substr(suite_name.find('/') + 1);
    for (int k = 0; k < suite.total_test_count(); ++k) {
      const std::string test_name = suite.GetTestInfo(k)->name();
      if (fmt::format("{}.{}", bare_suite, test_name.substr(0, test_name.find('/'))) == name) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace seatkeeper::test
