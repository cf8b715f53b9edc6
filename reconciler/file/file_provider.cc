#include "reconciler/file/file_provider.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <set>
#include <system_error>
#include <utility>

namespace seatkeeper {

// Shared between the worker that fills it and the callback that takes it; the queue sees to it
// that they do not overlap.
struct FileProvider::Job {
  ReadRequest request;
  Result<SnapshotInfo> info = SnapshotInfo{};
};

namespace {

Error NothingAgain(const std::string& path) {
  return {
      .kind = ErrorKind::kRejected,
      .message = fmt::format("{} is a snapshot; nothing can be changed in it, so nothing is read "
                             "again before a change.",
                             path)};
}

}  // namespace

Result<std::string> ReadTextFile(const std::string& path) {
  const auto fail = [&path] {
    return Error{
        .kind = ErrorKind::kIo,
        .message = fmt::format("Cannot read {}: {}.", path, std::generic_category().message(errno)),
        .position = SourcePosition{.file = path}};
  };
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return fail();
  std::string text;
  constexpr std::size_t kChunk = 1U << 20U;
  ssize_t count = 0;
  do {
    const std::size_t old_size = text.size();
    text.resize(old_size + kChunk);
    do {
      count = read(descriptor, text.data() + old_size, kChunk);
    } while (count < 0 && errno == EINTR);
    text.resize(old_size + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  } while (count > 0);
  Result<std::string> result = count < 0 ? Result<std::string>(fail()) : std::move(text);
  close(descriptor);
  return result;
}

FileProvider::FileProvider(Dependencies dependencies, std::string path)
    : to_(dependencies), path_(std::move(path)), queue_(dependencies.workers) {}

FileProvider::~FileProvider() {
  for (const auto& [id, timer] : deferred_) to_.timers.Cancel(timer);
}

void FileProvider::Read(const ReadRequest& request, ObservedBuilder& sink,
                        std::function<void(Result<void>)> done) {
  auto job = std::make_shared<Job>(Job{.request = request});
  queue_.Push(
      [job, &sink, path = path_] {
        auto text = ReadTextFile(path);
        if (!text.ok()) {
          job->info = std::move(text).error();
          return;
        }
        job->info = DecodeSnapshot(*text, job->request, sink);
        if (!job->info.ok()) job->info.error().position = SourcePosition{.file = path};
      },
      [this, job, &sink, done = std::move(done)] {
        if (!job->info.ok()) return done(std::move(job->info).error());
        sink.SetReadAt(job->info->read_at);
        info_ = std::move(job->info).value();
        done({});
      });
}

void FileProvider::Reread(std::vector<Subject> subjects, ObservedBuilder& sink,
                          std::function<void(Result<void>)> done) {
  auto result = std::make_shared<Result<void>>();
  queue_.Push(
      [result, &sink, path = path_, only = std::set<Subject>(subjects.begin(), subjects.end())] {
        auto text = ReadTextFile(path);
        *result = text.ok() ? DecodeSnapshotSubjects(*text, only, sink)
                            : Result<void>(std::move(text).error());
      },
      [result, done = std::move(done)] { done(std::move(*result)); });
}

void FileProvider::ReadMemberships(std::vector<UserId> /*users*/, std::vector<GroupId> /*groups*/,
                                   std::function<void(Result<Memberships>)> done) {
  Defer([error = NothingAgain(path_), done = std::move(done)] { done(error); });
}

void FileProvider::ReadLinks(std::vector<Link> /*links*/,
                             std::function<void(Result<std::vector<LinkedUsers>>)> done) {
  Defer([error = NothingAgain(path_), done = std::move(done)] { done(error); });
}

void FileProvider::Write(std::vector<WriteItem> items,
                         std::function<void(std::vector<WriteResult>)> done) {
  std::vector<WriteResult> results;
  results.reserve(items.size());
  for (WriteItem& item : items) {
    results.push_back(
        {.change_id = std::move(item.change_id),
         .kind = WriteResult::Kind::kRefused,
         .message = fmt::format("{} is a snapshot; nothing can be changed in it.", path_)});
  }
  Defer([results = std::move(results), done = std::move(done)] { done(results); });
}

void FileProvider::Defer(std::function<void()> callback) {
  const std::uint64_t id = ++last_id_;
  deferred_[id] = to_.timers.At(to_.clock.Monotonic(), [this, id, callback = std::move(callback)] {
    deferred_.erase(id);
    callback();
  });
}

}  // namespace seatkeeper
