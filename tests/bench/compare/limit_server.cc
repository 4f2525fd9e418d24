// The comparison's services as a careful hand would write them for speed alone, on Asio and Beast:
// no framework, no protobuf, no allocation that can be had once. One thread. Serves on a free port,
// printed as "port N", until SIGTERM.
//
//   kratos_compare_limit --list FILE [--routes]
//
// It does what a server must: checks the syntax of HTTP and JSON, decodes path variables, keeps
// connections alive, answers pipelined requests in order, bounds head and body, and closes idle
// connections.
#include <array>
#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/websocket.hpp>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "limit_json.h"
#include "routes_count.h"

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace limit = kratos::bench::limit;
using asio::ip::tcp;
using beast::error_code;
using Clock = std::chrono::steady_clock;

constexpr auto kIdleTimeout = std::chrono::seconds(60);
constexpr std::size_t kMaxBody = 4 << 20;
constexpr std::size_t kKeptBlob = 64 << 10;  // Memory that an idle connection may hold on to.

// The head and body of one request, as far as these services look at them.
class RequestParser final : public http::basic_parser<true> {
 public:
  RequestParser() {
    eager(true);
    body_limit(kMaxBody);
  }
  http::verb verb = http::verb::unknown;
  std::string target{};
  std::string body{};
  std::string websocket_key{};
  bool json = false;

 private:
  void on_request_impl(http::verb method, beast::string_view, beast::string_view path, int,
                       error_code&) override {
    verb = method;
    target.assign(path.data(), path.size());
  }
  void on_field_impl(http::field name, beast::string_view, beast::string_view value,
                     error_code&) override {
    if (name == http::field::content_type)
      json = beast::iequals(value.substr(0, 16), "application/json");
    if (name == http::field::sec_websocket_key) websocket_key.assign(value.data(), value.size());
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    if (length) body.reserve(*length);
  }
  std::size_t on_body_impl(beast::string_view part, error_code&) override {
    body.append(part.data(), part.size());
    return part.size();
  }
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view part, error_code&) override {
    body.append(part.data(), part.size());
    return part.size();
  }
  void on_header_impl(error_code&) override {}
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  void on_finish_impl(error_code&) override {}
  void on_response_impl(int, beast::string_view, int, error_code&) override {}
};

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = static_cast<char>(c | 0x20);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// What stands in one segment for a variable, decoded. False when it is empty, more than a segment
// or broken.
bool Variable(std::string_view text, std::string* value) {
  if (text.empty()) return false;
  value->clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '/') return false;
    if (text[i] != '%') {
      value->push_back(text[i]);
      continue;
    }
    if (i + 2 >= text.size() || HexDigit(text[i + 1]) < 0 || HexDigit(text[i + 2]) < 0)
      return false;
    value->push_back(static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2])));
    i += 2;
  }
  return true;
}

bool Below(std::string_view path, std::string_view prefix, std::string* value) {
  return path.starts_with(prefix) && Variable(path.substr(prefix.size()), value);
}

std::int64_t Monotonic() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

