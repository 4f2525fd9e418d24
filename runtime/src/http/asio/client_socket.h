// The socket of a streaming call, plain or TLS.
#pragma once

#include <openssl/ssl.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "http/client_stream_wire.h"
#include "http/socket_transport.h"

namespace kratos::http {

/// Reads and writes happen on the caller's thread; only waits go through the I/O thread. One party
/// at a time. CallGuard ends waits by shutting the socket down.
class ClientSocket : public std::enable_shared_from_this<ClientSocket> {
 public:
  using Clock = std::chrono::steady_clock;

  /// Takes over `socket`. `context` must outlive this.
  ClientSocket(boost::asio::io_context& context, int socket, Origin origin);
  ClientSocket(const ClientSocket&) = delete;
  ClientSocket& operator=(const ClientSocket&) = delete;

  /// True when the connection that was begun stands.
  bool AwaitConnected(std::optional<Clock::time_point> until, std::string* why);
  WireOutcome StartTls(std::shared_ptr<const TlsMaterial> tls, std::string* why);

  /// Waits for bytes. kDone, kEnd or kBroken.
  SocketTransport::Moved Read(char* to, std::size_t size);
  /// The same without waiting: kWantRead, kWantWrite too.
  SocketTransport::Moved TryRead(char* to, std::size_t size) { return transport_.Read(to, size); }
  enum class Wrote {
    kAll,
    kReadable,  ///< the peer sent something before all was written
    kBroken,
  };
  /// Writes all of the pieces, which are cut by what was written. With `watch` it stops when the
  /// peer says something meanwhile.
  Wrote Write(std::span<std::string_view> pieces, bool watch = false);

  const Origin& origin() const { return origin_; }
  SocketTransport& transport() { return transport_; }
  boost::asio::posix::stream_descriptor& descriptor() { return descriptor_; }

 private:
  enum class Want { kRead, kWrite, kEither };
  // False when the time came first.
  bool Wait(Want want, std::optional<Clock::time_point> until = std::nullopt);
  bool Wait(SocketTransport::Outcome want) {
    return Wait(want == SocketTransport::Outcome::kWantWrite ? Want::kWrite : Want::kRead);
  }

  const Origin origin_;
  boost::asio::io_context& context_;
  boost::asio::posix::stream_descriptor descriptor_;
  // Before the transport, whose TLS points to it.
  TlsVerdict verdict_;
  std::shared_ptr<const TlsMaterial> tls_;
  SocketTransport transport_;
};

}  // namespace kratos::http
