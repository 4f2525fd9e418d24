// The engine on cpp-httplib. httplib accepts, queues, removes body framing and writes replies; heads are read by request_head.h,
// because httplib (0.11 to date) percent-decodes header values, routes by regular expressions on the decoded path, knows a fixed set of
// methods only and has no limit on the time or size of a head. httplib sees "POST /" with the framing fields instead.
#include <fmt/format.h>
#include <httplib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <set>
#include <thread>
#include <type_traits>
#include <vector>

#include "http/connection.h"
#include "http/endpoint.h"
#include "http/engine.h"
#include "http/peer_watch.h"
#include "http/tls.h"
#include "kratos/errors/errors.h"
#include "kratos/log/log.h"

namespace kratos::http {

namespace {

using std::chrono::milliseconds;

// Set while the accept loop runs a connection it has no thread for.
thread_local bool t_overloaded = false;

// A fixed set of threads with a bounded queue; what does not fit is refused on the accepting thread.
class WorkerPool final : public httplib::TaskQueue {
 public:
  WorkerPool(std::size_t threads, std::size_t max_queued) : max_queued_(max_queued) {
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Run(); });
  }

  // void in older cpp-httplib, bool in newer.
  using EnqueueResult = decltype(std::declval<httplib::TaskQueue&>().enqueue(std::function<void()>()));

  EnqueueResult enqueue(std::function<void()> work) override {
    std::unique_lock lock(mutex_);
    if (idle_ == 0 && max_queued_ != 0 && queue_.size() >= max_queued_) {
      lock.unlock();
      t_overloaded = true;
      work();
      t_overloaded = false;
    } else {
      queue_.push_back(std::move(work));
      lock.unlock();
      ready_.notify_one();
    }
    return static_cast<EnqueueResult>(true);
  }

  void shutdown() override {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    ready_.notify_all();
    for (auto& thread : threads_) thread.join();
  }

 private:
  void Run() {
    std::unique_lock lock(mutex_);
    while (true) {
      ++idle_;
      ready_.wait(lock, [this] { return stop_ || !queue_.empty(); });
      --idle_;
      if (queue_.empty()) return;
      auto work = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      work();
      lock.lock();
    }
  }

  const std::size_t max_queued_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::function<void()>> queue_;
  std::size_t idle_ = 0;
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

// A request on its way through httplib, on the thread that serves its connection.
struct Exchange {
  RequestHead head;
  /// Set: refused before httplib saw it.
  std::optional<HeadError> refusal;
  bool close = false;
};

thread_local Exchange* t_exchange = nullptr;

// What httplib reads and writes: a substituted head, then the connection's bytes. Members are virtual in one version of cpp-httplib or another,
// so none is marked override.
#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Winconsistent-missing-override"
#pragma clang diagnostic ignored "-Wsuggest-override"
#endif
class HttplibStream final : public httplib::Stream {
 public:
  HttplibStream(Connection& connection, std::string head) : connection_(connection), head_(std::move(head)) {}

  bool is_readable() const { return true; }
  bool is_writable() const { return true; }
  bool wait_readable() const { return true; }
  bool wait_writable() const { return true; }
  ssize_t read(char* data, std::size_t size) {
    if (head_read_ < head_.size()) {
      const std::size_t count = std::min(size, head_.size() - head_read_);
      std::memcpy(data, head_.data() + head_read_, count);
      head_read_ += count;
      return static_cast<ssize_t>(count);
    }
    return connection_.Read(data, size);
  }
  ssize_t write(const char* data, std::size_t size) {
    return connection_.Write(data, size) ? static_cast<ssize_t>(size) : -1;
  }
  void get_remote_ip_and_port(std::string& ip, int& port) const {
    ip.clear();
    port = 0;
  }
  void get_local_ip_and_port(std::string& ip, int& port) const {
    ip.clear();
    port = 0;
  }
  socket_t socket() const { return connection_.socket(); }
  time_t duration() const { return 0; }

