// TLS, with certificates made on the spot.
#include <atomic>

#include "certificates.h"
#include "services.h"
#include "support/catch.h"

namespace e2e {
namespace {

std::string Slurp(const std::string& path) {
  std::string text;
  if (FILE* file = fopen(path.c_str(), "rb")) {
    char buffer[4096];
    for (std::size_t got = 0; (got = fread(buffer, 1, sizeof buffer, file)) > 0;)
      text.append(buffer, got);
    fclose(file);
  }
  return text;
}

TEST_CASE("tls: calls are answered over it, and handlers know") {
  auto options = LocalOptions();
  options.tls = Certs().Server();
  std::atomic<bool> tls = false;
  EchoTestServer server(
      options, [&tls](kratos::Context& ctx, const Msg& request, Msg* reply) -> kratos::Status {
        tls = kratos::http::Context::From(ctx)->request().tls;
        *reply = request;
        return {};
      });
  CHECK(Fields(server.Get("/v1/hook/a", {"--cacert", Certs().Path("ca.pem")})) == "text: \"a\"");
  CHECK(tls);
  CHECK(server->Endpoint().value().starts_with("https://"));
  // Without trust in the authority there is no reply.
  CHECK(server.Get("/v1/hook").status == 0);
  // Several calls on one connection; curl reports each one's head.
  const Reply both =
      server.Get("/v1/hook/a", {"--cacert", Certs().Path("ca.pem"), server.Url("/v1/hook/b")});
  CHECK(both.body.find("\"text\":\"a\"") != std::string::npos);
}

TEST_CASE("tls: ALPN chooses http/1.1, and nothing that is not spoken here") {
  auto options = LocalOptions();
  options.tls = Certs().Server();
  const EchoTestServer server(options);
  const auto negotiated = [&server](const char* offered) {
    RunningProgram client(
        {"sh", "-c",
         "exec openssl s_client -connect 127.0.0.1:" + std::to_string(server.port()) + " -alpn " +
             offered + " </dev/null"});
    std::string found = "none";
    for (std::string line = client.ReadLine(); !line.empty() || found == "none";
         line = client.ReadLine()) {
      if (line.starts_with("ALPN protocol: ")) found = line.substr(15);
      if (line.starts_with("No ALPN")) break;
      if (line.starts_with("Early data") || line.starts_with("Verify return code")) break;
    }
    return found;
  };
  CHECK(negotiated("http/1.1") == "http/1.1");
  CHECK(negotiated("h2,http/1.1") == "http/1.1");
  CHECK(negotiated("h2") == "none");
}

TEST_CASE("tls: certificates are replaced while connections stay") {
  auto options = LocalOptions();
  options.tls = Certs().Server();
  EchoTestServer server(options);
  const Certificates other;
  const auto trusting = [&server](const Certificates& authority) {
    return Curl({"--cacert", authority.Path("ca.pem"), server.Url("/v1/path/a")});
  };
  CHECK(trusting(Certs()).status == 200);
  CHECK(trusting(other).status == 0);
  kratos::http::TlsOptions broken = other.Server();
  broken.private_key_file = Certs().Path("server.key");
  CHECK_FALSE(server->ReloadTls(broken).ok());
  CHECK(trusting(Certs()).status == 200);
  CHECK(server->ReloadTls(other.Server()).ok());
  CHECK(trusting(other).status == 200);
  CHECK(trusting(Certs()).status == 0);
}

TEST_CASE("tls: large bodies both ways") {
  auto options = LocalOptions();
  options.tls = Certs().Server();
  EchoTestServer server(options);
  const TempDir dir;
  const std::string bytes = Pattern(3 << 20);
  const Reply reply = server.Send("POST", "/v1/raw", "@" + dir.Write("body", bytes), "a/b",
                                  {"--cacert", Certs().Path("ca.pem")});
  CHECK(reply.status == 200);
  CHECK((reply.body == bytes));
}

TEST_CASE("tls: old versions are refused") {
  auto options = LocalOptions();
  options.tls = Certs().Server();
  EchoTestServer server(options);
  CHECK(server.Get("/v1/hook", {"--cacert", Certs().Path("ca.pem"), "--tls-max", "1.1"}).status ==
        0);
  CHECK(server.Get("/v1/hook", {"--cacert", Certs().Path("ca.pem"), "--tls-max", "1.2"}).status ==
        200);
}

TEST_CASE("tls: certificates given as text") {
  auto options = LocalOptions();
  options.tls.emplace();
  options.tls->certificate_pem = Slurp(Certs().Path("server.pem"));
  options.tls->private_key_pem = Slurp(Certs().Path("server.key"));
  EchoTestServer server(options);
  CHECK(server.Get("/v1/hook", {"--cacert", Certs().Path("ca.pem")}).status == 200);
}

TEST_CASE("tls: with an authority for clients, only theirs get in") {
  for (const bool as_text : {false, true}) {
    CAPTURE(as_text);
    auto options = LocalOptions();
    options.tls = Certs().Server();
    if (as_text) {
      options.tls->client_ca_pem = Slurp(Certs().Path("ca.pem"));
    } else {
      options.tls->client_ca_file = Certs().Path("ca.pem");
    }
    EchoTestServer server(options);
    const std::vector<std::string> stranger = {"--cacert", Certs().Path("ca.pem")};
    CHECK(server.Get("/v1/hook", stranger).status == 0);
    std::vector<std::string> known = stranger;
    known.insert(known.end(),
                 {"--cert", Certs().Path("client.pem"), "--key", Certs().Path("client.key")});
    CHECK(server.Get("/v1/hook", known).status == 200);
  }
}

TEST_CASE("tls: plain HTTP, noise and sudden ends on a TLS port harm nobody") {
  auto options = LocalOptions();
  options.tls = Certs().Server();
  options.limits.read_timeout = std::chrono::milliseconds(50);
  EchoTestServer server(options);
  for (const std::string& bytes :
       {std::string("GET /v1/hook HTTP/1.1\r\nHost: h\r\n\r\n"), std::string(1000, '\0'),
        Pattern(5000), std::string("\x16\x03\x01\x02", 4), std::string()}) {
    RawConnection connection(server.port());
    connection.Send(bytes);
    const std::string answer = connection.ReadAll();
    CHECK(answer.find("HTTP/1.1 200") == std::string::npos);
  }
  { RawConnection gone(server.port()); }
  options.limits.read_timeout = std::chrono::seconds(10);
  EchoTestServer patient(options);
  CHECK(patient.Get("/v1/hook", {"--cacert", Certs().Path("ca.pem")}).status == 200);
}

TEST_CASE("tls: a key of another certificate is refused at the start, by name") {
  auto options = LocalOptions();
  options.tls = Certs().Server();
  options.tls->private_key_file = Certs().Path("client.key");
  kratos::http::Server server(options);
  const kratos::Status status = server.Start();
  CHECK(status.message().find("client.key") != std::string::npos);
  options.tls = Certs().Server();
  options.tls->client_ca_file = Certs().Path("absent.pem");
  kratos::http::Server other(options);
  CHECK(other.Start().message().find("absent.pem") != std::string::npos);
}

}  // namespace
}  // namespace e2e
