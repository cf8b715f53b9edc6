#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/guid.h"
#include "reconciler/plan/pin.h"

namespace seatkeeper {

/// Something that a change took and that `undo` leaves as it is.
struct NotRestored {
  enum class Why {
    kNeverHappened,  ///< The change was refused, withdrawn or reverted: it took nothing.
    kAlreadyBack,    ///< It is as it was before the change.
    kOpen,           ///< The fate of a change of this subject is not known yet.
    kSubjectGone,    ///< The user was deleted, or the group is not to be found.
    kProductGone,    ///< The tenant cannot give the product to anybody any more.
    kUnclear,        ///< The reading does not say how the subject holds it.
    kChanged,        ///< It is not as the change left it: somebody altered it since.
    kNoSeat,         ///< No seat is free.
    kNoLocation,     ///< The user has no usage location.
  };
  Subject subject;
  std::string subject_name;
  std::optional<SkuId> product;  ///< Nothing: all that the change took.
  std::string plan_id;           ///< Of the change.
  Why why = Why::kChanged;
  std::string detail;  ///< For a person.

  /// There is something that was taken and does not come back.
  bool is_loss() const { return why != Why::kNeverHappened && why != Why::kAlreadyBack; }
  friend bool operator==(const NotRestored&, const NotRestored&) = default;
};
std::string_view ToString(NotRestored::Why why);

/// What a plan that undoes others says besides its changes.
struct Undone {
  std::vector<Pin> pins;                  ///< What its changes put back. By subject, then product.
  std::vector<NotRestored> not_restored;  ///< By name, then product.
  std::size_t left_alone = 0;             ///< Changes that took nothing.

  /// Whether something that was taken does not come back by this plan.
  bool is_partial() const;
};

}  // namespace seatkeeper
