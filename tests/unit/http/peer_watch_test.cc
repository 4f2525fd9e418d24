#include "http/peer_watch.h"

#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

#include "support/catch.h"

namespace kratos::http {
namespace {

struct Pair {
  Pair() { REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0); }
  ~Pair() {
    for (int end : ends) {
      if (end >= 0) close(end);
    }
  }
  void ClosePeer() {
    close(ends[1]);
    ends[1] = -1;
  }
  int ends[2] = {-1, -1};
};

// A watched socket and the source that its peer's leaving stops.
class Watched {
 public:
  Watched(PeerWatch& watch, int socket) : watched_(watch, socket, source_) {}
  std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  PeerWatch::Watched watched_;
};

// Returns when the token has been stopped; the test's own time-out is the limit.
void WaitStopped(const std::stop_token& token) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  changed.wait(lock, token, [] { return false; });
}

TEST_CASE("peer watch: K22, a peer that closes stops its own call and no other") {
  PeerWatch watch;
  Pair gone;
  Pair staying;
  const Watched first(watch, gone.ends[0]);
  const Watched second(watch, staying.ends[0]);
  CHECK_FALSE(first.token().stop_requested());
  gone.ClosePeer();
  WaitStopped(first.token());
  CHECK(first.token().stop_requested());
  CHECK_FALSE(second.token().stop_requested());
}

TEST_CASE("peer watch: K22, a peer that closes with bytes still unread is gone all the same") {
  PeerWatch watch;
  Pair pair;
  REQUIRE(write(pair.ends[1], "GET", 3) == 3);
  const Watched watched(watch, pair.ends[0]);
  pair.ClosePeer();
  WaitStopped(watched.token());
  SUCCEED();
}

TEST_CASE("peer watch: a peer that left before the watch began") {
  PeerWatch watch;
  Pair pair;
  pair.ClosePeer();
  const Watched watched(watch, pair.ends[0]);
  WaitStopped(watched.token());
  SUCCEED();
}

TEST_CASE("peer watch: CancelAll tells every call, and callbacks may look at the watch") {
  PeerWatch watch;
  Pair pair;
  std::optional<Watched> first(std::in_place, watch, pair.ends[0]);
  const Watched second(watch, pair.ends[0]);
  int called = 0;
  {
    const std::stop_callback callback(second.token(), [&] {
      ++called;
      first.reset();
    });
    watch.CancelAll();
  }
  CHECK(called == 1);
  CHECK(second.token().stop_requested());
}

TEST_CASE("peer watch: calls come and go, and it ends while some are watched or none") {
  for (int round = 0; round < 20; ++round) {
    Pair pair;
    auto watch = std::make_unique<PeerWatch>();
    for (int i = 0; i < 50; ++i) {
      const Watched watched(*watch, pair.ends[0]);
      REQUIRE_FALSE(watched.token().stop_requested());
    }
  }
}

}  // namespace
}  // namespace kratos::http
