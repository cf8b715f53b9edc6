#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "policy/document.h"
#include "reconciler/model/observed.h"
#include "reconciler/plan/desired.h"
#include "reconciler/plan/draft.h"
#include "reconciler/plan/mailbox.h"
#include "reconciler/plan/plan.h"

namespace seatkeeper {

/// The strictest of the documents that say something; the built-in default where none does.
MailboxLoss StrictestMailboxLoss(const std::vector<const Guardrails*>& documents);

/// What Guardrails documents say about single people, applied to one reading. A value: the guard
/// judges parts by it before seats are given, and whole changes at the last gate.
class PeopleLimits {
 public:
  /// No document says anything: nobody is protected, and mailboxes are kept.
  PeopleLimits();
  /// Protected is whom any of these documents protects; the strictest word on mailboxes holds.
  PeopleLimits(const std::vector<const Guardrails*>& documents, const ObservedState& observed);

  /// Why this user loses nothing; nullptr: nothing protects them.
  const HeldBy* Protects(const UserId& user) const;
  /// Why the group keeps the product as it is: protected users have it through this group, wholly
  /// or in part; nullptr: none does.
  const HeldBy* Protects(const GroupId& group, const SkuId& product) const;
  /// Groups and users of `protected` that the reading could not resolve, a phrase each. Whoever
  /// they mean would be unprotected: nobody of the tenant loses anything.
  const std::vector<std::string>& unresolved() const { return unresolved_; }

  /// Why a change by which somebody is left without a mailbox must not go; nullptr: it may.
  const HeldBy* KeepsMailboxes() const { return mailboxes_ ? &*mailboxes_ : nullptr; }

  /// Every reason why a change must not go as a whole. Without repetition.
  std::vector<HeldBy> ReasonsToHold(const Change& change) const;

 private:
  void AddDocument(const Guardrails& document, const ObservedState& observed);
  void AddGroups(const ObservedState& observed);

  std::vector<HeldBy> protections_;                            // By document.
  std::vector<std::pair<UserId, std::size_t>> protected_;      // Into protections_. Ordered.
  std::map<std::pair<GroupId, SkuId>, HeldBy> through_group_;  // What protected users have.
  std::vector<std::string> unresolved_;
  std::optional<HeldBy> mailboxes_;
};

/// Holds the parts of a draft that PeopleLimits forbid, before seats are given: what is held keeps
/// its seat, and swaps wait whole. Pure; everything it is given must outlive it.
class PeopleGuard {
 public:
  PeopleGuard(const PeopleLimits& limits, const DesiredState& desired,
              const ObservedState& observed);

  /// For one user. True: something is held that was not. Repeated, it changes nothing.
  bool Hold(std::span<Part> of_user, Draft& draft) const;
  /// For the groups that are licensed themselves. REQUIRES: the parts of users are settled.
  void HoldGroups(Draft& draft) const;

 private:
  bool HoldProtected(std::span<Part> of_user, Draft& draft) const;

  const PeopleLimits& limits_;
  const DesiredState& desired_;
  const ObservedState& observed_;
  MailboxGuard mailboxes_;
};

}  // namespace seatkeeper
