#include "reconciler/graph/reread_operation.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "reconciler/execute/retry_delay.h"
#include "reconciler/graph/batch.h"
#include "reconciler/graph/decode.h"
#include "reconciler/graph/graph_errors.h"
#include "reconciler/graph/user_select.h"

namespace seatkeeper {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMaxBatchesUnderWay = 4;
constexpr int kMaxAttempts = 5;
constexpr milliseconds kRetryBase{1'000};
constexpr milliseconds kRetryCeiling{20'000};

bool IsTransient(int status) {
  return status == 0 || status == 429 || status == 424 || status >= 500;
}

std::string ReadingAgain(const Subject& subject) {
  return std::visit(
      Overloaded{
          [](const UserId& id) { return fmt::format("Reading user {} again", id.ToString()); },
          [](const GroupId& id) { return fmt::format("Reading group {} again", id.ToString()); }},
      subject);
}

}  // namespace

RereadOperation::RereadOperation(TokenSource::Dependencies dependencies, TokenSource& tokens,
                                 const GraphHttpSettings& settings,
                                 const std::vector<Subject>& subjects, ObservedBuilder& sink,
                                 std::function<void(Result<void>)> done)
    : to_(dependencies),
      sink_(sink),
      done_(std::move(done)),
      select_(UserSelect(sink.properties())),
      http_(dependencies, tokens, settings) {
  for (std::size_t begin = 0; begin < subjects.size(); begin += kMaxBatchItems) {
    const std::size_t end = std::min(begin + kMaxBatchItems, subjects.size());
    Batch batch;
    batch.subjects.assign(subjects.begin() + static_cast<std::ptrdiff_t>(begin),
                          subjects.begin() + static_cast<std::ptrdiff_t>(end));
    waiting_.push_back(std::move(batch));
  }
}

RereadOperation::~RereadOperation() {
  for (const auto& [key, timer] : retries_) to_.timers.Cancel(timer);
}

void RereadOperation::SendNext() {
  while (!finished_ && !waiting_.empty() && under_way_ < kMaxBatchesUnderWay) {
    ++under_way_;
    Batch batch = std::move(waiting_.front());
    waiting_.pop_front();
    GraphHttp::Call call{.name = "batch-read",
                         .doing = "Reading users and groups again",
                         .url = "/$batch",
                         .body = ReadBatchBody(batch.subjects, select_)};
    http_.Send(std::move(call), [this, batch = std::move(batch)](Result<HttpResponse> result) {
      Take(batch, std::move(result));
    });
  }
  if (!finished_ && under_way_ == 0) Finish({});
}

void RereadOperation::Take(Batch batch, Result<HttpResponse> result) {
  if (finished_) return;
  --under_way_;
  if (!result.ok()) return Finish(std::move(result).error());
  auto answers = ParseBatchAnswers(result->body, batch.subjects.size());
  if (!answers) {
    return Finish(
        Error{.kind = ErrorKind::kUnreachable,
              .message = "Reading users and groups again: the batch's answer cannot be read."});
  }
  Batch again{.attempt = batch.attempt + 1};
  std::optional<milliseconds> retry_after;
  for (std::size_t i = 0; i < batch.subjects.size(); ++i) {
    if (!TakeAnswer(batch.subjects[i], std::move((*answers)[i].response), again, retry_after)) {
      return;
    }
  }
  if (!again.subjects.empty()) return TryAgain(std::move(again), retry_after);
  SendNext();
}

bool RereadOperation::TakeAnswer(const Subject& subject, HttpResponse response, Batch& again,
                                 std::optional<milliseconds>& retry_after) {
  if (response.status == 404) return true;
  const bool is_group = std::holds_alternative<GroupId>(subject);
  if (response.status == 200) {
    auto decoded = is_group ? DecodeGroup(response.body, sink_) : DecodeUser(response.body, sink_);
    if (decoded.ok()) return true;
    Error error = std::move(decoded).error();
    error.message = fmt::format("{}: {}", ReadingAgain(subject), error.message);
    Finish(std::move(error));
    return false;
  }
  const GraphError error = ParseGraphError(response, to_.clock.Now());
  if (IsTransient(response.status) && again.attempt <= kMaxAttempts) {
    again.subjects.push_back(subject);
    // The largest counts: waiting less for some would be asking too early for others.
    if (error.service.retry_after) {
      retry_after = std::max(retry_after.value_or(milliseconds(0)), *error.service.retry_after);
    }
    return true;
  }
  Error refused = ToError(error, ReadingAgain(subject));
  if (!is_group) ExplainSignIns(sink_.properties(), refused);
  Finish(std::move(refused));
  return false;
}

void RereadOperation::TryAgain(Batch batch, std::optional<milliseconds> retry_after) {
  ++under_way_;
  const auto delay =
      RetryDelay(batch.attempt - 1, kRetryBase, kRetryCeiling, retry_after, to_.random.Next());
  const std::uint64_t key = ++last_retry_;
  retries_[key] =
      to_.timers.At(to_.clock.Monotonic() + delay, [this, key, batch = std::move(batch)]() mutable {
        retries_.erase(key);
        --under_way_;
        waiting_.push_front(std::move(batch));
        SendNext();
      });
}

void RereadOperation::Finish(Result<void> result) {
  finished_ = true;
  done_(std::move(result));
}

}  // namespace seatkeeper
