#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "policy/document.h"
#include "policy/guid.h"
#include "reconciler/model/observed.h"
#include "reconciler/plan/import.h"
#include "reconciler/plan/memory.h"
#include "reconciler/seams/adoption.h"

namespace seatkeeper {

/// What `import --adopt` has to know beside the description.
struct AdoptionFacts {
  std::vector<UserProduct> owned;       ///< Ordered.
  std::set<UserId> busy;                ///< Who has an open change.
  std::map<SkuId, Management> managed;  ///< What a ProductPolicy in force says.
};

/// What becomes of the direct assignments of one product that the description grants. Each counts
/// once.
struct ProductAdoption {
  ProductIndex product = 0;
  /// Under this management nobody asks what is seatkeeper's own: nothing is adopted.
  std::optional<Management> indifferent = std::nullopt;
  /// The policy in force is `owned` already: what it does not grant it may take from now on.
  bool at_once = false;
  std::size_t adopted = 0;
  std::size_t owned = 0;      ///< Seatkeeper's own already.
  std::size_t busy = 0;       ///< A change of the user is open: nobody knows what they hold.
  std::size_t uncertain = 0;  ///< Described by nothing but documents that say *Uncertain*.
};

/// Which direct assignments `import --adopt` makes seatkeeper's own.
struct AdoptionChoice {
  std::vector<AdoptedUser> users;         ///< By id.
  std::vector<ProductAdoption> products;  ///< By product.

  std::size_t assignments() const;
};

/// Just those that a described policy grants, that the user holds directly and with a seat, and of
/// which no row leaves in doubt where it comes from; not who is excepted, not what a guess alone
/// describes, not who has an open change. What is adopted may be taken away later, so whatever is
/// in doubt is not. Pure.
AdoptionChoice ChooseAdopted(const Import& described, const ObservedState& observed,
                             const AdoptionFacts& facts);

/// A line per product, for a person: how many are adopted, and why not the others.
std::string RenderAdoption(const AdoptionChoice& choice, const ObservedState& observed);

}  // namespace seatkeeper
