#include "kratos/context/context.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "kratos/errors/errors.h"
#include "support/catch.h"

namespace kratos {
namespace {

using namespace std::chrono_literals;

TEST_CASE("Context: a fresh one has no deadline, is not cancelled and holds nothing") {
  Context ctx;
  CHECK_FALSE(ctx.deadline());
  CHECK_FALSE(ctx.TimeLeft());
  CHECK_FALSE(ctx.cancelled());
  CHECK(ctx.Err().ok());
  CHECK(ctx.parent() == nullptr);
  CHECK(ctx.transport().side == TransportInfo::Side::kNone);
  CHECK(ctx.transport().kind.empty());
  CHECK(ctx.request_header().empty());
  CHECK(ctx.reply_header().empty());
  CHECK(ctx.Get<int>() == nullptr);
  CHECK(ctx.bind_status().ok());
}

TEST_CASE("Context: the deadline only comes forward") {
  Context ctx;
  const auto now = Context::Clock::now();
  ctx.LimitDeadline(now + 1h);
  ctx.LimitDeadline(now + 2h);
  CHECK(ctx.deadline() == now + 1h);
  ctx.LimitDeadline(now + 30min);
  CHECK(ctx.deadline() == now + 30min);
  REQUIRE(ctx.TimeLeft());
  CHECK(*ctx.TimeLeft() > 0s);
  CHECK(*ctx.TimeLeft() <= 30min);
}

TEST_CASE("Context: K27, a passed deadline is 504 and leaves no time, but is no cancellation") {
  Context ctx;
  ctx.LimitDeadline(Context::Clock::now() - 1s);
  CHECK(ctx.TimeLeft() == Context::Clock::duration::zero());
  CHECK(IsGatewayTimeout(ctx.Err()));
  CHECK(ctx.Err().reason() == kReasonDeadlineExceeded);
  CHECK_FALSE(ctx.cancelled());
}

TEST_CASE("Context: cancelling is 499, which wins over a passed deadline") {
  Context ctx;
  ctx.LimitDeadline(Context::Clock::now() - 1s);
  ctx.Cancel();
  ctx.Cancel();
  CHECK(ctx.cancelled());
  CHECK(IsClientClosed(ctx.Err()));
  CHECK(ctx.Err().reason() == kReasonCanceled);
}

TEST_CASE("Context: a token is of the same cancellation, whether asked for before or after it") {
  Context ctx;
  const std::stop_token before = ctx.stop_token();
  CHECK_FALSE(before.stop_requested());
  ctx.Cancel();
  CHECK(before.stop_requested());
  CHECK(ctx.stop_token() == before);
  Context other;
  other.Cancel();
  CHECK(other.stop_token().stop_requested());
  bool told = false;
  const std::stop_callback callback(other.stop_token(), [&told] { told = true; });
  CHECK(told);
}

TEST_CASE("Context: a child inherits the deadline and may shorten its own") {
  Context parent;
  const auto at = Context::Clock::now() + 1h;
  parent.LimitDeadline(at);
  Context child(&parent);
  CHECK(child.parent() == &parent);
  CHECK(child.deadline() == at);
  child.LimitDeadline(at - 30min);
  CHECK(child.deadline() == at - 30min);
  CHECK(parent.deadline() == at);
}

TEST_CASE("Context: cancellation goes down, never up") {
  Context parent;
  Context child(&parent);
  Context grandchild(&child);
  Context sibling(&parent);
  child.Cancel();
  CHECK(child.cancelled());
  CHECK(grandchild.cancelled());
  CHECK_FALSE(parent.cancelled());
  CHECK_FALSE(sibling.cancelled());
  parent.Cancel();
  CHECK(sibling.cancelled());
}

TEST_CASE(
    "Context: a child of a cancelled parent is born cancelled; without a parent it is a root") {
  Context parent;
  parent.Cancel();
  Context child(&parent);
  CHECK(child.cancelled());
  Context root(nullptr);
  CHECK_FALSE(root.cancelled());
}

TEST_CASE("Context: values are found by type, here and in ancestors") {
  struct User {
    std::string name;
  };
  Context parent;
  parent.Set(User{"ada"});
  parent.Set(7);
  Context child(&parent);
  REQUIRE(child.Get<User>() != nullptr);
  CHECK(child.Get<User>()->name == "ada");
  child.Set(User{"max"});
  CHECK(child.Get<User>()->name == "max");
  CHECK(parent.Get<User>()->name == "ada");
  parent.Set(8);
  CHECK(*child.Get<int>() == 8);
  CHECK(child.Get<long>() == nullptr);
}

TEST_CASE("Context: metadata for propagation is the parent's until the child has its own") {
  Context parent;
  parent.mutable_server_metadata().Set("x-md-global-a", "1");
  parent.mutable_client_metadata().Set("b", "2");
  Context child(&parent);
  CHECK(child.server_metadata().Get("x-md-global-a") == "1");
  CHECK(child.client_metadata().Get("b") == "2");
  child.mutable_server_metadata().Set("c", "3");
  CHECK(child.server_metadata() == Metadata{{"c", "3"}});
  CHECK(parent.server_metadata() == Metadata{{"x-md-global-a", "1"}});
}

TEST_CASE("Context: header fields belong to each context alone") {
  Context parent;
  parent.mutable_request_header().Set("A", "1");
  Context child(&parent);
  CHECK(child.request_header().empty());
  child.mutable_reply_header().Set("B", "2");
  CHECK(parent.reply_header().empty());
}

TEST_CASE("Context: a waiter on another thread wakes when the parent is cancelled") {
  Context parent;
  Context child(&parent);
  std::mutex mutex;
  std::condition_variable_any changed;
  bool waiting = false;
  std::atomic<bool> woke = false;
  std::thread waiter([&] {
    std::unique_lock lock(mutex);
    waiting = true;
    changed.notify_all();
    changed.wait(lock, child.stop_token(), [] { return false; });
    woke = child.cancelled() && IsClientClosed(child.Err());
  });
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return waiting; });
  }
  parent.Cancel();
  waiter.join();
  CHECK(woke);
}

TEST_CASE("Context: children come and go while the parent is being cancelled") {
  for (int round = 0; round < 50; ++round) {
    Context parent;
    std::atomic<bool> go = false;
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&] {
        while (!go) std::this_thread::yield();
        for (int i = 0; i < 20; ++i) {
          Context child(&parent);
          (void)child.Err().ok();
        }
      });
    }
    go = true;
    parent.Cancel();
    for (auto& thread : threads) thread.join();
    Context late(&parent);
    REQUIRE(late.cancelled());
  }
}

}  // namespace
}  // namespace kratos
