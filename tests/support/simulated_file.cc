#include "tests/support/simulated_file.h"

#include <algorithm>
#include <utility>

namespace seatkeeper::test {

void SimulatedFile::Create() { exists_ = true; }

void SimulatedFile::Remove(bool synced) {
  if (durably_exists_) former_ = durable_;
  if (synced) former_.reset();
  exists_ = false;
  durably_exists_ = false;
  Replace("");
}

void SimulatedFile::Write(std::size_t offset, std::string_view bytes) {
  unsynced_.push_back({.offset = offset, .bytes = std::string(bytes)});
  Apply(unsynced_.back(), content_);
}

void SimulatedFile::Truncate(std::size_t size) {
  unsynced_.push_back({.offset = size, .bytes = {}, .truncates = true});
  Apply(unsynced_.back(), content_);
}

void SimulatedFile::Sync() {
  for (const auto& change : unsynced_) Apply(change, durable_);
  unsynced_.clear();
  SyncName();
}

void SimulatedFile::SyncName() {
  durably_exists_ = exists_;
  former_.reset();
}

void SimulatedFile::SyncBadly(Random& random) {
  std::erase_if(unsynced_, [&](const Unsynced&) { return random.Next() % 2 == 0; });
}

void SimulatedFile::CutPower(Random& random) {
  for (const auto& change : unsynced_) ApplyPartly(change, random);
  const bool name_is_lost = exists_ != durably_exists_ && random.Next() % 2 == 0;
  const bool former_is_back = former_ && (name_is_lost || (!exists_ && random.Next() % 2 == 0));
  exists_ = former_is_back || (exists_ && !name_is_lost);
  if (former_is_back) durable_ = *former_;
  if (!exists_) durable_.clear();
  former_.reset();
  durably_exists_ = exists_;
  Replace(std::move(durable_));
}

void SimulatedFile::Replace(std::string content) {
  content_ = std::move(content);
  durable_ = content_;
  unsynced_.clear();
}

void SimulatedFile::Apply(const Unsynced& change, std::string& content) {
  if (change.truncates) {
    content.resize(std::min(content.size(), change.offset));
    return;
  }
  const auto end = change.offset + change.bytes.size();
  if (content.size() < end) content.resize(end);
  content.replace(change.offset, change.bytes.size(), change.bytes);
}

void SimulatedFile::ApplyPartly(const Unsynced& change, Random& random) {
  if (change.truncates) {
    if (random.Next() % 2 == 0) Apply(change, durable_);
    return;
  }
  for (std::size_t at = 0; at < change.bytes.size();) {
    const auto sector_end = ((change.offset + at) / kSector + 1) * kSector;
    const auto length = std::min(change.bytes.size() - at, sector_end - change.offset - at);
    const auto fate = random.Next();
    // Lost, torn after some bytes, or kept.
    const auto kept = fate % 3 == 0 ? 0 : fate % 3 == 1 ? (fate / 3) % length : length;
    if (kept > 0) {
      Apply({.offset = change.offset + at, .bytes = change.bytes.substr(at, kept)}, durable_);
    }
    at += length;
  }
}

}  // namespace seatkeeper::test
