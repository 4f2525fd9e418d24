// The thread behind the streaming calls of all clients.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <thread>

namespace kratos::http {

/// Runs an I/O context on a thread of its own.
class ClientIo {
 public:
  /// The program's: started by the first to ask for it, ended with the last that holds it, who must
  /// not let go of it on that very thread. Null when the system has no thread to give.
  static std::shared_ptr<ClientIo> Get();

  ClientIo();
  ~ClientIo();
  ClientIo(const ClientIo&) = delete;
  ClientIo& operator=(const ClientIo&) = delete;

  boost::asio::io_context& context() { return context_; }

 private:
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;
};

}  // namespace kratos::http
