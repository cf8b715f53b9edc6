#include "tests/support/faulty_vfs.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "tests/support/faulty_vfs_calls.h"

namespace seatkeeper::test {
namespace {

// SQLite's list of VFSs is the process's: tests that run in threads must not share a name.
std::string NewName() {
  static std::atomic<int> made{0};
  return fmt::format("faulty-{}", ++made);
}

}  // namespace

FaultyVfs::FaultyVfs(std::uint64_t seed)
    : name_(NewName()), vfs_(std::make_unique<sqlite3_vfs>()), random_(seed) {
  FaultyVfsCalls::Fill(*vfs_, name_.c_str(), this);
  sqlite3_vfs_register(vfs_.get(), 0);
}

FaultyVfs::~FaultyVfs() { sqlite3_vfs_unregister(vfs_.get()); }

SqliteOptions FaultyVfs::options() const {
  return {.busy_timeout = std::chrono::milliseconds(0), .vfs = name_};
}

void FaultyVfs::Fail(DiskFault fault, unsigned per_mille) {
  const std::lock_guard lock(mutex_);
  shares_[fault] = per_mille;
}

void FaultyVfs::FailOnce(DiskFault fault, int after) {
  const std::lock_guard lock(mutex_);
  planned_.push_back({.fault = fault, .after = after});
}

void FaultyVfs::Mend() {
  const std::lock_guard lock(mutex_);
  shares_.clear();
  planned_.clear();
}

void FaultyVfs::HoldFaults(int by) {
  const std::lock_guard lock(mutex_);
  quiet_ += by;
}

int FaultyVfs::faults_met() const {
  const std::lock_guard lock(mutex_);
  return faults_met_;
}

void FaultyVfs::CutPowerAfter(int operations) {
  const std::lock_guard lock(mutex_);
  cut_at_ = alterations_ + operations;
}

bool FaultyVfs::has_power() const {
  const std::lock_guard lock(mutex_);
  return HasPower();
}

int FaultyVfs::alterations() const {
  const std::lock_guard lock(mutex_);
  return alterations_;
}

void FaultyVfs::CutPower() {
  const std::lock_guard lock(mutex_);
  ++alterations_;
  for (auto& [name, node] : files_) node->file.CutPower(random_);
  DropPrograms();
}

void FaultyVfs::KillPrograms() {
  const std::lock_guard lock(mutex_);
  DropPrograms();
}

void FaultyVfs::DropPrograms() {
  ++life_;
  cut_at_ = -1;
  for (auto& [name, node] : files_) {
    node->locks = {};
    node->shared.reset();
  }
}

std::vector<std::string> FaultyVfs::Files() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, node] : files_) {
    if (node->file.exists()) names.push_back(name);
  }
  return names;
}

std::string FaultyVfs::Read(const std::string& file) const {
  const std::lock_guard lock(mutex_);
  const auto found = files_.find(file);
  return found == files_.end() || !found->second->file.exists() ? ""
                                                                : found->second->file.content();
}

void FaultyVfs::Put(const std::string& file, std::string content) {
  const std::lock_guard lock(mutex_);
  ++alterations_;
  auto& disk = NodeOf(file)->file;
  disk.Create();
  disk.Replace(std::move(content));
  disk.Sync();
}

std::shared_ptr<FaultyVfs::Node> FaultyVfs::NodeOf(const std::string& file) {
  auto& node = files_[file];
  if (!node) node = std::make_shared<Node>();
  return node;
}

bool FaultyVfs::Meets(DiskFault fault) {
  if (quiet_ > 0) return false;
  bool met = false;
  for (auto& planned : planned_) met |= planned.fault == fault && planned.after-- == 0;
  std::erase_if(planned_, [](const Planned& planned) { return planned.after < 0; });
  const auto share = shares_.find(fault);
  if (share != shares_.end()) met |= random_.Next() % 1000 < share->second;
  faults_met_ += met ? 1 : 0;
  return met;
}

bool FaultyVfs::MayAlter() {
  if (!HasPower()) return false;
  ++alterations_;
  return true;
}

}  // namespace seatkeeper::test
