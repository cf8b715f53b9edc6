#pragma once

#include <chrono>
#include <compare>
#include <optional>
#include <utility>
#include <vector>

#include "policy/document.h"
#include "policy/guid.h"
#include "reconciler/model/time.h"
#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

// How long a removal has been wanted: what `unassign.after` and `unassign.confirmations` ask for.
// Pure. Only time that readings cover counts, so that a licence which was wanted again for a while
// that nobody looked at does not go too early.

/// Whose removal, and of which product.
using SubjectProduct = std::pair<Subject, SkuId>;

/// A removal that is wanted: what is to be taken from whom, and for how long that has been so.
struct Deferral {
  Subject subject;
  SkuId product;
  /// Service plans that are on and go off; empty: the product itself goes. Ordered. Another set is
  /// another removal.
  std::vector<PlanId> plans;
  /// The first reading that wanted it; for people.
  WallTime first_seen{};
  /// Where the clock began, moved on by all the time that no reading covers: what lies between this
  /// and the reading that wanted it last is covered. Does not change from reading to reading.
  WallTime since{};
  /// Readings that wanted it, each at least kConfirmationGap after the one that counted before.
  /// Counted only as far as policy asks for them.
  int confirmations = 1;
  WallTime confirmed_at{};  ///< The last one that counted.
  /// The reading that wanted it last, where that is not Deferrals::last_reading: readings since did
  /// not tell.
  std::optional<WallTime> last_seen = std::nullopt;

  SubjectProduct key() const { return {subject, product}; }
  friend bool operator==(const Deferral&, const Deferral&) = default;
};

/// What is remembered of removals that are wanted. A series of readings without a gap changes
/// `last_reading` alone, however many wait.
struct Deferrals {
  std::vector<Deferral> entries;  ///< By subject, users first, then product.
  WallTime last_reading{};        ///< Means something only where there are entries.

  /// nullptr: that subject's product was not to go.
  const Deferral* Find(const SubjectProduct& key) const;
  friend bool operator==(const Deferrals&, const Deferrals&) = default;
};

/// Readings that confirm a removal are at least so far apart.
inline constexpr std::chrono::minutes kConfirmationGap{30};
/// Longer than so many intervals of the tenant without a reading, and nothing is known of the time.
inline constexpr int kCoveredIntervals = 3;

/// One complete reading of the tenant. What happens while it is read is covered, however long that
/// takes.
struct ReadingTimes {
  WallTime began{};
  WallTime ended{};
  std::chrono::milliseconds interval{};  ///< How often the tenant is looked at.
};

/// Whether a reading covers the time since an earlier one that ended then.
bool Covers(const ReadingTimes& reading, WallTime earlier);

/// The first reading that wants the removal: counts as the first that agrees.
Deferral BeginDeferral(const SubjectProduct& whose, std::vector<PlanId> plans,
                       const ReadingTimes& reading);
/// One more reading that wants it, where the one before ended at `last_reading`. Time that is not
/// covered, or runs backwards, adds nothing.
Deferral SeenAgain(Deferral deferral, WallTime last_reading, const ReadingTimes& reading,
                   const UnassignWaiting& terms);
/// One more reading, which does not tell: what was covered stays, nothing is added.
Deferral NotTold(Deferral deferral, WallTime last_reading);

/// Where a removal stands at a reading that wants it.
struct RemovalWait {
  WallTime first_seen{};              ///< When it was first wanted, in whole seconds.
  std::chrono::seconds covered{0};    ///< For how long, as far as readings cover it.
  WallTime earliest{};                ///< When it could go, in whole seconds, rounded up.
  std::chrono::milliseconds left{0};  ///< From that reading to `earliest`.
  int readings = 0;                   ///< How many more have to agree.
  bool begins = false;                ///< With that reading: the times are merely when it was.

  friend bool operator==(const RemovalWait&, const RemovalWait&) = default;
};

/// Nothing: it has waited for as long as policy asks. `deferral` is as of that reading.
std::optional<RemovalWait> StillWaits(const Deferral& deferral, const ReadingTimes& reading,
                                      const UnassignWaiting& terms);

/// Nothing is to be waited for, and nothing need be remembered.
inline bool GoesAtOnce(const UnassignWaiting& terms) {
  return terms.after.count() <= 0 && terms.confirmations <= 1;
}

}  // namespace seatkeeper