// "Date: ...\r\n", made anew each second.
std::string_view DateField() {
  static std::time_t made = 0;
  static char text[48];
  const std::time_t now = std::time(nullptr);
  if (now != made) {
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::strftime(text, sizeof text, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
    made = now;
  }
  return text;
}

class WebSocketSession : public std::enable_shared_from_this<WebSocketSession> {
 public:
  explicit WebSocketSession(tcp::socket socket) : stream_(std::move(socket)) {}
  void Start(std::string_view key) {
    http::request<http::empty_body> request(http::verb::get, "/v1/chat", 11);
    request.set(http::field::host, "h");
    request.set(http::field::upgrade, "websocket");
    request.set(http::field::connection, "Upgrade");
    request.set(http::field::sec_websocket_version, "13");
    request.set(http::field::sec_websocket_key, beast::string_view(key.data(), key.size()));
    stream_.read_message_max(kMaxBody);
    stream_.set_option(beast::websocket::stream_base::timeout::suggested(beast::role_type::server));
    stream_.async_accept(request, [self = shared_from_this()](error_code error) {
      if (!error) self->Read();
    });
  }

 private:
  void Read() {
    stream_.async_read(in_, [self = shared_from_this()](error_code error, std::size_t) {
      if (!error) self->Answer();
    });
  }
  void Answer() {
    std::string text = beast::buffers_to_string(in_.data());
    in_.clear();
    std::int64_t sent = 0;
    std::string problem;
    if (!limit::ParseSent(&text, &sent, &problem)) {
      stream_.async_close(beast::websocket::close_code::bad_payload,
                          [self = shared_from_this()](error_code) {});
      return;
    }
    out_.Clear();
    limit::WriteSent(sent, &out_);
    stream_.text(true);
    stream_.async_write(asio::buffer(out_.GetString(), out_.GetSize()),
                        [self = shared_from_this()](error_code error, std::size_t) {
                          if (!error) self->Read();
                        });
  }

  beast::websocket::stream<tcp::socket> stream_;
  beast::flat_buffer in_{};
  rapidjson::StringBuffer out_{};
};

class Session;

struct SegmentHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};

