#include "reconciler/graph/changes_operation.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace seatkeeper {

ChangesOperation::ChangesOperation(TokenSource::Dependencies dependencies, Workers& workers,
                                   TokenSource& tokens, const GraphHttpSettings& settings,
                                   ChangesRequest request, int page_size, ObservedBuilder& sink,
                                   std::function<void(Result<ChangesRead>)> done)
    : to_(dependencies),
      workers_(workers),
      tokens_(tokens),
      settings_(settings),
      request_(std::move(request)),
      page_size_(page_size),
      sink_(sink),
      done_(std::move(done)),
      round_(dependencies, tokens, settings, request_.most_users,
             [this](Result<DeltaRound::Outcome> outcome) { TakeChanged(std::move(outcome)); }) {}

void ChangesOperation::Start() { round_.Start(request_.cursor); }

void ChangesOperation::TakeChanged(Result<DeltaRound::Outcome> outcome) {
  if (!outcome) return done_(std::move(outcome).error());
  changes_.cursor = std::move(outcome->link);
  std::ranges::set_union(outcome->users, request_.also, std::back_inserter(changes_.changed));
  if (changes_.changed.size() > request_.most_users) {
    return done_(Error{.kind = ErrorKind::kIncomplete,
                       .message = fmt::format("{} users are to be read again, more than {}",
                                              changes_.changed.size(), request_.most_users)});
  }
  if (changes_.changed.empty() && request_.unless_nobody) return done_(std::move(changes_));
  ReadTheRest();
}

void ChangesOperation::ReadTheRest() {
  rest_ = std::make_unique<ReadOperation>(
      to_, workers_, tokens_, settings_, request_.request, page_size_, sink_,
      [this](Result<void> result) {
        if (!result) return done_(std::move(result).error());
        ReadUsers();
      },
      Reader::Extent::kAllButUsers);
  rest_->Start();
}

void ChangesOperation::ReadUsers() {
  std::vector<BatchRead> reads;
  reads.reserve(changes_.changed.size());
  for (const auto& user : changes_.changed) reads.push_back({.subject = user});
  users_ = std::make_unique<RereadOperation>(to_, tokens_, settings_, reads, sink_.properties(),
                                             TakeInto(sink_), [this](Result<void> result) {
                                               if (!result) return done_(std::move(result).error());
                                               done_(std::move(changes_));
                                             });
  users_->Start();
}

}  // namespace seatkeeper
