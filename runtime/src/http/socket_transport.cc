#include "http/socket_transport.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>

#include "http/tls_socket_bio.h"
#include "transport/endpoint.h"

namespace kratos::http {

namespace {

constexpr std::size_t kMaxPieces = 16;
// One TLS record: joining more gains nothing.
constexpr std::size_t kJoined = 16 * 1024;

bool MustWait(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

}  // namespace

SocketTransport::SocketTransport(int socket) : socket_(socket) {
  fcntl(socket_, F_SETFL, fcntl(socket_, F_GETFL) | O_NONBLOCK);
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // Fails on what is not TCP.
}

SocketTransport::~SocketTransport() = default;

bool SocketTransport::MakeTls(SSL_CTX* ctx) {
  ssl_.reset(SSL_new(ctx));
  BIO* bio = ssl_ == nullptr ? nullptr : NewSocketBio(socket_);
  if (bio == nullptr) {
    broken_ = true;
    return false;
  }
  SSL_set_bio(ssl_.get(), bio, bio);
  // A write that has to be tried again may find its bytes elsewhere.
  SSL_set_mode(ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                               SSL_MODE_RELEASE_BUFFERS);
  return true;
}

bool SocketTransport::BeginTls(SSL_CTX* ctx) {
  if (!MakeTls(ctx)) return false;
  SSL_set_accept_state(ssl_.get());
  return true;
}

bool SocketTransport::BeginTlsAsClient(SSL_CTX* ctx, const std::string& host) {
  if (!MakeTls(ctx)) return false;
  SSL_set_connect_state(ssl_.get());
  in_addr v4{};
  in6_addr v6{};
  const bool is_address =
      inet_pton(AF_INET, host.c_str(), &v4) == 1 || inet_pton(AF_INET6, host.c_str(), &v6) == 1;
  // Server Name Indication is for names alone (RFC 6066, 3).
  return is_address || SSL_set_tlsext_host_name(ssl_.get(), host.c_str()) == 1;
}

SocketTransport::Outcome SocketTransport::TlsOutcome(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_NONE:
      return Outcome::kDone;
    case SSL_ERROR_WANT_READ:
      return Outcome::kWantRead;
    case SSL_ERROR_WANT_WRITE:
      return Outcome::kWantWrite;
    case SSL_ERROR_ZERO_RETURN:
      return Outcome::kEnd;
    default:
      broken_ = true;
      return Outcome::kBroken;
  }
}

SocketTransport::Outcome SocketTransport::Handshake() {
  ERR_clear_error();
  const Outcome outcome = TlsOutcome(SSL_do_handshake(ssl_.get()));
  if (outcome == Outcome::kEnd) broken_ = true;
  return outcome;
}

std::string_view SocketTransport::alpn() const {
  const unsigned char* name = nullptr;
  unsigned length = 0;
  if (ssl_ != nullptr) SSL_get0_alpn_selected(ssl_.get(), &name, &length);
  return {reinterpret_cast<const char*>(name), length};
}

SocketTransport::Moved SocketTransport::Read(char* to, std::size_t size) {
  if (broken_) return {};
  if (ssl_ != nullptr) {
    ERR_clear_error();
    const int result =
        SSL_read(ssl_.get(), to, static_cast<int>(std::min<std::size_t>(size, INT_MAX)));
    if (result > 0) return {Outcome::kDone, static_cast<std::size_t>(result)};
    return {TlsOutcome(result), 0};
  }
  while (true) {
    const auto got = recv(socket_, to, size, 0);
    if (got > 0) return {Outcome::kDone, static_cast<std::size_t>(got)};
    if (got == 0) return {Outcome::kEnd, 0};
    if (MustWait(errno)) return {Outcome::kWantRead, 0};
    if (errno == EINTR) continue;
    broken_ = true;
    return {};
  }
}

SocketTransport::Moved SocketTransport::Write(std::span<const std::string_view> pieces) {
  if (broken_) return {};
  if (ssl_ != nullptr) {
    std::string joined;
    std::string_view bytes;
    for (const std::string_view piece : pieces) {
      if (bytes.empty()) {
        bytes = piece;
      } else if (!piece.empty()) {
        // Small pieces share a record; the rest comes with the next call.
        if (joined.empty()) joined = bytes.substr(0, kJoined);
        if (joined.size() < kJoined) joined += piece.substr(0, kJoined - joined.size());
      }
    }
    if (!joined.empty() && bytes.size() < kJoined) bytes = joined;
    if (bytes.empty()) return {Outcome::kDone, 0};
    ERR_clear_error();
    const int result = SSL_write(ssl_.get(), bytes.data(),
                                 static_cast<int>(std::min<std::size_t>(bytes.size(), INT_MAX)));
    if (result > 0) return {Outcome::kDone, static_cast<std::size_t>(result)};
    const Outcome outcome = TlsOutcome(result);
    return {outcome == Outcome::kEnd ? Outcome::kBroken : outcome, 0};
  }
  iovec vectors[kMaxPieces];
  std::size_t count = 0;
  for (const std::string_view piece : pieces) {
    if (piece.empty()) continue;
    if (count == kMaxPieces) break;
    vectors[count++] = {const_cast<char*>(piece.data()), piece.size()};
  }
  if (count == 0) return {Outcome::kDone, 0};
  msghdr message{};
  message.msg_iov = vectors;
  message.msg_iovlen = count;
  while (true) {
    const auto sent = count == 1
                          ? send(socket_, vectors[0].iov_base, vectors[0].iov_len, MSG_NOSIGNAL)
                          : sendmsg(socket_, &message, MSG_NOSIGNAL);
    if (sent >= 0) return {Outcome::kDone, static_cast<std::size_t>(sent)};
    if (MustWait(errno)) return {Outcome::kWantWrite, 0};
    if (errno == EINTR) continue;
    broken_ = true;
    return {};
  }
}

bool SocketTransport::HasPending() const { return ssl_ != nullptr && SSL_pending(ssl_.get()) > 0; }

void SocketTransport::SayGoodbye() {
  if (ssl_ == nullptr || broken_) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
}

void SocketTransport::ResetOnClose() {
  const linger at_once{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

bool SocketTransport::EndWriting() { return shutdown(socket_, SHUT_WR) == 0; }

SocketTransport::Moved SocketTransport::Discard() {
  char dropped[4096];
  const auto got = recv(socket_, dropped, sizeof dropped, MSG_DONTWAIT);
  if (got > 0) return {Outcome::kDone, static_cast<std::size_t>(got)};
  return {got == 0 ? Outcome::kEnd : Outcome::kWantRead, 0};
}

std::string SocketTransport::PeerName() const {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  char host[NI_MAXHOST];
  char port[NI_MAXSERV];
  if (getpeername(socket_, reinterpret_cast<sockaddr*>(&address), &length) != 0 ||
      address.ss_family == AF_UNIX ||
      getnameinfo(reinterpret_cast<sockaddr*>(&address), length, host, sizeof host, port,
                  sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return "";
  }
  return transport::FormatHostPort(host, std::atoi(port));
}

}  // namespace kratos::http
