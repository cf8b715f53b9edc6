#include "reconciler/plan/id_sample.h"

#include <algorithm>

#include "reconciler/model/hasher.h"

namespace seatkeeper {

std::uint64_t SampleHash(const UserId& id) {
  Hasher hasher;
  hasher.Add(id.guid);
  return hasher.Digest();
}

int SampleShift(std::size_t count, std::size_t most) {
  int shift = 0;
  while (count >> shift > most) ++shift;
  return shift;
}

IdSample SampleOf(std::span<const UserId> users, std::size_t most) {
  IdSample sample{.count = users.size(), .shift = SampleShift(users.size(), most)};
  for (const auto& id : users) {
    const auto hash = SampleHash(id);
    if (IsPicked(hash, sample.shift)) sample.hashes.push_back(hash);
  }
  std::sort(sample.hashes.begin(), sample.hashes.end());
  return sample;
}

std::size_t CountGone(const IdSample& before, const IdSample& now) {
  const int shift = std::max(before.shift, now.shift);
  std::size_t gone = 0;
  auto present = now.hashes.begin();
  for (const auto hash : before.hashes) {
    if (!IsPicked(hash, shift)) continue;
    present = std::lower_bound(present, now.hashes.end(), hash);
    if (present == now.hashes.end() || *present != hash) ++gone;
  }
  const auto fewer = before.count > now.count ? before.count - now.count : 0;
  return std::max(gone << shift, fewer);
}

}  // namespace seatkeeper