struct Shared {
  limit::Page list{};
  std::unordered_set<std::string, SegmentHash, std::equal_to<>> routes{};  // "r000" and on.
  std::set<Session*> sessions{};
  rapidjson::StringBuffer json{};  // One thread: one buffer for all.
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, Shared& shared) : socket_(std::move(socket)), shared_(shared) {
    shared_.sessions.insert(this);
    parser_.emplace();
  }
  ~Session() { shared_.sessions.erase(this); }

  void Read() {
    if (begin_ == end_) begin_ = end_ = 0;
    if (end_ == sizeof in_ && begin_ > 0) {
      std::memmove(in_, in_ + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    socket_.async_read_some(asio::buffer(in_ + end_, sizeof in_ - end_),
                            [self = shared_from_this()](error_code error, std::size_t count) {
                              if (error) return;
                              self->end_ += count;
                              self->Serve();
                            });
  }

  void CloseIfIdle(Clock::time_point now) {
    if (!streaming_ && now - active_ > kIdleTimeout) socket_.close();
  }

 private:
  // Answers every request that is there.
  void Serve() {
    active_ = Clock::now();
    while (begin_ < end_ && !close_ && blob_.empty()) {
      error_code error;
      begin_ += parser_->put(asio::buffer(in_ + begin_, end_ - begin_), error);
      if (error == http::error::need_more) {
        if (end_ - begin_ < sizeof in_) break;
        error = http::error::header_limit;
      }
      if (error) {
        close_ = true;
        AnswerError(error == http::error::body_limit     ? 413
                    : error == http::error::header_limit ? 431
                                                         : 400,
                    "CODEC", "the request could not be read");
        break;
      }
      if (!parser_->is_done()) break;
      close_ = !parser_->keep_alive();
      Answer();
      if (handed_over_) return;
      std::string target = std::move(parser_->target);
      std::string body = std::move(parser_->body);
      parser_.emplace();  // Its strings keep their memory.
      target.clear();
      body.clear();
      parser_->target = std::move(target);
      parser_->body = std::move(body);
    }
    Write();
  }

  void Answer() {
    std::string_view path = parser_->target;
    if (const auto query = path.find('?'); query != path.npos) path = path.substr(0, query);
    const bool get = parser_->verb == http::verb::get;
    shared_.json.Clear();
    if (get && Below(path, "/v1/hello/", &variable_)) {
      Greet();
    } else if (path == "/v1/pages:mirror" && parser_->verb == http::verb::post) {
      limit::Page page;
      std::string problem;
      if (!parser_->json)
        AnswerError(415, "CODEC", "the body must be application/json");
      else if (!limit::ParsePage(&parser_->body, &page, &problem))
        AnswerError(400, "CODEC", problem);
      else {
        limit::WritePage(page, &shared_.json);
        Reply("200 OK");
      }
    } else if (get && path == "/v1/items") {
      limit::WritePage(shared_.list, &shared_.json);
      Reply("200 OK");
    } else if (get && Below(path, "/v1/blobs/", &variable_)) {
      std::size_t bytes = 0;
      if (std::from_chars(variable_.data(), variable_.data() + variable_.size(), bytes).ptr !=
              variable_.data() + variable_.size() ||
          bytes > (std::size_t{1} << 30))
        return AnswerError(400, "CODEC", "bytes is no number of bytes");
      blob_.assign(bytes, 'x');
      Head("200 OK", "text/plain", bytes);
    } else if (get && Below(path, "/v1/failures/", &variable_)) {
      AnswerError(409, variable_, "nothing left");
    } else if (get && path == "/v1/feed") {
      Feed();
    } else if (get && path == "/v1/chat" && parser_->upgrade()) {
      handed_over_ = true;
      std::make_shared<WebSocketSession>(std::move(socket_))->Start(parser_->websocket_key);
    } else if (get && OneOfMany(path)) {
      Greet();
    } else if (path.starts_with("/v1/hello/") || path == "/v1/pages:mirror") {
      AnswerError(405, "METHOD_NOT_ALLOWED", "another method is needed");
    } else {
      AnswerError(404, "NOT_FOUND", "no route matches");
    }
  }

  // "/v1/r123/{name}"
  bool OneOfMany(std::string_view path) {
    if (!path.starts_with("/v1/r")) return false;
    path.remove_prefix(4);
    const auto slash = path.find('/');
    return slash != path.npos && shared_.routes.contains(path.substr(0, slash)) &&
           Variable(path.substr(slash + 1), &variable_);
  }
  void Greet() {
    variable_.insert(0, "Hello ");
    limit::WriteMessage(variable_, &shared_.json);
    Reply("200 OK");
  }

  void AnswerError(int code, std::string_view reason, std::string_view message) {
    shared_.json.Clear();
    limit::WriteError(code, reason, message, &shared_.json);
    Reply(code == 400   ? "400 Bad Request"
          : code == 404 ? "404 Not Found"
          : code == 405 ? "405 Method Not Allowed"
          : code == 409 ? "409 Conflict"
          : code == 413 ? "413 Content Too Large"
          : code == 415 ? "415 Unsupported Media Type"
                        : "431 Request Header Fields Too Large");
  }

  void Reply(std::string_view status) {
    Head(status, "application/json", shared_.json.GetSize());
    out_.append(shared_.json.GetString(), shared_.json.GetSize());
  }

  void Head(std::string_view status, std::string_view type, std::size_t length) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, length).ptr;
    out_.append("HTTP/1.1 ").append(status).append("\r\nContent-Type: ").append(type);
    out_.append("\r\n").append(DateField()).append("Content-Length: ").append(digits, end);
    out_.append(close_ ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n");
  }

  // Sends what is in out_ and blob_, tried at once before it is waited for.
  void Write() {
    while (written_ < out_.size() + blob_.size()) {
      error_code error;
      written_ += socket_.write_some(Unwritten(), error);
      if (error == asio::error::would_block) {
        socket_.async_wait(tcp::socket::wait_write, [self = shared_from_this()](error_code failed) {
          if (!failed) self->Write();
        });
        return;
      }
      if (error) return;
    }
    written_ = 0;
    out_.clear();
    if (!blob_.empty()) {
      blob_.clear();
      if (blob_.capacity() > kKeptBlob) blob_.shrink_to_fit();
      if (!close_ && begin_ < end_) return Serve();
    }
    if (close_) {
      error_code ignored;
      socket_.shutdown(tcp::socket::shutdown_send, ignored);
      return;
    }
    if (!streaming_) Read();
  }

  std::array<asio::const_buffer, 2> Unwritten() const {
    if (written_ >= out_.size())
      return {asio::buffer(blob_) + (written_ - out_.size()), asio::const_buffer()};
    return {asio::buffer(out_) + written_, asio::buffer(blob_)};
  }

  // Server-sent events until the client goes.
  void Feed() {
    const auto at = parser_->target.find("interval=");
    int interval = 0;
    if (at != std::string::npos)
      std::from_chars(parser_->target.data() + at + 9,
                      parser_->target.data() + parser_->target.size(), interval);
    if (interval <= 0) return AnswerError(400, "CODEC", "interval is needed");
    streaming_ = true;
    out_.append("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n")
        .append(DateField())
        .append("Transfer-Encoding: chunked\r\n\r\n");
    timer_.emplace(socket_.get_executor(), std::chrono::milliseconds(interval));
    Tick(std::chrono::milliseconds(interval));
  }
  void Tick(std::chrono::milliseconds interval) {
    shared_.json.Clear();
    limit::WriteSent(Monotonic(), &shared_.json);
    constexpr std::string_view kBefore = "event: message\ndata: ";
    char size[16];
    const auto end =
        std::to_chars(size, size + sizeof size, kBefore.size() + shared_.json.GetSize() + 2, 16)
            .ptr;
    out_.append(size, end).append("\r\n").append(kBefore);
    out_.append(shared_.json.GetString(), shared_.json.GetSize()).append("\n\n\r\n");
    if (out_.size() > (1 << 20)) return socket_.close();  // The client does not read.
    if (written_ == 0) Write();
    timer_->async_wait([self = shared_from_this(), interval](error_code error) {
      if (error || !self->socket_.is_open()) return;
      self->timer_->expires_at(self->timer_->expiry() + interval);
      self->Tick(interval);
    });
  }

  tcp::socket socket_;
  Shared& shared_;
  std::optional<RequestParser> parser_{};
  std::optional<asio::steady_timer> timer_{};
  char in_[8 << 10];
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::string variable_{};
  std::string out_{};
  std::string blob_{};
  std::size_t written_ = 0;
  Clock::time_point active_ = Clock::now();
  bool close_ = false;
  bool streaming_ = false;
  bool handed_over_ = false;
};

