#include "daemon/config_schema.h"

#include <chrono>
#include <cstdint>

#include "daemon/auth_schema.h"
#include "daemon/config_limits.h"
#include "daemon/notify_schema.h"
#include "policy/schema/format.h"
#include "policy/schema/kinds.h"
#include "reconciler/seams/retention.h"

namespace seatkeeper {
namespace {

using schema::Choice;
using schema::Key;
using schema::Mapping;
using schema::Refusal;
using schema::Status;
using schema::Together;
using schema::Type;
using schema::Value;

// Designed in name; what stands inside is settled when they are built.
constexpr Value kOpen{.type = Type::kAny};

constexpr Key kGitKeys[] = {
    {.key = "url", .status = Status::kRequired, .about = "The address of the repository"},
    {.key = "branch", .about = "The branch that is in force", .by_default = R"("main")"},
    {.key = "path", .about = "The folder of the policy files in it", .by_default = R"(".")"},
    {.key = "interval",
     .about = "How often to look for a new revision",
     .value = {.type = Type::kDuration, .min = 1000},
     .by_default = R"("1m")"},
    {.key = "auth", .about = "How to sign in to it", .value = kOpen},
};
constexpr Mapping kGit{.keys = kGitKeys};
constexpr Key kPolicyKeys[] = {
    {.key = "path",
     .about = "The folder of the policy files, relative to this file",
     .by_default = R"("policies")"},
    {.key = "git",
     .status = Status::kLater,
     .about = "The repository of the policy files",
     .value = {.type = Type::kMapping, .mapping = &kGit}},
};
constexpr std::string_view kPolicyKeyNames[] = {"path", "git"};
constexpr Together kSomePolicy[] = {
    {.kind = Together::Kind::kAtLeastOne,
     .keys = kPolicyKeyNames,
     .refusal = {"missing-key", "lacks `path`", "name the folder of the policy files"}}};
constexpr Mapping kPolicy{.keys = kPolicyKeys, .together = kSomePolicy};

constexpr Key kSqliteKeys[] = {{.key = "path",
                                .status = Status::kRequired,
                                .about = "The database file, relative to this file",
                                .example = R"("/var/lib/seatkeeper/seatkeeper.db")"}};
constexpr Mapping kSqlite{.keys = kSqliteKeys};
constexpr std::int64_t kRetentionMin = std::chrono::milliseconds(Retention::kShortest).count();
constexpr Key kRetentionKeys[] = {
    {.key = "journal",
     .about = "How long `history` shows changes and `undo` can put them back; at least `30d`",
     .value = {.type = Type::kDuration, .min = kRetentionMin},
     .by_default = R"("400d")"},
    {.key = "cycles",
     .about = "How long the summaries of cycles are kept; at least `30d`",
     .value = {.type = Type::kDuration, .min = kRetentionMin},
     .by_default = R"("90d")"},
};
constexpr Mapping kRetention{.keys = kRetentionKeys};
constexpr Key kStoreKeys[] = {
    {.key = "sqlite",
     .about = "In one file: for one process",
     .value = {.type = Type::kMapping, .mapping = &kSqlite},
     .by_default = R"({"path": "seatkeeper.db"})"},
    {.key = "postgres",
     .status = Status::kLater,
     .about = "In PostgreSQL: for several processes",
     .value = kOpen},
    {.key = "retention",
     .about = "How long what is over is kept",
     .value = {.type = Type::kMapping, .mapping = &kRetention}},
};
constexpr std::string_view kStoreKeyNames[] = {"sqlite", "postgres"};
constexpr Together kSomeStore[] = {
    {.kind = Together::Kind::kAtLeastOne,
     .keys = kStoreKeyNames,
     .refusal = {"missing-key", "lacks `sqlite`", "write sqlite: {path: seatkeeper.db}"}}};
constexpr Mapping kStore{.keys = kStoreKeys, .together = kSomeStore};

constexpr Key kTlsKeys[] = {
    {.key = "certificate",
     .status = Status::kRequired,
     .about = "The certificate with its chain, PEM; relative to this file. Read anew for every "
              "connection",
     .example = R"("tls/tls.crt")"},
    {.key = "key",
     .status = Status::kRequired,
     .about = "Its private key, PEM; likewise",
     .example = R"("tls/tls.key")"},
};
constexpr Mapping kTls{.keys = kTlsKeys};

constexpr Key kServerKeys[] = {
    {.key = "listen",
     .status = Status::kRequired,
     .about = "Where metrics and probes are served; beyond loopback addresses only with `tls`",
     .value = {.format = &kListenAddress},
     .by_default = R"("127.0.0.1:9464")"},
    {.key = "tls",
     .about = "Certificate and key, for addresses beyond loopback",
     .value = {.type = Type::kMapping, .mapping = &kTls}},
    {.key = "tokens",
     .status = Status::kLater,
     .about = "Who may read, act and approve",
     .value = kOpen},
};
constexpr Mapping kServer{.keys = kServerKeys};

constexpr Value kBaseValue{.format = &kBaseAddress};
constexpr Key kEndpointKeys[] = {
    {.key = "graph", .about = "Base address of Microsoft Graph", .value = kBaseValue},
    {.key = "login", .about = "Base address of the token endpoint", .value = kBaseValue},
    {.key = "partnerCenter",
     .status = Status::kLater,
     .about = "Base address of Partner Center",
     .value = kBaseValue},
};
constexpr Mapping kEndpoints{.keys = kEndpointKeys};

constexpr Value kLabel{};
constexpr Mapping kLabels{.keys = {}, .others = &kLabel};

constexpr Refusal kClosedCloud{"closed-cloud",
                               "the cloud `germany` was closed by Microsoft in October 2021",
                               "its tenants moved to `global`"};
constexpr Choice kClouds[] = {
    {"global", ""},
    {"usgov-l4", "US Government, Graph for US Government L4"},
    {"usgov-l5", "US Government, Graph for US Government L5 (DOD)"},
    {"china", "operated by 21Vianet"},
    {.word = "germany", .about = "", .refusal = &kClosedCloud},
};
constexpr Key kTenantKeys[] = {
    {.key = "name",
     .status = Status::kRequired,
     .about = "What policies, logs and metrics call the tenant",
     .value = {.format = &kTenantName},
     .example = R"("contoso")"},
    {.key = "provider",
     .status = Status::kRequired,
     .about = "How it is reached",
     .value = {.choices = kProviderWords}},
    {.key = "tenantId",
     .about = "The directory (tenant) id; else AZURE_TENANT_ID",
     .value = {.format = &schema::kGuid,
               .hint = "the directory (tenant) id on the overview page of the Entra admin "
                       "centre"}},
    {.key = "cloud",
     .about = "The cloud that the tenant is in",
     .value = {.choices = kClouds},
     .by_default = R"("global")"},
    {.key = "mode",
     .about = "What the daemon does about the tenant",
     .value = {.choices = kModeWords},
     .by_default = R"("observe")"},
    {.key = "interval",
     .about = "How often the daemon looks",
     .value = {.type = Type::kDuration, .min = 1000},
     .by_default = R"("5m")"},
    {.key = "fullReadingInterval",
     .about = "How often the daemon reads everybody; in between, who changed; at most `24h`",
     .value = {.type = Type::kDuration, .min = 1000},
     .by_default = R"("60m")"},
    {.key = "auditLog",
     .about = "How far back the tenant's audit log is read for who changed licences, so that drift "
              "names them; at most `30d`. Needs AuditLog.Read.All; omitted: it is not read",
     .value = {.type = Type::kDuration, .min = 1000}},
    {.key = "inactiveDays",
     .about = "Whoever has not signed in for so many days is inactive, for what is counted as "
              "wasted; at most 3650. Needs AuditLog.Read.All and Entra ID P1 or P2; omitted: "
              "nobody asks",
     .value = {.type = Type::kInt,
               .min = 1,
               .max = kInactiveDaysMost,
               .hint = "a number of days, as in inactiveDays: 90"}},
    {.key = "auth",
     .about = "How to sign in; omitted: the AZURE_* variables",
     .value = {.type = Type::kMapping, .mapping = &kAuth}},
    {.key = "readAuth",
     .about = "Another application that everything but changing is done as; without it, `auth`",
     .value = {.type = Type::kMapping, .mapping = &kAuth}},
    {.key = "endpoints",
     .about = "Addresses without a path, instead of the cloud's: for simulators and proxies",
     .value = {.type = Type::kMapping, .mapping = &kEndpoints}},
    {.key = "caFile", .about = "Further certificate authorities, PEM; relative to this file"},
    {.key = "limits",
     .about = "Other figures of the service's limits in this tenant; what it leaves out is as in "
              "the config's own `limits`",
     .value = {.type = Type::kMapping, .mapping = &kTenantLimits}},
    {.key = "path", .about = "With `provider: file`, the snapshot; relative to this file"},
    {.key = "labels",
     .status = Status::kLater,
     .about = "What a `tenantSelector` asks for",
     .value = {.type = Type::kMapping, .mapping = &kLabels},
     .example = R"({"tier": "gold"})"},
};
constexpr std::string_view kPathKey[] = {"path"};
constexpr std::string_view kAccessKeys[] = {
    "cloud",    "fullReadingInterval", "auditLog", "auth",
    "readAuth", "endpoints",           "caFile",   "limits"};
constexpr std::string_view kEnforce[] = {"mode", "enforce"};
constexpr Together kProviderDemands[] = {
    {.kind = Together::Kind::kNeeds,
     .keys = kPathKey,
     .refusal = {"missing-key", "`provider: file` needs `path`, the snapshot to read",
                 "add the key `path`"},
     .when = "provider",
     .is = "file"},
    {.kind = Together::Kind::kExcludes,
     .keys = kAccessKeys,
     .refusal = {"misplaced-key", "", "leave it out"},
     .when = "provider",
     .is = "file"},
    {.kind = Together::Kind::kExcludesValue,
     .keys = kEnforce,
     .refusal = {"bad-value", "", "nothing can be applied to a snapshot: observe"},
     .when = "provider",
     .is = "file"},
    {.kind = Together::Kind::kExcludes,
     .keys = kPathKey,
     .refusal = {"misplaced-key", "", "leave it out"},
     .when = "provider",
     .is = "graph"},
};
constexpr Mapping kTenant{.keys = kTenantKeys, .together = kProviderDemands};
constexpr Value kTenantValue{.type = Type::kMapping, .mapping = &kTenant};
constexpr Refusal kNoTenant{"empty-list", "names no tenant", "name at least one"};

constexpr Value kNotifyValue{.type = Type::kMapping, .mapping = &kNotifyTarget};

constexpr Choice kKindWord[] = {{"Config", "how seatkeeper runs"}};
constexpr Key kConfigKeys[] = {
    {.key = "apiVersion",
     .status = Status::kRequired,
     .about = "The version of these files",
     .value = {.choices = schema::kApiVersions,
               .hint = "write apiVersion: seatkeeper/v1",
               .code = "api-version"}},
    {.key = "kind",
     .status = Status::kRequired,
     .about = "What this document is",
     .value = {.choices = kKindWord}},
    {.key = "policy",
     .about = "Where the policy files are",
     .value = {.type = Type::kMapping, .mapping = &kPolicy},
     .by_default = R"({"path": "policies"})"},
    {.key = "store",
     .about = "Where seatkeeper keeps its memory",
     .value = {.type = Type::kMapping, .mapping = &kStore},
     .by_default = R"({"sqlite": {"path": "seatkeeper.db"}})"},
    {.key = "server",
     .about = "Where the daemon serves metrics and probes",
     .value = {.type = Type::kMapping, .mapping = &kServer},
     .by_default = R"({"listen": "127.0.0.1:9464"})"},
    {.key = "tenants",
     .about = "The tenants that are looked after",
     .value = {.type = Type::kList, .items = &kTenantValue, .not_empty = &kNoTenant}},
    {.key = "discover",
     .status = Status::kLater,
     .about = "All customers of a partner, instead of `tenants`",
     .value = kOpen},
    {.key = "notify",
     .about = "Whom the daemon tells what happens",
     .value = {.type = Type::kList, .items = &kNotifyValue}},
    {.key = "limits",
     .about = "What the service takes of one application, by which requests are paced",
     .value = {.type = Type::kMapping, .mapping = &kLimits}},
    {.key = "ceilings",
     .about = "Guardrail figures that no policy may exceed or lift",
     .value = {.type = Type::kMapping, .mapping = &schema::kCeilings}},
};
constexpr std::string_view kTenantSources[] = {"tenants", "discover"};
constexpr Together kSomeTenants[] = {
    {.kind = Together::Kind::kAtLeastOne,
     .keys = kTenantSources,
     .refusal = {"missing-key", "lacks `tenants`", "add the key `tenants`"}}};
constexpr Mapping kConfigMapping{.keys = kConfigKeys, .together = kSomeTenants};

}  // namespace

const Choice kProviderWords[3] = {
    {"graph", "Microsoft Graph"},
    {"file", "a snapshot; nothing can be applied"},
    {.word = "partner-center", .about = "Partner Center", .later = true},
};
const Choice kModeWords[2] = {
    {"observe", "plans and reports, changes nothing"},
    {"enforce", "applies"},
};

const schema::Kind kConfigKind{.name = "Config",
                               .about = "How seatkeeper runs: where policy, store and tenants are",
                               .document = {.type = Type::kMapping, .mapping = &kConfigMapping}};

}  // namespace seatkeeper
