#include "http/asio/io_loop.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "fiber/fiber.h"
#include "http/asio/asio_connection.h"

namespace kratos::http {

namespace {

// The loop this thread is in charge of.
thread_local const IoLoop* charge = nullptr;

// A hint of one would have asio keep what the thread in charge posts until it leaves its handler.
constexpr int kThreads = 2;

// After so many connections with something to read there are probably more.
constexpr std::size_t kMany = 8;
// Then timers and others get their turn.
constexpr int kRounds = 4;

}  // namespace

IoLoop::IoLoop(std::size_t stack_bytes, std::function<void()> on_call)
    : stack_bytes_(stack_bytes),
      context_(kThreads),
      sockets_(context_, epoll_create1(EPOLL_CLOEXEC)),
      on_call_(std::move(on_call)) {
  WaitForSockets();
}

IoLoop::~IoLoop() = default;

void IoLoop::Post(std::function<void()> task) { boost::asio::post(context_, std::move(task)); }

// Never inlined: a fiber asks on one thread and then on another.
__attribute__((noinline)) bool IoLoop::InCharge() const { return charge == this; }

bool IoLoop::Run() {
  auto work = boost::asio::make_work_guard(context_);
  charge = this;
  if (taking_) TakeEvents();
  while (charge == this && context_.run_one() > 0) {
  }
  return std::exchange(charge, nullptr) == this;
}

bool IoLoop::RunCall(const std::function<void()>& call) {
  const std::uint64_t number = last_call() + 1;
  last_call_.store(number, std::memory_order_relaxed);
  // Before `watched` is read: one of the two sides sees what the other has written.
  running_call_ = number;
  if (!watched) on_call_();
  call();
  std::uint64_t expected = number;
  if (running_call_.compare_exchange_strong(expected, 0)) return true;
  charge = nullptr;
  return false;
}

bool IoLoop::RelieveFrom(std::uint64_t call) {
  return running_call_.compare_exchange_strong(call, 0);
}

void IoLoop::Watch(int socket, AsioConnection& connection) {
  Control(EPOLL_CTL_ADD, EPOLLIN, socket, connection);
}

void IoLoop::WatchAgain(int socket, AsioConnection& connection) {
  Control(EPOLL_CTL_MOD, EPOLLIN, socket, connection);
}

void IoLoop::WatchHangup(int socket, AsioConnection& connection) {
  Control(EPOLL_CTL_MOD, 0, socket, connection);
}

void IoLoop::Control(int operation, std::uint32_t events, int socket, AsioConnection& connection) {
  epoll_event event{};
  event.events = events | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &connection;
  epoll_ctl(sockets_.native_handle(), operation, socket, &event);
}

void IoLoop::WaitForSockets() {
  sockets_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                      [this](boost::system::error_code error) {
                        if (!error) TakeEvents();
                      });
}

// One fiber serves what has come for as long as nothing makes it wait: it is then that
// connection's, and the next one goes on with the others.
void IoLoop::TakeEvents() {
  taking_ = true;
  do {
    fiber::Fiber::StartHere(*this, stack_bytes_, [this] { PassEvents(); });
  } while (charge == this && taking_);
}

void IoLoop::PassEvents() {
  for (;; ++rounds_) {
    while (passed_ < told_) {
      const epoll_event event = events_[passed_++];
      auto* const connection = static_cast<AsioConnection*>(event.data.ptr);
      // One that has been closed since it was reported is not in the set.
      if (connections.contains(connection)) connection->OnEvents(event.events);
      if (!taking_) return;  // It has waited, and others have gone on to the end.
    }
    if (rounds_ > 0 && (told_ < kMany || rounds_ >= kRounds)) break;
    const int count =
        epoll_wait(sockets_.native_handle(), events_.data(), static_cast<int>(events_.size()), 0);
    passed_ = 0;
    told_ = static_cast<std::size_t>(std::max(count, 0));
    if (told_ == 0) break;
  }
  rounds_ = 0;
  taking_ = false;
  WaitForSockets();
}

}  // namespace kratos::http
