#include "daemon/explain_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/explain_words.h"
#include "daemon/history_text.h"
#include "reconciler/plan/agents.h"
#include "reconciler/plan/held_set.h"
#include "reconciler/plan/plan_words.h"
#include "reconciler/plan/render_text.h"
#include "reconciler/plan/text_layout.h"

namespace seatkeeper {
namespace {

using Role = StatementRole::Role;

std::string Names(const std::vector<NamedPlan>& plans) {
  std::vector<std::string> names;
  names.reserve(plans.size());
  for (const auto& plan : plans) {
    names.push_back(Printable(plan.name.empty() ? plan.id.ToString() : plan.name));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

class TextRenderer {
 public:
  explicit TextRenderer(const UserReport& report)
      : report_(report), explanation_(report.explanation) {}

  std::string Render(const ProductCatalog& catalog) {
    User();
    // Asked about one product, it is shown whole, whatever there is to say.
    const bool all = explanation_.products.size() == 1;
    std::vector<const ProductExplanation*> aside;
    for (const auto& product : explanation_.products) {
      if (all || !IsAside(product)) {
        Product(product);
      } else {
        aside.push_back(&product);
      }
    }
    Aside(aside);
    if (explanation_.products.empty()) {
      Line("\nThe user holds nothing, and no document names a product.");
    }
    History(catalog);
    return std::move(out_);
  }

 private:
  void Line(std::string_view line) { out_ += WrapLines(line) + "\n"; }
  // A label and, in a column of its own, what is said about it.
  void Detail(std::string_view label, std::string_view text) {
    out_ += WrapLines(fmt::format("  {:<9} {}", label, text), 10) + "\n";
  }
  void More(std::string_view text) { Line(fmt::format("            {}", text)); }

  void User() {
    Line(fmt::format("{}{}, {}", Printable(explanation_.user_principal_name),
                     explanation_.display_name.empty()
                         ? ""
                         : fmt::format(" ({})", Printable(explanation_.display_name)),
                     explanation_.user.ToString()));
    Line(fmt::format("{}, read {}, policy {}", Printable(explanation_.tenant),
                     FormatTime(explanation_.observed_at),
                     Printable(explanation_.policy_revision.substr(0, 19))));
    if (!explanation_.suspended.empty()) Line(DescribeSuspension(explanation_));
    if (!explanation_.person) {
      Line(fmt::format("This is {}: policies are for people and do not apply to it.",
                       Printable(DescribeAccount(explanation_.account_type))));
    }
    if (explanation_.account_enabled == false) Line("The account is disabled.");
    if (explanation_.usage_location.empty()) {
      const auto sets = std::ranges::find_if(explanation_.changes, [](const Change& change) {
        return !change.usage_location.empty();
      });
      Line(sets == explanation_.changes.end()
               ? "The user has no usage location, without which nothing can be assigned."
               : fmt::format("The user has no usage location; {} is set with what is given.",
                             sets->usage_location));
    }
    if (!explanation_.assignments_known) {
      Line("The reading does not say what the user holds: nothing is changed.");
    }
    if (explanation_.busy) {
      Line("An earlier change is not confirmed yet: the user is left alone until it is.");
    }
  }

  void Product(const ProductExplanation& product) {
    Line(fmt::format("\n{}: {}", NameOf(product), DescribeStanding(explanation_, product)));
    Held(product);
    if (!product.named || !explanation_.person) return;
    if (product.statements.empty() || !product.statements.front().selects()) {
      Detail("wanted", "no policy grants it to this user, and none revokes it");
    }
    for (const auto& statement : product.statements) Statement(product, statement);
    for (const auto& drift : product.drift) {
      if (!SaysWhatIsWanted(product, drift)) Detail("why", Printable(drift.cause));
      if (drift.author) Detail("changed", Printable(DescribeAuthor(*drift.author)));
    }
    Inherited(product);
    for (const auto& step : product.steps) Step(product, explanation_.changes[step.change]);
    if (product.waiting && product.waiting->served) {
      Detail("waiting", "with a lower rung for the time");
    }
    Ladder(product);
    Plans(product);
    Management(product);
  }

  // Named by some document, but nothing to this user.
  static bool IsAside(const ProductExplanation& product) {
    if (product.standing == Standing::kNotApplicable) return !product.is_held();
    return product.standing == Standing::kInOrder && !product.is_held() && !product.granted;
  }

  void Aside(const std::vector<const ProductExplanation*>& products) {
    if (products.empty()) return;
    Line(fmt::format("\nNeither held nor granted ({})", products.size()));
    for (const auto* product : products) {
      Line(fmt::format("  {}", NameOf(*product)));
      bool said = false;
      for (const auto& statement : product->statements) {
        if (!ConcernsUser(*product, statement)) continue;
        Line(fmt::format("    {}: {}", DescribeStatement(statement), Why(statement)));
        said = true;
      }
      if (!said && explanation_.person) Line("    no policy grants it");
    }
  }

  // Who else is granted a product matters to whom it is not granted; who else loses it to nobody.
  static bool ConcernsUser(const ProductExplanation& product, const StatementRole& statement) {
    return statement.role != Role::kNotSelected ||
           (statement.says == PolicyStatement::Kind::kGrant && !product.granted);
  }

  static std::string Why(const StatementRole& statement) {
    return statement.role == Role::kNotSelected ? WhyNotSelected(statement.subjects)
                                                : WhySelected(statement.subjects);
  }

  static std::string NameOf(const ProductExplanation& product) {
    return product.display_name.empty()
               ? Printable(product.name)
               : fmt::format("{} ({})", Printable(product.name), Printable(product.display_name));
  }

  void Held(const ProductExplanation& product) {
    if (product.held.empty()) {
      if (product.granted && explanation_.assignments_known) Detail("held", "no");
      return;
    }
    for (const auto& held : product.held) Detail("held", DescribeSource(held));
  }

  void Statement(const ProductExplanation& product, const StatementRole& statement) {
    if (!ConcernsUser(product, statement)) return;
    Detail(statement.role == Role::kNotSelected ? "others" : "wanted",
           DescribeStatement(statement));
    More(Why(statement));
    if (statement.held) Hold(*statement.held);
  }

  void Hold(const HeldBy& held) {
    More(fmt::format("{}: {}; limit: {}", held.guardrail, Printable(held.value),
                     Printable(held.limit)));
    More(fmt::format("release: {}", Printable(ReleaseText(held, ShortDigest(held.digest)))));
  }

  void Inherited(const ProductExplanation& product) {
    if (product.granted) return;
    for (const auto& held : product.held) {
      if (!held.group) continue;
      Detail("remove", fmt::format("it comes from the group {}: take the user out of that group, "
                                   "or the licence from the group",
                                   held.group_name.empty()
                                       ? held.group->ToString()
                                       : fmt::format("\"{}\"", Printable(held.group_name))));
    }
  }

  // What the line above says already: who grants it or revokes it, or that nobody does.
  static bool SaysWhatIsWanted(const ProductExplanation& product, const Drift& drift) {
    if (product.statements.empty() || !product.statements.front().selects()) {
      return drift.cause == "no policy grants it";
    }
    const auto& policy = product.statements.front().origin.policy;
    return drift.cause == "granted by " + policy || drift.cause == policy + " revokes it";
  }

  void Step(const ProductExplanation& product, const Change& change) {
    auto text = change.verdict == Verdict::kGo ? fmt::format("sent in wave {}", change.wave)
                                               : std::string(ToString(change.verdict));
    // Of a request about several products, each has its own reason: the lines above.
    if (change.reason == Reason::kCombined) {
      text += ", together with other products";
    } else {
      text += fmt::format(": {}", ToString(change.reason));
      if (!change.origin.policy.empty()) text += " by " + OriginWords(change.origin);
    }
    Detail("plan", text);
    if (std::find(change.remove.begin(), change.remove.end(), product.product) !=
            change.remove.end() &&
        std::find(change.frees_seats.begin(), change.frees_seats.end(), product.product) ==
            change.frees_seats.end()) {
      More("frees no seat");
    }
    if (!change.until.empty()) {
      std::vector<std::string> names;
      for (const auto& waited : change.waits_for) {
        names.push_back(Printable(explanation_.ProductName(waited)));
      }
      const auto what = names.empty() ? "" : fmt::format(" ({})", fmt::join(names, ", "));
      More(fmt::format("waits until {}{}", Printable(change.until), what));
    }
    if (change.unwanted && !change.unwanted->begins) {
      More("first found unwanted on " + FormatTime(change.unwanted->first_seen));
    }
    for (const auto& held : change.held) Hold(held);
    for (const auto& by : change.approved) {
      if (by.product != product.product) continue;
      More(Printable(fmt::format("approved by {}: {} ({})", by.who, by.reason, by.guardrail)));
    }
    if (!change.risk.empty()) {
      More(fmt::format("this request puts at risk: {}",
                       Printable(fmt::format("{}", fmt::join(change.risk, ", ")))));
    }
  }

  void Ladder(const ProductExplanation& product) {
    if (!product.ladder) return;
    const auto& ladder = *product.ladder;
    auto text = fmt::format("rung {} of {} of {}", ladder.number, ladder.rungs,
                            OriginWords({ladder.name, ladder.at}));
    if (ladder.target == product.product) {
      text += "; this one counts for the user";
    } else if (ladder.target) {
      text += fmt::format("; {} counts for the user", Printable(ladder.target_name));
    } else {
      text += "; no rung is granted to the user";
    }
    if (ladder.fallback) text += "; without a seat the next lower rung stands in";
    Detail("ladder", text);
  }

  void Plans(const ProductExplanation& product) {
    // The switches of a product that nobody grants are of no interest.
    if (!product.plans || !product.granted) return;
    const auto& plans = *product.plans;
    auto text =
        plans.off.empty() ? std::string("none is off") : fmt::format("off: {}", Names(plans.off));
    text += plans.shaped_by.policy.empty()
                ? "; no policy shapes them: switches are left alone"
                : fmt::format("; shaped by {}", OriginWords(plans.shaped_by));
    Detail("plans", text);
    if (!plans.conflict.policy.empty()) {
      More(fmt::format("{} has the same priority and says otherwise", OriginWords(plans.conflict)));
    }
    if (!plans.turned_off.empty()) {
      More(fmt::format("should be off: {}", Names(plans.turned_off)));
    }
    if (!plans.turned_on.empty()) More(fmt::format("should be on: {}", Names(plans.turned_on)));
  }

  void Management(const ProductExplanation& product) {
    std::string text(ToString(product.management));
    text += product.managed_by.policy.empty() ? " (the default)"
                                              : ", by " + OriginWords(product.managed_by);
    if (product.management == Management::kOwned) {
      text += product.owned ? "; the direct licence is seatkeeper's own"
                            : "; the direct licence is not seatkeeper's own, and stays";
    }
    Detail("managed", text);
    if (!product.obstacle.empty()) More(Printable(product.obstacle));
    if (product.removals_held) {
      More("nobody loses it for now:");
      Hold(*product.removals_held);
    }
  }

  void History(const ProductCatalog& catalog) {
    if (!report_.history) return;
    Line(fmt::format("\nLast changes ({})", report_.history->size()));
    if (report_.history->empty()) return Line("  none in the journal");
    const auto tenant = [&](const TenantKey&) { return explanation_.tenant; };
    std::string_view rest;
    const auto text = RenderHistoryText(*report_.history, tenant, catalog);
    for (rest = text; !rest.empty(); rest.remove_prefix(rest.find('\n') + 1)) {
      Line(fmt::format("  {}", rest.substr(0, rest.find('\n'))));
    }
  }

  const UserReport& report_;
  const Explanation& explanation_;
  std::string out_;
};

}  // namespace

std::string RenderExplanationText(const UserReport& report, const ProductCatalog& catalog) {
  return TextRenderer(report).Render(catalog);
}

}  // namespace seatkeeper
