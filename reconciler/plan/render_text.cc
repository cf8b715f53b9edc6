#include "reconciler/plan/render_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "policy/text.h"
#include "reconciler/plan/text_layout.h"

namespace seatkeeper {
namespace {

constexpr std::size_t kFoldAfter = 20;  // Entries of a section that a person still reads.

constexpr const char* kGreen = "\x1b[32m";
constexpr const char* kRed = "\x1b[31m";
constexpr const char* kYellow = "\x1b[33m";
constexpr const char* kBold = "\x1b[1m";
constexpr const char* kReset = "\x1b[0m";

std::string PlanNames(const Plan& plan, const std::vector<PlanId>& ids) {
  std::vector<std::string> names;
  for (const auto& id : ids) {
    const auto known = plan.plan_names.find(id);
    names.push_back(known == plan.plan_names.end() ? id.ToString() : Printable(known->second));
  }
  std::sort(names.begin(), names.end());
  return fmt::format("{}", fmt::join(names, ", "));
}

bool IsPlanChange(const Change& change, const AddLicense& add) {
  return std::find(change.takes_seats.begin(), change.takes_seats.end(), add.product) ==
         change.takes_seats.end();
}

// Characters that move the cursor, start an escape sequence or turn text around.
bool IsUnprintable(std::string_view character) {
  if (character.size() == 1) return character[0] < 0x20 || character[0] == 0x7f;
  if (character.size() == 2) {
    return character < "\xC2\xA0" || character == "\xD8\x9C";  // C1 controls; U+061C.
  }
  return character == "\xE2\x80\x8E" || character == "\xE2\x80\x8F" ||    // U+200E, U+200F.
         (character >= "\xE2\x80\xA8" && character <= "\xE2\x80\xAE") ||  // U+2028 to U+202E.
         (character >= "\xE2\x81\xA6" && character <= "\xE2\x81\xA9");    // U+2066 to U+2069.
}

class TextRenderer {
 public:
  TextRenderer(const Plan& plan, const TextStyle& style) : plan_(plan), style_(style) {}

  std::string Render() {
    Line(kBold, fmt::format("{}, read {}, policy {}", Printable(plan_.tenant),
                            FormatTime(plan_.observed_at),
                            Printable(plan_.policy_revision.substr(0, 19))));
    Products();
    Totals();
    Go();
    Section("Deferred", Verdict::kDeferred);
    Section("Held", Verdict::kHeld);
    DriftLeft();
    Warnings();
    return std::move(out_);
  }

 private:
  // `text` may be several lines.
  void Line(const char* color, std::string_view text) {
    const bool colored = style_.color && color != nullptr;
    if (colored) out_ += color;
    out_ += WrapLines(text);
    if (colored) out_ += kReset;
    out_ += '\n';
  }

  void Products() {
    if (plan_.products.empty()) {
      Line(nullptr, "\nNo policy of this tenant names a product.");
      return;
    }
    out_ += fmt::format("\n  {:<32}{:>10}{:>10}{:>8}{:>7}{:>7}\n", "product", "purchased",
                        "assigned", "after", "free", "short");
    for (const auto& product : plan_.products) {
      const auto line = fmt::format(
          "  {:<32}{:>10}{:>10}{:>8}{:>7}{:>7}", Printable(product.part_number), product.purchased,
          product.assigned, product.assigned_after, product.purchased - product.assigned_after,
          product.short_by == 0 ? "-" : std::to_string(product.short_by));
      Line(product.short_by == 0 ? nullptr : kYellow, line);
    }
  }

  void Totals() {
    std::size_t gains = 0;
    std::size_t losses = 0;
    for (const auto& change : plan_.changes) {
      if (change.verdict != Verdict::kGo) continue;
      if (change.takes_away()) ++losses;
      if (!change.add.empty()) ++gains;
    }
    if (!plan_.has_changes()) {
      Line(kGreen, "\nNothing to change.");
      return;
    }
    Line(kBold, fmt::format("\n{} to send: {} give something, {} take something away. "
                            "{} held, {} deferred.",
                            plan_.CountWith(Verdict::kGo), gains, losses,
                            plan_.CountWith(Verdict::kHeld), plan_.CountWith(Verdict::kDeferred)));
  }

  void Go() {
    std::map<int, std::vector<const Change*>> waves;
    for (const auto& change : plan_.changes) {
      if (change.verdict == Verdict::kGo) waves[change.wave].push_back(&change);
    }
    for (const auto& [wave, changes] : waves) {
      List(waves.size() == 1 ? "Changes" : fmt::format("Wave {}", wave), changes);
    }
  }

  void Section(std::string_view title, Verdict verdict) {
    std::vector<const Change*> changes;
    for (const auto& change : plan_.changes) {
      if (change.verdict == verdict) changes.push_back(&change);
    }
    if (!changes.empty()) List(std::string(title), changes);
    if (verdict == Verdict::kHeld) HeldReasons(changes);
  }

