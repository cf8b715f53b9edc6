#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/plan/activity.h"
#include "reconciler/seams/dispatcher.h"
#include "reconciler/seams/tenant_provider.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper::test {

/// A tenant in memory behind the provider's interface: reads show `world`, writes change it. What a
/// test wants to go wrong, it sets. Answers come through the dispatcher, never from inside a call.
class FakeProvider final : public TenantProvider {
 public:
  /// What becomes of one written item.
  struct Fate {
    WriteResult::Kind kind = WriteResult::Kind::kAccepted;
    bool happens = true;                    ///< The world changes.
    bool answered = true;                   ///< False: the answer of the whole batch is lost.
    std::string message = "says the fake";  ///< Unless it is accepted.
    int status = 400;                       ///< Where it is refused.
  };

  explicit FakeProvider(Dispatcher& dispatcher) : dispatcher_(dispatcher) {}

  TestTenant world;
  Capabilities can{.can_write = true, .max_batch = 20};
  std::optional<Error> read_error;
  std::optional<Error> reread_error;
  std::optional<Error> sign_in_error;                   ///< Of whatever asks for sign-ins.
  std::optional<std::chrono::milliseconds> clock_skew;  ///< What the service says of the clock.
  std::function<Fate(const WriteItem&)> fate = [](const WriteItem&) { return Fate{}; };
  std::function<void()> before_reread = [] {};
  std::function<void()> before_links = [] {};
  std::vector<WriteItem> written;        ///< Every item that was sent, in order.
  std::vector<std::size_t> batch_sizes;  ///< How many items each request had.
  int reads = 0;
  int sign_in_reads = 0;  ///< Of these, how many asked for sign-ins.
  int link_reads = 0;
  AuditReader* audit_reader = nullptr;

  Capabilities capabilities() const override { return can; }
  AuditReader* audit() override { return audit_reader; }

  void Read(const ReadRequest&, ObservedBuilder& sink,
            std::function<void(Result<void>)> done) override {
    ++reads;
    if (AsksForSignIns(sink.properties())) ++sign_in_reads;
    dispatcher_.Post([this, &sink, done = std::move(done)] {
      const auto error = ErrorOf(read_error, sink);
      if (!error) world.Read(sink);
      sink.SetClockSkew(clock_skew);
      done(error ? Result<void>(*error) : Result<void>());
    });
  }

  void Reread(std::vector<Subject> subjects, ObservedBuilder& sink,
              std::function<void(Result<void>)> done) override {
    dispatcher_.Post([this, subjects = std::move(subjects), &sink, done = std::move(done)] {
      before_reread();
      const auto error = ErrorOf(reread_error, sink);
      const auto asked = [&](const Subject& subject) {
        return !error && std::ranges::find(subjects, subject) != subjects.end();
      };
      for (const auto& user : world.users) {
        if (asked(IdOf<UserId>(user.name))) TestTenant::ReadUser(user, sink);
      }
      for (const auto& group : world.groups) {
        if (asked(IdOf<GroupId>(group.name))) TestTenant::ReadGroup(group, sink);
      }
      done(error ? Result<void>(*error) : Result<void>());
    });
  }

  void ReadMemberships(std::vector<UserId> users, std::vector<GroupId> groups,
                       std::function<void(Result<Memberships>)> done) override {
    dispatcher_.Post(
        [this, users = std::move(users), groups = std::move(groups), done = std::move(done)] {
          if (reread_error) return done(*reread_error);
          done(world.MembershipsOf(users, groups));
        });
  }

  void ReadLinks(std::vector<Link> links,
                 std::function<void(Result<std::vector<LinkedUsers>>)> done) override {
    ++link_reads;
    dispatcher_.Post([this, links = std::move(links), done = std::move(done)] {
      before_links();
      if (reread_error) return done(*reread_error);
      ObservedBuilder sink(world.properties);
      world.Read(sink);
      const auto observed = sink.Finish("", WallTime{});
      std::vector<LinkedUsers> linked;
      for (const auto& link : links) {
        const auto* found = observed.FindLinked(link);
        linked.push_back(found != nullptr ? *found : LinkedUsers{.link = link});
      }
      done(std::move(linked));
    });
  }

  void Write(std::vector<WriteItem> items,
             std::function<void(std::vector<WriteResult>)> done) override {
    std::vector<WriteResult> results;
    bool answered = true;
    batch_sizes.push_back(items.size());
    for (const auto& item : items) {
      const auto what = fate(item);
      if (what.happens) Happen(item);
      answered = answered && what.answered;
      results.push_back({.change_id = item.change_id,
                         .kind = what.kind,
                         .message = what.kind == WriteResult::Kind::kAccepted ? "" : what.message,
                         .service = {.status = StatusOf(what)}});
      written.push_back(item);
    }
    if (!answered) return;
    dispatcher_.Post([results = std::move(results), done = std::move(done)] { done(results); });
  }

 private:
  std::optional<Error> ErrorOf(const std::optional<Error>& any, const ObservedBuilder& sink) const {
    return any || !AsksForSignIns(sink.properties()) ? any : sign_in_error;
  }

  static int StatusOf(const Fate& what) {
    constexpr int kThrottled = 429;
    if (what.kind == WriteResult::Kind::kTryAgain) return kThrottled;
    return what.kind == WriteResult::Kind::kRefused ? what.status : 0;
  }

  void Happen(const WriteItem& item) {
    if (item.reprocess) {
      return ReprocessUser(NameOf(std::get<UserId>(item.subject).guid), world);
    }
    Change change;
    if (const auto* group = std::get_if<GroupId>(&item.subject)) {
      change.group.emplace().id = *group;
    } else {
      change.user = std::get<UserId>(item.subject);
    }
    change.add = item.add;
    change.remove = item.remove;
    change.usage_location = item.usage_location;
    Carry(change, world);
  }

  Dispatcher& dispatcher_;
};

}  // namespace seatkeeper::test
