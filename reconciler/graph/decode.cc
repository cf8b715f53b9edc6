#include "reconciler/graph/decode.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "reconciler/graph/decode_parts.h"
#include "reconciler/graph/decode_user.h"
#include "reconciler/model/account_type.h"

namespace seatkeeper {
namespace {

using Value = JsonWalk::Value;

Error Incomplete(std::string message) {
  return {.kind = ErrorKind::kIncomplete, .message = std::move(message)};
}

// The envelope of every collection. A page without its list is no page.
template <typename OnItem>
Result<DecodedPage> DecodeCollection(std::string& body, OnItem&& on_item) {
  JsonWalk walk;
  DecodedPage page;
  bool has_list = false;
  const bool decoded = walk.Open(body, [&](Value root) {
    return walk.Fields(root, [&](std::string_view key, Value field) {
      if (key == "@odata.nextLink") return walk.OptionalText(field, page.next_link);
      if (key != "value") return true;
      has_list = true;
      return walk.Items(field, [&](Value item) { return on_item(walk, item, page); });
    });
  });
  if (!decoded) return Incomplete(walk.Failure());
  if (!has_list) return Incomplete("the answer has no list 'value'");
  return page;
}

Result<DecodedPage> DecodeUsers(std::string& body, ObservedBuilder& sink, LeftOut left_out) {
  UserDecoder users(sink);
  if (left_out == LeftOut::kIncomplete) users.RequireProperties();
  auto page = DecodeCollection(
      body, [&](JsonWalk& walk, Value item, DecodedPage&) { return users.Decode(walk, item); });
  if (page.ok()) page->distinct_users = sink.user_count();
  return page;
}

Result<DecodedPage> DecodeProducts(std::string& body, ObservedBuilder& sink) {
  return DecodeCollection(body, [&](JsonWalk& walk, Value item, DecodedPage&) {
    Product product;
    if (!DecodeProduct(walk, item, product)) return false;
    sink.AddProduct(std::move(product));
    return true;
  });
}

Result<DecodedPage> DecodeSubscriptions(std::string& body, ObservedBuilder& sink) {
  auto page = DecodeCollection(body, [&](JsonWalk& walk, Value item, DecodedPage&) {
    Subscription subscription;
    if (!DecodeSubscription(walk, item, subscription)) return false;
    sink.AddSubscription(std::move(subscription));
    return true;
  });
  if (page.ok()) sink.SubscriptionsKnown();
  return page;
}

bool DecodeGroupInto(JsonWalk& walk, Value value, DecodedPage& page) {
  Group group;
  std::string visibility;
  const auto rest = [&](std::string_view key, Value field) {
    return key != "visibility" || walk.OptionalText(field, visibility);
  };
  if (!DecodeGroupEntry(walk, value, group, rest)) return false;
  if (visibility == "HiddenMembership") page.hiding.push_back(group.id);
  page.groups.push_back(std::move(group));
  return true;
}

Result<DecodedPage> DecodeOneGroup(std::string& body) {
  JsonWalk walk;
  DecodedPage page;
  if (!walk.Open(body, [&](Value root) { return DecodeGroupInto(walk, root, page); })) {
    return Incomplete(walk.Failure());
  }
  return page;
}

// Agent users are listed among the users, so they count as members.
bool IsUserType(std::string_view type) { return IsPersonType(type) || IsAgentType(type); }

bool DecodeMember(JsonWalk& walk, Value item, DecodedPage& page) {
  std::optional<UserId> id;
  std::string type;
  const bool decoded = walk.Fields(item, [&](std::string_view key, Value field) {
    if (key == "@odata.type") return walk.OptionalText(field, type);
    return key != "id" || walk.ReadId(field, id.emplace());
  });
  if (!decoded) return false;
  if (!id) return walk.FailMissing("id");
  // Guessing here would make a user of a group, or lose one.
  if (type.empty()) return walk.FailMissing("@odata.type");
  if (IsUserType(type)) {
    page.members.push_back(*id);
  } else {
    page.others.push_back(id->guid);
  }
  return true;
}

// text/plain, sometimes with a byte order mark.
Result<DecodedPage> DecodeCount(std::string_view body) {
  constexpr std::size_t kMaxDigits = 12;
  if (body.starts_with("\xEF\xBB\xBF")) body.remove_prefix(3);
  while (!body.empty() && (body.back() == '\n' || body.back() == '\r')) body.remove_suffix(1);
  DecodedPage page;
  const bool digits = std::all_of(body.begin(), body.end(), [&](char c) {
    page.count = page.count * 10 + static_cast<unsigned char>(c - '0');
    return c >= '0' && c <= '9';
  });
  if (body.empty() || body.size() > kMaxDigits || !digits) {
    return Incomplete("the count is not a number");
  }
  return page;
}

}  // namespace

Result<DecodedPage> DecodePage(PageKind kind, std::string& body, ObservedBuilder& sink,
                               LeftOut left_out) {
  switch (kind) {
    case PageKind::kUserCount:
    case PageKind::kMemberCount:
    case PageKind::kReportCount:
      return DecodeCount(body);
    case PageKind::kUsers:
      return DecodeUsers(body, sink, left_out);
    case PageKind::kProducts:
      return DecodeProducts(body, sink);
    case PageKind::kSubscriptions:
      return DecodeSubscriptions(body, sink);
    case PageKind::kGroup:
      return DecodeOneGroup(body);
    case PageKind::kGroupSearch:
      return DecodeCollection(body, DecodeGroupInto);
    case PageKind::kMembers:
    case PageKind::kReports:
      return DecodeCollection(body, DecodeMember);
  }
  return Error{.kind = ErrorKind::kInternal, .message = "A page of no kind."};
}

Result<void> DecodeUser(std::string& body, ObservedBuilder& sink, LeftOut left_out) {
  JsonWalk walk;
  UserDecoder users(sink);
  if (left_out == LeftOut::kIncomplete) users.RequireProperties();
  if (!walk.Open(body, [&](Value root) { return users.Decode(walk, root); })) {
    return Incomplete(walk.Failure());
  }
  return {};
}

Result<void> DecodeGroup(std::string& body, ObservedBuilder& sink) {
  auto page = DecodeOneGroup(body);
  if (!page.ok()) return std::move(page).error();
  for (Group& group : page->groups) sink.AddGroup(std::move(group));
  return {};
}

}  // namespace seatkeeper
