#include "reconciler/model/image.h"

#include <zlib.h>

#include <cstdint>
#include <new>
#include <string>

#include "reconciler/model/image_body.h"
#include "reconciler/model/image_bytes.h"

namespace seatkeeper {
namespace {

constexpr std::uint64_t kMagic = 0x6b73'6561'6765'6d69ULL;
// Reads as another number on a machine that lays out numbers differently.
constexpr std::uint32_t kMark = 0x0102'0304;
// Deflate makes nothing smaller than that, so nobody need find room for what a damaged size asks.
constexpr std::uint64_t kMostDeflated = 1032;

struct Head {
  std::uint64_t magic = kMagic;
  std::uint64_t size = 0;  // Of the body as written.
  std::uint32_t mark = kMark;
  std::uint32_t format = kImageFormat;
  std::uint32_t row_size = sizeof(AssignmentRow);
  std::uint32_t checksum = 0;  // Of what is deflated; zlib has one of the body.
};

const Bytef* Bytes(std::string_view text) { return reinterpret_cast<const Bytef*>(text.data()); }

std::uint32_t Checksum(std::string_view bytes) {
  return static_cast<std::uint32_t>(crc32_z(0, Bytes(bytes), bytes.size()));
}

Error Unusable(const char* why) {
  return {.kind = ErrorKind::kIncomplete,
          .message = std::string("The stored reading cannot be used: ") + why + "."};
}

}  // namespace

std::string EncodeImage(const ObservedState& state, std::string_view cursor, WallTime since) {
  const auto body = WriteImageBody(state, cursor, since);
  auto size = compressBound(body.size());
  std::string deflated(size, '\0');
  // Fails for want of memory or room alone, and there is room.
  const auto done = compress2(reinterpret_cast<Bytef*>(deflated.data()), &size, Bytes(body),
                              body.size(), Z_BEST_SPEED);
  if (done != Z_OK) throw std::bad_alloc();
  deflated.resize(size);
  ImageWriter writer;
  writer.Put(Head{.size = body.size(), .checksum = Checksum(deflated)});
  return writer.Take() + deflated;
}

Result<ReadingImage> DecodeImage(std::string_view bytes) {
  ImageReader reader(bytes);
  const auto head = reader.Get<Head>();
  if (!reader.ok() || head.magic != kMagic) return Unusable("it is no reading");
  if (head.mark != kMark || head.format != kImageFormat || head.row_size != sizeof(AssignmentRow)) {
    return Unusable("another version of seatkeeper wrote it");
  }
  const auto deflated = bytes.substr(sizeof(Head));
  if (Checksum(deflated) != head.checksum) return Unusable("its checksum is wrong");
  if (head.size > deflated.size() * kMostDeflated) return Unusable("its size is wrong");
  std::string body(head.size, '\0');
  uLongf size = body.size();
  uLong used = deflated.size();
  const auto done =
      uncompress2(reinterpret_cast<Bytef*>(body.data()), &size, Bytes(deflated), &used);
  if (done != Z_OK || size != head.size || used != deflated.size())
    return Unusable("it cannot be inflated");
  auto image = ReadImageBody(body);
  if (!image) return Unusable("its parts do not fit together");
  return *std::move(image);
}

}  // namespace seatkeeper
