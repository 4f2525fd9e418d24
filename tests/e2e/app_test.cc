// A program with an application, from outside.
#include <csignal>

#include "harness.h"
#include "support/catch.h"

namespace e2e {
namespace {

// "port 1234".
int Number(const std::string& line) { return std::stoi(line.substr(line.find(' ') + 1)); }

TEST_CASE("app: a program that gets SIGTERM answers the call that runs, and exits with 0") {
  for (const int signal : {SIGTERM, SIGINT, SIGQUIT}) {
    CAPTURE(signal);
    RunningProgram program({KRATOS_APP_PROGRAM, "127.0.0.1:0", EngineName()});
    const int port = Number(program.ReadLine());
    RawConnection connection(port);
    connection.Send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
    REQUIRE(program.ReadLine() == "called 1");
    program.Signal(signal);
    const Reply reply = connection.Read();
    CHECK(reply.status == 200);
    CHECK(reply.body == "app-program http://127.0.0.1:" + std::to_string(port));
    CHECK(connection.ReadEnd());
    CHECK(program.ReadLine() == "stopped 0");
    CHECK(program.Wait() == 0);
    CHECK(Refused(port));
  }
}

TEST_CASE("app: a program whose port is taken says so and exits with 1") {
  RunningProgram first({KRATOS_APP_PROGRAM, "127.0.0.1:0", EngineName()});
  const std::string port = std::to_string(Number(first.ReadLine()));
  RunningProgram second({KRATOS_APP_PROGRAM, "127.0.0.1:" + port, EngineName()});
  CHECK(second.ReadLine().empty());
  CHECK(second.Wait() == 1);
}

}  // namespace
}  // namespace e2e
