#include "reconciler/graph/aadsts.h"

#include <algorithm>
#include <array>

namespace seatkeeper {
namespace {

struct Entry {
  int code;
  SignInExplanation explanation;
};

constexpr SignInExplanation kNotConsented = {
    "Nobody has consented to this application in this tenant.",
    "Have an administrator grant admin consent to the application's permissions.", false};
constexpr SignInExplanation kNoFederatedCredential = {
    "No federated credential of the application matches the presented token.",
    "Compare issuer, subject and audience of the federated credential with the token's.", false};
constexpr SignInExplanation kWrongCloud = {
    "The tenant or the application belongs to another national cloud.",
    "Set the tenant's cloud in the config.", false};
constexpr SignInExplanation kTransient = {"The sign-in service is busy.", "", true};

constexpr std::array kEntries = std::to_array<Entry>({
    {50020, {"The account is a guest in this tenant.", "Sign in with the application.", false}},
    {50034, {"The account is not known in this tenant.", "Check the tenant id.", false}},
    {53003,
     {"A Conditional Access policy blocks the sign-in.",
      "Exclude the application from that policy.", false}},
    {65001, kNotConsented},
    {70011,
     {"The requested scope is not valid.", "Check the Graph endpoint of the tenant.", false}},
    {70021, kNoFederatedCredential},
    {90002,
     {"There is no tenant with this id in this cloud.",
      "Check the tenant id and the cloud in the config.", false}},
    {90006, kTransient},
    {90012, kTransient},
    {90024, kTransient},
    {90033, kTransient},
    {90038, kWrongCloud},
    {90055, kTransient},
    {90090, kTransient},
    {90094, kNotConsented},
    {90099, kNotConsented},
    {530032,
     {"A security policy of the tenant blocks the sign-in.",
      "Exclude the application from that policy.", false}},
    {700016,
     {"The application does not exist in this tenant.",
      "Check the client id and the tenant id; for an application of another tenant, grant "
      "admin consent first.",
      false}},
    {700021,
     {"The client assertion names another application.", "Check the client id in the config.",
      false}},
    {700022, {"The scope mixes several resources.", "", false}},
    {700023,
     {"The client assertion is for another token endpoint, or the scope names no resource.",
      "Check the cloud and the login endpoint of the tenant.", false}},
    {700024,
     {"The client assertion is not valid at this time.", "Check the clock of this machine.",
      false}},
    {700027,
     {"The certificate is not registered with the application.",
      "Upload the certificate to the application, or use the one that is there.", false}},
    {700211, kNoFederatedCredential},
    {700212, kNoFederatedCredential},
    {700213, kNoFederatedCredential},
    {700229, {"A token of the wrong type was used as federated credential.", "", false}},
    {900382, kWrongCloud},
    {900432, kWrongCloud},
    {7000112,
     {"The application is disabled in this tenant.",
      "Enable the application under Enterprise applications.", false}},
    {7000215,
     {"The client secret is wrong.",
      "Use the secret's value, not its id; both are shown once when it is made.", false}},
    {7000218,
     {"Neither a client secret nor an assertion was sent.",
      "Say in `auth`, or in the AZURE_* variables, what to sign in with.", false}},
    {7000222,
     {"The client secret has expired.",
      "Make a new secret for the application and put it into the secret file.", false}},
});

}  // namespace

SignInExplanation ExplainSignInError(int code) {
  const auto* found = std::find_if(kEntries.begin(), kEntries.end(),
                                   [code](const Entry& entry) { return entry.code == code; });
  return found == kEntries.end() ? SignInExplanation{} : found->explanation;
}

}  // namespace seatkeeper
