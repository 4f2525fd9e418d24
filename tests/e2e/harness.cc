#include "harness.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "support/catch.h"

namespace e2e {

namespace {

struct Child {
  int pid = -1;
  int out = -1;
  int err = -1;
};

Child Spawn(const std::vector<std::string>& arguments) {
  int out[2];
  int err[2];
  if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const int pid = fork();
  if (pid == 0) {
    dup2(out[1], STDOUT_FILENO);
    dup2(err[1], STDERR_FILENO);
    execvp(argv[0], argv.data());
    _exit(127);
  }
  close(out[1]);
  close(err[1]);
  return {pid, out[0], err[0]};
}

// Reads both pipes to their ends.
void Drain(int out, int err, std::string* out_text, std::string* err_text) {
  pollfd entries[2] = {{out, POLLIN, 0}, {err, POLLIN, 0}};
  std::string* texts[2] = {out_text, err_text};
  int open = 2;
  char buffer[65536];
  while (open > 0) {
    poll(entries, 2, -1);
    for (int i = 0; i < 2; ++i) {
      if (entries[i].fd < 0 || entries[i].revents == 0) continue;
      const auto got = read(entries[i].fd, buffer, sizeof buffer);
      if (got > 0) {
        texts[i]->append(buffer, static_cast<std::size_t>(got));
      } else {
        entries[i].fd = -1;
        --open;
      }
    }
  }
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Reads a reply's head; its length, or npos while it is incomplete.
std::size_t ParseHead(std::string_view text, Reply* reply) {
  const auto end = text.find("\r\n\r\n");
  if (end == std::string_view::npos) return end;
  std::string_view head = text.substr(0, end + 2);
  auto line_end = head.find("\r\n");
  const std::string_view status_line = head.substr(0, line_end);
  if (status_line.size() > 12)
    std::from_chars(status_line.data() + 9, status_line.data() + 12, reply->status);
  head.remove_prefix(line_end + 2);
  while (!head.empty()) {
    line_end = head.find("\r\n");
    const std::string_view line = head.substr(0, line_end);
    const auto colon = line.find(':');
    if (colon != std::string_view::npos)
      reply->headers.Add(line.substr(0, colon), Trim(line.substr(colon + 1)));
    head.remove_prefix(line_end + 2);
  }
  return end + 4;
}

std::vector<std::string> WithCurl(std::vector<std::string> arguments) {
  // -q: no ~/.curlrc. The head goes to stdout before the body.
  std::vector<std::string> all = {"curl",       "-q", "-s",        "-S", "-i",
                                  "--max-time", "60", "--noproxy", "*"};
  all.insert(all.end(), std::make_move_iterator(arguments.begin()),
             std::make_move_iterator(arguments.end()));
  return all;
}

}  // namespace

std::string EngineName() {
  const char* name = getenv("KRATOS_E2E_ENGINE");
  return name == nullptr || *name == '\0' ? "httplib" : name;
}

kratos::http::ServerOptions LocalOptions() {
  kratos::http::ServerOptions options;
  options.address = "127.0.0.1:0";
  options.engine = EngineName();
  // Deadlines have tests of their own; a loaded machine must not bring them into the others.
  options.timeout = std::chrono::minutes(5);
  return options;
}

RunningCurl::RunningCurl(std::vector<std::string> arguments) {
  const Child child = Spawn(WithCurl(std::move(arguments)));
  pid_ = child.pid;
  out_ = child.out;
  err_ = child.err;
}

RunningCurl::~RunningCurl() {
  if (pid_ > 0) {
    Kill();
    Wait();
  }
}

void RunningCurl::Kill() {
  if (pid_ > 0) kill(pid_, SIGKILL);
}

Reply RunningCurl::Wait() {
  Reply reply;
  std::string text;
  Drain(out_, err_, &text, &reply.error);
  close(out_);
  close(err_);
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  reply.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  std::size_t head = 0;
  std::string_view rest = text;
  do {  // 100 Continue comes before the reply proper.
    reply.headers.Clear();
    head = ParseHead(rest, &reply);
    if (head == std::string_view::npos) return reply;
    rest.remove_prefix(head);
  } while (reply.status < 200);
  reply.body = rest;
  return reply;
}

RunningProgram::RunningProgram(const std::vector<std::string>& arguments) {
  const Child child = Spawn(arguments);
  pid_ = child.pid;
  out_ = child.out;
  err_ = child.err;
}

RunningProgram::~RunningProgram() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close(out_);
  close(err_);
}

void RunningProgram::Signal(int signal) { kill(pid_, signal); }

int RunningProgram::Wait() {
  int status = 0;
  waitpid(std::exchange(pid_, -1), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string RunningProgram::ReadLine() {
  std::string line;
  char c = 0;
  while (read(out_, &c, 1) == 1 && c != '\n') line.push_back(c);
  return line;
}

Reply Curl(std::vector<std::string> arguments) { return RunningCurl(std::move(arguments)).Wait(); }

int Run(const std::vector<std::string>& arguments) {
  const Child child = Spawn(arguments);
  std::string out;
  std::string err;
  Drain(child.out, child.err, &out, &err);
  close(child.out);
  close(child.err);
  int status = 0;
  waitpid(child.pid, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) WARN(arguments[0] << ": " << out << err);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

TestServer::~TestServer() {
  if (!thread_.joinable()) return;
  (void)Stop();
  // A server that does not end would hang the suite and hide which test it was.
  if (!ended_.WaitFor(std::chrono::minutes(2))) {
    std::fputs("the server does not end after it was stopped\n", stderr);
    std::abort();
  }
  (void)Join();
}

void TestServer::Start() {
  const kratos::Status status = server_.Listen();
  if (!status.ok()) FAIL(status.message());
  thread_ = std::thread([this] {
    started_ = server_.Start();
    ended_.Set();
  });
}

kratos::Status TestServer::Stop(std::chrono::milliseconds grace) { return server_.Stop(grace); }

kratos::Status TestServer::Join() {
  if (thread_.joinable()) thread_.join();
  return started_;
}

std::string TestServer::Url(std::string_view path) const {
  return (server_.options().tls ? "https://127.0.0.1:" : "http://127.0.0.1:") +
         std::to_string(port()) + std::string(path);
}

Reply TestServer::Call(std::string_view method, std::string_view path,
                       std::vector<std::string> more) const {
  std::vector<std::string> arguments = std::move(more);
  if (method == "HEAD") {
    arguments.push_back("--head");
  } else if (method != "GET") {
    arguments.insert(arguments.end(), {"-X", std::string(method)});
  }
  // Brackets and dots go as they are.
  arguments.insert(arguments.end(), {"--globoff", "--path-as-is", Url(path)});
  return Curl(std::move(arguments));
}

Reply TestServer::Send(std::string_view method, std::string_view path, std::string_view body,
                       std::string_view type, std::vector<std::string> more) const {
  more.insert(more.end(),
              {"-H", type.empty() ? "Content-Type:" : "Content-Type: " + std::string(type),
               "--data-binary", std::string(body)});
  return Call(method, path, std::move(more));
}

RawConnection::RawConnection(int port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) Close();
  // Only so that a broken server fails the test instead of hanging it.
  const timeval limit{60, 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

RawConnection::~RawConnection() { Close(); }

void RawConnection::Close() {
  if (socket_ >= 0) close(socket_);
  socket_ = -1;
}

bool RawConnection::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool RawConnection::SendSome(std::string_view bytes) {
  const timeval patience{.tv_sec = 0, .tv_usec = 200'000};
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  return Send(bytes);
}

void RawConnection::Reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  Close();
}

void RawConnection::EndSending() { shutdown(socket_, SHUT_WR); }

bool RawConnection::Fill() {
  char buffer[65536];
  const auto got = recv(socket_, buffer, sizeof buffer, 0);
  gave_up_ = got < 0 && errno == EAGAIN;
  if (got <= 0) return false;
  in_.append(buffer, static_cast<std::size_t>(got));
  return true;
}

Reply RawConnection::Read(bool head_request) {
  Reply reply;
  std::size_t head = 0;
  while ((head = ParseHead(in_, &reply)) == std::string::npos) {
    if (!Fill()) return Reply();
  }
  in_.erase(0, head);
  if (head_request || reply.status < 200 || reply.status == 204 || reply.status == 304)
    return reply;
  std::size_t length = 0;
  const std::string_view text = reply.headers.Get("Content-Length");
  std::from_chars(text.data(), text.data() + text.size(), length);
  while (in_.size() < length) {
    if (!Fill()) return Reply();
  }
  reply.body = in_.substr(0, length);
  in_.erase(0, length);
  return reply;
}

std::string RawConnection::ReadExactly(std::size_t count) {
  while (in_.size() < count && Fill()) {
  }
  std::string taken = in_.substr(0, count);
  in_.erase(0, taken.size());
  return taken;
}

std::string RawConnection::ReadUntil(std::string_view mark) {
  std::size_t end = std::string::npos;
  while ((end = in_.find(mark)) == std::string::npos && Fill()) {
  }
  return ReadExactly(end == std::string::npos ? in_.size() : end + mark.size());
}

std::string RawConnection::ReadAll() {
  while (Fill()) {
  }
  return std::exchange(in_, {});
}

bool Refused(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool refused = connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0;
  close(fd);
  return refused;
}

Reply Exchange(int port, std::string_view bytes) {
  RawConnection connection(port);
  connection.Send(bytes);
  return connection.Read();
}

class LogCapture::Lines final : public kratos::log::Writer {
 public:
  void Write(kratos::log::Level, std::string_view line) override {
    const std::lock_guard lock(mutex_);
    text_.append(line);
  }
  std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

LogCapture::LogCapture() : lines_(std::make_shared<Lines>()) {
  kratos::log::SetDefault(kratos::log::Logger(
      kratos::log::MakeHandler({.writer = lines_, .level = kratos::log::Level::kDebug})));
}
LogCapture::~LogCapture() { kratos::log::ResetDefault(); }
std::string LogCapture::text() const { return lines_->text(); }

TempDir::TempDir() {
  std::string pattern = (std::filesystem::temp_directory_path() / "kratos-e2e-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
  path_ = pattern;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TempDir::Path(std::string_view name) const { return path_ + "/" + std::string(name); }

std::string TempDir::Write(std::string_view name, std::string_view content) const {
  std::ofstream(Path(name), std::ios::binary) << content;
  return Path(name);
}

void Event::Set() {
  const std::lock_guard lock(mutex_);
  set_ = true;
  changed_.notify_all();
}

void Event::Wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return set_; });
}

bool Event::WaitFor(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [this] { return set_; });
}

void Gate::Open() {
  const std::lock_guard lock(mutex_);
  ++open_;
  changed_.notify_all();
}

void Gate::Pass() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return open_ > 0; });
  --open_;
}

}  // namespace e2e
