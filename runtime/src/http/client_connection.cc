#include "http/client_connection.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <httplib.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <utility>

#include "http/client_reply_body.h"
#include "http/no_sigpipe.h"

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

// The TLS context by whatever name this version of httplib has for it.
template <class Client>
ssl_ctx_st* ContextOf(Client& client) {
  if constexpr (requires { client.tls_context(); }) {
    return static_cast<ssl_ctx_st*>(client.tls_context());
  } else {
    return client.ssl_context();
  }
}

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
  // Before `http`, whose TLS context points to it.
  TlsVerdict verdict;
  std::shared_ptr<const TlsMaterial> tls;
  bool usable = true;
  std::unique_ptr<httplib::ClientImpl> http;
  SocketHandle socket;
  // Of the exchange in progress.
  CallGuard* guard = nullptr;
};

Connection::Connection(const Origin& origin, const std::string& address,
                       std::shared_ptr<const TlsMaterial> tls)
    : impl_(std::make_unique<Impl>()) {
  impl_->tls = std::move(tls);
  if (origin.tls) {
    auto client = std::make_unique<httplib::SSLClient>(origin.host, origin.port);
    // OpenSSL verifies, by what Configure() sets up: httplib's own check loads the authorities anew
    // for every connection.
    client->enable_server_certificate_verification(false);
    impl_->usable = impl_->tls->Configure(ContextOf(*client), origin.host, &impl_->verdict);
    impl_->http = std::move(client);
  } else {
    impl_->http = std::make_unique<httplib::ClientImpl>(origin.host, origin.port);
  }
  auto& http = *impl_->http;
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
    impl->socket.Reset(::fcntl(socket, F_DUPFD_CLOEXEC, 0));
    if (impl->socket.get() >= 0) {
      impl->guard->Attach(impl->socket.get());
    } else if (const auto left = impl->guard->TimeLeft()) {
      // Out of descriptors: bound each operation at least.
      impl->http->set_read_timeout(*left);
      impl->http->set_write_timeout(*left);
    }
  });
}

Connection::~Connection() {
  const NoSigPipe quiet;
  impl_.reset();
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
  impl_->http->set_connection_timeout(connect_timeout);
  impl_->guard = &guard;
  if (impl_->socket.get() >= 0) guard.Attach(impl_->socket.get());

  httplib::Response in;
  auto error = httplib::Error::Success;
  bool ok = false;
  {
    const NoSigPipe quiet;
    ok = impl_->http->send(out, in, error);
  }
  const bool intact = guard.Detach();
  impl_->guard = nullptr;
  request.body->swap(out.body);

  // Where the end of the connection is the end of the body, our own shutting it down must not pass
  // for it.
  const bool until_close = has_head && in.headers.find("Content-Length") == in.headers.end() &&
                           in.headers.find("Transfer-Encoding") == in.headers.end();
  if (until_close && !intact) ok = false;

  if (ok && !has_head) take_head(in);
  if (ok && has_head) ok = body.Finish();
  if (ok || has_no_body) {
    reusable_ = ok && intact && impl_->http->is_socket_open() != 0 && !AsksToClose(reply->headers);
    return WireOutcome::kReply;
  }
  if (body.outcome() != WireOutcome::kReply) {
    *why = body.why();
    return body.outcome();
  }
  if (!impl_->verdict.refused.empty()) {
    *why = "the server's certificate is not accepted: " + impl_->verdict.refused;
    return WireOutcome::kTlsRefused;
  }
  switch (error) {
    case httplib::Error::Connection:
      *why = "refused or unreachable";
      return WireOutcome::kConnectFailed;
    case httplib::Error::ConnectionTimeout:
      *why = "no answer in time";
      return WireOutcome::kConnectFailed;
    case httplib::Error::SSLConnection:
      *why = "the TLS handshake failed";
      return WireOutcome::kTlsFailed;
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
