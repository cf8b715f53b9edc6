// The store's disk fails under the real executable: what it says, what it does not do, and that it
// goes on afterwards.

#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "tests/e2e/fixture.h"
#include "tests/support/poll.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;

constexpr auto kNoLimit = std::numeric_limits<std::uint64_t>::max();

class Disk : public EndToEnd {
 protected:
  void Start(const std::string& extra = "") {
    StartTenant({"--users", "1000", "--seed", "1"});
    WriteConfig(extra);
    UseExamplePolicies();
  }

  std::filesystem::path store() const { return folder() / "seatkeeper.db"; }

  // Makes the store, and says how large it is.
  std::uint64_t MakeStore() const {
    TrustStoreOfTenant();
    return std::filesystem::file_size(store());
  }

  static auto TellsOfTheStore(const std::string& what, const std::string& mend) {
    return AllOf(HasSubstr("seatkeeper.db"), HasSubstr(what), HasSubstr(mend));
  }

  // Users whom a request of an apply changed, and those the journal knows of.
  std::set<std::string> Changed() const {
    std::set<std::string> users;
    for (const auto& request : RequestsAfter(0)) {
      for (const auto& item : request.value("items", json::array())) {
        if (item.value("effective", false)) users.insert(item.at("user"));
      }
    }
    return users;
  }
  std::set<std::string> Recorded() const {
    std::set<std::string> users;
    const auto history = Seatkeeper({"history", "--format", "json", "--limit", "100000"});
    for (const auto& entry : json::parse(history.out)) users.insert(entry.at("user").at("id"));
    return users;
  }
};

TEST_F(Disk, WithoutRoomNothingIsSentThatIsNotWrittenDown) {
  Start();
  const auto size = MakeStore();
  std::set<int> exit_codes;
  // The room ends before the first change is written down, somewhere between, and late.
  for (const auto room : {size / 8, size / 2, size, size + size / 2}) {
    const auto done = SeatkeeperWithin(room, {"apply", "--yes"});
    exit_codes.insert(done.exit_code);
    if (done.exit_code == 0) break;
    EXPECT_EQ(done.exit_code, 1) << done.err;
    EXPECT_THAT(done.err, AnyOf(TellsOfTheStore("disk I/O error", "look at the disk, its quota"),
                                TellsOfTheStore("full", "free some space"),
                                HasSubstr("is being changed by")));
    const auto changed = Changed();
    const auto recorded = Recorded();
    EXPECT_TRUE(std::includes(recorded.begin(), recorded.end(), changed.begin(), changed.end()));
  }
  EXPECT_TRUE(exit_codes.contains(1));
}

TEST_F(Disk, TheDaemonGoesOnWhenThereIsRoomAgain) {
  Start("    mode: enforce\n    interval: 1s\n");
  MakeStore();
  TrustStoreOfTenant();
  StartDaemon(kNoLimit);
  const auto cycles = [this](const std::string& result) {
    const auto value = Metric("seatkeeper_cycles_total{result=\"" + result + "\"");
    return value.empty() ? 0.0 : std::stod(value);
  };
  // Whatever there is to do is done.
  int writes = -1;
  ASSERT_TRUE(PollUntil([&] { return cycles("ok") + cycles("held") > 4; }));
  ASSERT_TRUE(PollUntil([&] {
    const int before = std::exchange(writes, EffectiveWrites());
    const double start = cycles("ok") + cycles("held");
    PollUntil([&] { return cycles("ok") + cycles("held") > start + 1; });
    return writes == before;
  })) << ReadFile(folder() / "daemon.err");

  daemon().SetFileSizeMax(4096);
  const double failed = cycles("failed");
  ASSERT_TRUE(PollUntil([&] { return cycles("failed") > failed; }));
  const auto state = State();
  json edits = json::array();
  for (const auto& user : state["users"]) {
    if (edits.size() == 5) break;
    if (user.value("department", json()) != "Sales") continue;
    for (const auto& row : user.value("licenseAssignmentStates", json::array())) {
      if (!row["assignedByGroup"].is_null()) continue;
      edits.push_back({{"op", "unassign"}, {"user", user["id"]}, {"skuId", row["skuId"]}});
      break;
    }
  }
  ASSERT_EQ(edits.size(), 5U);
  Edit(edits);
  const double then = cycles("failed");
  ASSERT_TRUE(PollUntil([&] { return cycles("failed") > then + 1; }));
  EXPECT_EQ(EffectiveWrites(), writes) << "nothing is sent without its record";

  daemon().SetFileSizeMax(kNoLimit);
  EXPECT_TRUE(PollUntil([&] { return EffectiveWrites() > writes; }));
  daemon().Signal(SIGTERM);
  EXPECT_EQ(daemon().Wait(), 0);
  EXPECT_THAT(ReadFile(folder() / "daemon.err"), HasSubstr("cycle"));
}

TEST_F(Disk, AFolderInThePlaceOfTheLogIsNamedAndNothingIsDoneUntilItIsGone) {
  Start();
  MakeStore();
  std::filesystem::create_directory(store().string() + "-wal");
  const auto refused = Seatkeeper({"apply", "--yes"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, TellsOfTheStore("-wal", "must be writable"));
  EXPECT_EQ(EffectiveWrites(), 0);
  std::filesystem::remove(store().string() + "-wal");
  Seatkeeper({"apply", "--yes"});
  EXPECT_GT(EffectiveWrites(), 0);
}

TEST_F(Disk, ADamagedStoreIsNamedAndLeftAsItIs) {
  Start();
  const auto size = MakeStore();
  {
    std::fstream file(store(), std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(4096);
    const std::string noise(size - 4096, '\x5a');
    file.write(noise.data(), static_cast<std::streamsize>(noise.size()));
  }
  const auto before = ReadFile(store());
  const auto refused = Seatkeeper({"apply", "--yes"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, TellsOfTheStore("malformed", "put back a backup"));
  EXPECT_EQ(EffectiveWrites(), 0);
  EXPECT_EQ(ReadFile(store()), before);
}

}  // namespace
}  // namespace seatkeeper::test
