#include <chrono>
#include <iterator>

#include "policy/fields.h"
#include "policy/kinds.h"
#include "policy/product_check.h"

namespace seatkeeper {
namespace {

using Status = FieldSpec::Status;

constexpr FieldSpec kSpecFields[] = {
    {"product", Status::kRequired},
    {"management"},
    {"unassign"},
    {"reserve", Status::kLater},
    {"spare", Status::kLater},
    {"unitPrice", Status::kLater},
    {"newPlans", Status::kLater},
};
constexpr FieldSpec kUnassignFields[] = {
    {"after", Status::kRequired},
    {"confirmations", Status::kRequired},
    {"removeRedundantDirect", Status::kLater},
};

constexpr std::string_view kManagement[] = {"observe", "assign-only", "full"};
constexpr std::string_view kLaterManagement[] = {"owned"};

constexpr char kNoWaiting[] = "waiting-not-in-force";
constexpr char kAcknowledge[] =
    "write unassign: {after: 0d, confirmations: 1}: this version removes in the cycle that finds "
    "a licence unwanted, and the line says that you know";

// Waiting before removals protects against bad readings. It is designed and not built: whoever
// writes a waiting time must learn that here, not from a removal that did not wait.
void CheckUnassign(const yaml::Node& node, std::vector<Diagnostic>& diagnostics) {
  Fields unassign(node, "spec.unassign", kUnassignFields, diagnostics);
  const auto after = unassign.Duration("after");
  if (after && after->count() != 0) {
    unassign.Error("after", kNoWaiting, "removals do not wait yet in this version", kAcknowledge);
  }
  const auto confirmations = unassign.Int("confirmations", 1, 1000);
  if (confirmations && *confirmations != 1) {
    unassign.Error("confirmations", kNoWaiting,
                   "removals are not confirmed by further readings yet in this version",
                   kAcknowledge);
  }
}

}  // namespace

ProductPolicy ReadProductPolicy(const Envelope& envelope, std::vector<Diagnostic>& diagnostics) {
  Fields spec(*envelope.spec, "spec", kSpecFields, diagnostics);
  ProductPolicy policy;
  policy.name = envelope.name;
  policy.at = envelope.name_at;
  policy.tenants = envelope.tenants;
  if (auto product = spec.String("product")) {
    CheckProduct(*spec.Find("product"), diagnostics);
    policy.product = std::move(*product);
  }
  if (const auto choice = spec.Choice("management", kManagement, kLaterManagement)) {
    policy.management = static_cast<Management>(*choice);
  }
  if (const yaml::Node* unassign = spec.Mapping("unassign")) {
    CheckUnassign(*unassign, diagnostics);
  } else if (policy.management == Management::kFull && !spec.Has("unassign")) {
    spec.Error("management", kNoWaiting,
               "`management: full` removes licences, and removals do not wait yet in this version",
               kAcknowledge);
  }
  return policy;
}

}  // namespace seatkeeper
