#include "daemon/notify/render.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "daemon/endpoints.h"
#include "daemon/json_object.h"
#include "daemon/notify/news_text.h"

namespace seatkeeper {
namespace {

constexpr std::size_t kSlackSection = 3000;
constexpr std::size_t kSlackHeader = 150;
constexpr std::chrono::seconds kTimeout{10};

std::string Held(const HeldNews& held) {
  JsonArray sets;
  for (const auto& set : held.sets) {
    sets.Raw(
        JsonObject()
            .Text("guardrail", set.guardrail)
            .Raw("product", set.product.empty() ? std::string("null") : JsonString(set.product))
            .Text("digest", set.digest)
            .Number("subjects", static_cast<std::int64_t>(set.subjects))
            .Boolean("approvable", set.approvable)
            .Finish());
  }
  return JsonObject()
      .Text("digest", held.digest)
      .Number("changes", static_cast<std::int64_t>(held.changes))
      .Raw("sets", sets.Finish())
      .Finish();
}

std::string Applied(const AppliedNews& applied) {
  JsonArray products;
  for (const auto& product : applied.products) {
    products.Raw(JsonObject()
                     .Text("product", product.product)
                     .Number("gained", product.gained)
                     .Number("lost", product.lost)
                     .Number("switched", product.switched)
                     .Finish());
  }
  return JsonObject()
      .Number("changes", static_cast<std::int64_t>(applied.changes))
      .Raw("products", products.Finish())
      .Finish();
}

std::string Failed(const FailedNews& failed) {
  return JsonObject()
      .Raw("error", failed.error.empty() ? std::string("null") : JsonString(failed.error))
      .Number("status", failed.status)
      .Text("code", failed.code)
      .Text("requestId", failed.request_id)
      .Text("requestDate", failed.request_date)
      .Number("refused", static_cast<std::int64_t>(failed.refused))
      .Number("withdrawn", static_cast<std::int64_t>(failed.withdrawn))
      .Number("ambiguous", static_cast<std::int64_t>(failed.ambiguous))
      .Finish();
}

std::string Shortage(const ShortageNews& shortage) {
  JsonArray products;
  for (const auto& product : shortage.products) {
    products.Raw(JsonObject()
                     .Text("product", product.product)
                     .Number("short", product.short_by)
                     .Number("spareMissing", product.spare_missing)
                     .Number("purchased", product.purchased)
                     .Number("assigned", product.assigned)
                     .Finish());
  }
  return JsonObject().Raw("products", products.Finish()).Finish();
}

std::string PolicyError(const PolicyErrorNews& error) {
  JsonArray findings;
  for (const auto& [place, code] : error.findings) {
    findings.Raw(JsonObject().Text("at", place).Text("code", code).Finish());
  }
  return JsonObject()
      .Number("errors", static_cast<std::int64_t>(error.errors))
      .Raw("findings", findings.Finish())
      .Finish();
}

std::string OrNull(const std::string& text) {
  return text.empty() ? std::string("null") : JsonString(text);
}

std::string SlackData(std::string_view text) {
  std::string shown = "`";
  for (const char c : text) {
    if (c == '&') {
      shown += "&amp;";
    } else if (c == '<') {
      shown += "&lt;";
    } else if (c == '>') {
      shown += "&gt;";
    } else {
      shown += c == '`' ? '\'' : c;
    }
  }
  return shown + "`";
}

// As many lines as fit: a message that is too long is refused as a whole.
std::string SlackSection(const NewsSection& section) {
  auto text = section.heading;
  for (const auto& line : section.lines) {
    const auto more = "\n• " + line;
    if (text.size() + more.size() > kSlackSection) break;
    text += more;
  }
  return JsonObject()
      .Text("type", "section")
      .Raw("text", JsonObject().Text("type", "mrkdwn").Text("text", text).Finish())
      .Finish();
}

std::string TeamsData(std::string_view text) {
  constexpr std::string_view kMarks = "\\`*_{}[]<>()#+-!|~&";
  std::string shown;
  for (const char c : text) {
    if (kMarks.find(c) != std::string_view::npos) shown += '\\';
    shown += c;
  }
  return shown;
}

std::string TextBlock(const std::string& text, bool heading) {
  JsonObject block;
  block.Text("type", "TextBlock").Text("text", text).Boolean("wrap", true);
  if (heading) block.Text("weight", "Bolder");
  return block.Finish();
}

// "a3f1..." of what identifies the news, for people who look for it in logs.
std::string Context(const News& news) {
  return news.cycle.empty() ? FormatTime(news.at)
                            : fmt::format("{}, cycle {}", FormatTime(news.at), news.cycle);
}

}  // namespace

std::string WebhookBody(const News& news, const std::string& id) {
  JsonArray events;
  for (const auto kind : kNewsKinds) {
    if (news.has(kind)) events.Raw(JsonString(ToString(kind)));
  }
  JsonObject body;
  body.Text("apiVersion", "seatkeeper/v1")
      .Text("kind", "Notification")
      .Text("id", id)
      .Raw("tenant", OrNull(news.tenant))
      .Raw("cycle", OrNull(news.cycle))
      .Raw("policyRevision", OrNull(news.policy_revision))
      .Text("at", FormatTime(news.at))
      .Raw("events", events.Finish());
  if (news.held) body.Raw("held", Held(*news.held));
  if (news.applied) body.Raw("applied", Applied(*news.applied));
  if (news.failed) body.Raw("failed", Failed(*news.failed));
  if (news.shortage) body.Raw("shortage", Shortage(*news.shortage));
  if (news.policy_error) body.Raw("policyError", PolicyError(*news.policy_error));
  return body.Finish();
}

std::string SlackBody(const News& news) {
  const auto title = TitleOf(news);
  JsonArray blocks;
  blocks.Raw(JsonObject()
                 .Text("type", "header")
                 .Raw("text", JsonObject()
                                  .Text("type", "plain_text")
                                  .Text("text", title.substr(0, kSlackHeader))
                                  .Finish())
                 .Finish());
  for (const auto& section : SectionsOf(news, SlackData)) blocks.Raw(SlackSection(section));
  JsonArray context;
  context.Raw(JsonObject().Text("type", "mrkdwn").Text("text", Context(news)).Finish());
  blocks.Raw(JsonObject().Text("type", "context").Raw("elements", context.Finish()).Finish());
  return JsonObject().Text("text", title).Raw("blocks", blocks.Finish()).Finish();
}

std::string TeamsBody(const News& news) {
  JsonArray body;
  body.Raw(JsonObject()
               .Text("type", "TextBlock")
               .Text("text", TeamsData(TitleOf(news)))
               .Boolean("wrap", true)
               .Text("weight", "Bolder")
               .Text("size", "Medium")
               .Finish());
  for (const auto& section : SectionsOf(news, TeamsData)) {
    body.Raw(TextBlock(section.heading, true));
    for (const auto& line : section.lines) body.Raw(TextBlock(line, false));
  }
  body.Raw(JsonObject()
               .Text("type", "TextBlock")
               .Text("text", TeamsData(Context(news)))
               .Boolean("wrap", true)
               .Boolean("isSubtle", true)
               .Text("size", "Small")
               .Finish());
  const auto card = JsonObject()
                        .Text("$schema", "http://adaptivecards.io/schemas/adaptive-card.json")
                        .Text("type", "AdaptiveCard")
                        .Text("version", "1.4")
                        .Raw("body", body.Finish())
                        .Finish();
  JsonArray attachments;
  attachments.Raw(JsonObject()
                      .Text("contentType", "application/vnd.microsoft.card.adaptive")
                      .Raw("contentUrl", "null")
                      .Raw("content", card)
                      .Finish());
  return JsonObject().Text("type", "message").Raw("attachments", attachments.Finish()).Finish();
}

std::string HmacSha256(const std::string& key, const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

HttpRequest NotifyRequest(const NotifyTarget& target, const News& news, const std::string& id,
                          const std::string& url, const std::string& secret, WallTime now) {
  HttpRequest request;
  request.method = "POST";
  request.url = url;
  request.headers = {{"Content-Type", "application/json"}};
  request.ca_file = target.ca_file;
  request.timeout = kTimeout;
  switch (target.type) {
    case NotifyType::kSlack:
      request.body = SlackBody(news);
      break;
    case NotifyType::kTeams:
      request.body = TeamsBody(news);
      break;
    case NotifyType::kWebhook: {
      request.body = WebhookBody(news, id);
      const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
      const auto time = std::to_string(seconds);
      request.headers.emplace_back("X-Seatkeeper-Timestamp", time);
      request.headers.emplace_back("X-Seatkeeper-Signature",
                                   "sha256=" + HmacSha256(secret, time + "." + request.body));
      break;
    }
  }
  return request;
}

std::string WhyNotSendTo(const std::string& url) {
  const auto scheme = url.find("://");
  const auto end = scheme == std::string::npos ? scheme : url.find_first_of("/?#", scheme + 3);
  const auto base = scheme == std::string::npos ? std::nullopt : ParseBase(url.substr(0, end));
  const bool plain = std::ranges::all_of(url, [](unsigned char c) { return c > ' ' && c != 0x7f; });
  if (!base || !plain) return "the address is not one of https";
  if (base->starts_with("https://") || IsLoopbackHost(HostOf(*base))) return {};
  return "the address is not one of https, and only this machine is spoken to without TLS";
}

}  // namespace seatkeeper
