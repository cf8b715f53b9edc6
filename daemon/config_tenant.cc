#include "daemon/config_tenant.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "policy/fields.h"
#include "policy/text.h"

namespace seatkeeper {
namespace {

using Status = FieldSpec::Status;

constexpr std::size_t kMaxNameBytes = 63;
constexpr std::chrono::milliseconds kShortestInterval = std::chrono::seconds(1);
constexpr std::chrono::milliseconds kAdvisedInterval = std::chrono::seconds(10);

constexpr FieldSpec kTenantFields[] = {
    {"name", Status::kRequired},
    {"provider", Status::kRequired},
    {"tenantId"},
    {"cloud"},
    {"mode"},
    {"interval"},
    {"auth"},
    {"endpoints"},
    {"caFile"},
    {"path"},
    {"labels", Status::kLater},
};
// Their values would stand in a file that is shown around: refused with words of their own.
constexpr std::string_view kInlineSecrets[] = {"clientSecret", "clientAssertion", "password"};
constexpr FieldSpec kAuthFields[] = {
    {"clientId"},
    {"clientSecretFile"},
    {"clientSecret"},
    {"clientAssertion"},
    {"password"},
    {"clientCertificatePath", Status::kLater},
    {"federatedTokenFile", Status::kLater},
    {"managedIdentity", Status::kLater},
};
constexpr FieldSpec kEndpointFields[] = {{"graph"}, {"login"}, {"partnerCenter", Status::kLater}};

constexpr std::string_view kProviders[] = {"graph", "file"};
constexpr std::string_view kLaterProviders[] = {"partner-center"};
constexpr std::string_view kClouds[] = {"global", "usgov-l4", "usgov-l5", "china"};
constexpr std::string_view kModes[] = {"observe", "enforce"};

bool IsTenantName(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameBytes || EqualsIgnoreCase(name, "all")) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._-").find(c) != std::string_view::npos;
  });
}

class TenantReader {
 public:
  TenantReader(const yaml::Node& node, const ConfigPlace& place,
               std::vector<Diagnostic>& diagnostics)
      : fields_(node, "tenants[]", kTenantFields, diagnostics), place_(place) {}

  TenantConfig Read() {
    ReadName();
    const auto provider = fields_.Choice("provider", kProviders, kLaterProviders);
    if (const auto mode = fields_.Choice("mode", kModes)) {
      tenant_.mode = *mode == 0 ? TenantConfig::Mode::kObserve : TenantConfig::Mode::kEnforce;
    }
    ReadInterval();
    ReadTenantId();
    if (provider && *provider == 1) {
      ReadFileTenant();
    } else if (provider) {
      ReadGraphTenant();
    }
    return std::move(tenant_);
  }

 private:
  std::vector<Diagnostic>& diagnostics() { return fields_.diagnostics(); }

  void ReadName() {
    const auto name = fields_.String("name");
    if (!name) return;
    if (!IsTenantName(name->value)) {
      fields_.Error("name", "bad-name", Quoted(name->value) + " is not a name of a tenant",
                    "up to 63 of the characters a-z A-Z 0-9 . _ - and not `all`");
      return;
    }
    tenant_.name = name->value;
  }

  void ReadInterval() {
    const auto interval = fields_.Duration("interval");
    if (!interval) return;
    if (*interval < kShortestInterval) {
      fields_.Error("interval", "out-of-range", "`interval` must be at least 1s");
      return;
    }
    if (*interval < kAdvisedInterval) {
      fields_.Warning("interval", "short-interval",
                      "an interval below 10s is for tests: the service would throttle it");
    }
    tenant_.interval = *interval;
  }

  void ReadTenantId() {
    if (const auto written = fields_.String("tenantId")) {
      tenant_.tenant_id = TenantId::Parse(written->value);
      if (!tenant_.tenant_id) {
        fields_.Error("tenantId", "bad-value",
                      "`tenantId` must be a GUID, but is " + Quoted(written->value),
                      "the directory (tenant) id on the overview page of the Entra admin centre");
      }
    }
  }

  void ReadFileTenant() {
    tenant_.provider = TenantConfig::Provider::kFile;
    tenant_.cloud = "file";
    if (const auto path = fields_.String("path")) {
      tenant_.path = ResolvePath(place_, path->value);
    } else if (!fields_.Has("path")) {
      fields_.Error("path", "missing-key", "`provider: file` needs `path`, the snapshot to read");
    }
    for (const auto key : {"cloud", "auth", "endpoints", "caFile"}) {
      if (fields_.Has(key)) Misplaced(key, "file");
    }
    if (tenant_.mode == TenantConfig::Mode::kEnforce) {
      fields_.Error("mode", "bad-value", "`mode: enforce` does not go with `provider: file`",
                    "nothing can be applied to a snapshot: observe");
    }
  }

  void ReadGraphTenant() {
    if (fields_.Has("path")) Misplaced("path", "graph");
    FillTenantId();
    ReadCloud();
    ReadAuth();
    ReadEndpoints();
    if (const auto ca_file = fields_.String("caFile")) {
      tenant_.ca_file = ResolvePath(place_, ca_file->value);
    }
  }

