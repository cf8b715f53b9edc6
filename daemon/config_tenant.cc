#include "daemon/config_tenant.h"

#include <filesystem>

#include "daemon/config_auth.h"
#include "daemon/config_schema.h"
#include "policy/fields.h"

namespace seatkeeper {
namespace {

constexpr std::chrono::milliseconds kShortestInterval = std::chrono::seconds(1);
constexpr std::chrono::milliseconds kAdvisedInterval = std::chrono::seconds(10);
constexpr std::chrono::hours kLongestFullReadingInterval{24};
// The service keeps its log no longer, and for tenants without Entra ID P1 for a week.
constexpr std::chrono::days kLongestAuditLog{30};

class TenantReader {
 public:
  TenantReader(const yaml::Node& node, const ConfigPlace& place,
               std::vector<Diagnostic>& diagnostics)
      : fields_(node), place_(place), diagnostics_(diagnostics) {}

  TenantConfig Read() {
    using Provider = TenantConfig::Provider;
    if (auto name = fields_.String("name")) tenant_.name = std::move(name->value);
    tenant_.mode = fields_.Choice<TenantConfig::Mode>("mode", kModeWords).value_or(tenant_.mode);
    ReadInterval();
    tenant_.inactive_after = std::chrono::days(fields_.Int("inactiveDays").value_or(0));
    if (const auto id = fields_.String("tenantId")) tenant_.tenant_id = TenantId::Parse(id->value);
    // `partner-center` was refused, and what it needs is not known yet.
    const auto provider = fields_.Choice<Provider>("provider", kProviderWords);
    if (provider == Provider::kFile) {
      ReadFileTenant();
    } else if (provider == Provider::kGraph) {
      ReadGraphTenant();
    }
    return std::move(tenant_);
  }

 private:
  // At the value of the key, or at the tenant where the key is absent.
  void Error(std::string_view key, std::string code, std::string message, std::string hint = {}) {
    const auto* value = fields_.Find(key);
    diagnostics_.push_back(ErrorAt(value == nullptr ? fields_.node() : *value, std::move(code),
                                   std::move(message), std::move(hint)));
  }

  void ReadInterval() {
    tenant_.interval = fields_.Duration("interval").value_or(tenant_.interval);
    if (tenant_.interval >= kAdvisedInterval || tenant_.interval < kShortestInterval) return;
    diagnostics_.push_back(
        WarningAt(*fields_.Find("interval"), "short-interval",
                  "an interval below 10s is for tests: the service would throttle it"));
  }

  // Well within the time for which the service knows who has changed since.
  void ReadFullReadingInterval() {
    const auto every = fields_.Duration("fullReadingInterval");
    if (!every) return;
    tenant_.full_reading_interval = *every;
    if (*every <= kLongestFullReadingInterval) return;
    Error("fullReadingInterval", "out-of-range", "may be 24h at most",
          "what is not tracked in between would go unseen for too long");
  }

  void ReadAuditLog() {
    tenant_.audit_log = fields_.Duration("auditLog").value_or(tenant_.audit_log);
    if (tenant_.audit_log <= kLongestAuditLog) return;
    Error("auditLog", "out-of-range", "may be 30d at most",
          "the service keeps its audit log no longer");
  }

  void ReadFileTenant() {
    tenant_.provider = TenantConfig::Provider::kFile;
    tenant_.cloud = "file";
    if (const auto path = fields_.String("path")) tenant_.path = ResolvePath(place_, path->value);
  }

  void ReadGraphTenant() {
    ReadFullReadingInterval();
    ReadAuditLog();
    FillTenantId();
    if (const auto cloud = fields_.String("cloud")) tenant_.cloud = cloud->value;
    tenant_.endpoints = EndpointsOf(tenant_.cloud).value_or(Endpoints{});
    tenant_.sign_in = ReadAuth(fields_, place_, diagnostics_);
    tenant_.read_sign_in = ReadReadAuth(fields_, tenant_.sign_in, place_, diagnostics_);
    ReadEndpoints();
    if (const auto ca_file = fields_.String("caFile")) {
      tenant_.ca_file = ResolvePath(place_, ca_file->value);
    }
  }

  void FillTenantId() {
    if (fields_.Has("tenantId")) return;
    const auto value = place_.environment("AZURE_TENANT_ID");
    if (!value) {
      Error("tenantId", "missing-key", "`tenantId` is neither here nor in AZURE_TENANT_ID");
      return;
    }
    tenant_.tenant_id = TenantId::Parse(*value);
    if (!tenant_.tenant_id) Error("tenantId", "bad-value", "AZURE_TENANT_ID is not a GUID");
  }

  void ReadEndpoints() {
    const auto* node = fields_.Mapping("endpoints");
    if (node == nullptr) return TakeAuthorityHost();
    const Fields endpoints(*node);
    ReadBase(endpoints, "graph", tenant_.endpoints.graph);
    ReadBase(endpoints, "login", tenant_.endpoints.login);
    if (!endpoints.Has("login")) TakeAuthorityHost();
  }

  static void ReadBase(const Fields& endpoints, std::string_view key, std::string& into) {
    const auto text = endpoints.String(key);
    if (text) into = ParseBase(text->value).value_or(into);
  }

  // In a cluster the variable is set for every pod, whichever cloud the tenant is in.
  void TakeAuthorityHost() {
    const auto value = place_.environment("AZURE_AUTHORITY_HOST");
    if (!value) return;
    const auto base =
        ParseBase(value->find("://") == std::string::npos ? "https://" + *value : *value);
    if (!base || (base->starts_with("http://") && !IsLoopbackHost(HostOf(*base)))) {
      Error("endpoints", "bad-value",
            "AZURE_AUTHORITY_HOST is not an https address without a path");
      return;
    }
    if (!IsKnownLogin(*base)) {
      tenant_.endpoints.login = *base;
    } else if (!fields_.Has("cloud") && *base != tenant_.endpoints.login) {
      Error("cloud", "missing-key",
            "AZURE_AUTHORITY_HOST names a national cloud, but `cloud` is not set",
            "cloud: usgov-l4, usgov-l5 or china");
    }
  }

  Fields fields_;
  const ConfigPlace& place_;
  std::vector<Diagnostic>& diagnostics_;
  TenantConfig tenant_;
};

}  // namespace

std::string ResolvePath(const ConfigPlace& place, const std::string& path) {
  return (std::filesystem::path(place.folder) / path).lexically_normal().string();
}

TenantConfig ReadTenant(const yaml::Node& node, const ConfigPlace& place,
                        std::vector<Diagnostic>& diagnostics) {
  return TenantReader(node, place, diagnostics).Read();
}

}  // namespace seatkeeper
