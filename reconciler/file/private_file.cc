#include "reconciler/file/private_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace seatkeeper {
namespace {

Error IoError(const std::string& path) {
  return {
      .kind = ErrorKind::kIo,
      .message = fmt::format("Cannot write {}: {}.", path, std::generic_category().message(errno)),
      .position = SourcePosition{.file = path}};
}

bool WriteAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// The new name is durable only once its directory is.
void SyncDirectoryOf(const std::string& path) {
  const auto slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int descriptor = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  fsync(descriptor);
  close(descriptor);
}

}  // namespace

Result<void> WritePrivateFile(const std::string& path, std::string_view text) {
  return WritePrivateFile(path, [&](const auto& sink) { sink(text); });
}

Result<void> WritePrivateFile(
    const std::string& path,
    const std::function<void(const std::function<void(std::string_view)>&)>& write) {
  std::string temporary = path + ".XXXXXX";
  const int descriptor = mkostemp(temporary.data(), O_CLOEXEC);  // Makes it with mode 0600.
  if (descriptor < 0) return IoError(path);
  bool written = true;
  int write_errno = 0;
  const auto note = [&](bool done) {
    if (done || !written) return;
    written = false;
    write_errno = errno;
  };
  write([&](std::string_view piece) {
    if (written) note(WriteAll(descriptor, piece));
  });
  note(fsync(descriptor) == 0);
  const bool closed = close(descriptor) == 0;
  if (!written) errno = write_errno;
  if (!written || !closed || std::rename(temporary.c_str(), path.c_str()) != 0) {
    Error error = IoError(path);
    unlink(temporary.c_str());
    return error;
  }
  SyncDirectoryOf(path);
  return {};
}

}  // namespace seatkeeper
