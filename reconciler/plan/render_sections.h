#pragma once

#include "reconciler/plan/plan.h"
#include "reconciler/plan/text_page.h"

namespace seatkeeper {

// The sections of RenderPlanText, in their order. Each writes nothing where there is nothing to
// say.

/// Whose plan it is, seats and cost before and after, how much is sent, and how long that takes.
void WriteTotals(const Plan& plan, double writes_per_second, TextPage& page);
/// What is sent, by product and policy.
void WriteChanges(const Plan& plan, TextPage& page);
/// By which approvals some of that goes.
void WriteApproved(const Plan& plan, TextPage& page);
/// Who would lose for good what a removal takes along, by what is lost.
void WriteDanger(const Plan& plan, TextPage& page);
/// Who waits for a seat, how many to buy, and what could be given back.
void WriteWaiting(const Plan& plan, TextPage& page);
/// Swaps that wait for each other, and the seats that would end that.
void WriteCircles(const Plan& plan, TextPage& page);
/// What guardrails hold: by reason, which is said once for all that it holds.
void WriteHeld(const Plan& plan, TextPage& page);
/// How all that is held could be released at once, where that is more than one set.
void WriteWholeSet(const Plan& plan, TextPage& page);
/// What waits, and until when.
void WriteDeferred(const Plan& plan, TextPage& page);
void WriteDriftLeft(const Plan& plan, TextPage& page);
void WriteWarnings(const Plan& plan, TextPage& page);

}  // namespace seatkeeper
