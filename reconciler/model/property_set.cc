#include "reconciler/model/property_set.h"

#include <algorithm>

#include "policy/text.h"

namespace seatkeeper {

using rule::DirectoryExtension;
using rule::Property;

void PropertySet::Add(const DirectoryExtension& extension) {
  const auto name = AsciiLower(extension.name);
  const auto at = std::lower_bound(extensions_.begin(), extensions_.end(), name,
                                   [](const DirectoryExtension& known, const std::string& wanted) {
                                     return AsciiLower(known.name) < wanted;
                                   });
  if (at == extensions_.end() || AsciiLower(at->name) != name) {
    extensions_.insert(at, extension);
  } else {
    at->name = std::min(at->name, extension.name);
  }
}

PropertySet& PropertySet::operator|=(const PropertySet& other) {
  named_ |= other.named_;
  for (const auto& extension : other.extensions_) Add(extension);
  return *this;
}

PropertySet PropertySet::Without(const PropertySet& other) const {
  PropertySet left;
  left.named_ = named_ & ~other.named_;
  for (const auto& extension : extensions_) {
    const bool there = std::ranges::any_of(other.extensions_, [&](const DirectoryExtension& each) {
      return EqualsIgnoreCase(each.name, extension.name);
    });
    if (!there) left.extensions_.push_back(extension);
  }
  return left;
}

bool operator==(const PropertySet& a, const PropertySet& b) {
  return a.named_ == b.named_ &&
         std::equal(a.extensions_.begin(), a.extensions_.end(), b.extensions_.begin(),
                    b.extensions_.end(),
                    [](const DirectoryExtension& x, const DirectoryExtension& y) {
                      return EqualsIgnoreCase(x.name, y.name);
                    });
}

PropertySet PlanningProperties() {
  PropertySet set;
  for (const auto property :
       {Property::kAccountEnabled, Property::kDisplayName, Property::kUsageLocation,
        Property::kUserPrincipalName, Property::kUserType}) {
    set.Add(property);
  }
  return set;
}

PropertySet AllProperties() {
  PropertySet set;
  for (const auto& info : rule::Properties()) {
    if (info.property != Property::kObjectId) set.Add(info.property);
  }
  return set;
}

}  // namespace seatkeeper
