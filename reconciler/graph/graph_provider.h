#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "reconciler/graph/graph_http.h"
#include "reconciler/graph/probe.h"
#include "reconciler/graph/reader.h"
#include "reconciler/graph/reread_operation.h"
#include "reconciler/graph/token_source.h"
#include "reconciler/seams/audit_reader.h"
#include "reconciler/seams/change_reader.h"
#include "reconciler/seams/tenant_provider.h"
#include "reconciler/seams/workers.h"

namespace seatkeeper {

class AuditOperation;
class ChangesOperation;
class DeltaRound;
class ReadOperation;

struct GraphSettings {
  std::string tenant;     ///< Name in the config, for the observer.
  std::string tenant_id;  ///< A token for any other tenant is refused.
  std::string client_id;
  std::shared_ptr<const Credential> credential;
  /// Another application, as which everything but writing is done. Null: there is none.
  std::shared_ptr<const Credential> read_credential = {};
  std::string read_client_id = {};
  std::string graph_base = "https://graph.microsoft.com";        ///< Without a path.
  std::string login_base = "https://login.microsoftonline.com";  ///< Without a path.
  /// Belongs to the cloud, not to where its endpoints are reached.
  std::string scope = "https://graph.microsoft.com/.default";
  std::string ca_file;  ///< PEM file of extra authorities.
  int page_size = 999;  ///< Graph's maximum for users.
  QuotaLimits limits = {};
  /// Of every request: "low", "normal" or "high". Which are throttled first, not how many.
  std::string throttle_priority = "low";
};

/// A tenant behind Microsoft Graph v1.0, signed in to as an application, or as one to read and
/// another to write, of which the second gets no token before something is written.
///
/// Read: see Reader. MarkNow, ReadChanges: see DeltaRound and ChangesOperation. ReadAudit: see
/// AuditOperation. Reread: by id, 20 per batch. ReadMemberships: checkMemberGroups, likewise.
/// ReadLinks: as Read does. Write: one $batch of assignLicense and reprocessLicenseAssignment; its
/// results are classified by JudgeBatch. Whether the latter is allowed stands in the token: of an
/// application apart that writes it is not known before it has written. WriteRoom: of the
/// application that writes, in this tenant.
class GraphProvider final : public TenantProvider,
                            public ChangeReader,
                            public AuditReader,
                            public WriteRoom {
 public:
  struct Dependencies {
    HttpTransport& transport;
    Clock& clock;
    Timers& timers;
    Workers& workers;
    Random& random;
    Observer& observer;
    QuotaBook* quotas = nullptr;  ///< Of the process; null: limits are known to nobody else.
  };

  GraphProvider(Dependencies dependencies, const GraphSettings& settings);
  ~GraphProvider() override;
  GraphProvider(const GraphProvider&) = delete;
  GraphProvider& operator=(const GraphProvider&) = delete;

  Capabilities capabilities() const override;
  ChangeReader* changes() override { return this; }
  AuditReader* audit() override { return this; }
  WriteRoom* room() override { return this; }
  void Read(const ReadRequest& request, ObservedBuilder& sink,
            std::function<void(Result<void>)> done) override;
  void Reread(std::vector<Subject> subjects, ObservedBuilder& sink,
              std::function<void(Result<void>)> done) override;
  void ReadMemberships(std::vector<UserId> users, std::vector<GroupId> groups,
                       std::function<void(Result<Memberships>)> done) override;
  void ReadLinks(std::vector<Link> links,
                 std::function<void(Result<std::vector<LinkedUsers>>)> done) override;
  void Write(std::vector<WriteItem> items,
             std::function<void(std::vector<WriteResult>)> done) override;
  void MarkNow(const PropertySet& properties,
               std::function<void(Result<std::string>)> done) override;
  void ReadChanges(ChangesRequest request, ObservedBuilder& sink,
                   std::function<void(Result<ChangesRead>)> done) override;
  void ReadAudit(WallTime since, std::function<void(Result<AuditRead>)> done) override;

  MonotonicTime RoomAt(int writes, MonotonicTime now) override;
  void TakeRoom(int writes, MonotonicTime now) override;
  void ReturnRoom(int writes) override;

  /// For `doctor`: an Error when signing in fails.
  void Probe(std::function<void(Result<GraphProbe>)> done);
  /// Likewise: products, subscriptions and which groups the names mean, without users, members and
  /// links. Otherwise as Read.
  void ReadOutline(const ReadRequest& request, ObservedBuilder& sink,
                   std::function<void(Result<void>)> done);

 private:
  /// Calls `callback` soon, from the loop itself: operations may be destroyed there.
  void Defer(std::function<void()> callback);
  /// What an operation calls when it ends: it goes, then `done` comes. It goes only once nothing
  /// writes into its sink any more.
  template <typename Operation, typename Value>
  auto Ending(std::map<std::uint64_t, std::unique_ptr<Operation>>& operations, std::uint64_t id,
              std::function<void(Result<Value>)> done) {
    return [this, &operations, id, done = std::move(done)](Result<Value> result) {
      Defer([&operations, id, done, result = std::move(result)] {
        operations.erase(id);
        done(result);
      });
    };
  }
  void StartRead(const ReadRequest& request, ObservedBuilder& sink, Reader::Extent extent,
                 std::function<void(Result<void>)> done);
  void StartReread(std::vector<BatchRead> reads, const PropertySet& properties,
                   RereadOperation::Take take, std::function<void(Result<void>)> done);

  void TellQuota(const Result<HttpOutcome>& outcome, int writes);

  Workers& workers_;
  TokenSource::Dependencies to_;
  QuotaBook own_quotas_;  // Where nobody else keeps them.
  std::shared_ptr<Quota> write_quota_;
  GraphHttpSettings http_settings_;  // Of what reads.
  int page_size_;
  TokenSource tokens_;
  std::unique_ptr<TokenSource> write_tokens_;  // Null: who reads writes, too.
  GraphHttp writes_;
  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, std::unique_ptr<ReadOperation>> reads_;
  std::map<std::uint64_t, std::unique_ptr<RereadOperation>> rereads_;
  std::map<std::uint64_t, std::unique_ptr<DeltaRound>> marks_;
  std::map<std::uint64_t, std::unique_ptr<ChangesOperation>> changes_;
  std::map<std::uint64_t, std::unique_ptr<AuditOperation>> audits_;
  std::map<std::uint64_t, std::unique_ptr<ProbeOperation>> probes_;
  std::map<std::uint64_t, TimerId> deferred_;
};

}  // namespace seatkeeper
