#include "http/client_connection.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <httplib.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "http/client_reply_body.h"
#include "http/client_wire_stream.h"
#include "http/tls_socket_bio.h"

namespace kratos::http {

namespace {

// httplib wants a number for "no limit". The watchdog ends calls; this only must not overflow
// poll's milliseconds.
constexpr time_t kNoTimeoutSeconds = 2'000'000;

// A second descriptor of the connection's socket: it can be shut down from any thread without
// racing with httplib, which may close its own, and whose stop() waits while it connects.
class SocketHandle {
 public:
  ~SocketHandle() { Reset(-1); }
  int get() const { return fd_; }
  void Reset(int fd) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
  }

 private:
  int fd_ = -1;
};

// httplib 0.11 decodes %XX in field values, which can bring control characters to light: they get
// encoded again.
std::string FieldValue(const std::string& value) {
  if (IsFieldValue(value)) return value;
  std::string out;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\t') || byte == 0x7f) {
      out += fmt::format("%{:02X}", static_cast<unsigned>(byte));
    } else {
      out += c;
    }
  }
  return out;
}

bool AsksToClose(const Metadata& headers) {
  for (const auto value : headers.Values("Connection")) {
    std::string lower(value);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    if (lower.find("close") != std::string::npos) return true;
  }
  return false;
}

struct FreeTls {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* session) const { SSL_free(session); }
};

bool IsAddress(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

// What httplib's connection is used through. TLS is ours: httplib's SSLClient cannot be derived
// from in its newer versions.
struct Wire {
  std::string host;
  // Null for plain connections.
  std::unique_ptr<SSL_CTX, FreeTls> context;
  // Null until hands were shaken on the present socket.
  std::unique_ptr<SSL, FreeTls> session;
  bool tls_failed = false;
  std::chrono::microseconds connect_timeout{0};
  // Of the exchange in progress; the stream is there once the connection is.
  CallGuard* guard = nullptr;
  std::optional<WireStream> stream;

  // False when TLS does not come about.
  bool Open(int socket) {
    const bool fresh = context != nullptr && session == nullptr;
    if (fresh && !Begin(socket)) return false;
    stream.emplace(socket, session.get(), *guard);
    return !fresh || stream->ShakeHands(connect_timeout);
  }
  bool Begin(int socket) {
    session.reset(SSL_new(context.get()));
    BIO* bio = session == nullptr ? nullptr : NewSocketBio(socket);
    if (bio == nullptr) return false;
    SSL_set_bio(session.get(), bio, bio);
    SSL_set_mode(session.get(), SSL_MODE_ENABLE_PARTIAL_WRITE);
    SSL_set_connect_state(session.get());
    // Server Name Indication is for names alone (RFC 6066, 3).
    return IsAddress(host) || SSL_set_tlsext_host_name(session.get(), host.c_str()) == 1;
  }
};

// A WireStream as httplib sees it. Nothing says `override`: what httplib asks for depends on its
// version.
class HttplibStream final : public httplib::Stream {
 public:
  HttplibStream(WireStream& wire, int socket) : wire_(wire), socket_(socket) {}

  ssize_t read(char* to, std::size_t size) { return wire_.Read(to, size); }
  ssize_t write(const char* from, std::size_t size) {
    wire_.Write({from, size});
    return static_cast<ssize_t>(size);
  }
  int socket() const { return socket_; }
  // Reading and writing wait for themselves.
  bool is_readable() const { return true; }
  bool is_writable() const { return true; }
  bool wait_readable() const { return true; }
  bool wait_writable() const { return true; }
  // For servers.
  void get_remote_ip_and_port(std::string&, int&) const {}
  void get_local_ip_and_port(std::string&, int&) const {}
  time_t duration() const { return 0; }

 private:
  WireStream& wire_;
  const int socket_;
};

// httplib's client over a WireStream.
class HttplibClient final : public httplib::ClientImpl {
 public:
  HttplibClient(const Origin& origin, Wire& wire)
      : ClientImpl(origin.host, origin.port), wire_(wire) {}

 private:
  using Then = std::function<bool(httplib::Stream&)>;

  // With `override`, so that a version which asks in a third way does not compile: it would go past
  // the stream, and past TLS.
#ifdef CPPHTTPLIB_CLIENT_MAX_TIMEOUT_MSECOND  // It came with the time.
  bool process_socket(const Socket& socket, std::chrono::steady_clock::time_point,
                      Then then) override {
    return Process(socket, then);
  }
#else
  bool process_socket(const Socket& socket, Then then) override { return Process(socket, then); }
#endif

  bool Process(const Socket& socket, const Then& then) {
    wire_.tls_failed = !wire_.Open(socket.sock);
    if (wire_.tls_failed) return false;
    HttplibStream stream(*wire_.stream, socket.sock);
    return then(stream);
  }

  Wire& wire_;
};

// Request targets are sent as given, by whatever name this version of httplib has for it.
template <class Client>
void KeepTargets(Client& client) {
  if constexpr (requires { client.set_path_encode(false); }) {
    client.set_path_encode(false);
  } else {
    client.set_url_encode(false);
  }
}

}  // namespace

struct Connection::Impl {
  Impl(const Origin& origin, std::shared_ptr<const TlsMaterial> with)
      : tls(std::move(with)), http(origin, wire) {}

  // Before `wire`, whose TLS context points to it.
  TlsVerdict verdict;
  const std::shared_ptr<const TlsMaterial> tls;
  bool usable = true;
  Wire wire;
  HttplibClient http;
  SocketHandle socket;
};

