// Unary calls of gRPC's own stub to a server of kratos's.
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <atomic>
#include <optional>
#include <stdexcept>
#include <vector>

#include "fixture.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "kratos/errors/errors.h"
#include "support/catch.h"

namespace e2e::talker {
namespace {

using kratos::Status;

/// The first ErrorInfo of a status, as any gRPC peer would look for it.
std::optional<google::rpc::ErrorInfo> InfoOf(const ::grpc::Status& status) {
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return std::nullopt;
  google::rpc::ErrorInfo info;
  for (const auto& detail : details.details()) {
    if (detail.UnpackTo(&info)) return info;
  }
  return std::nullopt;
}

TEST_CASE("grpc server: a unary call, and what its handler sees") {
  KratosServer server;
  kratos::TransportInfo seen;
  kratos::Metadata header;
  bool deadline = false;
  server.service().say = [&](kratos::Context& ctx, const Line& request, Line* reply) -> Status {
    seen = ctx.transport();
    header = ctx.request_header();
    deadline = ctx.deadline().has_value();
    reply->set_text("heard " + request.text());
    ctx.mutable_reply_header().Add("X-Reply", "one");
    ctx.mutable_reply_header().Add("x-reply", "two");
    ctx.mutable_reply_header().Set("x-raw-bin", std::string("\0\xff", 2));
    ctx.mutable_reply_header().Set("Content-Type", "text/plain");
    return {};
  };
  server.Start();
  ::grpc::ClientContext ctx;
  ctx.set_deadline(FarAway());
  ctx.AddMetadata("x-md-color", "red");
  ctx.AddMetadata("x-md-color", "blue");
  ctx.AddMetadata("x-token-bin", std::string("\0\x01", 2));
  Line reply;
  const ::grpc::Status status = server.Stub()->Say(&ctx, MakeLine("hello"), &reply);
  INFO(status.error_message());
  REQUIRE(status.ok());
  CHECK(reply.text() == "heard hello");
  CHECK(seen.side == kratos::TransportInfo::Side::kServer);
  CHECK(seen.kind == "grpc");
  CHECK(seen.endpoint == "grpc://" + server.address());
  CHECK(seen.operation == "/e2e.talker.Talker/Say");
  CHECK(seen.path_template == "");
  CHECK(seen.peer.starts_with("127.0.0.1:"));
  CHECK_FALSE(seen.request_stream);
  CHECK_FALSE(seen.reply_stream);
  CHECK(deadline);
  CHECK(header.Values("X-Md-Color") == std::vector<std::string_view>{"red", "blue"});
  CHECK(header.Get("x-token-bin") == std::string_view("\0\x01", 2));
  const auto& metadata = ctx.GetServerInitialMetadata();
  CHECK(metadata.count("x-reply") == 2);
  CHECK(metadata.find("x-raw-bin")->second == ::grpc::string_ref("\0\xff", 2));
}

TEST_CASE("grpc server: errors with their reason and metadata (K37)") {
  struct Row {
    int code;
    ::grpc::StatusCode grpc;
    const char* carried;
  };
  const Row rows[] = {
      {400, ::grpc::StatusCode::INVALID_ARGUMENT, ""},
      {401, ::grpc::StatusCode::UNAUTHENTICATED, ""},
      {403, ::grpc::StatusCode::PERMISSION_DENIED, ""},
      {404, ::grpc::StatusCode::NOT_FOUND, ""},
      {409, ::grpc::StatusCode::ABORTED, ""},
      {412, ::grpc::StatusCode::FAILED_PRECONDITION, ""},
      {429, ::grpc::StatusCode::RESOURCE_EXHAUSTED, ""},
      {499, ::grpc::StatusCode::CANCELLED, ""},
      {500, ::grpc::StatusCode::INTERNAL, ""},
      {501, ::grpc::StatusCode::UNIMPLEMENTED, ""},
      {503, ::grpc::StatusCode::UNAVAILABLE, ""},
      {504, ::grpc::StatusCode::DEADLINE_EXCEEDED, ""},
      {402, ::grpc::StatusCode::UNKNOWN, "402"},
      {418, ::grpc::StatusCode::UNKNOWN, "418"},
      {200, ::grpc::StatusCode::UNKNOWN, "200"},
      {10001, ::grpc::StatusCode::UNKNOWN, "10001"},
  };
  KratosServer server;
  server.service().say = [](kratos::Context&, const Line& request, Line*) -> Status {
    return kratos::Error(request.number(), "THE_REASON", "why: é \n")
        .WithMetadata("key", "value")
        .WithCause(kratos::NotFound("SECRET", "never sent"));
  };
  server.Start();
  const auto stub = server.Stub();
  const TalkerGrpcClient client = server.Client();
  for (const Row& row : rows) {
    INFO(row.code);
    ::grpc::ClientContext ctx;
    ctx.set_deadline(FarAway());
    Line reply;
    const ::grpc::Status status = stub->Say(&ctx, MakeLine("", row.code), &reply);
    CHECK(status.error_code() == row.grpc);
    CHECK(status.error_message() == "why: é \n");
    const auto info = InfoOf(status);
    REQUIRE(info);
    CHECK(info->reason() == "THE_REASON");
    CHECK(info->metadata().at("key") == "value");
    CHECK((info->metadata().count("kratos-code") == 1) == (*row.carried != '\0'));
    CHECK(status.error_details().find("SECRET") == std::string::npos);

    // And back: no code is lost between two of us.
    kratos::Context own;
    const Status mine = client.Say(own, MakeLine("", row.code), &reply);
    REQUIRE_FALSE(mine.ok());
    CHECK(mine.code() == row.code);
    CHECK(mine.reason() == "THE_REASON");
    CHECK(mine.message() == "why: é \n");
    CHECK(mine.error().metadata() == std::map<std::string, std::string>{{"key", "value"}});
  }
}

TEST_CASE("grpc server: an error that is too long arrives all the same") {
  KratosServer server;
  server.service().say = [](kratos::Context&, const Line&, Line*) -> Status {
    std::string message = "x";
    for (int i = 0; i < 20'000; ++i) message += "\xc3\xa9";
    return kratos::Error(418, "LONG", std::move(message))
        .WithMetadata("dump", std::string(20'000, 'd'));
  };
  server.Start();
  ::grpc::ClientContext ctx;
  ctx.set_deadline(FarAway());
  Line reply;
  const ::grpc::Status status = server.Stub()->Say(&ctx, MakeLine(""), &reply);
  CHECK(status.error_code() == ::grpc::StatusCode::UNKNOWN);
  // Whole characters: one byte and 511 of two.
  CHECK(status.error_message().size() == 1023);
  const auto info = InfoOf(status);
  REQUIRE(info);
  CHECK(info->reason() == "LONG");
  CHECK(info->metadata().at("kratos-code") == "418");
  CHECK(info->metadata().count("dump") == 0);
}

TEST_CASE("grpc server: what a handler throws stays here") {
  const LogCapture log;
  KratosServer server;
  server.service().say = [](kratos::Context&, const Line&, Line*) -> Status {
    throw std::runtime_error("tiger in the database");
  };
  server.Start();
  ::grpc::ClientContext ctx;
  ctx.set_deadline(FarAway());
  Line reply;
  const ::grpc::Status status = server.Stub()->Say(&ctx, MakeLine("hello"), &reply);
  CHECK(status.error_code() == ::grpc::StatusCode::INTERNAL);
  CHECK(status.error_message() == "internal error");
  CHECK(status.error_details().find("tiger") == std::string::npos);
  CHECK(log.text().find("tiger in the database") != std::string::npos);
}

TEST_CASE("grpc server: header fields that metadata cannot carry are the handler's fault") {
  const LogCapture log;
  KratosServer server;
  server.service().say = [](kratos::Context& ctx, const Line& request, Line*) -> Status {
    ctx.mutable_reply_header().Set(request.text(), request.number() == 0 ? "caf\xc3\xa9" : "fine");
    return {};
  };
  server.Start();
  const auto stub = server.Stub();
  const auto call = [&](const std::string& name, int number) {
    ::grpc::ClientContext ctx;
    ctx.set_deadline(FarAway());
    Line reply;
    return stub->Say(&ctx, MakeLine(name, number), &reply);
  };
  CHECK(call("x-name", 0).error_code() == ::grpc::StatusCode::INTERNAL);
  CHECK(call("x name", 1).error_code() == ::grpc::StatusCode::INTERNAL);
  CHECK(call("x-name", 1).ok());
  CHECK(log.text().find("not printable ASCII") != std::string::npos);
}

TEST_CASE("grpc server: operations that do not exist") {
  KratosServer server;
  server.Start();
  ::grpc::ClientContext ctx;
  ctx.set_deadline(FarAway());
  Line reply;
  const ::grpc::Status status = Other::NewStub(server.Channel())->Say(&ctx, MakeLine("x"), &reply);
  CHECK(status.error_code() == ::grpc::StatusCode::UNIMPLEMENTED);
  CHECK(status.error_message() == "there is no operation /e2e.talker.Other/Say");
}

TEST_CASE("grpc server: bytes that are no message are met by middleware as a 400") {
  std::atomic<int> seen = 0;
  auto options = LocalGrpcOptions();
  options.middleware = {[&seen](kratos::Handler next) -> kratos::Handler {
    return [&seen, next](kratos::Context& ctx, const auto& request, auto* reply) -> Status {
      Status status = next(ctx, request, reply);
      seen = status.code();
      return status;
    };
  }};
  KratosServer server(options);
  server.Start();
  ::grpc::Slice slice(std::string("\x0a\xff\xff\xff\xff\x0f"));
  ::grpc::ByteBuffer bytes(&slice, 1);
  ::grpc::ByteBuffer reply;
  ::grpc::ClientContext ctx;
  ctx.set_deadline(FarAway());
  ::grpc::GenericStub stub(server.Channel());
  ::grpc::Status status;
  Event done;
  stub.UnaryCall(&ctx, "/e2e.talker.Talker/Say", ::grpc::StubOptions(), &bytes, &reply,
                 [&](::grpc::Status s) {
                   status = s;
                   done.Set();
                 });
  done.Wait();
  CHECK(status.error_code() == ::grpc::StatusCode::INVALID_ARGUMENT);
  CHECK(InfoOf(status)->reason() == "CODEC");
  CHECK(seen == 400);
}

TEST_CASE("grpc server: messages beyond the limit are refused, and the next call goes on") {
  auto options = LocalGrpcOptions();
  options.limits.max_receive_bytes = 1000;
  KratosServer server(options);
  server.Start();
  const auto stub = server.Stub();
  const auto call = [&](std::size_t size) {
    ::grpc::ClientContext ctx;
    ctx.set_deadline(FarAway());
    Line reply;
    return stub->Say(&ctx, MakeLine(std::string(size, 'x')), &reply);
  };
  CHECK(call(2000).error_code() == ::grpc::StatusCode::RESOURCE_EXHAUSTED);
  CHECK(call(900).ok());
}

TEST_CASE("grpc server: time-outs of the server, of an operation and of the client") {
  auto options = LocalGrpcOptions();
  options.timeout = std::chrono::minutes(5);
  KratosServer server(options);
  std::optional<kratos::Context::Clock::duration> left;
  server.service().say = [&](kratos::Context& ctx, const Line& request, Line*) -> Status {
    left = ctx.TimeLeft();
    if (request.text() != "wait") return {};
    Event never;
    const std::stop_callback wake(ctx.stop_token(), [&never] { never.Set(); });
    never.Wait();
    return ctx.Err();
  };
  const auto call = [](const auto& stub, const Line& line,
                       std::optional<std::chrono::milliseconds> timeout) {
    ::grpc::ClientContext ctx;
    if (timeout) ctx.set_deadline(std::chrono::system_clock::now() + *timeout);
    Line reply;
    return stub->Say(&ctx, line, &reply);
  };
  SECTION("the server's is the longest") {
    server.Start();
    CHECK(call(server.Stub(), MakeLine(""), std::nullopt).ok());
    REQUIRE(left);
    CHECK(*left <= std::chrono::minutes(5));
    CHECK(*left > std::chrono::minutes(1));
    CHECK(call(server.Stub(), MakeLine(""), std::chrono::minutes(1)).ok());
    CHECK(*left < std::chrono::minutes(2));  // gRPC rounds what it sends.
  }
  SECTION("an operation has its own") {
    server->TimeoutFor("/e2e.talker.Talker/Say", std::chrono::milliseconds(0));
    server.Start();
    CHECK(call(server.Stub(), MakeLine(""), std::nullopt).ok());
    CHECK_FALSE(left);
  }
  SECTION("the client's ends the call, and wakes the handler") {
    server.Start();
    CHECK(IsTimeUp(call(server.Stub(), MakeLine("wait"), std::chrono::milliseconds(50))));
  }
}

TEST_CASE("grpc server: a client that gives up cancels the handler's context") {
  Event started;
  Event cancelled;
  KratosServer server;
  server.service().say = [&](kratos::Context& ctx, const Line&, Line*) -> Status {
    const std::stop_callback wake(ctx.stop_token(), [&cancelled] { cancelled.Set(); });
    started.Set();
    cancelled.Wait();
    return ctx.Err();
  };
  server.Start();
  ::grpc::ClientContext ctx;
  ctx.set_deadline(FarAway());
  std::thread giving_up([&] {
    started.Wait();
    ctx.TryCancel();
  });
  Line reply;
  const ::grpc::Status status = server.Stub()->Say(&ctx, MakeLine(""), &reply);
  giving_up.join();
  CHECK(status.error_code() == ::grpc::StatusCode::CANCELLED);
  CHECK(cancelled.WaitFor(std::chrono::seconds(30)));
}

TEST_CASE("grpc server: calls beyond the threads wait, and beyond the queue are refused") {
  auto options = LocalGrpcOptions();
  options.limits.threads = 1;
  options.limits.max_queued_calls = 1;
  Event go;
  std::atomic<int> running = 0;
  KratosServer server(options);
  server.service().say = [&](kratos::Context&, const Line&, Line*) -> Status {
    ++running;
    go.Wait();
    return {};
  };
  server.Start();
  const auto stub = server.Stub();
  std::atomic<int> ok = 0;
  std::atomic<int> refused = 0;
  Event first_refused;
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      ::grpc::ClientContext ctx;
      ctx.set_deadline(FarAway());
      Line reply;
      const ::grpc::Status status = stub->Say(&ctx, MakeLine(""), &reply);
      if (status.ok()) ++ok;
      if (status.error_code() == ::grpc::StatusCode::UNAVAILABLE) {
        ++refused;
        first_refused.Set();
      }
    });
  }
  CHECK(first_refused.WaitFor(std::chrono::minutes(1)));
  go.Set();
  for (auto& caller : callers) caller.join();
  CHECK(ok + refused == 8);
  CHECK(ok >= 1);
  CHECK(refused >= 1);
}

}  // namespace
}  // namespace e2e::talker
