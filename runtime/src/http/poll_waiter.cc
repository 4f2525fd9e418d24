#include "http/poll_waiter.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <utility>

namespace kratos::http {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// poll() until `until`, or without limit; what poll() returns, never an interruption.
int Poll(pollfd* entries, nfds_t count, bool limited, Clock::time_point until) {
  while (true) {
    int timeout = -1;
    if (limited) {
      const auto left = std::chrono::ceil<milliseconds>(until - Clock::now()).count();
      timeout = static_cast<int>(std::clamp<long long>(left, 0, INT_MAX));
    }
    const int ready = poll(entries, count, timeout);
    if (ready >= 0 || errno != EINTR) return ready;
  }
}

}  // namespace

SocketWaiter::Ready PollWaiter::Wait(short events, milliseconds timeout) {
  pollfd entry{socket_, events, 0};
  const int ready = Poll(&entry, 1, timeout.count() > 0, Clock::now() + timeout);
  return ready > 0 ? Ready::kReady : Ready::kTimedOut;
}

SocketWaiter::Ready PollWaiter::WaitReadable(milliseconds timeout) { return Wait(POLLIN, timeout); }

SocketWaiter::Ready PollWaiter::WaitWritable(milliseconds timeout) {
  return Wait(POLLOUT, timeout);
}

bool PollWaiter::WaitForRequest() {
  const bool first = std::exchange(first_, false);
  milliseconds limit = limits_.idle_timeout;
  if (first && limits_.read_timeout.count() > 0 &&
      (limit.count() <= 0 || limits_.read_timeout < limit)) {
    limit = limits_.read_timeout;
  }
  const auto until = Clock::now() + limit;
  while (true) {
    pollfd entries[3] = {
        {socket_, POLLIN, 0}, {wake_.stop, POLLIN, 0}, {first ? -1 : wake_.make_room, POLLIN, 0}};
    if (Poll(entries, 3, limit.count() > 0, until) <= 0) return false;
    if (entries[0].revents != 0) return true;
    if (entries[1].revents != 0) {
      auto last = Clock::now();
      if (first && wake_.first_request_grace != nullptr)
        last = accepted_ + wake_.first_request_grace->load();
      return Poll(entries, 1, true, last) > 0;
    }
    // Of all the connections that wake up here one gets the token and goes.
    std::uint64_t token = 0;
    if (entries[2].revents != 0 && read(wake_.make_room, &token, sizeof token) > 0) return false;
  }
}

}  // namespace kratos::http
