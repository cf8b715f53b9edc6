#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "daemon/commands/command.h"
#include "daemon/commands/logged_runtime.h"
#include "daemon/waste_csv.h"
#include "daemon/waste_html.h"
#include "daemon/waste_json.h"
#include "daemon/waste_text.h"
#include "reconciler/plan/activity.h"
#include "reconciler/plan/planner.h"

namespace seatkeeper {
namespace {

std::vector<NamedSeat> NamesOf(const std::vector<WastedSeat>& seats,
                               const ObservedState& observed) {
  std::vector<NamedSeat> named;
  for (const auto& seat : seats) {
    const auto& product = observed.products[seat.product];
    const bool overlaps = seat.reason == WasteReason::kOverlap;
    named.push_back(
        {.user_principal_name = std::string(observed.users.user_principal_name(seat.row)),
         .display_name = std::string(observed.users.display_name(seat.row)),
         .user = observed.users.id(seat.row),
         .product = product.id,
         .product_name = product.name(),
         .reason = seat.reason,
         .covered_by = overlaps ? observed.products[seat.covered_by].name() : ""});
  }
  std::ranges::sort(named, {}, [](const NamedSeat& each) {
    return std::tie(each.product_name, each.product, each.reason, each.user_principal_name,
                    each.user);
  });
  return named;
}

class Reporter {
 public:
  Reporter(const ReportOptions& options, const PolicyInForce& policy, Runtime& runtime,
           CommandContext& context)
      : options_(options), policy_(policy), runtime_(runtime), context_(context) {}

  Result<void> ReportOn(const TenantConfig& tenant) {
    const bool asked = InactiveAfter(tenant).has_value();
    auto waste = Look(tenant, asked);
    if (!waste && asked && MayBeForSignIns(waste.error())) {
      // Whoever may not read sign-ins, or cannot, still learns the rest.
      const auto refused = waste.error().message;
      waste = Look(tenant, false);
      if (waste) waste->sign_ins_refused = "They were not read: " + refused;
    }
    if (!waste) return std::move(waste).error();
    auto trends = TrendsOf(tenant, waste->head.read_at);
    if (!trends) return std::move(trends).error();
    waste->trends = *std::move(trends);
    Print(*waste);
    return {};
  }

  void End() {
    if (printed_ > 0 && options_.format == OutputFormat::kHtml) context_.out << WasteHtmlTail();
  }

 private:
  // The command line's word counts more than the config's.
  std::optional<std::chrono::days> InactiveAfter(const TenantConfig& tenant) const {
    if (options_.inactive_days) return std::chrono::days(*options_.inactive_days);
    if (tenant.inactive_after.count() > 0) return tenant.inactive_after;
    return std::nullopt;
  }

  // Not licensed for them, not permitted, or a snapshot without them.
  static bool MayBeForSignIns(const Error& error) {
    constexpr std::array kKinds{ErrorKind::kPermission, ErrorKind::kRejected, ErrorKind::kInvalid};
    return std::ranges::find(kKinds, error.kind) != kKinds.end();
  }

  Result<TenantWaste> Look(const TenantConfig& tenant, bool sign_ins) {
    auto provider = MakeProvider(tenant, runtime_.provider_parts());
    if (!provider) return std::move(provider).error();
    TenantWaste waste;  // Filled on a worker before the cycle is over.
    auto looking = Looking(tenant, options_.snapshot);
    looking.inspect = [&](const PlanInput& input, const Plan& plan) {
      // A snapshot stands for its own moment: the same file always gives the same bytes.
      waste = Find(input, plan, InactiveAfter(tenant), ReadingTime(**provider));
    };
    if (sign_ins) looking.also_read = ActivityProperties();
    auto report = runtime_.RunCycle(**provider, policy_, std::move(looking));
    if (report.error) return *std::move(report.error);
    return waste;
  }

  // What the store has of the time up to that moment: a store may know of later ones.
  Result<std::map<SkuId, ProductTrend>> TrendsOf(const TenantConfig& tenant, WallTime until) {
    std::map<SkuId, ProductTrend> trends;
    auto read = runtime_.Await<Result<void>>([&](auto done) {
      runtime_.store().Run(
          [&](Store& store) -> Result<void> {
            const auto days = store.ProductDays(KeyOf(tenant));
            if (!days) return days.error();
            for (const auto& day : *days) {
              if (WallTime(day.day) <= until) trends[day.product].push_back(day);
            }
            return {};
          },
          std::move(done));
    });
    if (!read) return std::move(read).error();
    return trends;
  }

  TenantWaste Find(const PlanInput& input, const Plan& plan,
                   std::optional<std::chrono::days> inactive_after,
                   const std::optional<WallTime>& snapshot_of) const {
    const WasteQuestion question{.observed = input.observed,
                                 .planned = plan.products,
                                 .now = snapshot_of.value_or(input.now),
                                 .inactive_after = inactive_after,
                                 .with_seats = options_.users};
    TenantWaste found{.head = {.tenant = input.tenant,
                               .read_at = snapshot_of.value_or(plan.observed_at),
                               .policy_revision = plan.policy_revision},
                      .waste = FindWaste(question),
                      .display_names = {},
                      .sign_ins_refused = {},
                      .with_users = options_.users,
                      .seats = {}};
    for (const auto& product : found.waste.products) {
      const auto* fact = policy_.catalog.FindProduct(product.id);
      found.display_names.push_back(fact == nullptr ? "" : fact->display_name);
    }
    found.seats = NamesOf(std::exchange(found.waste.seats, {}), input.observed);
    return found;
  }

  void Print(const TenantWaste& waste) {
    const bool first = printed_++ == 0;
    if (options_.format == OutputFormat::kJson) {
      context_.out << RenderWasteJson(waste);
    } else if (options_.format == OutputFormat::kCsv) {
      context_.out << RenderWasteCsv(waste, first);
    } else if (options_.format == OutputFormat::kHtml) {
      context_.out << (first ? WasteHtmlHead() : "") << RenderWasteHtml(waste, printed_);
    } else {
      context_.out << (first ? "" : "\n") << RenderWasteText(waste);
    }
  }

  const ReportOptions& options_;
  const PolicyInForce& policy_;
  Runtime& runtime_;
  CommandContext& context_;
  int printed_ = 0;  // Tenants.
};

}  // namespace

ExitCode RunReport(const CommonOptions& common, const ReportOptions& options,
                   CommandContext& context) {
  const auto workplace = OpenWorkplace(common, options.snapshot, context);
  if (!workplace) return Report(workplace.error(), context);
  const auto policy = OpenPolicyOrNone(
      *workplace, "prices, reserves and agreed spare seats are not known", context);
  if (!policy) return Report(policy.error(), context);
  LoggedRuntime logged(common, context);
  Runtime& runtime = *logged;
  if (const auto opened = runtime.OpenStore(StoreToLookAt(*workplace)); !opened) {
    return Report(opened.error(), context);
  }
  auto code = ExitCode::kOk;
  Reporter reporter(options, *policy, runtime, context);
  for (const auto& tenant : workplace->tenants) {
    if (const auto done = reporter.ReportOn(tenant); !done) {
      code = Combine(code, Report(done.error(), context));
    }
  }
  reporter.End();
  return code;
}

}  // namespace seatkeeper
