#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "reconciler/model/observed.h"
#include "reconciler/model/time.h"
#include "reconciler/seams/change_reader.h"

namespace seatkeeper {

/// What the cycles of one tenant leave to each other, so that not each of them reads everybody. One
/// per tenant, for as long as the process lives; on the loop's thread only. The store has a copy of
/// the last reading of everybody, for the next process.
///
/// Where anything is in doubt, and once `everybody_every` has passed, everybody is read: the
/// service does not track where a licence comes from, so an administrator's edit of just that is
/// seen no sooner.
struct KeptReading {
  /// The last reading, and how to go on from it: together or not at all.
  struct Basis {
    ObservedState state;
    std::string cursor;
    MonotonicTime everybody_at{};  ///< When the last reading of everybody began.
    WallTime since{};              ///< The same, as the journal tells time.
  };

  /// Complete readings, by what was read.
  struct Counts {
    std::uint64_t everybody = 0;
    std::uint64_t changes = 0;  ///< Only who had changed since the one before.
  };

  ChangeReader* reader = nullptr;  ///< Of the cycle's provider.
  std::chrono::milliseconds everybody_every = std::chrono::minutes(60);
  std::optional<Basis> basis = std::nullopt;  ///< Nothing: the next reading is one of everybody.
  bool recalled = false;  ///< The store was asked for what an earlier process read.
  Counts readings = {};   ///< Until whoever counts them takes them away.
  /// It was said that what changed cannot be told, and it could not be since.
  bool changes_fail = false;
  /// Likewise, that nobody knows who signs in. Only a reading of everybody asks again.
  bool activity_fails = false;
};

}  // namespace seatkeeper
