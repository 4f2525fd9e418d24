#include "http/asio/client_socket.h"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

#include "fiber/parker.h"
#include "http/asio/client_io.h"

namespace kratos::http {

namespace asio = boost::asio;
using asio::posix::stream_descriptor;
using boost::system::error_code;
using Outcome = SocketTransport::Outcome;

ClientSocket::ClientSocket(asio::io_context& context, int socket, Origin origin)
    : origin_(std::move(origin)),
      context_(context),
      descriptor_(context, socket),
      transport_(socket) {}

bool ClientSocket::Wait(Want want, std::optional<Clock::time_point> until) {
  fiber::Parker done;
  // Used on the I/O thread alone until `done`.
  int pending = 0;
  const auto ready = [&](error_code) {
    if (--pending > 0) {
      descriptor_.cancel();  // One of two is enough.
    } else {
      done.Unpark();
    }
  };
  asio::post(context_, [&] {
    pending = want == Want::kEither ? 2 : 1;
    if (want != Want::kWrite) descriptor_.async_wait(stream_descriptor::wait_read, ready);
    if (want != Want::kRead) descriptor_.async_wait(stream_descriptor::wait_write, ready);
  });
  if (!until) {
    done.Park();
    return true;
  }
  if (done.ParkUntil(*until)) return true;
  // Might run when the wait, and with it the socket's owner, is over.
  asio::post(context_, [self = shared_from_this()] { self->descriptor_.cancel(); });
  done.Park();
  return false;
}

bool ClientSocket::AwaitConnected(std::optional<Clock::time_point> until, std::string* why) {
  if (!Wait(Want::kWrite, until)) {
    *why = "no answer in time";
    return false;
  }
  int error = 0;
  socklen_t length = sizeof error;
  if (getsockopt(transport_.socket(), SOL_SOCKET, SO_ERROR, &error, &length) != 0) error = errno;
  if (error == 0) return true;
  *why = "refused or unreachable";
  return false;
}

WireOutcome ClientSocket::StartTls(std::shared_ptr<const TlsMaterial> tls, std::string* why) {
  tls_ = std::move(tls);
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                                  &SSL_CTX_free);
  if (!tls_->Configure(context.get(), origin_.host, &verdict_) ||
      !transport_.BeginTlsAsClient(context.get(), origin_.host)) {
    *why = "the TLS context could not be set up";
    return WireOutcome::kTlsFailed;
  }
  while (true) {
    const Outcome outcome = transport_.Handshake();
    if (outcome == Outcome::kDone) return WireOutcome::kReply;
    if (outcome == Outcome::kWantRead || outcome == Outcome::kWantWrite) {
      Wait(outcome);
      continue;
    }
    if (!verdict_.refused.empty()) {
      *why = "the server's certificate is not accepted: " + verdict_.refused;
      return WireOutcome::kTlsRefused;
    }
    *why = "the TLS handshake failed";
    return WireOutcome::kTlsFailed;
  }
}

SocketTransport::Moved ClientSocket::Read(char* to, std::size_t size) {
  while (true) {
    const auto moved = transport_.Read(to, size);
    if (moved.outcome != Outcome::kWantRead && moved.outcome != Outcome::kWantWrite) return moved;
    Wait(moved.outcome);
  }
}

ClientSocket::Wrote ClientSocket::Write(std::span<std::string_view> pieces, bool watch) {
  while (true) {
    while (!pieces.empty() && pieces.front().empty()) pieces = pieces.subspan(1);
    if (pieces.empty()) return Wrote::kAll;
    const auto moved = transport_.Write(pieces);
    if (moved.outcome == Outcome::kWantWrite && watch) {
      // Which of both it was, the caller finds out by reading.
      Wait(Want::kEither);
      return Wrote::kReadable;
    }
    if (moved.outcome == Outcome::kWantRead || moved.outcome == Outcome::kWantWrite) {
      Wait(moved.outcome);
      continue;
    }
    if (moved.outcome != Outcome::kDone) return Wrote::kBroken;
    std::size_t sent = moved.bytes;
    for (auto& piece : pieces) {
      const std::size_t taken = std::min(sent, piece.size());
      piece.remove_prefix(taken);
      sent -= taken;
    }
  }
}

std::shared_ptr<ClientIo> HoldClientIo() { return ClientIo::Get(); }

int DescriptorOf(const ClientSocket& socket) {
  return const_cast<ClientSocket&>(socket).transport().socket();
}

WireOutcome ConnectSocket(ClientIo& io, const SocketTarget& target, CallGuard& guard,
                          std::shared_ptr<ClientSocket>* socket, std::string* why) {
  *why = "refused or unreachable";
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (getaddrinfo(target.address.c_str(), std::to_string(target.origin.port).c_str(), &hints,
                  &found) != 0) {
    return WireOutcome::kConnectFailed;
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> address(found, &freeaddrinfo);
  const int fd = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) {
    *why = fmt::format("no socket: {}", std::strerror(errno));
    return WireOutcome::kConnectFailed;
  }
  std::shared_ptr<ClientSocket> made;
  try {
    made = std::make_shared<ClientSocket>(io.context(), fd, target.origin);
  } catch (const boost::system::system_error& error) {
    ::close(fd);
    *why = fmt::format("no socket: {}", error.what());
    return WireOutcome::kConnectFailed;
  }
  const auto until = target.connect_timeout > std::chrono::milliseconds::zero()
                         ? std::optional(ClientSocket::Clock::now() + target.connect_timeout)
                         : std::nullopt;
  const int connecting = ::connect(fd, found->ai_addr, found->ai_addrlen);
  const bool begun = connecting == 0 || errno == EINPROGRESS;
  // Attached once it is connecting: shutting it down before would be without effect.
  guard.Attach(fd);
  auto outcome = WireOutcome::kConnectFailed;
  if (begun && (connecting == 0 || made->AwaitConnected(until, why))) {
    outcome = target.tls == nullptr ? WireOutcome::kReply : made->StartTls(target.tls, why);
  }
  if (outcome == WireOutcome::kReply) {
    *socket = std::move(made);
  } else {
    guard.Detach();
  }
  return outcome;
}

}  // namespace kratos::http
