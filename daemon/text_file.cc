#include "daemon/text_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace seatkeeper {
namespace {

Error Failure(const std::string& path, int code) {
  return {.kind = code == ENOENT ? ErrorKind::kNotFound : ErrorKind::kIo,
          .message = fmt::format("cannot read {}: {}", path, std::generic_category().message(code)),
          .position = {},
          .service = {}};
}

Result<std::string> ReadAll(int descriptor, const std::string& path, std::size_t max_bytes) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return Failure(path, errno);
  if (S_ISDIR(status.st_mode)) return Failure(path, EISDIR);
  std::string text;
  std::array<char, 16384> buffer{};
  while (true) {
    const auto got = ::read(descriptor, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failure(path, errno);
    if (got == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() > max_bytes) {
      return Error{.kind = ErrorKind::kIo,
                   .message = fmt::format("{} is larger than {} bytes", path, max_bytes),
                   .position = {},
                   .service = {}};
    }
  }
}

}  // namespace

Result<std::string> ReadBoundedFile(const std::string& path, std::size_t max_bytes) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return Failure(path, errno);
  auto text = ReadAll(descriptor, path, max_bytes);
  ::close(descriptor);
  return text;
}

Result<std::string> ReadSecretFile(const std::string& path, std::string_view what) {
  auto text = ReadBoundedFile(path, kMaxSecretBytes);
  if (!text) return text;
  text->erase(text->find_last_not_of(" \t\r\n") + 1);
  if (text->empty()) {
    return Error{.kind = ErrorKind::kInvalid,
                 .message = fmt::format("the {} file {} is empty", what, path),
                 .position = {},
                 .service = {}};
  }
  return text;
}

}  // namespace seatkeeper
