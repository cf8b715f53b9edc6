#include "daemon/ask.h"

#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <iostream>

#include "policy/text.h"

namespace seatkeeper {
namespace {

void Interrupted(int) {}

// Lets the signals that a running change must not be broken by through again while a person
// thinks: Ctrl-C at a question has to work.
class Interruptible {
 public:
  Interruptible() {
    struct sigaction quiet {};
    quiet.sa_handler = Interrupted;  // Without SA_RESTART: the wait ends.
    sigemptyset(&quiet.sa_mask);
    sigaction(SIGINT, &quiet, &int_before_);
    sigaction(SIGTERM, &quiet, &term_before_);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, &mask_before_);  // Open only inside ppoll: none slips by.
    waiting_mask_ = mask_before_;
    sigdelset(&waiting_mask_, SIGINT);
    sigdelset(&waiting_mask_, SIGTERM);
  }
  ~Interruptible() {
    sigaction(SIGINT, &int_before_, nullptr);
    sigaction(SIGTERM, &term_before_, nullptr);
    pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
  }
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;

  bool WaitForInput() const {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    return ppoll(&input, 1, nullptr, &waiting_mask_) > 0;
  }

 private:
  struct sigaction int_before_ {};
  struct sigaction term_before_ {};
  sigset_t mask_before_{};
  sigset_t waiting_mask_{};
};

}  // namespace

bool AskOnTerminal(const std::string& question) {
  std::cerr << question << std::flush;
  const Interruptible interruptible;
  std::string line;
  char c = 0;
  while (interruptible.WaitForInput() && ::read(STDIN_FILENO, &c, 1) == 1 && c != '\n') line += c;
  if (c != '\n') std::cerr << "\n";
  const auto answer = AsciiLower(line);
  return c == '\n' && (answer == "y" || answer == "yes");
}

}  // namespace seatkeeper
