// TLS and mutual TLS.
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include "certificates.h"
#include "fixture.h"
#include "support/catch.h"

namespace e2e::talker {
namespace {

using kratos::Status;

kratos::grpc::ServerOptions WithTls(bool mutual) {
  auto options = LocalGrpcOptions();
  options.tls = Certs().Server();
  if (mutual) options.tls->client_ca_file = Certs().Path("ca.pem");
  return options;
}

Status Say(kratos::grpc::ClientOptions options) {
  kratos::Context ctx;
  Line reply;
  options.timeout = std::chrono::seconds(30);
  return MakeClient(std::move(options)).Say(ctx, MakeLine("x"), &reply);
}

kratos::grpc::ClientOptions Trusting(const KratosServer& server, bool with_certificate) {
  kratos::grpc::ClientOptions options;
  options.endpoint = "grpcs://" + server.address();
  options.tls.emplace();
  options.tls->ca_file = Certs().Path("ca.pem");
  if (with_certificate) {
    options.tls->certificate_file = Certs().Path("client.pem");
    options.tls->private_key_file = Certs().Path("client.key");
  }
  return options;
}

TEST_CASE("grpc tls: a server with a certificate, and clients that trust it or do not") {
  KratosServer server(WithTls(false));
  server.Start();
  CHECK(server->Endpoint()->starts_with("grpcs://"));
  const Status status = Say(Trusting(server, false));
  INFO(status.message());
  CHECK(status.ok());
  kratos::grpc::ClientOptions stranger;
  stranger.endpoint = "grpcs://" + server.address();
  CHECK(Say(stranger).code() == 503);
  kratos::grpc::ClientOptions plain;
  plain.endpoint = server.address();
  CHECK(Say(plain).code() == 503);
}

TEST_CASE("grpc tls: clients must show a certificate where the server asks for one") {
  KratosServer server(WithTls(true));
  server.Start();
  CHECK(Say(Trusting(server, true)).ok());
  CHECK(Say(Trusting(server, false)).code() == 503);
}

TEST_CASE("grpc tls: gRPC's own client") {
  KratosServer server(WithTls(false));
  server.Start();
  ::grpc::SslCredentialsOptions options;
  std::string text;
  FILE* file = fopen(Certs().Path("ca.pem").c_str(), "rb");
  REQUIRE(file != nullptr);
  char buffer[8192];
  text.assign(buffer, fread(buffer, 1, sizeof buffer, file));
  fclose(file);
  options.pem_root_certs = text;
  const auto stub =
      Talker::NewStub(::grpc::CreateChannel(server.address(), ::grpc::SslCredentials(options)));
  ::grpc::ClientContext ctx;
  ctx.set_deadline(FarAway());
  Line reply;
  CHECK(stub->Say(&ctx, MakeLine("x"), &reply).ok());
}

TEST_CASE("grpc tls: what cannot be used is named") {
  const TempDir dir;
  const auto server_says = [](const kratos::grpc::TlsOptions& tls) {
    auto options = LocalGrpcOptions();
    options.tls = tls;
    return kratos::grpc::Server(std::move(options)).Start().message();
  };
  kratos::grpc::TlsOptions tls = Certs().Server();
  tls.certificate_file = "/no/such.pem";
  CHECK(server_says(tls) ==
        "the TLS certificate \"/no/such.pem\" cannot be used: it cannot be read");
  tls = Certs().Server();
  tls.private_key_file = dir.Write("junk.pem", "junk");
  CHECK(server_says(tls) == "the TLS private key \"" + tls.private_key_file +
                                "\" cannot be used: it holds no private key in PEM");
  tls.private_key_file = Certs().Path("client.key");
  CHECK(server_says(tls).find("does not belong to the certificate") != std::string::npos);
  tls = Certs().Server();
  tls.client_ca_pem = "junk";
  CHECK(server_says(tls) ==
        "the TLS client authority given as text cannot be used: it holds no certificate in PEM");
  kratos::grpc::ClientOptions client;
  client.endpoint = "localhost:1";
  client.tls.emplace();
  client.tls->ca_file = "/no/such.pem";
  CHECK(kratos::grpc::Client::Create(client).status().message() ==
        "the TLS authority \"/no/such.pem\" cannot be used: it cannot be read");
  client.tls->ca_file = "";
  client.tls->verify = false;
  CHECK(
      kratos::grpc::Client::Create(client).status().message().starts_with("gRPC always verifies"));
}

}  // namespace
}  // namespace e2e::talker
