// HTTPS to the tenant, with a real server in front of it: whose certificate is accepted, and that
// the wire is used as it should be.

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "tests/e2e/tls_fixture.h"
#include "tests/support/poll.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

using Tls = TlsEndToEnd;

/// A certificate that must not be accepted, and what is said of it.
struct Refused {
  TestCertificate shown;
  std::string says;
  std::string mend;
};

CertificateWish Between(int from_days, int to_days) {
  auto wish = NowValid();
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  wish.from = now + std::chrono::days(from_days);
  wish.to = now + std::chrono::days(to_days);
  return wish;
}

class TlsRefusals : public TlsEndToEnd {
 protected:
  std::vector<Refused> Cases() const {
    const auto stranger = MakeAuthority("stranger");
    const std::string here = "IP:127.0.0.1";
    return {
        {Signed("DNS:graph.elsewhere.test"), "target host name '127.0.0.1'", "endpoints must name"},
        {Signed(here, Between(-10, -1)), "certificate has expired", "has to be renewed"},
        {Signed(here, Between(1, 10)), "certificate is not yet valid", "clock is wrong"},
        {MakeServerCertificate(NowValid(), here, nullptr), "self-signed certificate", "caFile"},
        {MakeServerCertificate(NowValid(), here, &stranger), "unable to get local issuer",
         "caFile"},
    };
  }
  void ExpectPlanRefuses(const Refused& refused, const std::string& base) const {
    const auto done = Seatkeeper({"plan"});
    EXPECT_EQ(done.exit_code, 69) << done.err;
    EXPECT_THAT(done.out, IsEmpty());
    EXPECT_THAT(done.err, AllOf(HasSubstr("the certificate of " + base + " is not accepted: "),
                                HasSubstr(refused.says), HasSubstr(refused.mend)));
  }
};

TEST_F(TlsRefusals, WhereItSignsInNothingIsSent) {
  const auto cases = Cases();
  std::vector<int> ports;
  for (const auto& each : cases) ports.push_back(front_.AddSite(each.shown));
  StartBehindFront({"--users", "20"});
  for (std::size_t i = 0; i < cases.size(); ++i) {
    UseEndpoints(At(ports[i]));
    ExpectPlanRefuses(cases[i], At(ports[i]));
  }
  EXPECT_THAT(front_.Requests(), IsEmpty());
  EXPECT_THAT(RequestsAfter(0), IsEmpty());
}

TEST_F(TlsRefusals, WhereItReadsNoTokenIsSent) {
  const auto cases = Cases();
  std::vector<int> ports;
  for (const auto& each : cases) ports.push_back(front_.AddSite(each.shown));
  const int login = front_.AddSite(Signed());
  StartBehindFront({"--users", "20"});
  for (std::size_t i = 0; i < cases.size(); ++i) {
    UseEndpoints(At(ports[i]), At(login));
    ExpectPlanRefuses(cases[i], At(ports[i]));
  }
  const auto asked = FrontRequests();
  EXPECT_THAT(asked, SizeIs(cases.size())) << "one sign-in each, and nothing is tried again";
  for (const auto& request : asked) {
    EXPECT_EQ(request["site"], std::to_string(login));
    EXPECT_EQ(request["authorization"], "");
  }
}

TEST_F(Tls, ItsOwnAuthorityIsTrustedOnlyWhereItIsNamed) {
  const int site = front_.AddSite(Signed());
  StartBehindFront({"--users", "20"});
  UseEndpoints(At(site), At(site), kSecret);
  const auto refused = Seatkeeper({"plan"});
  EXPECT_EQ(refused.exit_code, 69);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("unable to get local issuer certificate"),
                                 HasSubstr("name its file with the tenant's caFile")));
  EXPECT_THAT(RequestsAfter(0), IsEmpty());
  UseEndpoints(At(site));
  const auto trusted = Seatkeeper({"plan"});
  EXPECT_EQ(trusted.exit_code, 0) << trusted.err;
}

TEST_F(Tls, AFileOfAuthoritiesThatHoldsNoneIsNamed) {
  const int site = front_.AddSite(Signed());
  StartBehindFront({"--users", "20"});
  for (const std::string file : {"nowhere.pem", "client-secret"}) {
    UseEndpoints(At(site), At(site), std::string(kSecret) + "    caFile: " + file + "\n");
    const auto refused = Seatkeeper({"plan"});
    EXPECT_EQ(refused.exit_code, 69);
    EXPECT_THAT(refused.err, AllOf(HasSubstr(file), HasSubstr("caFile must name")));
  }
  EXPECT_THAT(RequestsAfter(0), IsEmpty());
}

TEST_F(Tls, OneConnectionCarriesItAllCompressed) {
  const int site = front_.AddSite(Signed());
  StartBehindFront({"--users", "2100"});
  WriteConfig();
  const auto plain = Seatkeeper({"select", "user.accountEnabled -eq true"});
  ASSERT_EQ(plain.exit_code, 0) << plain.err;
  EXPECT_THAT(front_.Requests(), IsEmpty());
  const auto asked_plainly = RequestsAfter(0).size();

  UseEndpoints(At(site));
  const auto done = Seatkeeper({"select", "user.accountEnabled -eq true"});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(done.out, plain.out);
  const auto asked = RequestsAfter(asked_plainly).size();
  ASSERT_TRUE(PollUntil([&] { return front_.Requests().size() >= asked; })) << front_.errors();
  std::set<std::string> connections;
  int pages = 0;
  for (const auto& request : front_.Requests()) {
    EXPECT_EQ(request["protocol"], "HTTP/2.0") << request;
    connections.insert(request["connection"].get<std::string>());
    if (!request["path"].get<std::string>().starts_with("/v1.0/users?")) continue;
    ++pages;
    EXPECT_EQ(request["encoding"], "gzip") << request;
  }
  EXPECT_EQ(pages, 3);
  EXPECT_GE(asked, 6U);
  EXPECT_THAT(connections, SizeIs(1));
}

// How many of these were under way at the same moment, at most.
std::size_t MostAtOnce(const std::vector<json>& requests) {
  std::vector<std::pair<double, int>> turns;
  for (const auto& request : requests) {
    const double ended = request["ended"];
    turns.emplace_back(ended - request["took"].get<double>(), 1);
    turns.emplace_back(ended, -1);
  }
  std::ranges::sort(turns);
  int now = 0;
  int most = 0;
  for (const auto& [when, change] : turns) {
    now += change;
    most = std::max(most, now);
  }
  return static_cast<std::size_t>(most);
}

TEST_F(Tls, WhatDoesNotDependOnOtherListingsIsReadBesideThem) {
  const int site = front_.AddSite(Signed());
  StartBehindFront({"--users", "50"});
  UseEndpoints(At(site));
  SetFaults(
      json::parse(R"([{"match": {"method": "GET"}, "fault": {"kind": "delay", "ms": 400}}])"));
  const auto done = Seatkeeper({"plan"});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  auto asked = FrontRequests();
  std::erase_if(asked, [](const json& request) { return request["method"] != "GET"; });
  EXPECT_GE(asked.size(), 4U) << "users, their number, products and subscriptions";
  EXPECT_GE(MostAtOnce(asked), 4U);
}

}  // namespace
}  // namespace seatkeeper::test
