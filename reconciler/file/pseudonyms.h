#pragma once

#include <set>
#include <string>
#include <string_view>

#include "policy/guid.h"
#include "policy/rule/property.h"
#include "reconciler/model/property_set.h"
#include "reconciler/seams/secret.h"

namespace seatkeeper {

/// What a snapshot calls people who are not to be recognized: the same person always the same as
/// long as the key is, so that snapshots of two days can be compared, and nobody without the key
/// can find out whether somebody is in it (HMAC-SHA-256). Ids stay ids, principal names keep their
/// domain, display names become "Person 0f3a...". A value.
class Pseudonyms {
 public:
  /// What stays as it is.
  struct Kept {
    PropertySet properties;  ///< Also userPrincipalName, displayName and objectId, if they are in.
    /// Principal names and object ids, in lower case (FoldCase): of whom the policies name.
    std::set<std::string> names;
  };
  Pseudonyms(Secret key, Kept kept);

  std::string IdOf(const Guid& user) const;
  /// A principal name or a display name; texts of other properties are given back.
  std::string TextOf(rule::Property property, const Guid& user, std::string_view text) const;

 private:
  bool Keeps(rule::Property property) const;
  /// 32 hexadecimal digits that stand for the user.
  std::string DigitsOf(const Guid& user) const;

  Secret key_;
  Kept kept_;
};

/// The properties that tell who somebody is. A rule that reads one of them cannot be answered from
/// pseudonyms.
bool TellsWho(rule::Property property);

}  // namespace seatkeeper
