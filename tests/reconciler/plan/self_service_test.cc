#include "reconciler/plan/self_service.h"

#include <gmock/gmock.h>

#include "reconciler/plan/planner.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Brief;
using test::BriefDrift;
using test::Grants;
using test::IdOf;
using test::Manages;
using testing::Contains;
using testing::HasSubstr;

/// FREE: ada is granted it, bob bought it and cleo holds it although nothing says so.
class SelfServiceTest : public testing::Test {
 protected:
  Plan PlanWith(const std::vector<Subscription>& subscriptions) {
    ObservedBuilder builder(AllProperties());
    tenant_.Read(builder);
    for (const auto& subscription : subscriptions) builder.AddSubscription(subscription);
    const auto observed = builder.Finish("tenant-id", {});
    const auto policies =
        test::Policies({Grants("p", "{users: [ada@contoso.com]}", "[{product: FREE}]"),
                        Manages("FREE", "full"), test::Limits("limits", "off")});
    const auto plan = MakePlan({.tenant = "contoso", .policies = policies, .observed = observed});
    if (!plan) throw std::invalid_argument(plan.error().message);
    return plan->plan();
  }

  static Subscription Bought(int seats) {
    Subscription subscription;
    subscription.sku_id = IdOf<SkuId>("FREE").ToString();
    subscription.status = "Enabled";
    subscription.total_licenses = seats;
    return subscription;
  }
  static Subscription BoughtBy(const std::string& owner, int seats) {
    auto subscription = Bought(seats);
    subscription.owner_type = "User";
    subscription.owner_id = owner;
    return subscription;
  }

  test::TestTenant tenant_{
      .users = {{.name = "ada"}, {.name = "bob"}, {.name = "cleo", .licenses = {{"FREE"}}}},
      .products = {{.name = "FREE", .seats = 4}}};
  const std::string bob_ = IdOf<UserId>("bob").ToString();
};

constexpr const char* kAsUsual = "go 1 ada +FREE\ngo 1 cleo -FREE";

TEST_F(SelfServiceTest, IsNeitherGivenNorTakenAndNamesItsBuyer) {
  const auto plan = PlanWith({BoughtBy(bob_, 4)});
  EXPECT_EQ(Brief(plan), "");
  EXPECT_THAT(plan.warnings,
              Contains(HasSubstr("FREE was bought by self-service, by bob@contoso.com: nobody")));
  EXPECT_THAT(BriefDrift(plan), HasSubstr("ada FREE missing: users bought the product"));
}

TEST_F(SelfServiceTest, NamesBuyersWhoAreGoneByTheirIds) {
  const auto gone = IdOf<UserId>("zoe").ToString();
  const auto plan = PlanWith({BoughtBy(gone, 1), BoughtBy(bob_, 3), BoughtBy(bob_, 1)});
  EXPECT_THAT(plan.warnings, Contains(HasSubstr("by " + gone + ", bob@contoso.com:")));
}

TEST_F(SelfServiceTest, IsNoneThatAnAdministratorOrAPartnerBought) {
  EXPECT_EQ(Brief(PlanWith({})), kAsUsual);
  EXPECT_EQ(Brief(PlanWith({Bought(4)})), kAsUsual);
  auto partner = BoughtBy(bob_, 4);
  partner.owner_tenant_id = "22222222-2222-2222-2222-222222222222";
  EXPECT_EQ(Brief(PlanWith({partner})), kAsUsual);
  auto other = BoughtBy(bob_, 4);
  other.sku_id = IdOf<SkuId>("OTHER").ToString();
  EXPECT_EQ(Brief(PlanWith({other})), kAsUsual);
  auto over = BoughtBy(bob_, 4);
  over.status = "Deleted";
  EXPECT_EQ(Brief(PlanWith({over})), kAsUsual);
}

TEST_F(SelfServiceTest, BesideOthersItsSeatsAreNotPlannedWith) {
  tenant_.users.erase(tenant_.users.begin() + 2);
  const auto two_left = PlanWith({BoughtBy(bob_, 3), Bought(1)});
  EXPECT_EQ(Brief(two_left), "go 1 ada +FREE");
  EXPECT_THAT(two_left.warnings, Contains(HasSubstr("3 seats of it are not planned with")));
  const auto none_left = PlanWith({BoughtBy(bob_, 4), Bought(0)});
  EXPECT_EQ(Brief(none_left), "");
  ASSERT_EQ(none_left.waiting.size(), 1U);
}

}  // namespace
}  // namespace seatkeeper
