#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulator/dispatch.h"

namespace seatkeeper::sim {

// What the service takes in $filter: by property (a path such as
// "signInActivity/lastSignInDateTime" for what lies inside), the words for what may be asked of it:
//   eq ne ge le in       comparisons; "null" lets eq, ne and in name null
//   not                  inside of not(...)
//   startsWith endsWith  as functions
//   any                  of a collection: any(x:x/... eq ...), of a path below it by its own entry
//   count                .../$count eq 0 and the like
//   guid, date, bool     what stands there has no quotes; otherwise it is text in quotes
//   exact                letter case matters, which elsewhere it does not
//   alone                cannot be combined with anything else
using FilterRules = std::map<std::string, std::string, std::less<>>;

// A $filter as OData writes it, of what the service is known to support: comparisons, functions,
// any(), and, or, not and parentheses. A value; safe to read from any thread.
class Filter {
 public:
  struct Node;

  // Throws GraphError: Request_UnsupportedQuery for what the rules do not allow, Request_BadRequest
  // for what is no filter.
  static Filter Parse(std::string_view text, const FilterRules& rules);

  // `object` holds properties(), as Graph shows them.
  bool Matches(const nlohmann::json& object) const;
  // What it asks about, each once.
  const std::vector<std::string>& properties() const { return properties_; }
  // True for what the service answers from its index only: ne, not, endsWith, $count.
  bool is_advanced() const { return is_advanced_; }

 private:
  std::shared_ptr<const Node> root_;
  std::vector<std::string> properties_;
  bool is_advanced_ = false;
};

// The call's $filter; nullopt: it has none. Throws GraphError as Parse does, and for an advanced
// filter without the header ConsistencyLevel and $count=true.
std::optional<Filter> FilterOf(const Call& call, const FilterRules& rules);

}  // namespace seatkeeper::sim
