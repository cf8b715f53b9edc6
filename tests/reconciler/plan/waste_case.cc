#include "tests/reconciler/plan/waste_case.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace seatkeeper::test {
namespace {

using rule::Property;

constexpr std::int64_t kCent = 100;  // Of UnitPrice's unit.

void SetTime(ObservedBuilder& sink, Property property, const std::optional<int>& days) {
  if (days) {
    sink.SetTime(property, DaysAgo(*days));
  } else {
    sink.SetNull(property);
  }
}

void ReadWasteUser(const WasteUser& user, ObservedBuilder& sink) {
  sink.BeginUser(IdOf<UserId>(user.name));
  sink.SetText(Property::kUserPrincipalName, user.name + "@contoso.com");
  sink.SetText(Property::kDisplayName, user.name);
  sink.SetBoolean(Property::kAccountEnabled, user.enabled);
  sink.SetText(Property::kUserType, user.guest ? "Guest" : "Member");
  if (user.agent) sink.SetAccountType("#microsoft.graph.agentUser");
  SetTime(sink, Property::kLastSuccessfulSignIn, user.signed_in);
  SetTime(sink, Property::kLastSignIn, user.attempted);
  SetTime(sink, Property::kLastNonInteractiveSignIn, std::nullopt);
  SetTime(sink, Property::kCreatedDateTime, user.created);
  sink.AssignmentsKnown();
  for (const auto& license : user.licenses) {
    std::vector<PlanId> off;
    for (const auto& plan : license.off) off.push_back(IdOf<PlanId>(plan));
    sink.AddAssignment({.product = IdOf<SkuId>(license.product),
                        .source = license.source,
                        .group = IdOf<GroupId>(license.group),
                        .state = license.state,
                        .disabled_plans = off,
                        .error = license.error,
                        .updated = license.updated});
  }
  sink.EndUser();
}

WasteQuestion QuestionOf(const WasteCase& made, const ObservedState& observed,
                         std::optional<int> days) {
  WasteQuestion question{.observed = observed, .planned = made.planned, .now = kWasteNow};
  if (days) question.inactive_after = std::chrono::days(*days);
  return question;
}

}  // namespace

WallTime DaysAgo(int days) { return kWasteNow - std::chrono::days(days); }

ObservedState WasteCase::Read() const {
  ObservedBuilder builder(properties);
  const TestTenant tenant{.products = products};
  tenant.Read(builder);
  for (const auto& user : users) ReadWasteUser(user, builder);
  if (subscriptions) builder.SubscriptionsKnown();
  for (const auto& subscription : subscriptions.value_or(std::vector<Subscription>())) {
    builder.AddSubscription(subscription);
  }
  return builder.Finish("tenant-id", kWasteNow);
}

Subscription Bought(const std::string& id, const std::string& product, int seats,
                    const std::string& renewed) {
  Subscription subscription;
  subscription.id = id;
  subscription.sku_id = IdOf<SkuId>(product).ToString();
  subscription.status = "Enabled";
  subscription.total_licenses = seats;
  subscription.next_lifecycle = renewed;
  return subscription;
}

Subscription Trial(const std::string& product, int seats) {
  auto subscription = Bought("trial", product, seats, "2026-12-01T00:00:00Z");
  subscription.is_trial = true;
  return subscription;
}

Subscription BoughtByUser(const std::string& product, int seats) {
  auto subscription = Bought("own", product, seats, "2026-12-01T00:00:00Z");
  subscription.owner_type = "User";
  subscription.owner_id = IdOf<UserId>("bob").ToString();
  return subscription;
}

PlanProduct Terms(const std::string& product, std::optional<int> cents,
                  const std::string& currency) {
  PlanProduct terms{.id = IdOf<SkuId>(product), .part_number = product};
  if (cents) terms.price = UnitPrice{.amount = *cents * kCent, .currency = currency};
  return terms;
}

WasteReport WasteOf(const WasteCase& made, std::optional<int> inactive_days) {
  const auto observed = made.Read();
  return FindWaste(QuestionOf(made, observed, inactive_days));
}

const ProductWaste& Of(const WasteReport& report, const std::string& product) {
  const auto found = std::ranges::find(report.products, product, &ProductWaste::name);
  if (found == report.products.end()) throw std::invalid_argument("no product " + product);
  return *found;
}

std::string BriefSeats(const WasteCase& made, std::optional<int> inactive_days) {
  const auto observed = made.Read();
  auto question = QuestionOf(made, observed, inactive_days);
  question.with_seats = true;
  std::string text;
  for (const auto& seat : FindWaste(question).seats) {
    text += fmt::format("{}{} {} {}", text.empty() ? "" : "\n",
                        NameOf(observed.users.id(seat.row).guid),
                        observed.products[seat.product].name(), ToString(seat.reason));
    if (seat.reason == WasteReason::kOverlap) {
      text += " by " + observed.products[seat.covered_by].name();
    }
  }
  return text;
}

}  // namespace seatkeeper::test