  void List(const std::string& title, const std::vector<const Change*>& changes) {
    Line(kBold, fmt::format("\n{} ({})", title, changes.size()));
    const auto shown = style_.full ? changes.size() : std::min(changes.size(), kFoldAfter);
    for (std::size_t i = 0; i < shown; ++i) Entry(*changes[i]);
    if (shown < changes.size()) {
      Line(nullptr, fmt::format("  ... and {} more (--full shows all)", changes.size() - shown));
    }
  }

  void Entry(const Change& change) {
    auto line = fmt::format("  {:<36} {}", Printable(change.user_principal_name),
                            DescribeChange(plan_, change));
    if (!change.risk.empty()) line += fmt::format("  ! {}", fmt::join(change.risk, ", "));
    Line(change.takes_away() ? kRed : kGreen, line);
    if (!change.origin.policy.empty()) {
      Line(nullptr,
           fmt::format("      {} by {} ({})", ToString(change.reason),
                       Printable(change.origin.policy), Printable(ToString(change.origin.at))));
    }
    if (!change.until.empty()) {
      std::vector<std::string> names;
      for (const auto& product : change.waits_for) {
        names.push_back(Printable(plan_.ProductName(product)));
      }
      Line(nullptr, fmt::format("      waits until {} ({})", change.until, fmt::join(names, ", ")));
    }
  }

  std::string About(const HeldBy& held) const {
    return held.product ? fmt::format(" ({})", Printable(plan_.ProductName(*held.product))) : "";
  }

  // Hundreds of changes are held for one reason: it is said once.
  void HeldReasons(const std::vector<const Change*>& changes) {
    std::map<std::string, std::size_t> reasons;
    for (const auto* change : changes) {
      for (const auto& held : change->held) {
        ++reasons[fmt::format("  {}{}: {}; limit: {}\n    release: {}", held.guardrail, About(held),
                              Printable(held.value), Printable(held.limit), held.release)];
      }
    }
    for (const auto& [reason, count] : reasons) {
      Line(kYellow, fmt::format("{}\n    holds {} change{}", reason, count, count == 1 ? "" : "s"));
    }
  }

  void DriftLeft() {
    std::map<std::pair<UserId, SkuId>, bool> planned;
    for (const auto& change : plan_.changes) {
      for (const auto& add : change.add) planned[{change.user, add.product}] = true;
      for (const auto& product : change.remove) planned[{change.user, product}] = true;
    }
    std::vector<const Drift*> left;
    for (const auto& drift : plan_.drift) {
      if (!planned.contains({drift.user, drift.product})) left.push_back(&drift);
    }
    if (left.empty()) return;
    Line(kBold, fmt::format("\nDrift that nothing is done about ({})", left.size()));
    const auto shown = style_.full ? left.size() : std::min(left.size(), kFoldAfter);
    for (std::size_t i = 0; i < shown; ++i) {
      Line(nullptr, fmt::format("  {:<36} {} {}: {}", Printable(left[i]->user_principal_name),
                                Printable(plan_.ProductName(left[i]->product)),
                                ToString(left[i]->kind), Printable(left[i]->cause)));
    }
    if (shown < left.size()) {
      Line(nullptr, fmt::format("  ... and {} more (--full shows all)", left.size() - shown));
    }
  }

  void Warnings() {
    for (const auto& warning : plan_.warnings) {
      Line(kYellow, fmt::format("\nwarning: {}", Printable(warning)));
    }
  }

  const Plan& plan_;
  const TextStyle& style_;
  std::string out_;
};

}  // namespace

std::string Printable(std::string_view text) {
  std::string clean;
  while (!text.empty()) {
    const auto character = text.substr(0, std::max<std::size_t>(Utf8Length(text), 1));
    if (Utf8Length(text) == 0 || IsUnprintable(character)) {
      clean += '?';
    } else {
      clean += character;
    }
    text.remove_prefix(character.size());
  }
  return clean;
}

std::string DescribeChange(const Plan& plan, const Change& change) {
  std::vector<std::string> parts;
  for (const auto& add : change.add) {
    const auto name = Printable(plan.ProductName(add.product));
    const auto plans = PlanNames(plan, add.disabled_plans);
    parts.push_back(fmt::format("{} {}{}", IsPlanChange(change, add) ? "~" : "+", name,
                                plans.empty() ? "" : fmt::format(" (without {})", plans)));
  }
  for (const auto& product : change.remove) {
    parts.push_back(fmt::format("- {}", Printable(plan.ProductName(product))));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string RenderPlanText(const Plan& plan, const TextStyle& style) {
  return TextRenderer(plan, style).Render();
}

}  // namespace seatkeeper
