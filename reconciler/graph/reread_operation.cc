#include "reconciler/graph/reread_operation.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
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

std::string ReadingAgain(const BatchRead& read) {
  const std::string_view what = read.in_groups.empty() ? "" : "the groups of ";
  return std::visit(Overloaded{[&](const UserId& id) {
                                 return fmt::format("Reading {}user {} again", what, id.ToString());
                               },
                               [](const GroupId& id) {
                                 return fmt::format("Reading group {} again", id.ToString());
                               }},
                    read.subject);
}

// What they cost in resource units. Source: the table beside Microsoft Graph's throttling limits.
double UnitsOf(std::span<const BatchRead> reads) {
  constexpr double kCheckMemberGroups = 4;
  double units = 0;
  for (const auto& read : reads) units += read.in_groups.empty() ? 1 : kCheckMemberGroups;
  return units;
}

// {"value": ["<group id>", ...]}
Result<std::vector<GroupId>> DecodeGroupIds(const std::string& body) {
  const auto wrong = [] {
    return Error{.kind = ErrorKind::kUnreachable, .message = "no list of group ids came back."};
  };
  const auto document = nlohmann::json::parse(body, nullptr, false);
  if (!document.is_object()) return wrong();
  const auto value = document.find("value");
  if (value == document.end() || !value->is_array()) return wrong();
  std::vector<GroupId> groups;
  for (const auto& text : *value) {
    const auto id = text.is_string() ? GroupId::Parse(text.get_ref<const std::string&>())
                                     : std::optional<GroupId>();
    if (!id) return wrong();
    groups.push_back(*id);
  }
  return groups;
}

}  // namespace

RereadOperation::RereadOperation(TokenSource::Dependencies dependencies, TokenSource& tokens,
                                 const GraphHttpSettings& settings,
                                 std::span<const BatchRead> reads, const PropertySet& properties,
                                 Take take, std::function<void(Result<void>)> done)
    : to_(dependencies),
      properties_(properties),
      take_(std::move(take)),
      done_(std::move(done)),
      select_(UserSelect(properties)),
      quota_(settings.quota),
      http_(dependencies, tokens, settings) {
  for (; !reads.empty(); reads = reads.subspan(std::min(kMaxBatchItems, reads.size()))) {
    const auto some = reads.first(std::min(kMaxBatchItems, reads.size()));
    waiting_.push_back({.reads = {some.begin(), some.end()}});
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
                         .body = ReadBatchBody(batch.reads, select_),
                         .units = UnitsOf(batch.reads)};
    http_.Send(std::move(call), [this, batch = std::move(batch)](Result<HttpResponse> result) {
      TakeBatch(batch, std::move(result));
    });
  }
  if (!finished_ && under_way_ == 0) Finish({});
}

void RereadOperation::TellQuota(const std::vector<BatchAnswer>& answers, double reckoned) {
  if (quota_ == nullptr) return;
  const auto signs = ReadThrottleSigns(answers, to_.clock.Now());
  const auto now = to_.clock.Monotonic();
  quota_->HearItems(signs, Quota::Of::kReads, now);
  if (signs.units) quota_->CorrectUnits("", reckoned, *signs.units, now);
}

void RereadOperation::TakeBatch(Batch batch, Result<HttpResponse> result) {
  if (finished_) return;
  --under_way_;
  if (!result.ok()) return Finish(std::move(result).error());
  auto answers = ParseBatchAnswers(result->body, batch.reads.size());
  if (!answers) {
    return Finish(
        Error{.kind = ErrorKind::kUnreachable,
              .message = "Reading users and groups again: the batch's answer cannot be read."});
  }
  TellQuota(*answers, UnitsOf(batch.reads));
  Batch again{.attempt = batch.attempt + 1};
  std::optional<milliseconds> retry_after;
  for (std::size_t i = 0; i < batch.reads.size(); ++i) {
    if (!TakeAnswer(batch.reads[i], (*answers)[i].response, again, retry_after)) return;
  }
  if (!again.reads.empty()) return TryAgain(std::move(again), retry_after);
  SendNext();
}

bool RereadOperation::TakeAnswer(const BatchRead& read, HttpResponse& response, Batch& again,
                                 std::optional<milliseconds>& retry_after) {
  if (response.status == 200 || response.status == 404) {
    auto taken = take_(read, response);
    if (taken.ok()) return true;
    Error error = std::move(taken).error();
    error.message = fmt::format("{}: {}", ReadingAgain(read), error.message);
    Finish(std::move(error));
    return false;
  }
  const GraphError error = ParseGraphError(response, to_.clock.Now());
  if (IsTransient(response.status) && again.attempt <= kMaxAttempts) {
    again.reads.push_back(read);
    // The largest counts: waiting less for some would be asking too early for others.
    if (error.service.retry_after) {
      retry_after = std::max(retry_after.value_or(milliseconds(0)), *error.service.retry_after);
    }
    return true;
  }
  Error refused = ToError(error, ReadingAgain(read));
  const bool of_user = std::holds_alternative<UserId>(read.subject) && read.in_groups.empty();
  if (of_user) ExplainSignIns(properties_, refused);
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

RereadOperation::Take TakeInto(ObservedBuilder& sink) {
  return [&sink](const BatchRead& read, HttpResponse& answer) -> Result<void> {
    if (answer.status == 404) return {};
    const bool is_group = std::holds_alternative<GroupId>(read.subject);
    return is_group ? DecodeGroup(answer.body, sink)
                    : DecodeUser(answer.body, sink, LeftOut::kIncomplete);
  };
}

RereadOperation::Take TakeInto(Memberships& memberships) {
  // Of somebody who is gone some answers may have come before.
  auto gone = std::make_shared<std::set<UserId>>();
  return [&memberships, gone](const BatchRead& read, HttpResponse& answer) -> Result<void> {
    const auto& user = std::get<UserId>(read.subject);
    if (answer.status == 404) gone->insert(user);
    if (gone->contains(user)) {
      memberships.erase(user);
      return {};
    }
    auto groups = DecodeGroupIds(answer.body);
    if (!groups) return std::move(groups).error();
    auto& all = memberships[user];
    all.insert(all.end(), groups->begin(), groups->end());
    std::sort(all.begin(), all.end());
    return {};
  };
}

std::vector<BatchRead> MembershipReads(std::span<const UserId> users,
                                       std::span<const GroupId> groups) {
  std::vector<BatchRead> reads;
  for (auto rest = groups; !rest.empty();
       rest = rest.subspan(std::min(kMaxGroupsPerCheck, rest.size()))) {
    const auto some = rest.first(std::min(kMaxGroupsPerCheck, rest.size()));
    for (const auto& user : users) {
      reads.push_back({.subject = user, .in_groups = {some.begin(), some.end()}});
    }
  }
  return reads;
}

}  // namespace seatkeeper
