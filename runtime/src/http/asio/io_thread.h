// A thread that reads and writes sockets, and what its connections share.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <unordered_set>

#include "fiber/executor.h"

namespace kratos::http {

class AsioConnection;

/// Runs `context` on one thread; everything else here is used on that thread only.
class IoThread final : public fiber::Executor {
 public:
  IoThread();
  ~IoThread() override;

  boost::asio::io_context& context() { return context_; }
  void Post(std::function<void()> task) override;
  bool OnThisThread() { return context_.get_executor().running_in_this_thread(); }

  /// Has `connection` told when its peer hangs up, whatever else is waited for; once.
  void WatchHangup(int socket, AsioConnection& connection);

  /// Until the context is stopped.
  void Run();

  std::unordered_set<AsioConnection*> connections;

 private:
  void WaitForHangups();

  boost::asio::io_context context_{1};
  // Asio tells that a socket is readable, which it stays while a peer that has gone had sent more.
  // This epoll set asks for the end alone.
  boost::asio::posix::stream_descriptor hangups_;
};

}  // namespace kratos::http
