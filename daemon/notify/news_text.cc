#include "daemon/notify/news_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "daemon/request_id.h"
#include "policy/text.h"
#include "reconciler/plan/held_set.h"
#include "reconciler/plan/printable.h"

namespace seatkeeper {
namespace {

constexpr std::size_t kMostBytes = 60;

std::string Some(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

// The lines of what there are `count` of, as many as anybody reads.
template <typename LineOf>
std::vector<std::string> Lines(std::size_t count, LineOf line_of) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < count && i < kMostLines; ++i) lines.push_back(line_of(i));
  if (count > kMostLines) lines.push_back(fmt::format("and {} more", count - kMostLines));
  return lines;
}

void Join(std::string& list, const std::string& part) { list += (list.empty() ? "" : ", ") + part; }

NewsSection Section(const HeldNews& held, const std::string& tenant, const ShowData& show) {
  const auto line = [&](std::size_t i) {
    const auto& set = held.sets[i];
    auto text = show(ShortData(set.guardrail));
    if (!set.product.empty()) text += ", " + show(ShortData(set.product));
    text += set.subjects == 1 ? std::string(": 1 user or group")
                              : fmt::format(": {} users or groups", set.subjects);
    return set.approvable ? text + ", " + show(ShortDigest(set.digest))
                          : text + ", no approval releases it";
  };
  NewsSection section{.kind = NewsKind::kHeld,
                      .heading = "Held: " + Some(held.changes, "change"),
                      .lines = Lines(held.sets.size(), line)};
  section.lines.push_back(show("seatkeeper plan --tenant " + tenant) + " says which");
  if (std::ranges::any_of(held.sets, &HeldSetNews::approvable)) {
    section.lines.push_back(
        show(fmt::format("seatkeeper approve {} --reason TEXT", ShortDigest(held.digest))) +
        " releases what an approval may");
  }
  return section;
}

NewsSection Section(const AppliedNews& applied, const ShowData& show) {
  const auto line = [&](std::size_t i) {
    const auto& product = applied.products[i];
    std::string what;
    if (product.gained > 0) Join(what, fmt::format("{} gained", product.gained));
    if (product.lost > 0) Join(what, fmt::format("{} lost", product.lost));
    if (product.switched > 0) Join(what, fmt::format("{} with other plans", product.switched));
    return show(ShortData(product.product)) + ": " + what;
  };
  return {.kind = NewsKind::kApplied,
          .heading = "Applied: " + Some(applied.changes, "change"),
          .lines = Lines(applied.products.size(), line)};
}

std::string FailedChanges(const FailedNews& failed) {
  std::string list;
  if (failed.refused > 0) Join(list, fmt::format("{} refused", failed.refused));
  if (failed.withdrawn > 0) Join(list, fmt::format("{} withdrawn", failed.withdrawn));
  if (failed.ambiguous > 0) Join(list, fmt::format("{} ambiguous", failed.ambiguous));
  return list;
}

NewsSection Section(const FailedNews& failed, const std::string& tenant, const ShowData& show) {
  NewsSection section{.kind = NewsKind::kFailed, .heading = {}, .lines = {}};
  const auto changes = FailedChanges(failed);
  if (failed.error.empty()) {
    section.heading = "Failed: changes";
  } else {
    section.heading = "Failed: the cycle, " + failed.error;
    if (failed.status != 0) section.heading += fmt::format(" (status {})", failed.status);
    if (!failed.code.empty()) section.lines.push_back("code " + show(ShortData(failed.code)));
    if (!failed.request_id.empty()) {
      const auto request = RequestText(failed.request_id, failed.request_date);
      section.lines.push_back("request id " + show(ShortData(request)));
    }
  }
  if (!changes.empty()) section.lines.push_back("changes: " + changes);
  section.lines.push_back(show("seatkeeper history --tenant " + tenant) + " and the log say more");
  return section;
}

NewsSection Section(const ShortageNews& shortage, const ShowData& show) {
  const auto line = [&](std::size_t i) {
    const auto& product = shortage.products[i];
    std::string what;
    if (product.short_by > 0) Join(what, fmt::format("{} short", product.short_by));
    if (product.spare_missing > 0) {
      Join(what, fmt::format("{} of the agreed spare missing", product.spare_missing));
    }
    return fmt::format("{}: {}; {} of {} in use", show(ShortData(product.product)), what,
                       product.assigned, product.purchased);
  };
  return {.kind = NewsKind::kShortage,
          .heading = "Seats are short: " + Some(shortage.products.size(), "product"),
          .lines = Lines(shortage.products.size(), line)};
}

NewsSection Section(const PolicyErrorNews& error, const ShowData& show) {
  NewsSection section{.kind = NewsKind::kPolicyError, .heading = {}, .lines = {}};
  const auto what = error.errors == 0 ? std::string("cannot be read")
                                      : "does not load: " + Some(error.errors, "error");
  section.heading = "The newest policy " + what;
  section.lines = Lines(error.findings.size(), [&](std::size_t i) {
    return show(ShortData(error.findings[i].place)) + ": " + show(error.findings[i].code);
  });
  section.lines.push_back(error.in_force.empty()
                              ? std::string("No policy is in force: nothing is changed")
                              : "The last good one, " + show(ShortDigest(error.in_force)) +
                                    ", goes on assigning; nothing is taken away");
  return section;
}

}  // namespace

std::vector<NewsSection> SectionsOf(const News& news, const ShowData& show) {
  std::vector<NewsSection> sections;
  if (news.held) sections.push_back(Section(*news.held, news.tenant, show));
  if (news.applied) sections.push_back(Section(*news.applied, show));
  if (news.failed) sections.push_back(Section(*news.failed, news.tenant, show));
  if (news.shortage) sections.push_back(Section(*news.shortage, show));
  if (news.policy_error) sections.push_back(Section(*news.policy_error, show));
  return sections;
}

std::string TitleOf(const News& news) {
  std::string what;
  if (news.held) Join(what, Some(news.held->changes, "change") + " held");
  if (news.applied) Join(what, Some(news.applied->changes, "change") + " applied");
  if (news.failed) {
    const auto count = news.failed->refused + news.failed->withdrawn + news.failed->ambiguous;
    Join(what, news.failed->error.empty() ? Some(count, "change") + " failed"
                                          : std::string("cycle failed"));
  }
  if (news.shortage)
    Join(what, Some(news.shortage->products.size(), "product") + " short of seats");
  if (news.policy_error) Join(what, "the newest policy does not load");
  return (news.tenant.empty() ? std::string("seatkeeper") : news.tenant) + ": " + what;
}

std::string_view ToString(NewsKind kind) {
  switch (kind) {
    case NewsKind::kHeld:
      return "held";
    case NewsKind::kApplied:
      return "applied";
    case NewsKind::kFailed:
      return "failed";
    case NewsKind::kShortage:
      return "shortage";
    case NewsKind::kPolicyError:
      break;
  }
  return "policy-error";
}

std::string ShortData(std::string_view text) {
  auto shown = Printable(text);
  if (shown.size() <= kMostBytes) return shown;
  std::size_t end = 0;
  while (end + 4 <= kMostBytes - 3) {
    end += std::max<std::size_t>(Utf8Length(std::string_view(shown).substr(end)), 1);
  }
  return shown.substr(0, end) + "...";
}

}  // namespace seatkeeper
