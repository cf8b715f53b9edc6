#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reconciler/plan/waste.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper::test {

/// The moment of every question about waste in tests.
inline constexpr WallTime kWasteNow{std::chrono::sys_days(std::chrono::year(2026) / 11 / 22)};

/// A moment so many days before that one.
WallTime DaysAgo(int days);

/// An account with what tells about waste; licences as in TestUser.
struct WasteUser {
  std::string name;
  std::vector<TestLicense> licenses = {};
  bool enabled = true;
  bool guest = false;
  /// Days since; nothing: the service says that there was none.
  std::optional<int> signed_in = 1;
  std::optional<int> attempted = std::nullopt;
  std::optional<int> created = 1000;
  bool agent = false;
};

/// What a tenant has beyond TestTenant.
struct WasteCase {
  std::vector<WasteUser> users = {};
  std::vector<TestProduct> products = {};
  /// Nothing: not read.
  std::optional<std::vector<Subscription>> subscriptions = std::nullopt;
  std::vector<PlanProduct> planned = {};
  PropertySet properties = AllProperties();

  ObservedState Read() const;
};

/// A subscription in force that a partner or administrator bought.
Subscription Bought(const std::string& id, const std::string& product, int seats,
                    const std::string& renewed = "");
Subscription Trial(const std::string& product, int seats);
Subscription BoughtByUser(const std::string& product, int seats);

/// What policy says of a product: `cents` a month.
PlanProduct Terms(const std::string& product, std::optional<int> cents = std::nullopt,
                  const std::string& currency = "USD");

WasteReport WasteOf(const WasteCase& made, std::optional<int> inactive_days = std::nullopt);
/// Of a product by name. REQUIRES: it is there.
const ProductWaste& Of(const WasteReport& report, const std::string& product);
/// "ada E5 disabled_account" and so on, a wasted seat a line.
std::string BriefSeats(const WasteCase& made, std::optional<int> inactive_days = std::nullopt);

}  // namespace seatkeeper::test
