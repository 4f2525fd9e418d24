#include "http/listener.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>

#include "support/catch.h"

namespace kratos::http {
namespace {

class TempDir {
 public:
  TempDir() { REQUIRE(mkdtemp(path_) != nullptr); }
  ~TempDir() { rmdir(path_); }
  std::string operator/(const char* name) const { return std::string(path_) + "/" + name; }

 private:
  char path_[32] = "/tmp/kratos-listener-XXXXXX";
};

bool Exists(const std::string& path) {
  struct stat info {};
  return lstat(path.c_str(), &info) == 0;
}

TEST_CASE("listener: TCP, with a free port and a taken one") {
  auto first = Listener::Open("127.0.0.1:0", false);
  REQUIRE(first.ok());
  CHECK(first->tcp());
  CHECK(first->port() > 0);
  const std::string same = "127.0.0.1:" + std::to_string(first->port());
  const auto second = Listener::Open(same, false);
  CHECK(second.status().reason() == "CANNOT_LISTEN");
  CHECK(second.status().message().find(same) != std::string::npos);
}

TEST_CASE("listener: SO_REUSEPORT lets two share a port") {
  auto first = Listener::Open("127.0.0.1:0", true);
  REQUIRE(first.ok());
  CHECK(Listener::Open("127.0.0.1:" + std::to_string(first->port()), true).ok());
}

TEST_CASE("listener: IPv6, where the machine has it") {
  const auto v6 = Listener::Open("[::1]:0", false);
  if (v6.ok()) CHECK(v6.value().port() > 0);
  CHECK(Listener::Open(":0", false).ok());
}

TEST_CASE("listener: a Unix-domain socket, its file, and a stale one") {
  const TempDir dir;
  const std::string path = dir / "s";
  {
    auto open = Listener::Open("unix:" + path, false);
    REQUIRE(open.ok());
    CHECK_FALSE(open->tcp());
    CHECK(Exists(path));
    // Somebody listens: not ours to take away.
    CHECK_FALSE(Listener::Open("unix:" + path, false).ok());
    CHECK(Exists(path));
  }
  CHECK_FALSE(Exists(path));
  {
    auto open = Listener::Open("unix:" + path, false);
    REQUIRE(open.ok());
    close(open->Release());
    // As after a crash: the file is there, nobody listens.
    CHECK(Listener::Open("unix:" + path, false).ok());
  }
  CHECK_FALSE(Listener::Open("unix:" + std::string(200, 'x'), false).ok());
  CHECK_FALSE(Listener::Open("unix:", false).ok());
  auto abstract = Listener::Open("unix:@kratos-listener-test-" + std::to_string(getpid()), false);
  CHECK(abstract.ok());
}

TEST_CASE("listener: a socket that systemd hands over, by order and by name") {
  unsetenv("LISTEN_PID");
  CHECK_FALSE(Listener::Open("systemd:", false).ok());
  // In a process of its own, whose descriptors 3 and 4 are sockets.
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto other = Listener::Open("127.0.0.1:0", false);
    auto wanted = Listener::Open("127.0.0.1:0", false);
    if (!other.ok() || !wanted.ok()) _exit(1);
    const int port = wanted->port();
    const int first = dup(other->Release());
    const int second = dup(wanted->Release());
    if (dup2(first, 3) != 3 || dup2(second, 4) != 4) _exit(2);
    setenv("LISTEN_PID", std::to_string(getpid()).c_str(), 1);
    setenv("LISTEN_FDS", "2", 1);
    setenv("LISTEN_FDNAMES", "other:http", 1);
    const auto named = Listener::Open("systemd:http", false);
    if (!named.ok() || named.value().port() != port || named.value().socket() != 4) _exit(3);
    if (Listener::Open("systemd:none", false).ok()) _exit(4);
    setenv("LISTEN_PID", "1", 1);
    if (Listener::Open("systemd:", false).ok()) _exit(5);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(WEXITSTATUS(status) == 0);
}

}  // namespace
}  // namespace kratos::http
