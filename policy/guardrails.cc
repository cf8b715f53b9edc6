#include "policy/fields.h"
#include "policy/kinds.h"
#include "policy/schema/kinds.h"
#include "policy/subjects.h"

namespace seatkeeper {
namespace {

// `off`, which is no mapping, reads as a limit without parts.
std::optional<AmountLimit> ReadAmount(const Fields& spec, std::string_view key) {
  const yaml::Node* value = spec.Find(key);
  if (value == nullptr) return std::nullopt;
  const Fields fields(*value);
  return AmountLimit{.seats = fields.Int("seats"), .percent = fields.Double("percent")};
}

std::optional<FigureLimit> ReadChanges(const Fields& spec) {
  if (!spec.Has("maxChanges")) return std::nullopt;
  return FigureLimit{spec.Double("maxChanges")};
}

std::optional<FigureLimit> ReadUserLoss(const Fields& spec) {
  const yaml::Node* value = spec.Find("maxUserLoss");
  if (value == nullptr) return std::nullopt;
  return FigureLimit{Fields(*value).Double("percent")};
}

ProtectedSubjects ReadProtected(const Fields& spec, std::vector<Diagnostic>& diagnostics) {
  const yaml::Node* node = spec.Mapping("protected");
  if (node == nullptr) return {};
  return {.groups = ReadGroups(*node, diagnostics), .users = ReadUsers(*node, diagnostics)};
}

ChangeWindow ReadWindow(const yaml::Node& node, std::vector<Diagnostic>& diagnostics) {
  const Fields fields(node);
  ChangeWindow window;
  window.at = node.at;
  if (const yaml::Node* days = fields.Sequence("days")) {
    for (const auto& day : days->items) {
      for (std::size_t i = 0; i < std::size(schema::kDayWords); ++i) {
        if (schema::kDayWords[i].word != day.scalar) continue;
        if (window.days.test(i)) {
          diagnostics.push_back(ErrorAt(
              day, "duplicate-day", "`" + day.scalar + "` stands here twice", "keep one of them"));
        }
        window.days.set(i);
      }
    }
  }
  window.from = fields.TimeOfDay("from").value_or(window.from);
  window.to = fields.TimeOfDay("to").value_or(window.to);
  if (auto timezone = fields.String("timezone")) window.timezone = std::move(*timezone);
  return window;
}

std::optional<Freeze> ReadFreeze(const yaml::Node& node, std::vector<Diagnostic>& diagnostics) {
  const Fields fields(node);
  const auto from = fields.Date("from");
  const auto to = fields.Date("to");
  if (!from || !to) return std::nullopt;
  if (*from > *to) {
    diagnostics.push_back(ErrorAt(*fields.Find("to"), "bad-value",
                                  "the freeze ends before it begins",
                                  "`from` is its first day, `to` its last"));
  }
  const auto reason = fields.String("reason");
  return Freeze{*from, *to, reason ? reason->value : std::string(), node.at};
}

}  // namespace

Ceilings ReadCeilings(const yaml::Node& node) {
  const Fields fields(node);
  return {.max_unassign = ReadAmount(fields, "maxUnassign"),
          .max_assign = ReadAmount(fields, "maxAssign"),
          .max_changes = fields.Int("maxChanges")};
}

Guardrails ReadGuardrails(const Envelope& envelope, std::vector<Diagnostic>& diagnostics) {
  const Fields spec(*envelope.spec);
  auto guardrails = Begin<Guardrails>(envelope);
  guardrails.max_unassign = ReadAmount(spec, "maxUnassign");
  guardrails.max_assign = ReadAmount(spec, "maxAssign");
  guardrails.max_changes = ReadChanges(spec);
  guardrails.max_user_loss = ReadUserLoss(spec);
  guardrails.protected_subjects = ReadProtected(spec, diagnostics);
  guardrails.mailbox_loss = spec.Choice<MailboxLoss>("mailboxLoss", schema::kMailboxLossWords);
  if (const yaml::Node* windows = spec.Sequence("windows")) {
    for (const auto& each : windows->items) {
      guardrails.windows.push_back(ReadWindow(each, diagnostics));
    }
  }
  if (const yaml::Node* freezes = spec.Sequence("freezes")) {
    for (const auto& each : freezes->items) {
      if (auto freeze = ReadFreeze(each, diagnostics)) guardrails.freezes.push_back(*freeze);
    }
  }
  if (spec.node().entries.empty()) {
    diagnostics.push_back(WarningAt(spec.node(), "says-nothing",
                                    "this Guardrails document is empty",
                                    "add maxUnassign, or remove the document"));
  }
  return guardrails;
}

}  // namespace seatkeeper