Connection::Connection(const Origin& origin, const std::string& address,
                       std::shared_ptr<const TlsMaterial> tls)
    : impl_(std::make_unique<Impl>(origin, std::move(tls))) {
  auto& wire = impl_->wire;
  wire.host = origin.host;
  if (origin.tls) {
    wire.context.reset(SSL_CTX_new(TLS_client_method()));
    impl_->usable = impl_->tls->Configure(wire.context.get(), origin.host, &impl_->verdict);
  }
  auto& http = impl_->http;
  http.set_hostname_addr_map({{origin.host, address}});
  http.set_keep_alive(true);
  http.set_follow_location(false);
  KeepTargets(http);
  // httplib takes a coding that is cut off for a whole one.
  http.set_decompress(false);
  http.set_tcp_nodelay(true);
  http.set_read_timeout(kNoTimeoutSeconds, 0);
  http.set_write_timeout(kNoTimeoutSeconds, 0);
  http.set_socket_options([impl = impl_.get()](int socket) {
    impl->wire.session.reset();
    impl->socket.Reset(::fcntl(socket, F_DUPFD_CLOEXEC, 0));
    if (impl->socket.get() >= 0) {
      impl->wire.guard->Attach(impl->socket.get());
    } else if (const auto left = impl->wire.guard->TimeLeft()) {
      // Out of descriptors: bound each operation at least.
      impl->http.set_read_timeout(*left);
      impl->http.set_write_timeout(*left);
    }
  });
}

Connection::~Connection() {
  if (impl_->wire.session != nullptr && impl_->http.is_socket_open() != 0)
    SSL_shutdown(impl_->wire.session.get());
}

bool Connection::IdleIsSound() const {
  if (impl_->socket.get() < 0) return false;
  // Closed, or bytes that belong to no request: either way the next reply could not be told from
  // them.
  pollfd readable{impl_->socket.get(), POLLIN, 0};
  return ::poll(&readable, 1, 0) == 0;
}

WireOutcome Connection::Exchange(CallGuard& guard, const WireRequest& request,
                                 const WireLimits& limits, Response* reply, std::string* why) {
  reusable_ = false;
  *reply = Response();
  reply->status = 0;
  if (!impl_->usable) {
    *why = "the TLS context could not be set up";
    return WireOutcome::kTlsFailed;
  }

  httplib::Request out;
  out.method = request.method;
  out.path = request.target;
  for (const auto& [name, value] : *request.headers) out.headers.emplace(name, value);
  out.body.swap(*request.body);

  bool has_head = false;
  bool has_no_body = false;
  const auto take_head = [&](const httplib::Response& head) {
    reply->status = head.status;
    for (const auto& [name, value] : head.headers) reply->headers.Add(name, FieldValue(value));
  };
  ReplyBody body(limits.max_reply_bytes, reply);
  out.response_handler = [&](const httplib::Response& head) {
    has_head = true;
    take_head(head);
    // httplib would wait for a body here.
    has_no_body = head.status == 304;
    return !has_no_body && body.Start();
  };
  out.content_receiver = [&](const char* data, std::size_t size, auto /*offset*/, auto /*total*/) {
    return body.Append({data, size});
  };

  auto connect_timeout =
      std::chrono::duration_cast<std::chrono::microseconds>(limits.connect_timeout);
  if (connect_timeout <= std::chrono::microseconds::zero())
    connect_timeout = std::chrono::seconds(kNoTimeoutSeconds);
  impl_->http.set_connection_timeout(connect_timeout);
  impl_->wire.guard = &guard;
  impl_->wire.stream.reset();
  impl_->wire.tls_failed = false;
  impl_->wire.connect_timeout = connect_timeout;
  if (impl_->socket.get() >= 0) guard.Attach(impl_->socket.get());

  httplib::Response in;
  auto error = httplib::Error::Success;
  bool ok = impl_->http.send(out, in, error);
  const bool intact = guard.Detach();
  impl_->wire.guard = nullptr;
  request.body->swap(out.body);

  // Where the end of the connection is the end of the body, our own shutting it down must not pass
  // for it.
  const bool until_close = has_head && in.headers.find("Content-Length") == in.headers.end() &&
                           in.headers.find("Transfer-Encoding") == in.headers.end();
  if (until_close && !intact) ok = false;

  if (ok && !has_head) take_head(in);
  if (ok && has_head) ok = body.Finish();
  if (ok || has_no_body) {
    reusable_ = ok && intact && impl_->http.is_socket_open() != 0 &&
                impl_->wire.stream->reusable() && !AsksToClose(reply->headers);
    return WireOutcome::kReply;
  }
  if (body.outcome() != WireOutcome::kReply) {
    *why = body.why();
    return body.outcome();
  }
  if (const auto& stream = impl_->wire.stream; stream && !stream->why().empty()) {
    *why = stream->why();
    return WireOutcome::kTruncated;
  }
  if (!impl_->verdict.refused.empty()) {
    *why = "the server's certificate is not accepted: " + impl_->verdict.refused;
    return WireOutcome::kTlsRefused;
  }
  if (impl_->wire.tls_failed) {
    *why = "the TLS handshake failed";
    return WireOutcome::kTlsFailed;
  }
  switch (error) {
    case httplib::Error::Connection:
      *why = "refused or unreachable";
      return WireOutcome::kConnectFailed;
    case httplib::Error::ConnectionTimeout:
      *why = "no answer in time";
      return WireOutcome::kConnectFailed;
    default:
      break;
  }
  if (has_head) {
    *why = "the connection was closed before the reply was complete";
    return WireOutcome::kTruncated;
  }
  *why = "the connection was closed, or what came is not HTTP, before there was a reply";
  return WireOutcome::kNoReply;
}

}  // namespace kratos::http
