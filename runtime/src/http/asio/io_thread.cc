#include "http/asio/io_thread.h"

#include <sys/epoll.h>

#include <boost/asio/post.hpp>
#include <utility>

#include "http/asio/asio_connection.h"

namespace kratos::http {

IoThread::IoThread() : hangups_(context_, epoll_create1(EPOLL_CLOEXEC)) { WaitForHangups(); }

IoThread::~IoThread() = default;

void IoThread::Post(std::function<void()> task) { boost::asio::post(context_, std::move(task)); }

void IoThread::Run() {
  auto work = boost::asio::make_work_guard(context_);
  context_.run();
}

void IoThread::WatchHangup(int socket, AsioConnection& connection) {
  epoll_event event{};
  event.events = EPOLLRDHUP | EPOLLET;
  event.data.ptr = &connection;
  // The kernel forgets the socket when it is closed.
  epoll_ctl(hangups_.native_handle(), EPOLL_CTL_ADD, socket, &event);
}

void IoThread::WaitForHangups() {
  hangups_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                      [this](boost::system::error_code error) {
                        if (error) return;
                        epoll_event events[64];
                        const int count = epoll_wait(hangups_.native_handle(), events, 64, 0);
                        for (int i = 0; i < count; ++i) {
                          // One that has been closed since it was reported is not in the set.
                          auto* connection = static_cast<AsioConnection*>(events[i].data.ptr);
                          if (connections.contains(connection)) connection->OnHangup();
                        }
                        WaitForHangups();
                      });
}

}  // namespace kratos::http
