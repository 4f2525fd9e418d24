// Starting, stopping, addresses, and what can go wrong with them.
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <atomic>
#include <thread>

#include "fixture.h"
#include "kratos/errors/errors.h"
#include "support/catch.h"

namespace e2e::talker {
namespace {

using kratos::Status;

::grpc::Status CallSay(Talker::Stub& stub, bool wait_for_ready = false) {
  ::grpc::ClientContext ctx;
  ctx.set_deadline(FarAway());
  ctx.set_wait_for_ready(wait_for_ready);
  Line reply;
  return stub.Say(&ctx, MakeLine("x"), &reply);
}

TEST_CASE("grpc server: addresses before and after listening") {
  KratosServer server;
  CHECK(server->port() == 0);
  CHECK(server->address() == "");
  CHECK_FALSE(server->Ready());
  const auto endpoint = server->Endpoint();
  REQUIRE(endpoint.ok());
  CHECK(server->port() != 0);
  CHECK(server->address() == server.address());
  CHECK(*endpoint == "grpc://" + server.address());
  CHECK(*server->Endpoint() == *endpoint);
  CHECK(server->Operations().size() == 4);
}

TEST_CASE("grpc server: what an address on all interfaces is told as") {
  auto options = LocalGrpcOptions();
  options.address = ":0";
  KratosServer server(options);
  const auto endpoint = server->Endpoint();
  REQUIRE(endpoint.ok());
  CHECK(endpoint->starts_with("grpc://"));
  CHECK(endpoint->ends_with(':' + std::to_string(server->port())));
  CHECK(endpoint->find("::") == std::string::npos);
  options.endpoint = "grpc://public.example.org:443";
  KratosServer named(options);
  CHECK(*named->Endpoint() == "grpc://public.example.org:443");
}

TEST_CASE("grpc server: a Unix-domain socket") {
  const TempDir dir;
  auto options = LocalGrpcOptions();
  options.address = "unix:" + dir.Path("socket");
  KratosServer server(options);
  server.Start();
  CHECK(*server->Endpoint() == options.address);
  kratos::grpc::ClientOptions client;
  client.endpoint = options.address;
  kratos::Context ctx;
  Line reply;
  const Status status = MakeClient(std::move(client)).Say(ctx, MakeLine("x"), &reply);
  INFO(status.message());
  CHECK(status.ok());
}

TEST_CASE("grpc server: options that are wrong fail Start with one sentence") {
  const auto fails = [](kratos::grpc::ServerOptions options) {
    kratos::grpc::Server server(std::move(options));
    const Status status = server.Start();
    REQUIRE_FALSE(status.ok());
    return status.message();
  };
  auto options = LocalGrpcOptions();
  options.address = "nowhere";
  CHECK(fails(options) ==
        "\"nowhere\" is not an address of the form host:port: the port is missing");
  options.address = "systemd:";
  CHECK(fails(options).find("cannot take one over from systemd") != std::string::npos);
  options.address = "192.0.2.1:0";
  CHECK(fails(options) == "cannot listen on \"192.0.2.1:0\": Cannot assign requested address");
  KratosServer other;
  other.Start();
  options.address = other.address();
  CHECK(fails(options) == "cannot listen on \"" + other.address() + "\": Address already in use");
}

TEST_CASE("grpc server: methods that cannot be served are all named") {
  kratos::grpc::Server server(LocalGrpcOptions());
  const auto service = std::make_shared<TalkerService>();
  RegisterTalkerGrpcServer(server, service);
  RegisterTalkerGrpcServer(server, service);
  kratos::grpc::ServiceMethod bad;
  bad.operation = "Say";
  server.Bind(bad);
  const Status status = server.Start();
  CHECK(status.reason() == "BAD_METHOD");
  CHECK(status.message().find("/e2e.talker.Talker/Chat is registered twice") != std::string::npos);
  CHECK(status.message().find("\"Say\" is not of the form") != std::string::npos);
}

TEST_CASE("grpc server: calls that come before Start wait for it") {
  KratosServer server;
  REQUIRE(server->Listen().ok());
  const auto stub = server.Stub();
  ::grpc::Status status(::grpc::StatusCode::UNKNOWN, "no answer yet");
  Event sent;
  std::thread early([&] {
    sent.Set();
    status = CallSay(*stub);
  });
  sent.Wait();
  server.Start();
  early.join();
  CHECK(status.ok());
}

TEST_CASE("grpc server: calls that come before a Stop without Start are refused") {
  KratosServer server;
  REQUIRE(server->Listen().ok());
  const auto stub = server.Stub();
  auto channel = server.Channel();
  // Connected for sure before the server goes.
  REQUIRE(channel->WaitForConnected(FarAway()));
  ::grpc::Status status;
  std::thread early([&] { status = CallSay(*Talker::NewStub(channel)); });
  CHECK(server->Stop(std::chrono::seconds(30)).ok());
  early.join();
  // By the gate, or by gRPC when the call comes too late for that.
  CHECK((status.error_code() == ::grpc::StatusCode::UNAVAILABLE ||
         status.error_code() == ::grpc::StatusCode::CANCELLED));
  CHECK(server->Start().ok());
}

TEST_CASE("grpc server: a stop lets running calls finish and takes no new ones") {
  Event started;
  Event go;
  KratosServer server;
  server.service().say = [&](kratos::Context&, const Line&, Line* reply) -> Status {
    started.Set();
    go.Wait();
    reply->set_text("finished");
    return {};
  };
  server.Start();
  const auto channel = server.Channel();
  const auto stub = Talker::NewStub(channel);
  ::grpc::Status status;
  Line reply;
  std::thread caller([&] {
    ::grpc::ClientContext ctx;
    ctx.set_deadline(FarAway());
    status = stub->Say(&ctx, MakeLine(""), &reply);
  });
  started.Wait();
  Status stopped;
  std::thread stopping([&] { stopped = server.Stop(std::chrono::minutes(1)); });
  // The client hears of it, and nobody else gets through.
  CHECK(channel->WaitForStateChange(GRPC_CHANNEL_READY, FarAway()));
  CHECK_FALSE(server->Ready());
  CHECK(CallSay(*server.Stub()).error_code() == ::grpc::StatusCode::UNAVAILABLE);
  go.Set();
  caller.join();
  stopping.join();
  CHECK(status.ok());
  CHECK(reply.text() == "finished");
  CHECK(stopped.ok());
}

TEST_CASE("grpc server: a call that does not end is cut off after the grace period") {
  Event started;
  KratosServer server;
  server.service().say = [&](kratos::Context& ctx, const Line&, Line*) -> Status {
    Event cancelled;
    const std::stop_callback wake(ctx.stop_token(), [&cancelled] { cancelled.Set(); });
    started.Set();
    cancelled.Wait();
    return ctx.Err();
  };
  server.Start();
  const auto stub = server.Stub();
  ::grpc::Status status;
  std::thread caller([&] { status = CallSay(*stub); });
  started.Wait();
  const Status stopped = server.Stop(std::chrono::milliseconds(50));
  caller.join();
  CHECK(stopped.code() == 504);
  CHECK_FALSE(status.ok());
}

TEST_CASE("grpc server: a stream that is open when the server stops is told so") {
  auto options = LocalGrpcOptions();
  options.stream_drain = std::chrono::milliseconds(50);
  KratosServer server(options);
  server.Start();
  Line line;
  ::grpc::ClientContext ctx;
  auto stream = server.Stub()->Chat(&ctx);
  REQUIRE(stream->Write(MakeLine("hi")));
  REQUIRE(stream->Read(&line));
  CHECK(server.Stop(std::chrono::minutes(1)).ok());
  CHECK_FALSE(stream->Read(&line));
  const ::grpc::Status status = stream->Finish();
  CHECK(status.error_code() == ::grpc::StatusCode::UNAVAILABLE);
  CHECK(status.error_message() == "the server is stopping");
}

TEST_CASE("grpc server: a stop before Start makes Start return") {
  KratosServer server;
  CHECK(server->Stop(std::chrono::seconds(1)).ok());
  CHECK(server->Start().ok());
  CHECK(server->Stop(std::chrono::seconds(1)).ok());
}

TEST_CASE("grpc server: a service of gRPC's own beside the generated ones") {
  class NativeOther final : public Other::Service {
    ::grpc::Status Say(::grpc::ServerContext*, const Line*, Line* reply) override {
      reply->set_text("native");
      return ::grpc::Status::OK;
    }
  } other;
  KratosServer server;
  server->AddNativeService(other);
  server.Start();
  CHECK(CallSay(*server.Stub()).ok());
  ::grpc::ClientContext ctx;
  ctx.set_deadline(FarAway());
  Line reply;
  CHECK(Other::NewStub(server.Channel())->Say(&ctx, MakeLine(""), &reply).ok());
  CHECK(reply.text() == "native");
}

}  // namespace
}  // namespace e2e::talker
