#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/seams/random.h"

namespace seatkeeper::test {

/// A file in memory that knows what of it is on the disk and what only the machine believes. What
/// was written and not synced may be kept, lost or torn by a power cut, each sector for itself and
/// in any order; bytes that nobody wrote never change ("power-safe overwrite", as SQLite assumes of
/// the disks it runs on).
class SimulatedFile {
 public:
  static constexpr std::size_t kSector = 512;

  /// As programs see it.
  const std::string& content() const { return content_; }
  bool exists() const { return exists_; }

  void Create();
  /// The name goes; with `synced` for good, otherwise a power cut may bring the file back.
  void Remove(bool synced);
  void Write(std::size_t offset, std::string_view bytes);
  void Truncate(std::size_t size);
  /// Name and content are on the disk.
  void Sync();
  /// The folder is on the disk: that the file is there, or is not there any more.
  void SyncName();
  /// A sync that failed: some of what was to be written is given up, though programs go on seeing
  /// it, and the rest may still follow.
  void SyncBadly(Random& random);
  void CutPower(Random& random);
  /// Content that was on the disk all along.
  void Replace(std::string content);

 private:
  struct Unsynced {
    std::size_t offset = 0;
    std::string bytes;
    bool truncates = false;  // To `offset`.
  };
  static void Apply(const Unsynced& change, std::string& content);
  void ApplyPartly(const Unsynced& change, Random& random);

  std::string content_;
  std::string durable_;
  std::vector<Unsynced> unsynced_;  // In order.
  bool exists_ = false;
  bool durably_exists_ = false;
  std::optional<std::string> former_;  // What the disk has under this name: a file removed since.
};

}  // namespace seatkeeper::test
