#include <algorithm>
#include <optional>
#include <utility>

#include "daemon/commands/command.h"
#include "daemon/commands/logged_runtime.h"
#include "daemon/cycle_result.h"
#include "daemon/explain_text.h"
#include "daemon/find_user.h"
#include "policy/text.h"
#include "reconciler/plan/names.h"

namespace seatkeeper {
namespace {

constexpr std::size_t kHistoryShown = 10;

class Explainer {
 public:
  Explainer(const ExplainOptions& options, const PolicyInForce& policy, bool with_history,
            Runtime& runtime, CommandContext& context)
      : options_(options),
        policy_(policy),
        with_history_(with_history),
        runtime_(runtime),
        context_(context) {}

  Result<void> Explain(const TenantConfig& tenant) {
    auto provider = MakeProvider(tenant, runtime_.provider_parts());
    if (!provider) return std::move(provider).error();
    // Filled on a worker before the cycle is over.
    std::optional<Result<Explanation>> explained;
    auto looking = Looking(tenant, options_.snapshot);
    looking.inspect = [&](const PlanInput& input, const Plan& plan) {
      explained = ExplainOne(input, plan);
    };
    auto report = runtime_.RunCycle(**provider, policy_, std::move(looking));
    if (report.error) return *std::move(report.error);
    if (!*explained) {
      auto error = std::move(*explained).error();
      if (error.kind != ErrorKind::kNotFound) return error;
      absent_.push_back(std::move(error));
      return {};
    }
    UserReport user{.explanation = **std::move(explained), .history = std::nullopt};
    auto& explanation = user.explanation;
    // A snapshot stands for its own moment: the same file always gives the same bytes.
    explanation.observed_at = ReadingTime(**provider).value_or(explanation.observed_at);
    if (with_history_) {
      auto history = HistoryOf(explanation.user, tenant);
      if (!history) return std::move(history).error();
      user.history = *std::move(history);
    }
    Print(user);
    return {};
  }

  /// Why no tenant had anything to explain. A user is in one of many: not to be in the others is
  /// no failure.
  std::vector<Error> absent() const { return found_ ? std::vector<Error>() : absent_; }

 private:
  Result<Explanation> ExplainOne(const PlanInput& input, const Plan& plan) const {
    const auto& users = input.observed.users;
    const auto row = FindUser(users, options_.user);
    if (!row) {
      auto suggestion = SuggestUser(users, options_.user);
      if (!suggestion.empty()) suggestion = "; " + suggestion;
      return MakeError(ErrorKind::kNotFound,
                       input.tenant + " has no user " + Quoted(options_.user) + suggestion);
    }
    auto explanation = seatkeeper::Explain(input, plan, *row);
    if (!explanation || options_.product.empty()) return explanation;
    const auto product =
        ResolveProduct({.value = options_.product, .at = {}}, input.observed, input.catalog);
    if (!product) return UsageError(product.error().message);
    std::erase_if(explanation->products,
                  [&](const ProductExplanation& each) { return each.product != *product; });
    if (explanation->products.empty()) {
      return MakeError(ErrorKind::kNotFound, "the user does not hold " + Quoted(options_.product) +
                                                 ", and no document names it");
    }
    return explanation;
  }

  Result<std::vector<HistoryEntry>> HistoryOf(const UserId& user, const TenantConfig& tenant) {
    std::vector<HistoryEntry> entries;
    HistoryQuery query;
    query.tenant = KeyOf(tenant);
    query.user = user.ToString();
    query.limit = kHistoryShown;
    const auto done = runtime_.Await<Result<void>>([&](auto finished) {
      runtime_.store().Run(
          [&](Store& store) -> Result<void> {
            auto found = store.History(query);
            if (!found) return std::move(found).error();
            entries = *std::move(found);
            return {};
          },
          std::move(finished));
    });
    if (!done) return done.error();
    return entries;
  }

  void Print(const UserReport& user) {
    found_ = true;
    if (options_.format == OutputFormat::kJson) {
      context_.out << RenderExplanationJson(user, policy_.catalog);
      return;
    }
    context_.out << (printed_ ? "\n" : "") << RenderExplanationText(user, policy_.catalog);
    printed_ = true;
  }

  const ExplainOptions& options_;
  const PolicyInForce& policy_;
  bool with_history_;
  Runtime& runtime_;
  CommandContext& context_;
  std::vector<Error> absent_;
  bool found_ = false;
  bool printed_ = false;
};

}  // namespace

ExitCode RunExplain(const CommonOptions& common, const ExplainOptions& options,
                    CommandContext& context) {
  const auto workplace = OpenWorkplace(common, options.snapshot, context);
  if (!workplace) return Report(workplace.error(), context);
  const auto policy = OpenPolicy(*workplace, context);
  if (!policy) return Report(policy.error(), context);
  LoggedRuntime logged(common, context);
  Runtime& runtime = *logged;
  const auto store = StoreToLookAt(*workplace);
  if (const auto opened = runtime.OpenStore(store); !opened) {
    return Report(opened.error(), context);
  }
  auto code = ExitCode::kOk;
  Explainer explainer(options, *policy, store != ":memory:", runtime, context);
  for (const auto& tenant : workplace->tenants) {
    if (const auto done = explainer.Explain(tenant); !done) {
      code = Combine(code, Report(done.error(), context));
    }
  }
  for (const auto& error : explainer.absent()) code = Combine(code, Report(error, context));
  return code;
}

}  // namespace seatkeeper
