#include <string>
#include <thread>
#include <vector>

#include "kratos/fiber/fiber.h"
#include "support/catch.h"

namespace kratos::fiber {
namespace {

TEST_CASE("queue: order, bound, end") {
  Context ctx;
  Queue<std::string> queue(2);
  CHECK(queue.TryPush("a"));
  CHECK(queue.TryPush("b"));
  CHECK_FALSE(queue.TryPush("c"));
  CHECK(**queue.Pop(ctx) == "a");
  CHECK(*queue.Push(ctx, "c"));
  queue.Close();
  CHECK_FALSE(*queue.Push(ctx, "d"));
  CHECK_FALSE(queue.TryPush("d"));
  CHECK(**queue.Pop(ctx) == "b");
  CHECK(**queue.Pop(ctx) == "c");
  CHECK_FALSE(queue.Pop(ctx)->has_value());
}

TEST_CASE("queue: both sides wait, and give up with their call") {
  Context ctx;
  Queue<int> queue(1);
  std::vector<int> got;
  std::thread consumer([&] {
    while (const auto next = *queue.Pop(ctx)) got.push_back(*next);
  });
  for (int i = 0; i < 1000; ++i) CHECK(*queue.Push(ctx, i));
  queue.Close();
  consumer.join();
  REQUIRE(got.size() == 1000);
  CHECK(got.back() == 999);

  Queue<int> empty(1);
  Context cancelled;
  cancelled.Cancel();
  CHECK(empty.Pop(cancelled).status().code() == 499);
  CHECK(empty.TryPush(1));
  CHECK(empty.Push(cancelled, 2).status().code() == 499);
}

}  // namespace
}  // namespace kratos::fiber
