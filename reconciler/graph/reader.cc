#include "reconciler/graph/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "reconciler/graph/group_select.h"
#include "reconciler/graph/url.h"
#include "reconciler/graph/user_select.h"
#include "reconciler/model/sort_unique.h"

namespace seatkeeper {
namespace {

// Requests of one reading at once: enough to hide latency, far from the read quota.
constexpr std::size_t kMaxUnderWay = 16;
// A listing longer than this (100 million users) is a service gone wrong.
constexpr int kMaxPages = 100'000;

int StatusOf(const Error& error) { return error.service ? error.service->status : 0; }

}  // namespace

Reader::Reader(ReadRequest request, int page_size, Extent extent)
    : request_(std::move(request)), page_size_(page_size), extent_(extent) {}

std::vector<ReaderEffect> Reader::Step(ReaderEvent event) {
  if (finished_) return {};
  std::visit(
      Overloaded{
          [this](reader_event::Start&) { Start(); },
          [this](reader_event::PageRead& read) { Take(read.id, std::move(read.page)); },
          [this](reader_event::Failed& failed) { TakeFailure(failed.id, std::move(failed.error)); },
      },
      event);
  if (!finished_) Emit();
  if (!finished_ && under_way_ == 0 && !AsksWhichHide()) Conclude();
  return std::exchange(effects_, {});
}

void Reader::Start() {
  if (extent_ != Extent::kOutline) {
    for (const Link& link : request_.links) BeginLink(link);
  }
  if (extent_ == Extent::kLinks) return;
  Begin({.kind = PageKind::kProducts, .name = "products"}, "/subscribedSkus", false);
  if (extent_ == Extent::kEverything) BeginUsers();
  Begin({.kind = PageKind::kSubscriptions, .name = "subscriptions"}, "/directory/subscriptions",
        false);
  for (const std::string& reference : request_.groups) {
    if (!references_.emplace(reference, GroupReading{.reference = reference}).second) continue;
    const std::string name = fmt::format("group '{}'", reference);
    if (const auto id = GroupId::Parse(reference)) {
      Begin({.kind = PageKind::kGroup, .name = name, .reference = reference},
            fmt::format("/groups/{}?$select={}", id->ToString(), kGroupSelect), false);
    } else {
      const std::string filter = "displayName eq " + ODataLiteral(reference);
      Begin({.kind = PageKind::kGroupSearch, .name = name, .reference = reference},
            fmt::format("/groups?$filter={}&$select={}", UrlEncode(filter), kGroupSelect), false);
    }
  }
}

void Reader::BeginUsers() {
  Begin({.kind = PageKind::kUserCount, .name = "the number of users"}, "/users/$count", true);
  Begin({.kind = PageKind::kUsers, .name = "users"},
        fmt::format("/users?$select={}&$top={}", UserSelect(request_.properties),
                    UserPageSize(request_.properties, page_size_)),
        false);
}

void Reader::BeginLink(const Link& link) {
  const std::string of = link.of.ToString();
  const auto [state, is_new] = links_.try_emplace(link);
  if (!is_new) return;
  Members& members = state->second;
  switch (link.kind) {
    case Link::Kind::kDirectMembers:
      members.name = fmt::format("direct members of group '{}'", of);
      return BeginMembers(members, PageKind::kMembers, PageKind::kMemberCount,
                          fmt::format("/groups/{}/members", of));
    case Link::Kind::kDirectReports:
      members.name = fmt::format("direct reports of user '{}'", of);
      return BeginMembers(members, PageKind::kReports, PageKind::kReportCount,
                          fmt::format("/users/{}/directReports", of));
  }
}

void Reader::BeginMembers(Members& members, PageKind list, PageKind count,
                          const std::string& path) {
  Begin({.kind = count, .name = "the number of " + members.name, .members = &members},
        path + "/$count", true);
  Begin({.kind = list, .name = "the " + members.name, .members = &members},
        fmt::format("{}?$select=id&$top={}", path, page_size_), false);
}

void Reader::Begin(Listing listing, std::string url, bool eventual) {
  const ReadId id = ++last_id_;
  waiting_.push_back(
      {id, listing.kind, std::move(url), fmt::format("Reading {}", listing.name), eventual});
  listings_.emplace(id, std::move(listing));
}

void Reader::Emit() {
  while (!waiting_.empty() && under_way_ < kMaxUnderWay) {
    ++under_way_;
    effects_.emplace_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
}

void Reader::Take(ReadId id, DecodedPage page) {
  auto node = listings_.extract(id);
  if (node.empty()) return;
  --under_way_;
  Listing& listing = node.mapped();
  TakePage(listing, page);
  if (!page.next_link.empty()) {
    Follow(id, std::move(listing), std::move(page.next_link));
  } else if (listing.kind == PageKind::kGroupSearch) {
    EndGroupSearch(listing);
  }
}

void Reader::TakePage(Listing& listing, DecodedPage& page) {
  hiding_.insert(page.hiding.begin(), page.hiding.end());
  switch (listing.kind) {
    case PageKind::kUserCount:
      user_count_ = page.count;
      return;
    case PageKind::kUsers:
      users_seen_ = page.distinct_users;
      return;
    case PageKind::kGroup:
      if (listing.members != nullptr) return;
      for (Group& group : page.groups) Found(listing.reference, std::move(group));
      return;
    case PageKind::kGroupSearch:
      std::move(page.groups.begin(), page.groups.end(), std::back_inserter(listing.found));
      return;
    case PageKind::kMemberCount:
    case PageKind::kReportCount:
      listing.members->count = page.count;
      return;
    case PageKind::kMembers:
    case PageKind::kReports: {
      Members& members = *listing.members;
      members.users.insert(members.users.end(), page.members.begin(), page.members.end());
      members.others.insert(page.others.begin(), page.others.end());
      return;
    }
    case PageKind::kProducts:
    case PageKind::kSubscriptions:
      return;
  }
}

void Reader::Follow(ReadId id, Listing listing, std::string link) {
  const bool is_new = listing.links.insert(link).second;
  if (!is_new || listing.pages >= kMaxPages) {
    return Fail({.kind = ErrorKind::kIncomplete,
                 .message = fmt::format("Reading {}: page {} points back to a page that has been "
                                        "read, so the listing never ends.",
                                        listing.name, listing.pages)});
  }
  ++listing.pages;
  // First in the queue: a listing under way goes on before another one is begun.
  waiting_.push_front({id, listing.kind, std::move(link),
                       fmt::format("Reading {}, page {}", listing.name, listing.pages), false});
  listings_.emplace(id, std::move(listing));
}

void Reader::EndGroupSearch(Listing& listing) {
  if (listing.found.size() == 1) return Found(listing.reference, std::move(listing.found.front()));
  if (listing.found.empty()) {
    return SetReference(listing.reference, GroupReading::Status::kMissing,
                        "no group has this name");
  }
  std::vector<std::string> ids;
  for (const Group& group : listing.found) ids.push_back(group.id.ToString());
  std::sort(ids.begin(), ids.end());
  SetReference(listing.reference, GroupReading::Status::kAmbiguous,
               fmt::format("{} groups have this name: {}", ids.size(), fmt::join(ids, ", ")));
}

void Reader::Found(const std::string& reference, Group group) {
  const GroupId id = group.id;
  GroupReading& reading = references_.at(reference);
  reading.status = GroupReading::Status::kFound;
  reading.id = id;
  const bool with_members = extent_ != Extent::kOutline;
  if (with_members && std::ranges::binary_search(request_.licensed_groups, reference)) {
    BeginLink({.kind = Link::Kind::kDirectMembers, .of = id.guid});
  }
  const auto name = fmt::format("members of group '{}'",
                                group.display_name.empty() ? reference : group.display_name);
  const auto [state, is_new] =
      groups_.try_emplace(id, GroupState{.group = std::move(group), .members = {.name = name}});
  if (!is_new || !with_members) return;
  BeginMembers(state->second.members, PageKind::kMembers, PageKind::kMemberCount,
               fmt::format("/groups/{}/transitiveMembers", id.ToString()));
}

void Reader::TakeFailure(ReadId id, Error error) {
  const auto node = listings_.extract(id);
  if (node.empty()) return;
  --under_way_;
  if (Tolerate(node.mapped(), error)) return;
  if (node.mapped().kind == PageKind::kUsers) ExplainSignIns(request_.properties, error);
  Fail(std::move(error));
}

bool Reader::Tolerate(const Listing& listing, const Error& error) {
  const int status = StatusOf(error);
  using Status = GroupReading::Status;
  switch (listing.kind) {
    case PageKind::kSubscriptions:
      // After a first page they are known to be readable.
      return listing.pages == 1 && (status == 403 || status == 404 || status == 501);
    case PageKind::kGroup:
    case PageKind::kGroupSearch:
    case PageKind::kMemberCount:
    case PageKind::kMembers:
    case PageKind::kReportCount:
    case PageKind::kReports: {
      if (status != 403 && status != 404) return false;
      const auto lost = status == 403 ? Status::kUnreadable : Status::kMissing;
      if (listing.members == nullptr) {
        SetReference(listing.reference, lost, error.message);
      } else {
        listing.members->lost = lost;
        listing.members->detail = error.message;
      }
      return true;
    }
    default:
      return false;
  }
}

void Reader::SetReference(const std::string& reference, GroupReading::Status status,
                          std::string detail) {
  GroupReading& reading = references_.at(reference);
  reading.status = status;
  reading.detail = std::move(detail);
}

void Reader::Fail(Error error) {
  finished_ = true;
  effects_.clear();
  effects_.emplace_back(reader_effect::Finished{std::move(error)});
}

bool Reader::CountHolds(std::string_view what, std::uint64_t counted, std::size_t seen) {
  if (seen >= counted) return true;
  Fail({.kind = ErrorKind::kIncomplete,
        .message = fmt::format("The service counts {} {} but listed {}: the reading is not "
                               "complete.",
                               counted, what, seen)});
  return false;
}

bool Reader::Complete(Members& members) {
  if (members.lost) return true;
  auto& users = members.users;
  SortUnique(users);
  return CountHolds(members.name, members.count.value_or(0), users.size() + members.others.size());
}

bool Reader::CountsHold() {
  return CountHolds("users", user_count_, users_seen_) &&
         std::ranges::all_of(groups_, [&](auto& each) { return Complete(each.second.members); }) &&
         std::ranges::all_of(links_, [&](auto& each) { return Complete(each.second); });
}

bool Reader::ListsNobody(const Members& members) {
  return !members.lost && members.users.empty() && members.others.empty() &&
         members.count.value_or(0) == 0;
}

// Of a group that is in no policy's `groups` only its members have been asked for. Whether it hides
// them matters where there are none, and then has to be known.
bool Reader::AsksWhichHide() {
  if (std::exchange(asked_which_hide_, true)) return false;
  for (auto& [link, members] : links_) {
    if (link.kind != Link::Kind::kDirectMembers || !ListsNobody(members)) continue;
    if (groups_.contains(GroupId{link.of})) continue;
    const std::string id = link.of.ToString();
    Begin({.kind = PageKind::kGroup,
           .name = fmt::format("whether group '{}' hides its members", id),
           .members = &members},
          fmt::format("/groups/{}?$select=id,visibility", id), false);
  }
  Emit();
  return under_way_ > 0;
}

// Whoever may not see them is told that there are none, and that their number is 0.
void Reader::DoubtHiddenMembers() {
  const auto doubt = [&](const GroupId& group, Members& members) {
    if (!hiding_.contains(group) || !ListsNobody(members)) return;
    members.lost = GroupReading::Status::kUnreadable;
    members.detail =
        "the group hides its members and none is listed; the application needs Member.Read.Hidden";
  };
  for (auto& [id, state] : groups_) doubt(id, state.members);
  for (auto& [link, members] : links_) {
    if (link.kind == Link::Kind::kDirectMembers) doubt(GroupId{link.of}, members);
  }
}

void Reader::Conclude() {
  if (!CountsHold()) return;
  if (extent_ != Extent::kOutline) DoubtHiddenMembers();
  finished_ = true;
  for (auto& [name, reading] : references_) {
    if (reading.status == GroupReading::Status::kFound) {
      const Members& members = groups_.at(reading.id).members;
      if (members.lost) {
        reading = {.reference = name, .status = *members.lost, .detail = members.detail};
      }
    }
    effects_.emplace_back(reader_effect::AddReference{std::move(reading)});
  }
  for (auto& [id, state] : groups_) {
    if (state.members.lost) continue;
    state.group.members = std::move(state.members.users);
    effects_.emplace_back(reader_effect::AddGroup{std::move(state.group)});
  }
  for (auto& [link, members] : links_) {
    LinkedUsers linked{.link = link, .detail = std::move(members.detail)};
    linked.status = members.lost.value_or(GroupReading::Status::kFound);
    if (!members.lost) linked.users = std::move(members.users);
    effects_.emplace_back(reader_effect::AddLinked{std::move(linked)});
  }
  effects_.emplace_back(reader_effect::Finished{});
}

}  // namespace seatkeeper
