#include "reconciler/graph/read_operation.h"

#include <utility>

namespace seatkeeper {
namespace {

std::string_view CallName(PageKind kind) {
  switch (kind) {
    case PageKind::kUserCount:
      return "users-count";
    case PageKind::kUsers:
      return "users";
    case PageKind::kProducts:
      return "subscribedSkus";
    case PageKind::kSubscriptions:
      return "subscriptions";
    case PageKind::kGroup:
    case PageKind::kGroupSearch:
      return "groups";
    case PageKind::kMemberCount:
      return "members-count";
    case PageKind::kMembers:
      return "members";
    case PageKind::kReportCount:
      return "reports-count";
    case PageKind::kReports:
      return "reports";
  }
  return "other";
}

}  // namespace

ReadOperation::ReadOperation(TokenSource::Dependencies dependencies, Workers& workers,
                             TokenSource& tokens, const GraphHttpSettings& settings,
                             const ReadRequest& request, int page_size, ObservedBuilder& sink,
                             std::function<void(Result<void>)> done, Reader::Extent extent)
    : sink_(sink),
      done_(std::move(done)),
      reader_({.properties = sink.properties() | request.properties,
               .groups = request.groups,
               .licensed_groups = request.licensed_groups,
               .links = request.links},
              page_size, extent),
      quota_(settings.quota),
      http_(dependencies, tokens, settings),
      queue_(workers) {}

void ReadOperation::Start() { Apply(reader_.Step(reader_event::Start{})); }

void ReadOperation::Apply(std::vector<ReaderEffect> effects) {
  for (ReaderEffect& effect : effects) {
    std::visit(
        Overloaded{
            [this](reader_effect::Get& get) { Get(std::move(get)); },
            [this](reader_effect::AddGroup& add) { sink_.AddGroup(std::move(add.group)); },
            [this](reader_effect::AddReference& add) {
              sink_.AddReference(std::move(add.reading));
            },
            [this](reader_effect::AddLinked& add) { sink_.AddLinked(std::move(add.linked)); },
            [this](reader_effect::Finished& end) {
              sink_.SetClockSkew(http_.clock_skew());
              done_(std::move(end.result));
            },
        },
        effect);
  }
}

void ReadOperation::Get(reader_effect::Get get) {
  const ReadId id = get.id;
  GraphHttp::Call call{.name = CallName(get.kind), .doing = get.doing, .url = std::move(get.url)};
  if (get.eventual) call.headers = {{"ConsistencyLevel", "eventual"}, {"Accept", "text/plain"}};
  pages_.insert_or_assign(id, Page{.kind = get.kind, .doing = std::move(get.doing)});
  http_.Send(std::move(call), [this, id](Result<HttpResponse> result) {
    if (result.ok()) return Decode(id, std::move(result).value());
    pages_.erase(id);
    Apply(reader_.Step(reader_event::Failed{id, std::move(result).error()}));
  });
}

void ReadOperation::Decode(ReadId id, HttpResponse response) {
  Page& page = pages_.at(id);
  page.body = std::move(response.body);
  queue_.Push(
      [this, &page] {
        page.decoded = DecodePage(page.kind, page.body, sink_, LeftOut::kIncomplete);
      },
      [this, id] { TakeDecoded(id); });
}

void ReadOperation::TakeDecoded(ReadId id) {
  auto page = std::move(pages_.extract(id).mapped());
  if (page.decoded->ok()) {
    const bool counts_users = page.kind == PageKind::kUserCount;
    if (counts_users && quota_ != nullptr) quota_->SetTenantSize((*page.decoded)->count);
    return Apply(reader_.Step(reader_event::PageRead{id, std::move(*page.decoded).value()}));
  }
  Error error = std::move(*page.decoded).error();
  error.message = page.doing + ": " + error.message;
  Apply(reader_.Step(reader_event::Failed{id, std::move(error)}));
}

}  // namespace seatkeeper
