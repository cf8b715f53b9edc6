#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "policy/guid.h"
#include "reconciler/model/time.h"
#include "reconciler/seams/tenant_key.h"

namespace seatkeeper {

/// What one user holds directly and a person said to be seatkeeper's own.
struct AdoptedUser {
  UserId user;
  std::string user_principal_name;
  std::vector<SkuId> products;  ///< Ordered, each once; at least one.

  friend bool operator==(const AdoptedUser&, const AdoptedUser&) = default;
};

/// Direct assignments that become seatkeeper's own on a person's word: `management: owned` may take
/// them from then on, as what it assigned itself. Like that, each is its own no longer after the
/// first complete reading that does not show it.
struct Adoption {
  std::string id;   ///< One per word.
  std::string who;  ///< As Login().
  WallTime at{};
  std::vector<AdoptedUser> users;  ///< Each once.
};

/// One user of an adoption, as history shows it. Stays when the ownership has ended.
struct AdoptionEntry {
  TenantKey tenant;
  std::string adoption;  ///< Adoption::id.
  std::string who;
  WallTime at{};
  AdoptedUser adopted;
};

}  // namespace seatkeeper
