// Answers from nginx, in frames of HTTP/2 and compressed, as a service's front cuts them.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <utility>

#include "tests/reconciler/http/loop_fixture.h"
#include "tests/support/certificate.h"
#include "tests/support/local_server.h"
#include "tests/support/temp_folder.h"
#include "tests/support/tls_front.h"

namespace seatkeeper::test {
namespace {

using Kind = HttpOutcome::Kind;

// Sizes around that of libcurl's own buffer, with which it misses the end of some.
constexpr std::size_t kSmallest = 16'000;
constexpr std::size_t kLargest = 16'800;

constexpr const char* kFiles = "location /sized/ { default_type text/html; root .; }";

// Nothing makes it smaller.
std::string Noise(std::size_t size) {
  std::mt19937 random(static_cast<std::mt19937::result_type>(size));
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random() & 0xffU);
  return bytes;
}

class LoopFront : public LoopTest {
 protected:
  LoopFront()
      : front_(folder_.path()),
        site_(front_.AddSite(MakeServerCertificate(NowValid(), "IP:127.0.0.1", &authority_),
                             kFiles)) {
    std::filesystem::create_directory(folder_.path() / "sized");
    WriteFile(folder_.File("ca.pem"), authority_.certificate);
    front_.Start(silent_.port());
  }

  std::string At(const std::string& path) const {
    return fmt::format("https://127.0.0.1:{}/{}", site_, path);
  }

  // Asks for so many bytes.
  void Ask(std::size_t size, std::function<void()> then) {
    WriteFile(folder_.path() / "sized" / std::to_string(size), Noise(size));
    loop_.Send({.url = At(fmt::format("sized/{}", size)), .ca_file = folder_.File("ca.pem")},
               [size, then = std::move(then)](const HttpOutcome& outcome) {
                 EXPECT_EQ(outcome.kind, Kind::kAnswered) << size << ": " << outcome.failure;
                 EXPECT_TRUE(outcome.response.body == Noise(size)) << size;
                 then();
               });
  }

  // One after the other, then stops the loop.
  void AskForEach(std::size_t size) {
    asked_ = size;
    if (size > kLargest) return loop_.Stop();
    Ask(size, [this, size] { AskForEach(size + 10); });
  }

  TempFolder folder_;
  RawServer silent_{"", RawServer::Then::kHang};
  TestCertificate authority_ = MakeAuthority("authority");
  TlsFront front_;
  int site_;
  std::size_t asked_ = 0;
};

TEST_F(LoopFront, TheEndOfAnAnswerIsSeenWhateverItsSize) {
  AskForEach(kSmallest);
  RunWithLimit();
  EXPECT_GT(asked_, kLargest) << "for this one it waited in vain";
}

TEST_F(LoopFront, SoItIsWhereAnotherAnswerOnTheConnectionIsStillWaitedFor) {
  // Its connection is known to carry several from the first answer on.
  Ask(100, [&] {
    loop_.Send({.url = At("never"), .ca_file = folder_.File("ca.pem")},
               [](const HttpOutcome&) { FAIL() << "answered by nobody"; });
    AskForEach(kSmallest);
  });
  RunWithLimit();
  EXPECT_GT(asked_, kLargest) << "for this one it waited in vain";
}

}  // namespace
}  // namespace seatkeeper::test
