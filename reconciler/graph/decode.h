#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "policy/guid.h"
#include "policy/result.h"
#include "reconciler/model/observed_builder.h"

namespace seatkeeper {

/// What a page of an answer holds, and so how it is decoded.
enum class PageKind {
  kUserCount,      ///< GET /users/$count: a bare number.
  kUsers,          ///< GET /users
  kProducts,       ///< GET /subscribedSkus
  kSubscriptions,  ///< GET /directory/subscriptions
  kGroup,          ///< GET /groups/{id}: one object.
  kGroupSearch,    ///< GET /groups?$filter=...
  kMemberCount,    ///< GET /groups/{id}/transitiveMembers/$count, or /members/$count
  kMembers,        ///< GET /groups/{id}/transitiveMembers, or /members: the direct ones alone.
  kReportCount,    ///< GET /users/{id}/directReports/$count
  kReports,        ///< GET /users/{id}/directReports
};

/// What a page said beyond what went into the builder.
struct DecodedPage {
  std::string next_link;           ///< As sent; empty on the last page.
  std::uint64_t count = 0;         ///< kUserCount, kMemberCount, kReportCount.
  std::size_t distinct_users = 0;  ///< kUsers: in the builder after this page.
  std::vector<Group> groups;       ///< kGroup, kGroupSearch; without members.
  std::vector<GroupId> hiding;     ///< Those of them that hide their members.
  std::vector<UserId> members;     ///< kMembers, kReports: the users.
  std::vector<Guid> others;        ///< kMembers, kReports: groups, devices, contacts and the like.
};

/// What it means that a person lacks a property that the sink selects. Graph answers what is not
/// set with null (but see PropertyDecoder), so that what it leaves out is not known.
enum class LeftOut {
  kAbsent,      ///< The property stays absent.
  kIncomplete,  ///< The answer is not what was asked for, and is refused.
};

/// Decodes one page: users, products and subscriptions go straight into `sink`, the rest is
/// returned. A page without its list, of a wrong type anywhere, or cut short is kIncomplete with
/// the path of the value; then what `sink` holds is meaningless. `body` is given padding.
/// Safe on any thread; one page at a time per sink.
Result<DecodedPage> DecodePage(PageKind kind, std::string& body, ObservedBuilder& sink,
                               LeftOut left_out = LeftOut::kAbsent);

/// One user or group in Graph's shape, as GET /users/{id} or /groups/{id} answers it.
Result<void> DecodeUser(std::string& body, ObservedBuilder& sink,
                        LeftOut left_out = LeftOut::kAbsent);
Result<void> DecodeGroup(std::string& body, ObservedBuilder& sink);

}  // namespace seatkeeper
