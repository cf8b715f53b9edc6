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

/// The body of POST /$batch that carries these changes out: one assignLicense for each and, before
/// it, a PATCH of the user where a usage location is set, on which the assignLicense depends: where
/// the one fails the service does not try the other; or one reprocessLicenseAssignment. Ids are
/// "1", "2", ... in order of requests. REQUIRES: at most kMaxBatchItems requests, each subject
/// once, and a change with a usage location alone: the service promises an order only in batches
/// that are sequential throughout. Source: Graph's JSON batching.
std::string WriteBatchBody(std::span<const WriteItem> items);

/// How many groups one checkMemberGroups takes. Source: Graph's reference.
inline constexpr std::size_t kMaxGroupsPerCheck = 20;

/// One question of a batch that reads: a user or group by id or, where there are groups, in which
/// of them the user is.
struct BatchRead {
  Subject subject;
  std::vector<GroupId> in_groups = {};  ///< At most kMaxGroupsPerCheck.
};

/// The body of POST /$batch that asks these, of users with this `$select`; item ids as above.
std::string ReadBatchBody(std::span<const BatchRead> reads, const std::string& user_select);

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
///   item: 2xx (of a group 202) accepted · 429, 409, 424 try again · other 4xx refused · 5xx,
///   missing, odd ambiguous setting the usage location failed: as that request; the products were
///   not tried location set, and the service does not see it yet (its lag is known): try again
///   whole batch: never sent, 429 try again · other 4xx refused · 5xx, broken, unreadable ambiguous
std::vector<WriteResult> JudgeBatch(std::span<const WriteItem> items,
                                    const Result<HttpOutcome>& outcome, WallTime now);

}  // namespace seatkeeper
