#include "tests/simulator/properties.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace seatkeeper::sim {
namespace {

using nlohmann::json;

// The names that most users have. In the order of the alphabet; their number stands for them.
constexpr std::array<std::string_view, 38> kNames{
    "accountEnabled",
    "businessPhones",
    "city",
    "companyName",
    "country",
    "createdDateTime",
    "department",
    "displayName",
    "employeeHireDate",
    "employeeId",
    "employeeType",
    "faxNumber",
    "givenName",
    "imAddresses",
    "jobTitle",
    "mail",
    "mailNickname",
    "mobilePhone",
    "officeLocation",
    "onPremisesDistinguishedName",
    "onPremisesDomainName",
    "onPremisesExtensionAttributes",
    "onPremisesImmutableId",
    "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier",
    "onPremisesSyncEnabled",
    "otherMails",
    "passwordPolicies",
    "postalCode",
    "preferredLanguage",
    "proxyAddresses",
    "signInActivity",
    "state",
    "streetAddress",
    "surname",
    "usageLocation",
    "userPrincipalName",
    "userType",
};
constexpr unsigned char kSpelt = 255;  // in place of a number: size and letters follow
constexpr unsigned char kLong = 255;   // in place of a size: eight bytes of it follow
constexpr std::size_t kSizeBytes = 8;
static_assert(kNames.size() < kSpelt);
static_assert(std::is_sorted(kNames.begin(), kNames.end()));

void AppendSize(std::size_t size, std::string& bytes) {
  if (size < kLong) {
    bytes += static_cast<char>(size);
    return;
  }
  bytes += static_cast<char>(kLong);
  for (std::size_t i = 0; i < kSizeBytes; ++i) bytes += static_cast<char>((size >> (8 * i)) & 0xFF);
}

// And moves `at` behind it.
std::size_t ReadSize(const std::string& bytes, std::size_t& at) {
  const auto first = static_cast<unsigned char>(bytes[at++]);
  if (first != kLong) return first;
  std::size_t size = 0;
  for (std::size_t i = 0; i < kSizeBytes; ++i) {
    size |= static_cast<std::size_t>(static_cast<unsigned char>(bytes[at++])) << (8 * i);
  }
  return size;
}

// Text is kept as it is; for the rest one letter says what it is.
enum class Form : char { kText = 's', kNull = 'n', kTrue = 't', kFalse = 'f', kOther = 'j' };

std::string Packed(const json& value) {
  const auto one = [](Form form) { return std::string(1, static_cast<char>(form)); };
  if (value.is_null()) return one(Form::kNull);
  if (value.is_boolean()) return one(value.get<bool>() ? Form::kTrue : Form::kFalse);
  if (value.is_string()) return one(Form::kText) + value.get_ref<const std::string&>();
  return one(Form::kOther) + value.dump(-1, ' ', false, json::error_handler_t::replace);
}

json Unpacked(std::string_view value) {
  switch (static_cast<Form>(value.front())) {
    case Form::kText:
      return std::string(value.substr(1));
    case Form::kNull:
      return nullptr;
    case Form::kTrue:
      return true;
    case Form::kFalse:
      return false;
    case Form::kOther:
      return json::parse(value.substr(1));
  }
  return nullptr;
}

}  // namespace

Properties::Properties(const json& object) {
  if (!object.is_object()) return;
  for (const auto& [name, value] : object.items()) Append(name, value);
  bytes_.shrink_to_fit();
}

void Properties::Append(const std::string& name, const json& value) {
  const auto* const known = std::lower_bound(kNames.begin(), kNames.end(), name);
  if (known != kNames.end() && *known == name) {
    bytes_ += static_cast<char>(known - kNames.begin());
  } else {
    bytes_ += static_cast<char>(kSpelt);
    AppendSize(name.size(), bytes_);
    bytes_ += name;
  }
  const std::string packed = Packed(value);
  AppendSize(packed.size(), bytes_);
  bytes_ += packed;
}

Properties::Entry Properties::At(std::size_t begin) const {
  Entry entry{begin, {}, {}, begin};
  if (begin >= bytes_.size()) return entry;
  std::size_t at = begin;
  const auto number = static_cast<unsigned char>(bytes_[at++]);
  if (number == kSpelt) {
    const std::size_t size = ReadSize(bytes_, at);
    entry.name = std::string_view(bytes_).substr(at, size);
    at += size;
  } else {
    entry.name = kNames[number];
  }
  const std::size_t size = ReadSize(bytes_, at);
  entry.value = std::string_view(bytes_).substr(at, size);
  entry.end = at + size;
  return entry;
}

std::optional<json> Properties::Find(std::string_view name) const {
  for (Entry entry = First(); entry.begin < bytes_.size(); entry = After(entry)) {
    if (entry.name == name) return Unpacked(entry.value);
  }
  return std::nullopt;
}

bool Properties::contains(std::string_view name) const {
  for (Entry entry = First(); entry.begin < bytes_.size(); entry = After(entry)) {
    if (entry.name == name) return true;
  }
  return false;
}

json Properties::ToJson() const {
  json object = json::object();
  for (Entry entry = First(); entry.begin < bytes_.size(); entry = After(entry)) {
    object[std::string(entry.name)] = Unpacked(entry.value);
  }
  return object;
}

}  // namespace seatkeeper::sim
