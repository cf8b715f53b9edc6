#pragma once

namespace seatkeeper {

/// Mistakes made on purpose, by which a test shows that the checks of the simulation can fail. Only
/// an executable of the tests is built with SEATKEEPER_PLANTED; in the product each of these
/// questions is answered when it is compiled.
enum class PlantedBug {
  kNone,
  kUnknownGroupIsEmpty,  ///< A group that cannot be read counts as one without members.
  kNoRecheck,            ///< Removals are sent without being looked at again.
  kWaitsByTheClock,      ///< `after` counts time in which nobody read the tenant.
  kPlansOffUncounted,    ///< Service plans that go off are no removals for maxUnassign.
  kIntentAfterSending,   ///< The intent is written when the request is under way.
  kOutcomeOverwritten,   ///< A terminal outcome is altered by what is read later.
  kAnswerConfirms,       ///< The service's word counts as one of two readings.
  kFenceUnchecked,       ///< An outdated lease still writes.
  kApprovalNeverSpent,   ///< An approval releases the same removal again and again.
  kTokenByClient,        ///< Tokens are kept by client, whatever the tenant.
  kPinsForgotten,        ///< What `undo` put back is taken again.
  kSeatsPresumed,        ///< Seats are taken before what frees them has happened.
  kMembersUncounted,     ///< What a group loses is one removal, however many members lose it.
  kSwapTorn,             ///< A swap that is refused for what it gives takes all the same.
};

#ifdef SEATKEEPER_PLANTED
bool IsPlanted(PlantedBug bug);
#else
constexpr bool IsPlanted(PlantedBug /*bug*/) { return false; }
#endif

}  // namespace seatkeeper
