#include "reconciler/graph/audit_operation.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace seatkeeper {
namespace {

constexpr std::string_view kDoing = "Asking who changed licences";
// Nearly 20,000 entries: whoever wants to know more of them asks the log itself.
constexpr std::size_t kMaxPages = 20;

Error Unreadable(std::string_view why) {
  return {.kind = ErrorKind::kIncomplete, .message = fmt::format("{}: {}", kDoing, why)};
}

}  // namespace

AuditOperation::AuditOperation(TokenSource::Dependencies dependencies, TokenSource& tokens,
                               const GraphHttpSettings& settings,
                               std::function<void(Result<AuditRead>)> done)
    : done_(std::move(done)), http_(dependencies, tokens, settings) {}

void AuditOperation::Start(WallTime since) { Get(AuditListing(since)); }

void AuditOperation::Get(std::string link) {
  if (!links_.insert(link).second) {
    return done_(Unreadable("a page points back to one that has been read"));
  }
  http_.Send({.name = "directoryAudits",
              .doing = std::string(kDoing),
              .url = std::move(link),
              .headers = {},
              .body = {}},
             [this](const Result<HttpResponse>& response) { Take(response); });
}

void AuditOperation::Take(const Result<HttpResponse>& response) {
  if (!response.ok()) return done_(response.error());
  auto page = DecodeAuditPage(response->body);
  if (!page) return done_(Unreadable(page.error().message));
  for (auto& entry : page->entries) Keep(std::move(entry));
  const bool whole = page->next_link.empty();
  if (whole || links_.size() >= kMaxPages) return Finish(whole);
  Get(std::move(page->next_link));
}

void AuditOperation::Keep(AuditPage::Entry entry) {
  if (entry.correlation.empty()) return others_.push_back(std::move(entry.event));
  // A bulk change may have one correlation for many users.
  entry.correlation += entry.event.user.ToString();
  const auto [kept, is_new] = of_correlation_.try_emplace(entry.correlation, entry.event);
  if (!is_new && !kept->second.names_products) kept->second = std::move(entry.event);
}

void AuditOperation::Finish(bool whole) {
  AuditRead read{.events = std::move(others_), .whole = whole};
  for (auto& [correlation, event] : of_correlation_) read.events.push_back(std::move(event));
  done_(std::move(read));
}

}  // namespace seatkeeper