  void Misplaced(std::string_view key, std::string_view provider) {
    fields_.Error(
        key, "misplaced-key",
        "`" + std::string(key) + "` does not go with `provider: " + std::string(provider) + "`",
        "leave it out");
  }

  void FillTenantId() {
    if (fields_.Has("tenantId")) return;
    const auto value = place_.environment("AZURE_TENANT_ID");
    if (!value) {
      fields_.Error("tenantId", "missing-key", "`tenantId` is neither here nor in AZURE_TENANT_ID");
      return;
    }
    tenant_.tenant_id = TenantId::Parse(*value);
    if (!tenant_.tenant_id) {
      fields_.Error("tenantId", "bad-value", "AZURE_TENANT_ID is not a GUID");
    }
  }

  void ReadCloud() {
    if (const auto* cloud = fields_.Find("cloud"); cloud && cloud->scalar == "germany") {
      fields_.Error("cloud", "closed-cloud",
                    "the cloud `germany` was closed by Microsoft in October 2021",
                    "its tenants moved to `global`");
      return;
    }
    if (const auto cloud = fields_.Choice("cloud", kClouds)) tenant_.cloud = kClouds[*cloud];
    tenant_.endpoints = *EndpointsOf(tenant_.cloud);
  }

  void ReadAuth() {
    if (const auto* node = fields_.Mapping("auth")) {
      Fields auth(*node, "auth", kAuthFields, diagnostics());
      for (const auto key : kInlineSecrets) {
        if (auth.Has(key)) {
          auth.Error(key, "inline-secret", "a secret must not stand in the config",
                     "put it into a file of its own and name that: clientSecretFile");
        }
      }
      if (const auto id = auth.String("clientId")) {
        tenant_.client_id = id->value;
        if (!Guid::Parse(id->value)) {
          auth.Error("clientId", "bad-value",
                     "`clientId` must be a GUID, but is " + Quoted(id->value),
                     "the application (client) id of the app registration");
        }
      }
      if (const auto file = auth.String("clientSecretFile")) {
        tenant_.client_secret_file = ResolvePath(place_, file->value);
      }
      FillAuth(auth.Has("clientId"), auth.Has("clientSecretFile"));
    } else if (!fields_.Has("auth")) {
      FillAuth(false, false);
    }
  }

  void FillAuth(bool has_id, bool has_secret) {
    if (!has_id) {
      tenant_.client_id = place_.environment("AZURE_CLIENT_ID").value_or("");
      if (tenant_.client_id.empty()) {
        fields_.Error("auth", "missing-key",
                      "`auth.clientId` is neither here nor in AZURE_CLIENT_ID");
      } else if (!Guid::Parse(tenant_.client_id)) {
        fields_.Error("auth", "bad-value", "AZURE_CLIENT_ID is not a GUID");
      }
    }
    if (has_secret) return;
    tenant_.client_secret = Secret(place_.environment("AZURE_CLIENT_SECRET").value_or(""));
    if (tenant_.client_secret.empty()) {
      fields_.Error("auth", "missing-key",
                    "neither `auth.clientSecretFile` nor AZURE_CLIENT_SECRET says where the "
                    "client secret is");
    }
  }

  void ReadEndpoints() {
    bool login_written = false;
    if (const auto* node = fields_.Mapping("endpoints")) {
      Fields endpoints(*node, "endpoints", kEndpointFields, diagnostics());
      ReadBase(endpoints, "graph", tenant_.endpoints.graph);
      ReadBase(endpoints, "login", tenant_.endpoints.login);
      login_written = endpoints.Has("login");
    }
    if (!login_written) TakeAuthorityHost();
  }

  void ReadBase(Fields& endpoints, std::string_view key, std::string& into) {
    const auto text = endpoints.String(key);
    if (!text) return;
    const auto base = ParseBase(text->value);
    if (!base) {
      endpoints.Error(key, "bad-value",
                      Quoted(endpoints.PathOf(key)) + " must be a base address without a path",
                      "for example https://graph.microsoft.com");
    } else if (base->starts_with("http://") && !IsLoopbackHost(HostOf(*base))) {
      endpoints.Error(key, "insecure-endpoint",
                      Quoted(endpoints.PathOf(key)) +
                          " must be https: only loopback hosts may be spoken to without TLS",
                      "https://" + base->substr(7));
    } else {
      into = *base;
    }
  }

  // In a cluster the variable is set for every pod, whichever cloud the tenant is in.
  void TakeAuthorityHost() {
    const auto value = place_.environment("AZURE_AUTHORITY_HOST");
    if (!value) return;
    const auto base =
        ParseBase(value->find("://") == std::string::npos ? "https://" + *value : *value);
    if (!base || (base->starts_with("http://") && !IsLoopbackHost(HostOf(*base)))) {
      fields_.Error("endpoints", "bad-value",
                    "AZURE_AUTHORITY_HOST is not an https address without a path");
      return;
    }
    if (!IsKnownLogin(*base)) {
      tenant_.endpoints.login = *base;
    } else if (!fields_.Has("cloud") && *base != tenant_.endpoints.login) {
      fields_.Error("cloud", "missing-key",
                    "AZURE_AUTHORITY_HOST names a national cloud, but `cloud` is not set",
                    "cloud: usgov-l4, usgov-l5 or china");
    }
  }

  Fields fields_;
  const ConfigPlace& place_;
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
