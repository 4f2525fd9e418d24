// Streams in fibers: who waits there holds no thread.
#include "fiber/fiber.h"
#include "fiber/thread_pool.h"
#include "stream_fixture.h"

namespace kratos::http {
namespace {

TEST_CASE("streams that wait in fibers share one thread", "[client]") {
  if (!fiber::kHaveFibers) return;
  constexpr std::size_t kFibers = 20;
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t open = 0;
  // Nobody is answered before everybody has asked.
  const auto everybody = [&] {
    std::unique_lock lock(mutex);
    ++open;
    changed.notify_all();
    changed.wait(lock, [&] { return open == kFibers; });
  };
  RawPeer peer([&](RawConnection& connection) {
    const auto head = connection.ReadHead();
    if (head.find("Upgrade: websocket") != std::string::npos) {
      connection.Send(kratos::testing::SwitchProtocols(head));
      everybody();
      connection.SendFrame(kTextFrame, "{}");
    } else {
      connection.Send(StreamHead());
      everybody();
      connection.Send("data: {}\n\n");
    }
    connection.ReadAll();
  });
  auto client = MakeClient(OptionsFor(peer));
  std::size_t received = 0;
  {
    fiber::ThreadPool pool(1, 0);
    std::size_t running = kFibers;
    for (std::size_t i = 0; i < kFibers; ++i) {
      fiber::Fiber::Start(pool, 256 * 1024, [&, i] {
        {
          Context ctx;
          const Call request;
          auto call = i % 2 == 0 ? client->Open(ctx, WatchMethod(), &request, {})
                                 : client->Open(ctx, TalkMethod(), nullptr, {});
          Answer answer;
          const bool got = call.ok() && (*call)->Recv(&answer).ok();
          const std::lock_guard lock(mutex);
          if (got) ++received;
        }
        const std::lock_guard lock(mutex);
        --running;
        changed.notify_all();
      });
    }
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return running == 0; });
  }
  CHECK(received == kFibers);
}

}  // namespace
}  // namespace kratos::http
