#include "daemon/http_server.h"

#include <gtest/gtest.h>
#include <httplib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temp_folder.h"

namespace seatkeeper {
namespace {

class HttpServerTest : public testing::Test {
 protected:
  HttpServerTest() {
    server_.Add("/page", [] { return HttpPage{.body = "text\n"}; });
    server_.Add("/sick", [] { return HttpPage{.status = 503, .body = "reason\n"}; });
    const auto started = server_.Start({.host = "127.0.0.1", .port = 0});
    EXPECT_TRUE(started);
  }
  httplib::Result Get(const std::string& path) {
    return httplib::Client("127.0.0.1", server_.port()).Get(path.c_str());
  }
  HttpServer server_;
};

TEST_F(HttpServerTest, ServesItsPagesAndNothingElse) {
  EXPECT_EQ(server_.address(), "127.0.0.1:" + std::to_string(server_.port()));
  const auto page = Get("/page");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->status, 200);
  EXPECT_EQ(page->body, "text\n");
  EXPECT_EQ(Get("/sick")->status, 503);
  EXPECT_EQ(Get("/sick")->body, "reason\n");
  EXPECT_EQ(Get("/")->status, 404);
  EXPECT_EQ(Get("/page/../etc")->status, 404);
  EXPECT_EQ(httplib::Client("127.0.0.1", server_.port()).Post("/page", "", "text/plain")->status,
            404);
}

TEST_F(HttpServerTest, AnswersWhileClientsHoldConnections) {
  std::vector<std::unique_ptr<httplib::Client>> idle;
  for (int i = 0; i < 8; ++i) {
    idle.push_back(std::make_unique<httplib::Client>("127.0.0.1", server_.port()));
    idle.back()->set_keep_alive(true);
    EXPECT_TRUE(idle.back()->Get("/page"));
  }
  EXPECT_TRUE(Get("/page"));
}

TEST_F(HttpServerTest, ALargePageArrivesWhole) {
  SharedText pieces;
  while (pieces.size() < 3'000'000) {
    pieces.Add(std::make_shared<const std::string>(std::to_string(pieces.size()) + "\n"));
  }
  const auto large = pieces.Joined();
  HttpServer server;
  server.Add("/large", [&] { return HttpPage{.body = pieces}; });
  ASSERT_TRUE(server.Start({.host = "127.0.0.1", .port = 0}));
  httplib::Client client("127.0.0.1", server.port());
  const auto page = client.Get("/large", {{"Accept-Encoding", "gzip"}});
  ASSERT_TRUE(page);
  EXPECT_EQ(page->get_header_value("Content-Encoding"), "");
  EXPECT_TRUE(page->body == large);
  const auto head = client.Head("/large");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->get_header_value("Content-Length"), std::to_string(large.size()));
}

// A certificate of its own making, and its key.
TlsFiles MakeCertificate(const std::filesystem::path& folder, const std::string& name) {
  TlsFiles files{.certificate = folder / "tls.crt", .key = folder / "tls.key"};
  const auto made = test::RunProgram(
      {"/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
       "-nodes", "-days", "2", "-subj", "/CN=" + name, "-addext", "subjectAltName=IP:127.0.0.1",
       "-keyout", files.key, "-out", files.certificate});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  return files;
}

TEST(HttpsServer, ShowsTheCertificateOfNowAndSpeaksNothingElse) {
  test::TempFolder folder;
  const auto files = MakeCertificate(folder.path(), "first");
  HttpServer server(files);
  server.Add("/page", [] { return HttpPage{.body = "text\n"}; });
  ASSERT_TRUE(server.Start({.host = "127.0.0.1", .port = 0}));
  const auto get = [&] {
    httplib::SSLClient client("127.0.0.1", server.port());
    client.set_ca_cert_path(files.certificate.c_str());
    return client.Get("/page");
  };
  const auto first = get();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->body, "text\n");
  EXPECT_FALSE(httplib::Client("127.0.0.1", server.port()).Get("/page"));
  MakeCertificate(folder.path(), "second");
  EXPECT_TRUE(get()) << "a renewed certificate is shown without a restart";
}

TEST(HttpsServer, DoesNotStartWithoutItsCertificate) {
  HttpServer server(TlsFiles{.certificate = "/nonexistent/tls.crt", .key = "/nonexistent/tls.key"});
  const auto started = server.Start({.host = "127.0.0.1", .port = 0});
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().message.find("/nonexistent/tls.crt"), std::string::npos);
}

TEST_F(HttpServerTest, ATakenPortIsAnError) {
  HttpServer second;
  const auto started = second.Start({.host = "127.0.0.1", .port = server_.port()});
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().kind, ErrorKind::kIo);
}

TEST_F(HttpServerTest, StopsAndMayBeToldAgain) {
  const int port = server_.port();
  server_.Stop();
  server_.Stop();
  EXPECT_FALSE(httplib::Client("127.0.0.1", port).Get("/page"));
}

}  // namespace
}  // namespace seatkeeper
