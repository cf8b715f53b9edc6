#include "daemon/notify/target_check.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "daemon/notify/render.h"
#include "daemon/text_file.h"

namespace seatkeeper {
namespace {

// Several times as large as all authorities of a system together.
constexpr std::size_t kMaxAuthoritiesBytes = std::size_t{16} << 20;

struct FreeStore {
  void operator()(X509_STORE* store) const { X509_STORE_free(store); }
};

// As those who send load them: one broken certificate makes the whole file useless.
Result<void> LoadAuthorities(const std::string& path) {
  const auto text = ReadBoundedFile(path, kMaxAuthoritiesBytes);
  if (!text) return text.error();
  const std::unique_ptr<X509_STORE, FreeStore> store(X509_STORE_new());
  const bool loads = store && X509_STORE_load_locations(store.get(), path.c_str(), nullptr) == 1;
  ERR_clear_error();
  if (loads) return {};
  return Error{.kind = ErrorKind::kInvalid,
               .message = fmt::format("{} holds no certificate in PEM, or a broken one", path),
               .position = {},
               .service = {}};
}

// "a, b and c".
std::string Listed(const std::vector<std::string>& parts) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += i + 1 == parts.size() ? " and " : ", ";
    text += parts[i];
  }
  return text;
}

class TargetChecker {
 public:
  explicit TargetChecker(const NotifyTarget& target) : target_(target) {}

  std::vector<Check> Run() {
    CheckAddress();
    if (target_.type == NotifyType::kWebhook) CheckSecret();
    if (!target_.ca_file.empty()) CheckAuthorities();
    if (checks_.empty()) {
      checks_.push_back(
          {.subject = Subject(), .what = Listed(sound_) + " can be used; nothing was sent"});
    }
    return std::move(checks_);
  }

 private:
  void CheckAddress() {
    const auto address = AddressOf(target_);
    if (!address) {
      return Fail(address.error().message, "put the address there, readable for this user");
    }
    if (const auto why = WhyNotSendTo(*address); !why.empty()) {
      return Fail(why, "write the address that the service gave, from https:// on");
    }
    sound_.emplace_back("the address");
  }

  void CheckSecret() {
    if (const auto secret = SigningKeyOf(target_); !secret) {
      return Fail(secret.error().message,
                  "put what the receiver checks signatures with there, readable for this user");
    }
    sound_.emplace_back("the secret");
  }

  void CheckAuthorities() {
    if (const auto loaded = LoadAuthorities(target_.ca_file); !loaded) {
      return Fail(loaded.error().message,
                  "put the authorities' certificates there, PEM, readable for this user");
    }
    sound_.emplace_back("the caFile");
  }

  std::string Subject() const { return "notify " + target_.name; }

  void Fail(std::string what, std::string mend) {
    checks_.push_back({.verdict = Check::Verdict::kFail,
                       .subject = Subject(),
                       .what = std::move(what),
                       .mend = std::move(mend),
                       .code = ExitCode::kInvalid});
  }

  const NotifyTarget& target_;
  std::vector<Check> checks_;
  std::vector<std::string> sound_;
};

}  // namespace

std::vector<Check> CheckTarget(const NotifyTarget& target) { return TargetChecker(target).Run(); }

}  // namespace seatkeeper
