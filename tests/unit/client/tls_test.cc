// TLS: who is trusted, and how refusals read. Certificates are made on the spot.
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "client_fixture.h"

namespace kratos::http {
namespace {

// A directory with a self-signed certificate, removed at the end.
class Certificate {
 public:
  explicit Certificate(const std::string& names) {
    char pattern[] = "/tmp/kratos-client-test-XXXXXX";
    REQUIRE(::mkdtemp(pattern) != nullptr);
    directory_ = pattern;
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "
        "/CN=kratos-test -addext 'subjectAltName=" +
        names + "' -keyout " + key() + " -out " + file() + " >/dev/null 2>&1";
    REQUIRE(std::system(command.c_str()) == 0);
  }
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;
  ~Certificate() {
    ::unlink(key().c_str());
    ::unlink(file().c_str());
    ::rmdir(directory_.c_str());
  }

  std::string file() const { return directory_ + "/cert.pem"; }
  std::string key() const { return directory_ + "/key.pem"; }
  std::string pem() const {
    std::ostringstream text;
    text << std::ifstream(file()).rdbuf();
    return text.str();
  }

 private:
  std::string directory_;
};

ClientOptions TlsOptions(const std::string& endpoint, ClientTlsOptions tls) {
  ClientOptions options;
  options.endpoint = endpoint;
  options.timeout = {};
  options.connect_timeout = {};
  options.tls = std::move(tls);
  return options;
}

TEST_CASE("large bodies and interim replies over TLS", "[client]") {
  const Certificate own("IP:127.0.0.1");
  const std::string large(3u << 20, 'x');
  const std::string reply =
      "HTTP/1.1 103 Early Hints\r\n\r\n" + JsonReply("{\"message\":\"" + large + "\"}");
  ScriptedServer server({{{reply}, {reply}}}, own.file(), own.key());
  auto client = MakeClient(TlsOptions(server.address(), {.ca_file = own.file()}));
  Call call;
  call.set_name(large);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto outcome = Invoke(*client, Method("POST", "/", "*"), call);
    INFO(outcome.status.message());
    CHECK(outcome.answer.message() == large);
    CHECK(TakeApart(server.requests().at(i).bytes).body == "{\"name\":\"" + large + "\"}");
  }
  CHECK(server.accepted() == 1);
}

TEST_CASE("TLS verification", "[client]") {
  const Certificate own("IP:127.0.0.1");
  const Certificate other_name("DNS:other.example");
  struct Row {
    const char* name;
    const Certificate* shown;
    ClientTlsOptions tls;
    const char* says;  // null: accepted
  };
  const Row rows[] = {
      {"trusted by file", &own, {.ca_file = own.file()}, nullptr},
      {"trusted by text", &own, {.ca_pem = own.pem()}, nullptr},
      {"not trusted by the system", &own, {}, "certificate is not accepted"},
      {"another authority", &own, {.ca_file = other_name.file()}, "certificate is not accepted"},
      {"another host", &other_name, {.ca_file = other_name.file()}, "certificate is not accepted"},
      {"no verification", &other_name, {.verify = false}, nullptr},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    ScriptedServer server({OkTimes(3)}, row.shown->file(), row.shown->key());
    auto client = MakeClient(TlsOptions(server.address(), row.tls));
    for (int i = 0; i < 3; ++i) {
      const auto status = Invoke(*client, Method("POST", "/", "*"), CallOf("name: 'n'")).status;
      INFO(status.message());
      CHECK(status.ok() == (row.says == nullptr));
      if (row.says == nullptr) continue;
      CHECK(status.code() == 503);
      CHECK(status.reason() == kReasonUnavailable);
      CHECK(status.message().find(row.says) != std::string::npos);
      CHECK(status.message().find("https://" + server.address()) != std::string::npos);
    }
    // Nothing of the request reaches a server that was refused; one connection does for those that
    // were not.
    CHECK(server.requests().size() == (row.says == nullptr ? 3 : 0));
    if (row.says == nullptr) CHECK(server.accepted() == 1);
  }
}

TEST_CASE("an encrypted connection that died is replaced", "[client]") {
  const Certificate own("IP:127.0.0.1");
  ScriptedServer server({OkTimes(1), OkTimes(1)}, own.file(), own.key());
  auto client = MakeClient(TlsOptions("https://" + server.address(), {.ca_file = own.file()}));
  REQUIRE(Invoke(*client, Method("POST", "/", "*"), Call()).status.ok());
  server.WaitForClosed(1);
  CHECK(Invoke(*client, Method("POST", "/", "*"), Call()).status.ok());
}

TEST_CASE("the deadline bounds an encrypted call", "[client]") {
  const Certificate own("IP:127.0.0.1");
  ScriptedServer server({{{"HTTP/1.1 200 OK\r\n\r\n", Step::Then::kDrip}}}, own.file(), own.key());
  auto options = TlsOptions(server.address(), {.ca_file = own.file()});
  options.timeout = std::chrono::milliseconds(200);
  CHECK(Invoke(*MakeClient(options), Method("GET", "/"), Call()).status.reason() ==
        kReasonDeadlineExceeded);
}

TEST_CASE("a server that does not speak TLS", "[client]") {
  ScriptedServer server({OkTimes(1)});
  // It waits for the end of a request that never comes: what ends the handshake is the deadline.
  auto options = TlsOptions(server.address(), {.verify = false});
  options.timeout = std::chrono::milliseconds(50);
  CHECK(Invoke(*MakeClient(options), Method("GET", "/"), Call()).status.code() == 504);
}

TEST_CASE("TLS material that cannot be used fails early", "[client]") {
  const Certificate own("IP:127.0.0.1");
  const Certificate other("IP:127.0.0.1");
  const ClientTlsOptions rows[] = {
      {.ca_file = "/nonexistent/ca.pem"},
      {.ca_file = own.key()},
      {.ca_pem = "nonsense"},
      {.ca_pem = own.pem() + "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n"},
      {.certificate_file = own.file()},
      {.private_key_file = own.key()},
      {.certificate_file = own.file(), .private_key_file = "/nonexistent/key.pem"},
      {.certificate_file = own.file(), .private_key_file = other.key()},
  };
  for (const auto& row : rows)
    CHECK(Client::Create(TlsOptions("h:1", row)).status().reason() == "BAD_TLS");
  CHECK(Client::Create(
            TlsOptions("h:1", {.certificate_file = own.file(), .private_key_file = own.key()}))
            .ok());
}

}  // namespace
}  // namespace kratos::http
