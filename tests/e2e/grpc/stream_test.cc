// Streams of gRPC's own stub to a server of kratos's.
#include <atomic>
#include <memory>
#include <set>
#include <vector>

#include "fixture.h"
#include "kratos/errors/errors.h"
#include "kratos/fiber/fiber.h"
#include "support/catch.h"

namespace e2e::talker {
namespace {

using kratos::Status;

TEST_CASE("grpc server: the three kinds of streams") {
  KratosServer server;
  server.Start();
  const auto stub = server.Stub();
  Line line;
  {
    ::grpc::ClientContext ctx;
    ctx.set_deadline(FarAway());
    auto reader = stub->Count(&ctx, MakeLine("n", 1000));
    int expected = 0;
    while (reader->Read(&line)) CHECK(line.number() == ++expected);
    CHECK(reader->Finish().ok());
    CHECK(expected == 1000);
  }
  {
    ::grpc::ClientContext ctx;
    ctx.set_deadline(FarAway());
    Line total;
    auto writer = stub->Sum(&ctx, &total);
    for (int i = 1; i <= 1000; ++i) REQUIRE(writer->Write(MakeLine("", i)));
    writer->WritesDone();
    CHECK(writer->Finish().ok());
    CHECK(total.number() == 500500);
  }
  {
    ::grpc::ClientContext ctx;
    ctx.set_deadline(FarAway());
    auto stream = stub->Chat(&ctx);
    for (int i = 1; i <= 100; ++i) {
      REQUIRE(stream->Write(MakeLine("hi", i)));
      REQUIRE(stream->Read(&line));
      CHECK(line.text() == "re: hi");
      CHECK(line.number() == i);
    }
    stream->WritesDone();
    CHECK_FALSE(stream->Read(&line));
    CHECK(stream->Finish().ok());
  }
}

TEST_CASE("grpc server: empty streams") {
  KratosServer server;
  server.Start();
  const auto stub = server.Stub();
  Line line;
  ::grpc::ClientContext count_ctx;
  auto reader = stub->Count(&count_ctx, MakeLine("", 0));
  CHECK_FALSE(reader->Read(&line));
  CHECK(reader->Finish().ok());
  ::grpc::ClientContext sum_ctx;
  auto writer = stub->Sum(&sum_ctx, &line);
  writer->WritesDone();
  CHECK(writer->Finish().ok());
  ::grpc::ClientContext chat_ctx;
  auto stream = stub->Chat(&chat_ctx);
  stream->WritesDone();
  CHECK_FALSE(stream->Read(&line));
  CHECK(stream->Finish().ok());
}

TEST_CASE("grpc server: a stream's facts, its header and its error") {
  KratosServer server;
  kratos::TransportInfo seen;
  bool deadline = true;
  server.service().count = [&](kratos::Context& ctx, const Line&,
                               TalkerService::Out& out) -> Status {
    seen = ctx.transport();
    deadline = ctx.deadline().has_value();
    ctx.mutable_reply_header().Set("x-first", "yes");
    if (Status status = out.Send(MakeLine("one")); !status.ok()) return status;
    return kratos::Error(418, "TEAPOT", "short and stout");
  };
  server.Start();
  ::grpc::ClientContext ctx;
  auto reader = server.Stub()->Count(&ctx, MakeLine(""));
  Line line;
  CHECK(reader->Read(&line));
  CHECK(ctx.GetServerInitialMetadata().count("x-first") == 1);
  CHECK_FALSE(reader->Read(&line));
  const ::grpc::Status status = reader->Finish();
  CHECK(status.error_code() == ::grpc::StatusCode::UNKNOWN);
  CHECK(status.error_message() == "short and stout");
  CHECK_FALSE(seen.request_stream);
  CHECK(seen.reply_stream);
  CHECK_FALSE(deadline);
}

TEST_CASE("grpc server: middleware runs once for each stream and can refuse it") {
  std::atomic<int> runs = 0;
  auto options = LocalGrpcOptions();
  options.middleware = {[&runs](kratos::Handler next) -> kratos::Handler {
    return [&runs, next](kratos::Context& ctx, const auto& request, auto* reply) -> Status {
      ++runs;
      if (ctx.request_header().Has("x-refuse")) return kratos::Forbidden("NO", "not you");
      return next(ctx, request, reply);
    };
  }};
  KratosServer server(options);
  server.Start();
  const auto stub = server.Stub();
  Line line;
  ::grpc::ClientContext ctx;
  auto stream = stub->Chat(&ctx);
  for (int i = 0; i < 10; ++i) {
    stream->Write(MakeLine(""));
    stream->Read(&line);
  }
  stream->WritesDone();
  CHECK(stream->Finish().ok());
  CHECK(runs == 1);
  ::grpc::ClientContext refused;
  refused.AddMetadata("x-refuse", "1");
  stream = stub->Chat(&refused);
  CHECK_FALSE(stream->Read(&line));
  CHECK(stream->Finish().error_code() == ::grpc::StatusCode::PERMISSION_DENIED);
}

TEST_CASE(
    "grpc server: a client that goes away in the middle of its stream is no end of the stream") {
  // An upload must not be taken for complete when it was broken off.
  std::atomic<int> complete = 0;
  std::atomic<int> broken = 0;
  Gate ended;
  KratosServer server;
  server.service().sum = [&](kratos::Context&, TalkerService::In& in, Line*) -> Status {
    Line line;
    while (true) {
      const kratos::Result<bool> more = in.Recv(&line);
      if (more.ok() && *more) continue;
      ++(more.ok() ? complete : broken);
      ended.Open();
      return more.status();
    }
  };
  server.Start();
  const auto stub = server.Stub();
  constexpr int kCalls = 200;
  for (int i = 0; i < kCalls; ++i) {
    ::grpc::ClientContext ctx;
    Line reply;
    auto writer = stub->Sum(&ctx, &reply);
    writer->Write(MakeLine("", 1));
    ctx.TryCancel();
    CHECK_FALSE(writer->Finish().ok());
    // The server may not even have heard of a call that ends so soon.
    ::grpc::ClientContext next;
    auto last = stub->Sum(&next, &reply);
    last->WritesDone();
    CHECK(last->Finish().ok());
  }
  (void)server.Stop();
  CHECK(complete == kCalls);
}

TEST_CASE("grpc server: streams that wait hold no thread") {
  auto options = LocalGrpcOptions();
  options.limits.threads = 2;
  KratosServer server(options);
  server.Start();
  const auto stub = server.Stub();
  constexpr int kStreams = 200;
  struct Open {
    ::grpc::ClientContext ctx;
    std::unique_ptr<::grpc::ClientReaderWriter<Line, Line>> stream;
  };
  std::vector<std::unique_ptr<Open>> open;
  Line line;
  for (int i = 0; i < kStreams; ++i) {
    open.push_back(std::make_unique<Open>());
    open.back()->stream = stub->Chat(&open.back()->ctx);
    REQUIRE(open.back()->stream->Write(MakeLine("hi", i)));
    REQUIRE(open.back()->stream->Read(&line));
  }
  // All are in Recv now, and yet there is a thread for a unary call.
  ::grpc::ClientContext ctx;
  ctx.set_deadline(FarAway());
  CHECK(stub->Say(&ctx, MakeLine("x"), &line).ok());
  for (auto& one : open) {
    one->stream->WritesDone();
    CHECK_FALSE(one->stream->Read(&line));
    CHECK(one->stream->Finish().ok());
  }
}

TEST_CASE("grpc server: a reader that stops reading stops the handler") {
  std::atomic<int> sent = 0;
  Event ended;
  Status why;
  KratosServer server;
  server.service().count = [&](kratos::Context&, const Line&, TalkerService::Out& out) -> Status {
    const Line line = MakeLine(std::string(64 << 10, 'x'));
    while (true) {
      why = out.Send(line);
      if (!why.ok()) break;
      ++sent;
    }
    ended.Set();
    return why;
  };
  server.Start();
  ::grpc::ClientContext ctx;
  ctx.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(1));
  auto reader = server.Stub()->Count(&ctx, MakeLine(""));
  Line line;
  CHECK(reader->Read(&line));
  CHECK(ended.WaitFor(std::chrono::seconds(60)));
  // What lies between the two is bounded by HTTP/2's windows and sockets, far below this.
  CHECK(sent < 2000);
  CHECK_FALSE(why.ok());
  while (reader->Read(&line)) {
  }
  CHECK(IsTimeUp(reader->Finish()));
}

TEST_CASE("grpc server: streams beyond the limit are refused") {
  auto options = LocalGrpcOptions();
  options.limits.max_streams = 1;
  KratosServer server(options);
  server.Start();
  const auto stub = server.Stub();
  Line line;
  ::grpc::ClientContext first_ctx;
  auto first = stub->Chat(&first_ctx);
  first->Write(MakeLine(""));
  REQUIRE(first->Read(&line));
  ::grpc::ClientContext second_ctx;
  auto second = stub->Chat(&second_ctx);
  CHECK_FALSE(second->Read(&line));
  CHECK(second->Finish().error_code() == ::grpc::StatusCode::UNAVAILABLE);
  first->WritesDone();
  CHECK(first->Finish().ok());
}

}  // namespace
}  // namespace e2e::talker
