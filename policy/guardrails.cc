#include <limits>

#include "policy/fields.h"
#include "policy/kinds.h"

namespace seatkeeper {
namespace {

using Status = FieldSpec::Status;

constexpr FieldSpec kSpecFields[] = {
    {"maxUnassign"},
    {"maxAssign", Status::kLater},
    {"maxChanges", Status::kLater},
    {"maxUserLoss", Status::kLater},
    {"protected", Status::kLater},
    {"mailboxLoss", Status::kLater},
    {"windows", Status::kLater},
    {"freezes", Status::kLater},
};
constexpr FieldSpec kLimitFields[] = {{"seats"}, {"percent"}};

std::optional<AmountLimit> ReadLimit(Fields& spec, std::string_view key) {
  const yaml::Node* value = spec.Find(key);
  if (value == nullptr) return std::nullopt;
  if (value->kind == yaml::Node::Kind::kScalar && value->scalar == "off") return AmountLimit{};
  if (value->kind == yaml::Node::Kind::kScalar || value->kind == yaml::Node::Kind::kSequence) {
    spec.Error(key, "wrong-type", "`" + spec.PathOf(key) + "` must be a mapping or `off`",
               "write {seats: 25, percent: 5}, or off to lift the limit");
    return std::nullopt;
  }
  if (spec.Mapping(key) == nullptr) return std::nullopt;
  Fields fields(*value, spec.PathOf(key), kLimitFields, spec.diagnostics());
  AmountLimit limit;
  limit.seats = fields.Int("seats", 0, std::numeric_limits<int>::max());
  limit.percent = fields.Double("percent", 0, 100);
  if (!fields.Has("seats") && !fields.Has("percent")) {
    spec.Error(key, "no-limit", "`" + spec.PathOf(key) + "` limits nothing",
               "give seats, percent or both; only an explicit off lifts the limit");
    return std::nullopt;
  }
  // A part that was written wrong must not read as a part that is not limited.
  if (!fields.ok()) return std::nullopt;
  return limit;
}

}  // namespace

Guardrails ReadGuardrails(const Envelope& envelope, std::vector<Diagnostic>& diagnostics) {
  Fields spec(*envelope.spec, "spec", kSpecFields, diagnostics);
  Guardrails guardrails;
  guardrails.name = envelope.name;
  guardrails.at = envelope.name_at;
  guardrails.tenants = envelope.tenants;
  guardrails.max_unassign = ReadLimit(spec, "maxUnassign");
  if (spec.node().entries.empty()) {
    diagnostics.push_back(WarningAt(spec.node(), "says-nothing",
                                    "this Guardrails document is empty",
                                    "add maxUnassign, or remove the document"));
  }
  return guardrails;
}

}  // namespace seatkeeper
