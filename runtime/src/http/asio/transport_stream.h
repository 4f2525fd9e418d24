// A SocketTransport as Asio's stream concepts know it, for Beast.
#pragma once

#include <sys/socket.h>

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/role.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "http/socket_transport.h"
#include "http/websocket_text_filter.h"

namespace kratos::http {

/// AsyncReadStream and AsyncWriteStream over a transport and the descriptor that tells when it may
/// go on; both outlive it. Bytes that had been read before come first. What is read has passed a
/// WebSocketTextFilter.
class TransportStream {
 public:
  using executor_type = boost::asio::any_io_executor;

  TransportStream(SocketTransport& transport, boost::asio::posix::stream_descriptor& descriptor,
                  std::string ahead, WebSocketTextFilter::Start start)
      : transport_(transport), descriptor_(descriptor), ahead_(std::move(ahead)), filter_(start) {}

  executor_type get_executor() { return descriptor_.get_executor(); }
  SocketTransport& transport() { return transport_; }
  boost::asio::posix::stream_descriptor& descriptor() { return descriptor_; }
  WebSocketTextFilter& filter() { return filter_; }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    boost::asio::mutable_buffer first;
    for (auto it = boost::asio::buffer_sequence_begin(buffers);
         it != boost::asio::buffer_sequence_end(buffers) && first.size() == 0; ++it)
      first = *it;
    return Start([this, first] { return Read(static_cast<char*>(first.data()), first.size()); },
                 first.size() == 0, std::forward<Token>(token));
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    constexpr std::size_t kMost = 16;
    std::array<std::string_view, kMost> pieces{};
    std::size_t count = 0;
    std::size_t total = 0;
    for (auto it = boost::asio::buffer_sequence_begin(buffers);
         it != boost::asio::buffer_sequence_end(buffers) && count < kMost; ++it) {
      const boost::asio::const_buffer buffer(*it);
      pieces[count++] = {static_cast<const char*>(buffer.data()), buffer.size()};
      total += buffer.size();
    }
    return Start(
        [this, pieces, count] {
          return transport_.Write({pieces.data(), count});
        },
        total == 0, std::forward<Token>(token));
  }

 private:
  SocketTransport::Moved Read(char* to, std::size_t size) {
    SocketTransport::Moved moved;
    if (ahead_.empty()) {
      moved = transport_.Read(to, size);
    } else {
      moved = {SocketTransport::Outcome::kDone, ahead_.copy(to, size)};
      ahead_.erase(0, moved.bytes);
    }
    const std::size_t passed = filter_.Pass(to, moved.bytes);
    if (passed < moved.bytes) ahead_.insert(0, to + passed, moved.bytes - passed);
    moved.bytes = passed;
    return moved;
  }

  // Tries the operation, waits for what it wants, tries again. Never completes inside the call.
  template <class Try, class Token>
  auto Start(Try attempt, bool empty, Token&& token) {
    return boost::asio::async_compose<Token, void(boost::system::error_code, std::size_t)>(
        [this, attempt, empty, begun = false](auto& self,
                                              boost::system::error_code error = {}) mutable {
          using Outcome = SocketTransport::Outcome;
          using Descriptor = boost::asio::posix::stream_descriptor;
          if (error) return self.complete(error, 0);
          if (empty) return self.complete({}, 0);
          const auto moved = attempt();
          switch (moved.outcome) {
            case Outcome::kDone:
              if (begun) return self.complete({}, moved.bytes);
              return boost::asio::post(get_executor(),
                                       [self = std::move(self), bytes = moved.bytes]() mutable {
                                         self.complete({}, bytes);
                                       });
            case Outcome::kWantRead:
              begun = true;
              return descriptor_.async_wait(Descriptor::wait_read, std::move(self));
            case Outcome::kWantWrite:
              begun = true;
              return descriptor_.async_wait(Descriptor::wait_write, std::move(self));
            case Outcome::kEnd:
              error = boost::asio::error::eof;
              break;
            case Outcome::kBroken:
              error = boost::asio::error::connection_reset;
              break;
          }
          if (begun) return self.complete(error, 0);
          boost::asio::post(get_executor(),
                            [self = std::move(self), error]() mutable { self.complete(error, 0); });
        },
        token, descriptor_);
  }

  SocketTransport& transport_;
  boost::asio::posix::stream_descriptor& descriptor_;
  std::string ahead_;
  WebSocketTextFilter filter_;
};

// What Beast asks of its streams. The connection's owner closes the socket; until then nothing more
// may come through it.
inline void beast_close_socket(TransportStream& stream) {
  shutdown(stream.transport().socket(), SHUT_RDWR);
}
inline void teardown(boost::beast::role_type, TransportStream&, boost::system::error_code& error) {
  error = {};
}
template <class Handler>
void async_teardown(boost::beast::role_type role, TransportStream& stream, Handler&& handler) {
  // A server's connection says goodbye itself; a client's may be kept for long by who called.
  if (role == boost::beast::role_type::client) {
    stream.transport().SayGoodbye();
    beast_close_socket(stream);
  }
  boost::asio::post(stream.get_executor(), [handler = std::forward<Handler>(handler)]() mutable {
    handler(boost::system::error_code());
  });
}

}  // namespace kratos::http
