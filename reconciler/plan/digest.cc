#include "reconciler/plan/digest.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

namespace seatkeeper {
namespace {

constexpr std::size_t kUsualLength = 512;

// Texts are appended piece by piece, without a format string: there may be a million changes.
void AppendLicenses(std::string& text, std::string_view label,
                    const std::vector<AddLicense>& licenses) {
  for (const auto& license : licenses) {
    text += label;
    license.product.guid.AppendTo(text);
    for (const auto& plan : license.disabled_plans) {
      text += " -";
      plan.guid.AppendTo(text);
    }
    text += '\n';
  }
}

void AppendProducts(std::string& text, std::string_view label, const std::vector<SkuId>& products) {
  for (const auto& product : products) {
    text += label;
    product.guid.AppendTo(text);
    text += '\n';
  }
}

// One fact a line, in a fixed order: what is digested is what the change does and to what.
void AppendCanonical(std::string& text, const Change& change) {
  text += change.group ? "group " : "user ";
  (change.group ? change.group->id.guid : change.user.guid).AppendTo(text);
  text += '\n';
  AppendLicenses(text, "add ", change.add);
  AppendProducts(text, "remove ", change.remove);
  if (!change.usage_location.empty())
    text.append("usageLocation ").append(change.usage_location) += '\n';
  if (change.reprocess) text.append("reprocess ").append(change.reprocess->basis) += '\n';
}

std::string Hexadecimal(const unsigned char* bytes, std::size_t count) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * count);
  for (std::size_t i = 0; i < count; ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

// Looked up once: OpenSSL takes longer to find an algorithm than to digest a change.
const EVP_MD* Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

// A digest over pieces, so that the whole need not be in memory. Finish begins anew.
class Sha256Stream {
 public:
  Sha256Stream() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) { Begin(); }
  void Add(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }
  std::string Finish() {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_DigestFinal_ex(context_.get(), digest, &size);
    Begin();
    return Hexadecimal(digest, size);
  }

 private:
  void Begin() { EVP_DigestInit_ex2(context_.get(), Algorithm(), nullptr); }
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

}  // namespace

std::string Sha256(std::string_view bytes) {
  Sha256Stream stream;
  stream.Add(bytes);
  return "sha256:" + stream.Finish();
}

std::string ChangeId(const Change& change) {
  std::string text;
  text.reserve(kUsualLength);
  AppendCanonical(text, change);
  // Kept: to make one takes as long as to digest a change.
  static thread_local Sha256Stream stream;
  stream.Add(text);
  return stream.Finish().substr(0, 16);
}

std::string PlanDigest(const std::string& tenant, const std::vector<Change>& changes,
                       Verdict verdict) {
  // By user, which is how the texts begin; groups, who have no user, together.
  std::vector<std::pair<UserId, const Change*>> ordered;
  for (const auto& change : changes) {
    if (change.verdict == verdict) ordered.emplace_back(change.user, &change);
  }
  if (ordered.empty()) return "";
  const auto before = [](const auto& a, const auto& b) { return a.first < b.first; };
  if (!std::is_sorted(ordered.begin(), ordered.end(), before)) {
    std::sort(ordered.begin(), ordered.end(), before);
  }
  Sha256Stream stream;
  stream.Add("tenant " + tenant + "\n");
  // A user whose change is in two parts has two texts, and they are ordered as well.
  std::vector<std::string> of_user;
  for (std::size_t begin = 0, end = 0; begin < ordered.size(); begin = end) {
    while (end < ordered.size() && ordered[end].first == ordered[begin].first) ++end;
    of_user.resize(end - begin);
    for (std::size_t i = 0; i < of_user.size(); ++i) {
      const auto& change = *ordered[begin + i].second;
      of_user[i].clear();
      AppendCanonical(of_user[i], change);
      AppendLicenses(of_user[i], "before ", change.before);
      for (const auto& held : change.held) of_user[i] += "held " + held.guardrail + "\n";
    }
    std::sort(of_user.begin(), of_user.end());
    for (const auto& text : of_user) stream.Add(text);
  }
  return "sha256:" + stream.Finish();
}

}  // namespace seatkeeper
