#include "daemon/service_manager.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <map>

#include "tests/support/temp_folder.h"

namespace seatkeeper {
namespace {

// What systemd would hear.
class Listener {
 public:
  explicit Listener(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  }
  ~Listener() { ::close(socket_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // The next message; "nothing" where there is none.
  std::string Next() const {
    std::string text(100, '\0');
    const auto size = ::recv(socket_, text.data(), text.size(), MSG_DONTWAIT);
    return size < 0 ? "nothing" : text.substr(0, static_cast<std::size_t>(size));
  }

 private:
  int socket_;
};

Environment Of(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

class ServiceManagerTest : public testing::Test {
 protected:
  test::TempFolder folder_;
  std::string path_ = folder_.File("notify");
  Listener systemd_{path_};
};

TEST_F(ServiceManagerTest, TellsThatItIsReadyAndThatItStops) {
  ServiceManager manager(Of({{"NOTIFY_SOCKET", path_}}));
  manager.Ready();
  EXPECT_EQ(systemd_.Next(), "READY=1");
  manager.Alive();
  EXPECT_EQ(systemd_.Next(), "nothing") << "no watchdog was asked for";
  manager.Stopping();
  EXPECT_EQ(systemd_.Next(), "STOPPING=1");
}

TEST_F(ServiceManagerTest, FeedsTheWatchdogTwiceInItsTime) {
  ServiceManager manager(Of({{"NOTIFY_SOCKET", path_},
                             {"WATCHDOG_USEC", "90000000"},
                             {"WATCHDOG_PID", std::to_string(::getpid())}}));
  EXPECT_EQ(manager.alive_every(), std::chrono::milliseconds(45'000));
  manager.Alive();
  EXPECT_EQ(systemd_.Next(), "WATCHDOG=1");
}

TEST_F(ServiceManagerTest, AWatchdogOfAnotherProcessIsNotItsOwn) {
  ServiceManager other(
      Of({{"NOTIFY_SOCKET", path_}, {"WATCHDOG_USEC", "90000000"}, {"WATCHDOG_PID", "1"}}));
  EXPECT_EQ(other.alive_every(), std::nullopt);
  ServiceManager garbled(Of({{"NOTIFY_SOCKET", path_}, {"WATCHDOG_USEC", "soon"}}));
  EXPECT_EQ(garbled.alive_every(), std::nullopt);
}

TEST_F(ServiceManagerTest, WithoutAManagerNothingHappens) {
  for (const auto& address : {std::string(), std::string("relative"), std::string(200, '/'),
                              folder_.File("nobody-listens")}) {
    ServiceManager manager(Of({{"NOTIFY_SOCKET", address}}));
    manager.Ready();
    manager.Alive();
    manager.Stopping();
  }
  EXPECT_EQ(systemd_.Next(), "nothing");
}

}  // namespace
}  // namespace seatkeeper
