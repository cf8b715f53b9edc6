#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace seatkeeper::sim {

// First and last names that go together. UTF-8.
struct Culture {
  std::vector<std::string_view> first;
  std::vector<std::string_view> last;
};

struct Place {
  std::string_view country;         // free text, as an administrator writes it
  std::string_view usage_location;  // ISO 3166-1 alpha-2
  std::string_view language;        // preferredLanguage
  std::vector<std::string_view> cities;
  std::vector<std::size_t> cultures;  // positions in Cultures(), the usual one first
  int weight;                         // share of the people, of the sum of all weights
};

const std::vector<Culture>& Cultures();
const std::vector<Place>& Places();

// The name as it stands in a user principal name: ASCII, lower case, letters only.
std::string ForPrincipalName(std::string_view name);

}  // namespace seatkeeper::sim
