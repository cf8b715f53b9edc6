#pragma once

#include <span>
#include <string>
#include <vector>

#include "policy/result.h"
#include "reconciler/model/time.h"
#include "reconciler/seams/http_transport.h"
#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

/// Graph's own limit.
inline constexpr std::size_t kMaxBatchItems = 20;

/// The body of POST /$batch that carries these changes out: one assignLicense for each, item ids
/// "1", "2", ... in order. REQUIRES: at most kMaxBatchItems, each subject once.
std::string WriteBatchBody(std::span<const WriteItem> items);

/// The body of POST /$batch that reads these users; item ids as above.
std::string ReadBatchBody(std::span<const UserId> users, const std::string& select);

/// One answer inside a batch's answer; status 0 when the service left it out.
struct BatchAnswer {
  HttpResponse response;  ///< The body as JSON text.
};
/// By position, whatever the order of the answer (Graph keeps none, and compares ids without case).
/// Nothing when the text is no batch answer.
std::optional<std::vector<BatchAnswer>> ParseBatchAnswers(const std::string& body,
                                                          std::size_t count);

/// What a batch of changes came to: one result per item, in their order. What cannot be told for
/// certain is ambiguous:
///   item: 2xx accepted · 429, 409, 424 try again · other 4xx refused · 5xx, missing, odd ambiguous
///   whole batch: never sent, 429 try again · other 4xx refused · 5xx, broken, unreadable ambiguous
std::vector<WriteResult> JudgeBatch(std::span<const WriteItem> items,
                                    const Result<HttpOutcome>& outcome, WallTime now);

}  // namespace seatkeeper
