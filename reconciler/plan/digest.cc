#include "reconciler/plan/digest.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>

namespace seatkeeper {
namespace {

void AppendLicenses(std::string& text, std::string_view label,
                    const std::vector<AddLicense>& licenses) {
  for (const auto& license : licenses) {
    text += fmt::format("{} {}", label, license.product.ToString());
    for (const auto& plan : license.disabled_plans) text += " -" + plan.ToString();
    text += '\n';
  }
}

void AppendProducts(std::string& text, std::string_view label, const std::vector<SkuId>& products) {
  for (const auto& product : products) text += fmt::format("{} {}\n", label, product.ToString());
}

// One fact a line, in a fixed order: what is digested is what the change does and to what.
std::string Canonical(const Change& change) {
  std::string text = fmt::format("user {}\n", change.user.ToString());
  AppendLicenses(text, "add", change.add);
  AppendProducts(text, "remove", change.remove);
  return text;
}

}  // namespace

std::string Sha256(std::string_view bytes) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest);
  std::string text = "sha256:";
  for (const auto byte : digest) text += fmt::format("{:02x}", byte);
  return text;
}

std::string ChangeId(const Change& change) { return Sha256(Canonical(change)).substr(7, 16); }

std::string PlanDigest(const std::string& tenant, const std::vector<Change>& changes,
                       Verdict verdict) {
  std::vector<std::string> parts;
  for (const auto& change : changes) {
    if (change.verdict != verdict) continue;
    auto part = Canonical(change);
    AppendLicenses(part, "before", change.before);
    for (const auto& held : change.held) part += fmt::format("held {}\n", held.guardrail);
    parts.push_back(std::move(part));
  }
  if (parts.empty()) return "";
  std::sort(parts.begin(), parts.end());
  std::string text = fmt::format("tenant {}\n", tenant);
  for (const auto& part : parts) text += part;
  return Sha256(text);
}

}  // namespace seatkeeper