 private:
  Connection& connection_;
  const std::string head_;
  std::size_t head_read_ = 0;
};
#if defined(__clang__)
#pragma clang diagnostic pop
#endif

// The head that httplib gets in place of the real one: the framing, nothing a peer can shape otherwise.
std::string SubstituteHead(const Exchange& exchange) {
  const RequestHead& head = exchange.head;
  const bool is_head = head.request.method == "HEAD";
  std::string text = is_head ? "HEAD / HTTP/1.1\r\n" : "POST / HTTP/1.1\r\n";
  if (!exchange.refusal && !is_head) {
    if (head.chunked) {
      text += "Transfer-Encoding: chunked\r\n";
    } else {
      text += fmt::format("Content-Length: {}\r\n", head.content_length);
    }
    if (head.expect_continue) text += "Expect: 100-continue\r\n";
  } else if (!is_head) {
    text += "Content-Length: 0\r\n";
  }
  return text + (exchange.close ? "Connection: close\r\n\r\n" : "Connection: keep-alive\r\n\r\n");
}

void WriteReply(Response&& response, httplib::Response* out) {
  out->status = response.status;
  const bool bodyless = response.status < 200 || response.status == 204 || response.status == 304;
  std::string content_type;
  for (const auto& [name, value] : response.headers) {
    if (EqualsIgnoreCase(name, "Content-Length") || EqualsIgnoreCase(name, "Transfer-Encoding") ||
        EqualsIgnoreCase(name, "Connection")) {
      continue;  // Framing is the engine's.
    }
    if (EqualsIgnoreCase(name, "Content-Type")) {
      content_type = value;
      continue;
    }
    out->headers.emplace(name, value);
  }
  if (bodyless || response.body.empty()) {
    if (!content_type.empty()) out->headers.emplace("Content-Type", content_type);
    return;
  }
  // A provider, so that the bytes go to the socket from where they are, neither copied nor compressed.
  auto body = std::make_shared<const std::string>(std::move(response.body));
  out->set_content_provider(body->size(), content_type, [body](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
    return sink.write(body->data() + offset, length);
  });
}

class HttplibEngine final : public Engine, private httplib::Server {
 public:
  HttplibEngine(const ServerOptions& options, EngineHandler& handler, std::shared_ptr<SSL_CTX> tls)
      : limits_(options.limits), handler_(handler), tls_(std::move(tls)), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    std::size_t threads = limits_.threads;
    if (threads == 0) threads = std::max<std::size_t>(8, 2 * std::size_t{std::thread::hardware_concurrency()});
    new_task_queue = [threads, max_queued = limits_.max_queued_connections] { return new WorkerPool(threads, max_queued); };
    set_keep_alive_max_count(limits_.max_requests_per_connection == 0 ? 1'000'000 : limits_.max_requests_per_connection);
    set_keep_alive_timeout(std::max<time_t>(1, std::chrono::duration_cast<std::chrono::seconds>(limits_.idle_timeout).count()));
    set_payload_max_length(std::numeric_limits<std::size_t>::max());  // The limit is kept while reading, below.
    // Without SO_REUSEPORT, which httplib would set: two servers on one port must be an error.
    set_socket_options([](socket_t socket) {
      const int on = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    });
    Get("/", [this](const httplib::Request&, httplib::Response& out) { Answer(out, nullptr); });
    Post("/", [this](const httplib::Request&, httplib::Response& out, const httplib::ContentReader& reader) {
      Answer(out, &reader);
    });
  }

  ~HttplibEngine() override {
    if (const socket_t listening = svr_sock_.exchange(INVALID_SOCKET); listening != INVALID_SOCKET) close(listening);
    close(wake_);
  }

