// What is said of the metrics, in the README, in Prometheus rules and in dashboards, is what the
// code shows.

#include "daemon/metric_table.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/metric_names.h"
#include "tests/support/process.h"

namespace seatkeeper {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

const std::filesystem::path kRoot(SOURCE_DIR);

std::string RowOf(const MetricInfo& info) {
  std::string labels;
  std::istringstream names{std::string(info.labels)};
  for (std::string name; std::getline(names, name, ',');) {
    labels += fmt::format("{}`{}`", labels.empty() ? "" : ", ", name);
  }
  return fmt::format("| `{}` | {} | {} | {} |\n", info.name, ToString(info.type), labels,
                     info.help);
}

TEST(MetricTable, IsTheReadmes) {
  std::string table;
  for (const auto& info : AllMetrics()) table += RowOf(info);
  EXPECT_THAT(test::ReadFile(kRoot / "README.md"), HasSubstr(table)) << "write there:\n" << table;
}

std::vector<std::string> UnknownIn(const std::string& text) {
  static const std::regex kName("seatkeeper_[a-z_]+");
  const auto known = test::MetricNames();
  std::set<std::string> unknown;
  for (std::sregex_iterator match(text.begin(), text.end(), kName), end; match != end; ++match) {
    if (!known.contains(match->str())) unknown.insert(match->str());
  }
  return {unknown.begin(), unknown.end()};
}

TEST(MetricTable, HasEverythingThatTheReadmeNames) {
  EXPECT_THAT(UnknownIn(test::ReadFile(kRoot / "README.md")), IsEmpty());
  EXPECT_THAT(UnknownIn("sum(seatkeeper_cycle_duration_seconds_bucket) / seatkeeper_nonsense"),
              testing::ElementsAre("seatkeeper_nonsense"));
}

TEST(MetricTable, LabelsAreOrderedAndNeverUsers) {
  for (const auto& info : AllMetrics()) {
    EXPECT_EQ(info.labels.find("user"), std::string_view::npos) << info.name;
    std::vector<std::string> labels;
    std::istringstream names{std::string(info.labels)};
    for (std::string name; std::getline(names, name, ',');) labels.push_back(name);
    EXPECT_TRUE(std::is_sorted(labels.begin(), labels.end())) << info.name;
  }
}

}  // namespace
}  // namespace seatkeeper
