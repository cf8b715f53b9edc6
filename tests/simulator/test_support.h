#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulator/core.h"
#include "tests/simulator/directory.h"

namespace seatkeeper::sim::test {

// 2026-01-05T08:00:00Z, a Monday.
inline constexpr WallTimeMs kNow{std::chrono::milliseconds{1767600000000}};

// True ids, so that the simulator's knowledge of service plans applies.
inline const std::string kE3 = "05e9a617-0261-4cee-bb44-138d3ef5d965";
inline const std::string kF3 = "66b55226-6b4f-492c-910c-a3b7a3c9d993";
inline const std::string kVisio = "c5928f49-12ba-48f7-ada3-0d743a3601d5";
inline const std::string kPhone = "e43b5b99-8dfb-405f-9987-dc307f34bcbd";
inline const std::string kCompanyWide = "0a0a0a0a-0000-4000-8000-000000000001";
inline const std::string kTeamsPlan = "57ff2da0-773e-42df-b2af-ffb7a2317929";
inline const std::string kSkypePlan = "0feaeb32-d00e-4d66-bd5a-43b5b83db82c";
inline const std::string kExchangePlan = "efb87545-963c-4e0d-99df-69c6916d9eb0";
inline const std::string kPhonePlan = "4828c8ec-dc2e-4779-b502-87ac9ce28ab7";

// The people of the small tenant, and its groups.
inline const std::string kAda = "a0000000-0000-4000-8000-000000000001";   // holds E3, Teams off
inline const std::string kBen = "a0000000-0000-4000-8000-000000000002";   // F3 from "Frontline"
inline const std::string kCleo = "a0000000-0000-4000-8000-000000000003";  // holds nothing
inline const std::string kDan = "a0000000-0000-4000-8000-000000000004";   // no usage location
inline const std::string kFrontline = "b0000000-0000-4000-8000-000000000001";
inline const std::string kAll = "b0000000-0000-4000-8000-000000000002";  // Ada and "Frontline"

// Four users, two groups, four products: E3 with 2 seats, F3 with 2, Visio with 1, Phone with 5,
// and one that only the company as a whole can hold.
nlohmann::json SmallTenant();
// Users only, user0@contoso.example and so on.
nlohmann::json ManyUsers(int count);

// A simulator with a token, driven without a socket.
class Bench {
 public:
  explicit Bench(const nlohmann::json& tenant = SmallTenant(), SimulatorOptions options = {});

  // With the bench's token, JSON Content-Type where there is a body, and `extra` headers.
  Response Send(const std::string& method, const std::string& target,
                const nlohmann::json& body = nullptr, const Headers& extra = {});
  Response Get(const std::string& target, const Headers& extra = {}) {
    return Send("GET", target, nullptr, extra);
  }
  nlohmann::json GetJson(const std::string& target, const Headers& extra = {});
  Response Raw(const Request& request) { return simulator.Handle(request, now); }

  Response Assign(const std::string& user, const nlohmann::json& add,
                  const nlohmann::json& remove = nlohmann::json::array());
  Response LicenseGroup(const std::string& group, const nlohmann::json& add,
                        const nlohmann::json& remove = nlohmann::json::array());
  // One entry of addLicenses.
  static nlohmann::json License(const std::string& sku_id,
                                const std::vector<std::string>& disabled_plans = {});
  static nlohmann::json Licenses(const std::string& one, const std::string& other);
  void Edit(const nlohmann::json& operations);
  void AddMember(const std::string& group, const std::string& user);
  void PutFaults(const std::vector<nlohmann::json>& rules, int lag_ms = 0);
  void PutGroupLicensing(const nlohmann::json& document);
  std::vector<nlohmann::json> Log();

  // licenseAssignmentStates by a read of the single user.
  nlohmann::json Rows(const std::string& user);
  // licenseProcessingState of a group; empty where it is null.
  std::string Processing(const std::string& group);
  std::int64_t Consumed(const std::string& sku_id);

  WallTimeMs now = kNow;
  Simulator simulator;
  std::string token;
};

inline const Headers kEventual{{"ConsistencyLevel", "eventual"}};

nlohmann::json Parse(const Response& response);
// error.code and error.message of an error answer.
std::string CodeOf(const Response& response);
std::string MessageOf(const Response& response);

std::string TokenForm(std::string_view secret = "simulated-secret");

}  // namespace seatkeeper::sim::test
