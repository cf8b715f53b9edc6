#include "reconciler/graph/delta_round.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "reconciler/graph/user_select.h"

namespace seatkeeper {
namespace {

constexpr std::string_view kDoing = "Asking which users have changed";
// Pages of a round: empty ones are allowed, for ever is not.
constexpr std::size_t kMaxPages = 10'000;

Error Unreadable(std::string_view what) {
  return {.kind = ErrorKind::kIncomplete, .message = std::string(what)};
}

// Nothing where it is no text; empty where there is none.
std::optional<std::string> LinkIn(const nlohmann::json& page, const char* name) {
  const auto found = page.find(name);
  if (found == page.end()) return std::string();
  if (!found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

std::optional<UserId> IdIn(const nlohmann::json& entry) {
  if (!entry.is_object()) return std::nullopt;
  const auto id = entry.find("id");
  if (id == entry.end() || !id->is_string()) return std::nullopt;
  return UserId::Parse(id->get_ref<const std::string&>());
}

}  // namespace

Result<DeltaPage> DecodeDeltaPage(const std::string& body) {
  const auto document = nlohmann::json::parse(body, nullptr, false);
  if (!document.is_object()) return Unreadable("the page is no JSON object");
  const auto value = document.find("value");
  if (value == document.end() || !value->is_array()) return Unreadable("the page has no `value`");
  DeltaPage page;
  for (const auto& entry : *value) {
    const auto id = IdIn(entry);
    if (!id) return Unreadable("an entry of the page has no object id");
    page.users.push_back(*id);
  }
  auto next = LinkIn(document, "@odata.nextLink");
  auto delta = LinkIn(document, "@odata.deltaLink");
  if (!next || !delta || next->empty() == delta->empty()) {
    return Unreadable("the page does not say how to go on");
  }
  page.next_link = std::move(*next);
  page.delta_link = std::move(*delta);
  return page;
}

std::string DeltaFromNow(const PropertySet& properties) {
  return fmt::format("/users/delta?$select={}&$deltatoken=latest", UserSelect(properties));
}

DeltaRound::DeltaRound(TokenSource::Dependencies dependencies, TokenSource& tokens,
                       const GraphHttpSettings& settings, std::size_t most_users,
                       std::function<void(Result<Outcome>)> done)
    : most_users_(most_users), done_(std::move(done)), http_(dependencies, tokens, settings) {}

void DeltaRound::Get(std::string link) {
  if (!links_.insert(link).second || links_.size() > kMaxPages) {
    return Fail("a page points back to one that has been read");
  }
  http_.Send(
      {.name = "users-delta", .doing = std::string(kDoing), .url = std::move(link), .headers = {}},
      [this](const Result<HttpResponse>& response) { Take(response); });
}

void DeltaRound::Take(const Result<HttpResponse>& response) {
  if (!response.ok()) return done_(response.error());
  auto page = DecodeDeltaPage(response->body);
  if (!page) return Fail(page.error().message);
  users_.insert(page->users.begin(), page->users.end());
  if (users_.size() > most_users_) {
    return Fail(fmt::format("more than {} users have changed", most_users_));
  }
  if (!page->next_link.empty()) return Get(std::move(page->next_link));
  done_(Outcome{.users = {users_.begin(), users_.end()}, .link = std::move(page->delta_link)});
}

void DeltaRound::Fail(std::string_view why) {
  done_(Error{.kind = ErrorKind::kIncomplete, .message = fmt::format("{}: {}", kDoing, why)});
}

}  // namespace seatkeeper
