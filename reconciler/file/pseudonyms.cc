#include "reconciler/file/pseudonyms.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <utility>

#include "policy/text.h"

namespace seatkeeper {
namespace {

using rule::Property;

constexpr std::size_t kIdBytes = 16;
constexpr std::size_t kShownDigits = 12;  // A million people share none with likelihood 0.998.

}  // namespace

Pseudonyms::Pseudonyms(Secret key, Kept kept) : key_(std::move(key)), kept_(std::move(kept)) {}

bool Pseudonyms::Keeps(Property property) const { return kept_.properties.Has(property); }

std::string Pseudonyms::DigitsOf(const Guid& user) const {
  const auto& key = key_.Reveal();
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), user.bytes().data(),
       user.bytes().size(), digest, &size);
  std::string digits;
  for (std::size_t i = 0; i < kIdBytes; ++i) digits += fmt::format("{:02x}", digest[i]);
  return digits;
}

std::string Pseudonyms::IdOf(const Guid& user) const {
  auto id = user.ToString();
  if (Keeps(Property::kObjectId) || kept_.names.contains(id)) return id;
  id = DigitsOf(user);
  for (const std::size_t at : {8U, 13U, 18U, 23U}) id.insert(at, "-");
  return id;
}

std::string Pseudonyms::TextOf(Property property, const Guid& user, std::string_view text) const {
  if (Keeps(property) || text.empty()) return std::string(text);
  if (property == Property::kDisplayName) {
    return "Person " + DigitsOf(user).substr(0, kShownDigits);
  }
  if (property != Property::kUserPrincipalName || kept_.names.contains(FoldCase(text))) {
    return std::string(text);
  }
  const auto at = text.rfind('@');
  const auto domain = at == std::string_view::npos ? std::string_view() : text.substr(at);
  return fmt::format("p-{}{}", DigitsOf(user).substr(0, kShownDigits), domain);
}

bool TellsWho(Property property) {
  switch (property) {
    case Property::kDisplayName:
    case Property::kEmployeeId:
    case Property::kFaxNumber:
    case Property::kGivenName:
    case Property::kMail:
    case Property::kMailNickname:
    case Property::kMobilePhone:
    case Property::kObjectId:
    case Property::kOnPremisesDistinguishedName:
    case Property::kOnPremisesSecurityIdentifier:
    case Property::kOtherMails:
    case Property::kProxyAddresses:
    case Property::kSipProxyAddress:
    case Property::kStreetAddress:
    case Property::kSurname:
    case Property::kTelephoneNumber:
    case Property::kUserPrincipalName:
      return true;
    default:
      return false;
  }
}

}  // namespace seatkeeper
