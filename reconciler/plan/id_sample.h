#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "policy/guid.h"

namespace seatkeeper {

/// Enough of a set of users to tell later how many of them are gone: hashes of the ids, all of them
/// in a small set, and of a large one those that begin with `shift` zero bits. Ids are hashed
/// alike in every reading, so that the same users are picked each time.
struct IdSample {
  std::size_t count = 0;                ///< Of all.
  int shift = 0;                        ///< One in 2^shift is in it; 0: it is complete.
  std::vector<std::uint64_t> hashes{};  ///< Ordered, each once.

  friend bool operator==(const IdSample&, const IdSample&) = default;
};

/// The same in every process: it is compared with what the store has.
std::uint64_t SampleHash(const UserId& id);
/// Whether a user with this hash is picked.
inline bool IsPicked(std::uint64_t hash, int shift) {
  return shift == 0 || hash >> (64 - shift) == 0;
}
/// The least shift by which no more than about `most` of so many are picked.
int SampleShift(std::size_t count, std::size_t most);

/// Of these users, about `most` or, where there are no more, all.
IdSample SampleOf(std::span<const UserId> users, std::size_t most);

/// How many of `before` are not in `now`: exact where both are complete. Otherwise an estimate, but
/// never less than the difference of their sizes.
std::size_t CountGone(const IdSample& before, const IdSample& now);

}  // namespace seatkeeper
