#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reconciler/file/decode_snapshot.h"
#include "reconciler/graph/decode_queue.h"
#include "reconciler/seams/clock.h"
#include "reconciler/seams/tenant_provider.h"
#include "reconciler/seams/timers.h"
#include "reconciler/seams/workers.h"

namespace seatkeeper {

/// A tenant as a snapshot file shows it; cannot be changed. The file is read anew for every Read
/// and Reread, on a worker. kIo when it cannot be read, kInvalid (position: the file) when it is no
/// snapshot.
class FileProvider final : public TenantProvider {
 public:
  struct Dependencies {
    Workers& workers;
    Timers& timers;
    Clock& clock;
  };
  FileProvider(Dependencies dependencies, std::string path);
  ~FileProvider() override;
  FileProvider(const FileProvider&) = delete;
  FileProvider& operator=(const FileProvider&) = delete;

  Capabilities capabilities() const override { return {.can_write = false}; }
  void Read(const ReadRequest& request, ObservedBuilder& sink,
            std::function<void(Result<void>)> done) override;
  void Reread(std::vector<Subject> subjects, ObservedBuilder& sink,
              std::function<void(Result<void>)> done) override;
  /// Refused: it is asked before a change only, and nothing can be changed here.
  void ReadLinks(std::vector<Link> links,
                 std::function<void(Result<std::vector<LinkedUsers>>)> done) override;
  void ReadMemberships(std::vector<UserId> users, std::vector<GroupId> groups,
                       std::function<void(Result<Memberships>)> done) override;
  /// Refuses everything.
  void Write(std::vector<WriteItem> items,
             std::function<void(std::vector<WriteResult>)> done) override;

  /// What the file said about itself when it was last read whole: the tenant, and the time that
  /// the reading stands for.
  const std::optional<SnapshotInfo>& info() const { return info_; }

 private:
  struct Job;
  /// Calls `callback` soon, from the loop itself.
  void Defer(std::function<void()> callback);

  Dependencies to_;
  std::string path_;
  std::optional<SnapshotInfo> info_;
  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, TimerId> deferred_;
  DecodeQueue queue_;
};

/// The whole file, or kIo.
Result<std::string> ReadTextFile(const std::string& path);

}  // namespace seatkeeper
