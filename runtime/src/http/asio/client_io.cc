#include "http/asio/client_io.h"

#include <pthread.h>

#include <csignal>
#include <mutex>
#include <system_error>

namespace kratos::http {

std::shared_ptr<ClientIo> ClientIo::Get() {
  static std::mutex mutex;
  static std::weak_ptr<ClientIo> shared;
  const std::lock_guard lock(mutex);
  auto io = shared.lock();
  if (io == nullptr) {
    try {
      io = std::make_shared<ClientIo>();
    } catch (const std::system_error&) {
      return nullptr;
    }
    shared = io;
  }
  return io;
}

ClientIo::ClientIo() : work_(context_.get_executor()) {
  // Signals are for the program's own threads.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  try {
    thread_ = std::thread([this] { context_.run(); });
  } catch (const std::system_error&) {
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    throw;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

ClientIo::~ClientIo() {
  context_.stop();
  thread_.join();
}

}  // namespace kratos::http
