#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace seatkeeper::sim {

// One service plan of a product. The views point at static storage.
struct ServicePlan {
  std::string_view name;
  std::string_view id;
  bool for_company = false;  // appliesTo "Company": nobody can switch it off for a user
};

// A product as Microsoft sells it: the part of subscribedSkus that is the same for every tenant.
struct Product {
  std::string_view part_number;
  std::string_view sku_id;
  std::vector<ServicePlan> plans;  // ordered by name
};

// The products that a generated tenant owns, with their true ids. Ordered as they are listed.
// Safe to call from any thread. Source: the public service plan reference.
const std::vector<Product>& Products();

// The product with this part number. Throws std::logic_error for one that is not in Products().
const Product& ProductOf(std::string_view part_number);

}  // namespace seatkeeper::sim
