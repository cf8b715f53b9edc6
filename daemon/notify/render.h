#pragma once

#include <string>

#include "daemon/notify/news.h"
#include "daemon/notify/target.h"
#include "reconciler/model/time.h"
#include "reconciler/seams/http_transport.h"

namespace seatkeeper {

/// The JSON that a webhook gets; the README lists its fields. `id` is the same in every attempt to
/// deliver it.
std::string WebhookBody(const News& news, const std::string& id);

/// A message of Slack's incoming webhooks: blocks, and the title as plain text for notifications.
/// What comes from a tenant stands as code, with &, < and > escaped and without its own backticks.
/// Source: Slack's documentation, "Formatting text for app surfaces" and "Block Kit": a header has
/// at most 150 characters, a section 3000.
std::string SlackBody(const News& news);

/// An adaptive card in the envelope that workflows of Microsoft Teams take; what comes from a
/// tenant is escaped for the card's Markdown.
/// Source: Microsoft Learn, "Create Incoming Webhooks" and "Text features in Adaptive Cards".
std::string TeamsBody(const News& news);

/// HMAC-SHA256 in hexadecimal.
std::string HmacSha256(const std::string& key, const std::string& text);

/// What is sent: the body, and with kWebhook the headers that prove it, over the time and the body:
/// `X-Seatkeeper-Timestamp` and `X-Seatkeeper-Signature`.
HttpRequest NotifyRequest(const NotifyTarget& target, const News& news, const std::string& id,
                          const std::string& url, const std::string& secret, WallTime now);

/// Whether news may be sent there: https, or http to this machine alone. Empty: yes; else why not,
/// without the address.
std::string WhyNotSendTo(const std::string& url);

}  // namespace seatkeeper
