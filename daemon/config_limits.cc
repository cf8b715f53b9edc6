#include "daemon/config_limits.h"

#include <optional>
#include <string_view>

namespace seatkeeper {
namespace {

using schema::Choice;
using schema::Key;
using schema::Mapping;
using schema::Refusal;
using schema::Status;
using schema::Type;
using schema::Value;

constexpr double kMostRequests = 1e9;
constexpr double kShortestPeriodMs = 100;  // Simulators live in a time-lapse.

constexpr Key kRateKeys[] = {
    {.key = "count",
     .status = Status::kRequired,
     .about = "So many",
     .value = {.type = Type::kInt, .min = 1, .max = kMostRequests},
     .example = "3000"},
    {.key = "per",
     .status = Status::kRequired,
     .about = "Within so long",
     .value = {.type = Type::kDuration, .min = kShortestPeriodMs},
     .example = R"("150s")"},
};
constexpr Mapping kRate{.keys = kRateKeys};
constexpr Value kRateValue{.type = Type::kMapping, .mapping = &kRate};
constexpr Value kShareValue{.type = Type::kNumber, .min = 0.01, .max = 1};

constexpr Choice kPriorityWords[] = {
    {"low", "throttled before other requests: people's own tools come first"},
    {"normal", "as the service sees fit"},
    {"high", "throttled after other requests"},
};

constexpr Value kPriorityValue{.choices = kPriorityWords};

constexpr Key kLimitKeys[] = {
    {.key = "writes",
     .about = "Writes of one application in one tenant; each item of a batch counts",
     .value = kRateValue,
     .by_default = R"({"count": 3000, "per": "150s"})"},
    {.key = "resourceUnits",
     .about = "Resource units of one application in one tenant; omitted: 3500, 5000 or 8000 in "
              "`10s`, by the size of the tenant",
     .value = kRateValue},
    {.key = "applicationWrites",
     .about = "Writes of one application in all tenants together",
     .value = kRateValue,
     .by_default = R"({"count": 35000, "per": "300s"})"},
    {.key = "applicationResourceUnits",
     .about = "Resource units of one application in all tenants together",
     .value = kRateValue,
     .by_default = R"({"count": 150000, "per": "20s"})"},
    {.key = "share",
     .about = "How much of all that seatkeeper takes, for applications that are not its own",
     .value = kShareValue,
     .by_default = "1"},
    {.key = "throttlePriority",
     .about = "Which requests the service throttles first",
     .value = kPriorityValue,
     .by_default = R"("low")"},
};

constexpr Refusal kOfAllTenants{"misplaced-key",
                                "what one application takes of all tenants together is no single "
                                "tenant's figure",
                                "write it into the config's own `limits`, beside `tenants`"};
constexpr Key kTenantLimitKeys[] = {
    {.key = "writes",
     .about = "Writes of one application in this tenant; each item of a batch counts",
     .value = kRateValue,
     .example = R"({"count": 600, "per": "150s"})"},
    {.key = "resourceUnits",
     .about = "Resource units of one application in this tenant",
     .value = kRateValue},
    {.key = "applicationWrites",
     .status = Status::kRefused,
     .about = "Holds for all tenants together",
     .refusal = &kOfAllTenants},
    {.key = "applicationResourceUnits",
     .status = Status::kRefused,
     .about = "Holds for all tenants together",
     .refusal = &kOfAllTenants},
    {.key = "share",
     .about = "How much of these two seatkeeper takes",
     .value = kShareValue,
     .example = "0.5"},
    {.key = "throttlePriority",
     .about = "Which requests to this tenant the service throttles first",
     .value = kPriorityValue,
     .example = R"("normal")"},
};

std::optional<RateLimit> ReadRate(const Fields& limits, std::string_view key) {
  const auto* node = limits.Mapping(key);
  if (node == nullptr) return std::nullopt;
  const Fields rate(*node);
  const auto count = rate.Int("count");
  const auto per = rate.Duration("per");
  // What is wrong with them has been reported.
  if (!count || *count < 1 || !per || per->count() < 1) return std::nullopt;
  return RateLimit{.amount = static_cast<double>(*count), .period = *per};
}

std::optional<double> ReadShare(const Fields& limits) {
  const auto share = limits.Double("share");
  return share && *share > 0 && *share <= 1 ? share : std::nullopt;
}

}  // namespace

const Mapping kLimits{.keys = kLimitKeys};
const Mapping kTenantLimits{.keys = kTenantLimitKeys};

void ReadLimits(const Fields& limits, TenantConfig& tenant) {
  QuotaLimits& into = tenant.limits;
  into.application_writes = ReadRate(limits, "applicationWrites").value_or(into.application_writes);
  into.application_units =
      ReadRate(limits, "applicationResourceUnits").value_or(into.application_units);
  into.application_share = ReadShare(limits).value_or(into.application_share);
  ReadTenantLimits(limits, tenant);
}

void ReadTenantLimits(const Fields& limits, TenantConfig& tenant) {
  QuotaLimits& into = tenant.limits;
  into.writes = ReadRate(limits, "writes").value_or(into.writes);
  if (const auto units = ReadRate(limits, "resourceUnits")) into.units = units;
  into.share = ReadShare(limits).value_or(into.share);
  if (const auto priority = limits.String("throttlePriority")) {
    tenant.throttle_priority = priority->value;
  }
}

}  // namespace seatkeeper
