#include "reconciler/model/observed.h"

#include <algorithm>

#include "reconciler/model/hasher.h"

namespace seatkeeper {

std::uint64_t Fingerprint(const Group& group) {
  Hasher hasher;
  hasher.Add(group.id.guid);
  hasher.Add(group.display_name);
  hasher.AddNumber(group.security_enabled ? (*group.security_enabled ? 1 : 0) : 2);
  hasher.AddNumber(group.licenses.size());
  for (const GroupLicense& license : group.licenses) {
    hasher.Add(license.product.guid);
    hasher.Add(license.disabled_plans);
  }
  return hasher.Digest();
}

std::optional<ProductIndex> ObservedState::FindProduct(const SkuId& id) const {
  const auto found = std::lower_bound(product_ids.begin(), product_ids.end(), id);
  if (found == product_ids.end() || *found != id) return std::nullopt;
  return static_cast<ProductIndex>(found - product_ids.begin());
}

const Group* ObservedState::FindGroup(const GroupId& id) const {
  const auto found =
      std::lower_bound(groups.begin(), groups.end(), id,
                       [](const Group& group, const GroupId& wanted) { return group.id < wanted; });
  return found == groups.end() || found->id != id ? nullptr : &*found;
}

const GroupReading* ObservedState::FindReference(std::string_view reference) const {
  const auto found = std::lower_bound(references.begin(), references.end(), reference,
                                      [](const GroupReading& reading, std::string_view wanted) {
                                        return reading.reference < wanted;
                                      });
  return found == references.end() || found->reference != reference ? nullptr : &*found;
}

const LinkedUsers* ObservedState::FindLinked(const Link& link) const {
  const auto found = std::lower_bound(
      linked.begin(), linked.end(), link,
      [](const LinkedUsers& entry, const Link& wanted) { return entry.link < wanted; });
  return found == linked.end() || found->link != link ? nullptr : &*found;
}

}  // namespace seatkeeper
