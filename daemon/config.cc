#include "daemon/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "daemon/config_limits.h"
#include "daemon/config_notify.h"
#include "daemon/config_schema.h"
#include "daemon/config_tenant.h"
#include "daemon/text_file.h"
#include "policy/fields.h"
#include "policy/kinds.h"
#include "policy/schema/check.h"
#include "policy/text.h"

namespace seatkeeper {
namespace {

constexpr std::size_t kMaxConfigBytes = std::size_t{4} << 20;

class ConfigReader {
 public:
  ConfigReader(const ConfigPlace& place, std::vector<Diagnostic>& diagnostics)
      : place_(place), diagnostics_(diagnostics) {}

  Config Read(const yaml::Node& document) {
    config_.policy_path = ResolvePath(place_, config_.policy_path);
    config_.store_path = ResolvePath(place_, config_.store_path);
    schema::Check(document, kConfigKind.document, diagnostics_);
    const Fields fields(document);
    ReadPath(fields.Mapping("policy"), config_.policy_path);
    if (const auto* store = fields.Mapping("store")) {
      ReadPath(Fields(*store).Mapping("sqlite"), config_.store_path);
      if (const auto* kept = Fields(*store).Mapping("retention")) ReadRetention(Fields(*kept));
    }
    if (const auto* server = fields.Mapping("server")) ReadServer(Fields(*server));
    limits_ = fields.Mapping("limits");
    if (const auto* tenants = fields.Sequence("tenants")) ReadTenants(*tenants);
    for (auto& tenant : config_.tenants) tenant.retention = retention_;
    if (const auto* notify = fields.Sequence("notify")) {
      config_.notify = ReadNotify(*notify, config_.tenants, place_, diagnostics_);
    }
    if (const auto* ceilings = fields.Mapping("ceilings")) {
      for (auto& tenant : config_.tenants) tenant.ceilings = ReadCeilings(*ceilings);
    }
    return std::move(config_);
  }

 private:
  void ReadPath(const yaml::Node* node, std::string& into) const {
    if (node == nullptr) return;
    if (const auto path = Fields(*node).String("path")) into = ResolvePath(place_, path->value);
  }

  void ReadRetention(const Fields& kept) {
    retention_.journal = kept.Duration("journal").value_or(retention_.journal);
    retention_.cycles = kept.Duration("cycles").value_or(retention_.cycles);
  }

  void ReadServer(const Fields& server) {
    if (const auto* tls = server.Mapping("tls")) ReadTls(Fields(*tls));
    const auto text = server.String("listen");
    if (!text) return;
    config_.listen = ParseListenAddress(text->value).value_or(config_.listen);
    if (!IsLoopbackHost(config_.listen.host) && !config_.tls) {
      diagnostics_.push_back(ErrorAt(
          *server.node().Find("listen"), "insecure-listen",
          "`server.listen` is beyond loopback and there is no `server.tls`",
          "add tls: {certificate: …, key: …}, or listen on 127.0.0.1 behind a proxy of your own"));
    }
  }

  void ReadTls(const Fields& tls) {
    const auto certificate = tls.String("certificate");
    const auto key = tls.String("key");
    if (!certificate || !key) return;
    config_.tls = TlsFiles{.certificate = ResolvePath(place_, certificate->value),
                           .key = ResolvePath(place_, key->value)};
  }