class Server {
 public:
  Server(asio::io_context& context, limit::Page list, bool many)
      : acceptor_(context, {asio::ip::address_v4::loopback(), 0}), sweep_(context) {
    shared_.list = std::move(list);
    for (int i = 0; many && i < kratos::bench::kRoutes; ++i) {
      char name[8];
      std::snprintf(name, sizeof name, "r%03d", i);
      shared_.routes.emplace(name);
    }
    Accept();
    Sweep();
  }
  int port() const { return acceptor_.local_endpoint().port(); }

 private:
  void Accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket socket) {
      if (!error) {
        socket.non_blocking(true);
        socket.set_option(tcp::no_delay(true));
        std::make_shared<Session>(std::move(socket), shared_)->Read();
      }
      Accept();
    });
  }
  void Sweep() {
    sweep_.expires_after(std::chrono::seconds(1));
    sweep_.async_wait([this](error_code) {
      for (Session* session : shared_.sessions) session->CloseIfIdle(Clock::now());
      Sweep();
    });
  }

  Shared shared_{};
  tcp::acceptor acceptor_;
  asio::steady_timer sweep_;
};

}  // namespace

int main(int argc, char** argv) {
  const char* path = nullptr;
  bool many = false;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--routes") many = true;
    if (std::string_view(argv[i]) == "--list" && i + 1 < argc) path = argv[++i];
  }
  if (path == nullptr) {
    std::fputs("kratos_compare_limit: --list FILE is needed\n", stderr);
    return 2;
  }
  std::ifstream file(path);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  limit::Page list;
  std::string problem;
  if (!limit::ParsePage(&text, &list, &problem)) {
    std::fprintf(stderr, "kratos_compare_limit: %s: %s\n", path, problem.c_str());
    return 1;
  }
  asio::io_context context(1);
  asio::signal_set signals(context, SIGINT, SIGTERM);
  signals.async_wait([&](error_code, int) { context.stop(); });
  const Server server(context, std::move(list), many);
  std::printf("port %d\n", server.port());
  std::fflush(stdout);
  context.run();
}