  Status Listen(const std::string& host, int port) override {
    // An empty host means every interface, over IPv6 with IPv4 mapped where the system has it.
    const std::vector<std::string> hosts = host.empty() ? std::vector<std::string>{"::", "0.0.0.0"} : std::vector{host};
    for (const std::string& candidate : hosts) {
      errno = 0;
      if (port == 0) {
        port_ = bind_to_any_port(candidate);
      } else {
        port_ = bind_to_port(candidate, port) ? port : -1;
      }
      if (port_ > 0) return {};
    }
    const int error = errno;
    return ServiceUnavailable("CANNOT_LISTEN", fmt::format("cannot listen on {}: {}", FormatHostPort(host, port),
                                                           error == 0 ? "the address is not usable" : std::strerror(error)));
  }

  int port() const override { return port_; }

  Status Serve() override {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return {};
      serving_ = true;
    }
    const bool ended_well = listen_after_bind();
    {
      const std::lock_guard lock(mutex_);
      serving_ = false;
    }
    changed_.notify_all();
    if (!ended_well && !stopping_) return ServiceUnavailable("ACCEPT_FAILED", "the listening socket failed");
    return {};
  }

  bool Stop(milliseconds grace) override {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    const std::uint64_t one = 1;
    if (write(wake_, &one, sizeof one) < 0) log::Write(log::Level::kError, "cannot wake idle connections");
    // httplib's stop() does nothing on a server that is about to run: Serve is inside listen_after_bind, and is_running() soon true.
    while (serving_ && !is_running()) changed_.wait_for(lock, milliseconds(1));
    httplib::Server::stop();
    const auto done = [this] { return connections_.empty(); };
    bool drained = true;
    if (grace.count() > 0) {
      drained = changed_.wait_for(lock, grace, done);
    } else {
      changed_.wait(lock, done);
    }
    if (drained) return true;
    for (int socket : connections_) shutdown(socket, SHUT_RDWR);
    lock.unlock();
    watch_.CancelAll();
    return false;
  }

 private:
  // httplib calls this on a worker thread for each connection.
  bool process_and_close_socket(socket_t socket) override {
    {
      const std::lock_guard lock(mutex_);
      connections_.insert(socket);
    }
    ServeConnection(socket);
    {
      const std::lock_guard lock(mutex_);
      connections_.erase(socket);
      close(socket);
    }
    changed_.notify_all();
    return true;
  }

  void ServeConnection(int socket) {
    Connection connection(socket, wake_, limits_);
    if (t_overloaded) {
      Refuse(connection, {503, "every worker is busy and the queue is full"});
      return;
    }
    if (tls_ != nullptr && !connection.StartTls(tls_.get())) return;
    std::size_t served = 0;
    bool open = true;
    while (open && connection.WaitForRequest()) {
      Exchange exchange;
      HeadError error;
      const auto outcome = connection.ReadHead(&exchange.head, &error);
      if (outcome == Connection::HeadOutcome::kClosed) break;
      ++served;
      if (outcome == Connection::HeadOutcome::kError) exchange.refusal = error;
      const RequestHead& head = exchange.head;
      if (!exchange.refusal && limits_.max_body_bytes != 0 && head.content_length > limits_.max_body_bytes) {
        exchange.refusal = HeadError{413, fmt::format("the body is longer than {} bytes", limits_.max_body_bytes)};
      }
      const bool unread_body = head.request.method == "HEAD" && (head.chunked || head.content_length > 0);
      const bool last = limits_.max_requests_per_connection != 0 && served >= limits_.max_requests_per_connection;
      exchange.close = exchange.refusal.has_value() || unread_body || last || !head.keep_alive || stopping_;
      open = Run(connection, exchange) && !exchange.close;
    }
    connection.Close();
  }

  void Refuse(Connection& connection, HeadError why) {
    Exchange exchange;
    exchange.refusal = std::move(why);
    exchange.close = true;
    if (tls_ == nullptr) Run(connection, exchange);
    connection.Close();
  }

  // One request through httplib. False when the connection is of no more use.
  bool Run(Connection& connection, Exchange& exchange) {
    exchange.head.request.peer = connection.peer();
    exchange.head.request.tls = connection.tls();
    HttplibStream stream(connection, SubstituteHead(exchange));
    t_exchange = &exchange;
    t_connection_ = &connection;
    const bool served = Process(*this, stream, exchange.close);
    t_exchange = nullptr;
    t_connection_ = nullptr;
    return connection.Flush() && served;
  }

  // process_request gained parameters in later versions of cpp-httplib.
  template <class Self>
  static bool Process(Self& self, httplib::Stream& stream, bool close_connection) {
    bool closed = false;
    const auto setup = [](httplib::Request&) {};
    if constexpr (requires { self.process_request(stream, close_connection, closed, setup); }) {
      return self.process_request(stream, close_connection, closed, setup) && !closed;
    } else {
      return self.process_request(stream, std::string(), 0, std::string(), 0, close_connection, closed, setup) && !closed;
    }
  }

  // Called by httplib once it has read the substituted head.
  void Answer(httplib::Response& out, const httplib::ContentReader* reader) {
    Exchange& exchange = *t_exchange;
    Response response;
    if (!exchange.refusal && reader != nullptr && (exchange.head.chunked || exchange.head.content_length > 0)) {
      exchange.refusal = ReadBody(*reader, exchange);
    }
    if (exchange.refusal) {
      exchange.close = true;
      if (exchange.refusal->status == 503) response.headers.Set("Retry-After", "1");
      handler_.Reject(exchange.head.request, exchange.refusal->status, exchange.refusal->message, &response);
    } else {
      const PeerWatch::Watched watched(watch_, t_connection_->socket());
      handler_.Serve(exchange.head.request, &response, watched.token());
    }
    exchange.close = exchange.close || response.close || stopping_;
    const bool head_only = exchange.head.request.method == "HEAD";
    out.headers.clear();
    if (exchange.close) out.headers.emplace("Connection", "close");
    // httplib claims range support on HEAD otherwise.
    if (head_only) out.headers.emplace("Accept-Ranges", "none");
    WriteReply(std::move(response), &out);
  }

  std::optional<HeadError> ReadBody(const httplib::ContentReader& reader, Exchange& exchange) {
    std::string& body = exchange.head.request.body;
    body.reserve(std::min<std::size_t>(exchange.head.content_length, 1u << 20));
    bool too_large = false;
    const bool complete = reader([&](const char* data, std::size_t size) {
      too_large = limits_.max_body_bytes != 0 && body.size() + size > limits_.max_body_bytes;
      if (!too_large) body.append(data, size);
      return !too_large;
    });
    if (complete) return std::nullopt;
    if (too_large) return HeadError{413, fmt::format("the body is longer than {} bytes", limits_.max_body_bytes)};
    if (t_connection_->timed_out()) return HeadError{408, "the body took too long to arrive"};
    return HeadError{400, "the body is incomplete or its chunks are malformed"};
  }

  static thread_local Connection* t_connection_;

  const Limits& limits_;
  EngineHandler& handler_;
  const std::shared_ptr<SSL_CTX> tls_;
  const int wake_;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  PeerWatch watch_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<int> connections_;
  bool serving_ = false;
};

thread_local Connection* HttplibEngine::t_connection_ = nullptr;

}  // namespace

Result<std::unique_ptr<Engine>> MakeHttplibEngine(const ServerOptions& options, EngineHandler& handler) {
  std::shared_ptr<SSL_CTX> tls;
  if (options.tls) {
    auto made = MakeServerTls(*options.tls);
    if (!made.ok()) return made.status();
    tls = std::move(*made);
  }
  return std::unique_ptr<Engine>(std::make_unique<HttplibEngine>(options, handler, std::move(tls)));
}

}  // namespace kratos::http