  void ReadTenants(const yaml::Node& list) {
    for (const auto& item : list.items) {
      auto tenant = ReadTenant(item, place_, diagnostics_);
      if (limits_ != nullptr) ReadLimits(Fields(*limits_), tenant);
      if (const auto* own = Fields(item).Mapping("limits")) ReadTenantLimits(Fields(*own), tenant);
      if (!tenant.name.empty()) CheckTwins(item, tenant);
      config_.tenants.push_back(std::move(tenant));
    }
    std::sort(config_.tenants.begin(), config_.tenants.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
  }

  // Two entries for one tenant would take turns at undoing each other's work.
  void CheckTwins(const yaml::Node& item, const TenantConfig& tenant) {
    const auto* name = item.Find("name");
    const auto& at = name == nullptr ? item : *name;
    for (const auto& other : config_.tenants) {
      if (EqualsIgnoreCase(other.name, tenant.name)) {
        diagnostics_.push_back(ErrorAt(at, "duplicate-name",
                                       "two tenants are called " + Quoted(tenant.name),
                                       "names differ in more than letter case"));
      } else if (tenant.tenant_id && other.tenant_id == tenant.tenant_id &&
                 other.cloud == tenant.cloud) {
        diagnostics_.push_back(ErrorAt(
            at, "duplicate-tenant",
            fmt::format("{} and {} are the same tenant", Quoted(other.name), Quoted(tenant.name)),
            "keep one of them, or give each its own tenantId"));
      }
    }
  }

  const ConfigPlace& place_;
  std::vector<Diagnostic>& diagnostics_;
  const yaml::Node* limits_ = nullptr;  // Of the whole config; nullptr: it says nothing of them.
  Config config_;
  Retention retention_;
};

Diagnostic WholeFile(const SourceFile& file, std::string code, std::string message,
                     std::string hint) {
  return {.severity = Severity::kError,
          .code = std::move(code),
          .message = std::move(message),
          .hint = std::move(hint),
          .at = {.file = file.path}};
}

}  // namespace

TenantKey KeyOf(const TenantConfig& tenant) {
  return {.tenant_id = tenant.tenant_id ? tenant.tenant_id->ToString() : tenant.name,
          .cloud = tenant.cloud};
}

double WritesPerSecond(const TenantConfig& tenant) {
  return tenant.limits.writes.per_second() * tenant.limits.share;
}

LoadedConfig ParseConfig(const SourceFile& file, const Environment& environment) {
  LoadedConfig loaded{.config = {}, .diagnostics = {}, .text = file.text};
  const auto documents = yaml::Parse(file, loaded.diagnostics);
  if (documents.empty() && loaded.ok()) {
    loaded.diagnostics.push_back(
        WholeFile(file, "empty-file", "the config file is empty", "see `seatkeeper help`"));
  }
  if (documents.size() > 1) {
    loaded.diagnostics.push_back(ErrorAt(documents[1], "too-many-documents",
                                         "a config file holds one document",
                                         "policies stand in files of their own"));
  }
  if (!documents.empty()) {
    const ConfigPlace place{.folder = std::filesystem::path(file.path).parent_path().string(),
                            .environment = environment};
    loaded.config = ConfigReader(place, loaded.diagnostics).Read(documents.front());
  }
  Sort(loaded.diagnostics);
  return loaded;
}

Result<LoadedConfig> LoadConfig(const std::string& path, const Environment& environment) {
  auto text = ReadBoundedFile(path, kMaxConfigBytes);
  if (!text) return std::move(text).error();
  return ParseConfig({.path = path, .text = std::move(text).value()}, environment);
}

Result<std::vector<TenantConfig>> SelectTenants(const Config& config,
                                                const std::vector<std::string>& names) {
  if (names.empty()) return config.tenants;
  std::vector<std::string_view> known;
  for (const auto& tenant : config.tenants) known.push_back(tenant.name);
  for (const auto& name : names) {
    const bool found = std::any_of(known.begin(), known.end(),
                                   [&](auto each) { return EqualsIgnoreCase(each, name); });
    if (found) continue;
    const auto nearest = SuggestNearest(name, known);
    return Error{
        .kind = ErrorKind::kUsage,
        .message = fmt::format(
            "no tenant {} is configured; {}", Quoted(name),
            nearest.empty() ? fmt::format("there are: {}", fmt::join(known, ", ")) : nearest),
        .position = {},
        .service = {}};
  }
  std::vector<TenantConfig> selected;
  for (const auto& tenant : config.tenants) {
    if (std::any_of(names.begin(), names.end(),
                    [&](const auto& name) { return EqualsIgnoreCase(tenant.name, name); })) {
      selected.push_back(tenant);
    }
  }
  return selected;
}

}  // namespace seatkeeper
