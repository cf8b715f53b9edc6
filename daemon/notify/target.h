#pragma once

#include <set>
#include <string>
#include <vector>

#include "policy/result.h"
#include "reconciler/seams/secret.h"

namespace seatkeeper {

/// What is told. All but kApplied stands until it is over.
enum class NewsKind { kHeld, kApplied, kFailed, kShortage, kPolicyError };

/// How somebody is told.
enum class NotifyType {
  kWebhook,  ///< JSON with a signature.
  kSlack,    ///< An incoming webhook of Slack.
  kTeams,    ///< A workflow of Microsoft Teams that takes a card.
};

/// Whom the daemon tells what, as configured. Who knows the address of a chat's webhook may write
/// there: it is a secret and never shown.
struct NotifyTarget {
  std::string name = {};  ///< What logs call it.
  NotifyType type = NotifyType::kWebhook;
  std::string url_file = {};     ///< Read anew for every attempt. Empty: `url`.
  Secret url = {};               ///< From the environment.
  std::string secret_file = {};  ///< With kWebhook, likewise. Empty: `secret`.
  Secret secret = {};
  std::string ca_file = {};               ///< Empty: the system's authorities alone.
  std::set<NewsKind> kinds = {};          ///< At least one.
  std::vector<std::string> tenants = {};  ///< Empty: all.

  friend bool operator==(const NotifyTarget&, const NotifyTarget&) = default;
};

/// Where it is told, as it stands now: in its file or in the environment. Errors as ReadSecretFile;
/// the address is in none of them.
Result<std::string> AddressOf(const NotifyTarget& target);
/// What messages are signed with, likewise. REQUIRES: a webhook.
Result<std::string> SigningKeyOf(const NotifyTarget& target);

}  // namespace seatkeeper
