#include "reconciler/graph/graph_provider.h"

#include <algorithm>
#include <utility>

#include "reconciler/graph/audit_operation.h"
#include "reconciler/graph/batch.h"
#include "reconciler/graph/changes_operation.h"
#include "reconciler/graph/delta_round.h"
#include "reconciler/graph/read_operation.h"
#include "reconciler/graph/reread_operation.h"
#include "reconciler/graph/user_select.h"

namespace seatkeeper {
namespace {

// A cursor of now comes with nobody, or nearly so: whoever is named with it is read by the listing
// that follows.
constexpr std::size_t kMostBeforeNow = 10'000;

// AZURE_AUTHORITY_HOST and people write bases with a slash at the end.
std::string WithoutSlash(std::string base) {
  while (base.ends_with('/')) base.pop_back();
  return base;
}

TokenSettings ToTokenSettings(const GraphSettings& settings) {
  return {.tenant = settings.tenant,
          .target = {.tenant_id = settings.tenant_id,
                     .client_id = settings.client_id,
                     .login_base = WithoutSlash(settings.login_base),
                     .scope = settings.scope},
          .credential = settings.credential,
          .ca_file = settings.ca_file};
}

TokenSettings ToReadTokenSettings(const GraphSettings& settings) {
  auto read = ToTokenSettings(settings);
  if (settings.read_credential == nullptr) return read;
  read.target.client_id = settings.read_client_id;
  read.credential = settings.read_credential;
  return read;
}

// What reprocessLicenseAssignment takes; the permission to assign licences is not enough.
// Source: https://learn.microsoft.com/graph/api/user-reprocesslicenseassignment
bool MayReprocess(const std::optional<TokenClaims>& claims) {
  return claims && std::ranges::any_of(claims->roles, [](const std::string& role) {
           return role == "User.ReadWrite.All" || role == "Directory.ReadWrite.All";
         });
}

std::shared_ptr<Quota> QuotaOf(const GraphSettings& settings, const std::string& client_id,
                               QuotaBook& quotas) {
  return quotas.Get(
      settings.tenant,
      {.tenant_id = settings.tenant_id, .cloud = settings.scope, .client_id = client_id},
      settings.limits);
}

GraphHttpSettings ToHttpSettings(const GraphSettings& settings, std::shared_ptr<Quota> quota) {
  return {.tenant = settings.tenant,
          .base = WithoutSlash(settings.graph_base),
          .ca_file = settings.ca_file,
          .quota = std::move(quota),
          .throttle_priority = settings.throttle_priority};
}

}  // namespace

GraphProvider::GraphProvider(Dependencies dependencies, const GraphSettings& settings)
    : workers_(dependencies.workers),
      to_{dependencies.transport, dependencies.clock, dependencies.timers, dependencies.random,
          dependencies.observer},
      write_quota_(QuotaOf(settings, settings.client_id,
                           dependencies.quotas == nullptr ? own_quotas_ : *dependencies.quotas)),
      http_settings_(ToHttpSettings(
          settings,
          settings.read_credential == nullptr
              ? write_quota_
              : QuotaOf(settings, settings.read_client_id,
                        dependencies.quotas == nullptr ? own_quotas_ : *dependencies.quotas))),
      page_size_(settings.page_size),
      tokens_(to_, ToReadTokenSettings(settings)),
      write_tokens_(settings.read_credential == nullptr
                        ? nullptr
                        : std::make_unique<TokenSource>(to_, ToTokenSettings(settings))),
      writes_(to_, write_tokens_ ? *write_tokens_ : tokens_,
              ToHttpSettings(settings, write_quota_)) {}

GraphProvider::~GraphProvider() {
  for (const auto& [id, timer] : deferred_) to_.timers.Cancel(timer);
}

TenantProvider::Capabilities GraphProvider::capabilities() const {
  const auto& writer = write_tokens_ ? *write_tokens_ : tokens_;
  return {.can_write = true,
          .max_batch = kMaxBatchItems,
          .can_reprocess = MayReprocess(writer.claims())};
}

void GraphProvider::Defer(std::function<void()> callback) {
  const std::uint64_t id = ++last_id_;
  deferred_[id] = to_.timers.At(to_.clock.Monotonic(), [this, id, callback = std::move(callback)] {
    deferred_.erase(id);
    callback();
  });
}

void GraphProvider::StartRead(const ReadRequest& request, ObservedBuilder& sink,
                              Reader::Extent extent, std::function<void(Result<void>)> done) {
  const std::uint64_t id = ++last_id_;
  auto& read = reads_[id] =
      std::make_unique<ReadOperation>(to_, workers_, tokens_, http_settings_, request, page_size_,
                                      sink, Ending(reads_, id, std::move(done)), extent);
  read->Start();
}

void GraphProvider::Read(const ReadRequest& request, ObservedBuilder& sink,
                         std::function<void(Result<void>)> done) {
  StartRead(request, sink, Reader::Extent::kEverything, std::move(done));
}

void GraphProvider::StartReread(std::vector<BatchRead> reads, const PropertySet& properties,
                                RereadOperation::Take take,
                                std::function<void(Result<void>)> done) {
  const std::uint64_t id = ++last_id_;
  auto& reread = rereads_[id] =
      std::make_unique<RereadOperation>(to_, tokens_, http_settings_, reads, properties,
                                        std::move(take), Ending(rereads_, id, std::move(done)));
  reread->Start();
}

void GraphProvider::Reread(std::vector<Subject> subjects, ObservedBuilder& sink,
                           std::function<void(Result<void>)> done) {
  std::vector<BatchRead> reads;
  reads.reserve(subjects.size());
  for (auto& subject : subjects) reads.push_back({.subject = subject});
  StartReread(std::move(reads), sink.properties(), TakeInto(sink), std::move(done));
}

void GraphProvider::ReadMemberships(std::vector<UserId> users, std::vector<GroupId> groups,
                                    std::function<void(Result<Memberships>)> done) {
  auto memberships = std::make_shared<Memberships>();
  StartReread(MembershipReads(users, groups), PropertySet(), TakeInto(*memberships),
              [memberships, done = std::move(done)](Result<void> result) {
                if (!result) return done(std::move(result).error());
                done(std::move(*memberships));
              });
}

void GraphProvider::ReadLinks(std::vector<Link> links,
                              std::function<void(Result<std::vector<LinkedUsers>>)> done) {
  auto sink = std::make_shared<ObservedBuilder>(PropertySet());
  std::function<void(Result<void>)> take = [sink, done = std::move(done)](Result<void> result) {
    if (!result) return done(std::move(result).error());
    done(std::move(sink->Finish("", WallTime{}).linked));
  };
  const std::uint64_t id = ++last_id_;
  auto& read = reads_[id] = std::make_unique<ReadOperation>(
      to_, workers_, tokens_, http_settings_, ReadRequest{.links = std::move(links)}, page_size_,
      *sink, Ending(reads_, id, std::move(take)), Reader::Extent::kLinks);
  read->Start();
}

void GraphProvider::Write(std::vector<WriteItem> items,
                          std::function<void(std::vector<WriteResult>)> done) {
  const bool alone = std::ranges::any_of(
      items, [](const WriteItem& item) { return !item.usage_location.empty(); });
  const int writes = static_cast<int>(items.size()) + (alone ? 1 : 0);
  auto finish = [this, items, writes, done = std::move(done)](const Result<HttpOutcome>& outcome) {
    TellQuota(outcome, writes);
    Defer([done, results = JudgeBatch(items, outcome, to_.clock.Now())] { done(results); });
  };
  if (items.empty() || items.size() > (alone ? 1 : kMaxBatchItems)) {
    return finish(Error{.kind = ErrorKind::kRejected,
                        .message = "A batch holds 1 to 20 changes, or one that sets a usage "
                                   "location; nothing was sent."});
  }
  writes_.SendRaw({.name = "batch",
                   .doing = "Changing licences",
                   .url = "/$batch",
                   .body = WriteBatchBody(items),
                   .repeat = GraphHttp::Repeat::kNever,
                   .writes = writes},
                  std::move(finish));
}

void GraphProvider::TellQuota(const Result<HttpOutcome>& outcome, int writes) {
  write_quota_->WritesEnded(writes);
  if (!outcome.ok() || outcome->kind != HttpOutcome::Kind::kAnswered) return;
  const auto answers = ParseBatchAnswers(outcome->response.body, static_cast<std::size_t>(writes));
  if (!answers) return;
  write_quota_->HearItems(ReadThrottleSigns(*answers, to_.clock.Now()), Quota::Of::kWrites,
                          to_.clock.Monotonic());
}

MonotonicTime GraphProvider::RoomAt(int writes, MonotonicTime now) {
  return write_quota_->RoomAt(writes, now);
}

void GraphProvider::TakeRoom(int writes, MonotonicTime now) { write_quota_->TakeRoom(writes, now); }

void GraphProvider::ReturnRoom(int writes) { write_quota_->ReturnRoom(writes); }

void GraphProvider::MarkNow(const PropertySet& properties,
                            std::function<void(Result<std::string>)> done) {
  const std::uint64_t id = ++last_id_;
  std::function<void(Result<DeltaRound::Outcome>)> take =
      [done = std::move(done)](Result<DeltaRound::Outcome> outcome) {
        if (!outcome) return done(std::move(outcome).error());
        done(std::move(outcome->link));
      };
  auto finish = Ending(marks_, id, std::move(take));
  if (SelectsSignIns(properties)) {
    return finish(Error{.kind = ErrorKind::kRejected,
                        .message = "the service does not say whose sign-in times change"});
  }
  auto& mark = marks_[id] =
      std::make_unique<DeltaRound>(to_, tokens_, http_settings_, kMostBeforeNow, std::move(finish));
  mark->Start(DeltaFromNow(properties));
}

void GraphProvider::ReadChanges(ChangesRequest request, ObservedBuilder& sink,
                                std::function<void(Result<ChangesRead>)> done) {
  const std::uint64_t id = ++last_id_;
  auto& changes = changes_[id] =
      std::make_unique<ChangesOperation>(to_, workers_, tokens_, http_settings_, std::move(request),
                                         page_size_, sink, Ending(changes_, id, std::move(done)));
  changes->Start();
}

void GraphProvider::ReadAudit(WallTime since, std::function<void(Result<AuditRead>)> done) {
  const std::uint64_t id = ++last_id_;
  auto& audit = audits_[id] = std::make_unique<AuditOperation>(
      to_, tokens_, http_settings_, Ending(audits_, id, std::move(done)));
  audit->Start(since);
}

void GraphProvider::Probe(std::function<void(Result<GraphProbe>)> done) {
  const std::uint64_t id = ++last_id_;
  auto& probe = probes_[id] = std::make_unique<ProbeOperation>(
      to_, tokens_, http_settings_, Ending(probes_, id, std::move(done)));
  probe->Start();
}

void GraphProvider::ReadOutline(const ReadRequest& request, ObservedBuilder& sink,
                                std::function<void(Result<void>)> done) {
  StartRead(request, sink, Reader::Extent::kOutline, std::move(done));
}

}  // namespace seatkeeper
