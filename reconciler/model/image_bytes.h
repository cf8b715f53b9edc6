#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace seatkeeper {

/// What may be written as it lies in memory: no pointers, no padding.
template <typename T>
concept PlainBytes = std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T>;

/// Lays values end to end, as this machine has them in memory.
class ImageWriter {
 public:
  template <PlainBytes T>
  void Put(const T& value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  /// How many there are, then all of them.
  template <PlainBytes T>
  void PutAll(std::span<const T> values) {
    Put(std::uint64_t{values.size()});
    bytes_.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  }
  template <PlainBytes T>
  void PutAll(const std::vector<T>& values) {
    PutAll(std::span<const T>(values));
  }
  void PutText(std::string_view text) { PutAll(std::span<const char>(text)); }

  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads what an ImageWriter wrote, out of bytes that may be anything: what is not there reads as
/// nothing, and from then on everything does. Refers to the bytes.
class ImageReader {
 public:
  explicit ImageReader(std::string_view bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  /// All was read, and nothing was missing.
  bool at_end() const { return ok_ && bytes_.empty(); }
  /// For who finds that what is there makes no sense.
  void Fail() {
    ok_ = false;
    bytes_ = {};
  }
  /// Fails unless this holds.
  void Expect(bool condition) {
    if (!condition) Fail();
  }

  template <PlainBytes T>
  T Get() {
    T value{};
    if (Has(1, sizeof value)) std::memcpy(&value, Next(sizeof value), sizeof value);
    return value;
  }
  /// A count of things of which each takes this many bytes at least.
  std::size_t GetCount(std::size_t each) {
    const auto count = Get<std::uint64_t>();
    return Has(count, each) ? static_cast<std::size_t>(count) : 0;
  }
  template <PlainBytes T>
  std::vector<T> GetAll() {
    std::vector<T> values(GetCount(sizeof(T)));
    if (values.empty()) return values;
    const auto size = values.size() * sizeof(T);
    std::memcpy(values.data(), Next(size), size);
    return values;
  }
  /// Valid as long as the bytes are.
  std::string_view GetText() {
    const auto size = GetCount(1);
    return size == 0 ? std::string_view() : std::string_view(Next(size), size);
  }

 private:
  bool Has(std::uint64_t count, std::size_t each) {
    if (count > bytes_.size() / each) Fail();
    return ok_;
  }
  const char* Next(std::size_t size) {
    const char* next = bytes_.data();
    bytes_.remove_prefix(size);
    return next;
  }

  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace seatkeeper
