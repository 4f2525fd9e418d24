// Reading and writing sockets: a context, the connections that live in it, and the thread in
// charge.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <unordered_set>

#include "fiber/executor.h"

namespace kratos::http {

class AsioConnection;

/// One thread at a time is in charge of the loop; everything here without another word is for that
/// thread alone, so nothing is locked. It may run calls itself: while it is held up in one,
/// another thread takes charge (see IoThreads), and when the call has ended the first thread
/// leaves the loop.
class IoLoop final : public fiber::Executor {
 public:
  /// Connections are served on stacks of `stack_bytes`. `on_call` is called when a call begins
  /// while nobody watches the loop; see watched.
  IoLoop(std::size_t stack_bytes, std::function<void()> on_call);
  ~IoLoop() override;

  boost::asio::io_context& context() { return context_; }
  /// Thread-safe.
  void Post(std::function<void()> task) override;
  /// Whether this thread is in charge. Thread-safe.
  bool InCharge() const;

  /// Tells `connection` from now on each time that something has come, and when its peer hangs up.
  /// Once for each socket; it ends with the socket.
  void Watch(int socket, AsioConnection& connection);
  /// As Watch anew: something that has come already and was not read is told, too.
  void WatchAgain(int socket, AsioConnection& connection);
  /// Tells only that the peer hangs up.
  void WatchHangup(int socket, AsioConnection& connection);

  /// Puts this thread in charge until the context is stopped: true; false when another thread has
  /// taken charge.
  bool Run();
  /// Runs `call` on this thread, which is in charge. False when it no longer is afterwards.
  bool RunCall(const std::function<void()>& call);

  // For who watches the loop; thread-safe.

  /// The number of the last call, and of the one that runs now; 0: none.
  std::uint64_t last_call() const { return last_call_.load(std::memory_order_relaxed); }
  std::uint64_t running_call() const { return running_call_; }
  /// Ends the charge of the thread that runs `call`; false when that has ended. The caller has
  /// another thread Run.
  bool RelieveFrom(std::uint64_t call);
  /// Whether somebody looks at the loop from time to time.
  std::atomic<bool> watched = false;

  std::unordered_set<AsioConnection*> connections;

 private:
  void Control(int operation, std::uint32_t events, int socket, AsioConnection& connection);
  void WaitForSockets();
  void TakeEvents();
  void PassEvents();

  const std::size_t stack_bytes_;
  boost::asio::io_context context_;
  // Asio asks the kernel anew for each wait, and cannot tell a hangup while something is there to
  // be read. This epoll set is asked once for each connection, and then tells what changes.
  boost::asio::posix::stream_descriptor sockets_;
  // What it has told, up to told_, and has been passed on, up to passed_. Another fiber, or another
  // thread, goes on with it when one of the connections holds this one up.
  std::array<epoll_event, 64> events_;
  std::size_t told_ = 0;
  std::size_t passed_ = 0;
  int rounds_ = 0;  // That it was asked, of those in a row.
  bool taking_ = false;
  const std::function<void()> on_call_;
  std::atomic<std::uint64_t> last_call_ = 0;
  std::atomic<std::uint64_t> running_call_ = 0;
};

}  // namespace kratos::http
