// Every kind of call at once, from several threads that share a client: above all for
// ThreadSanitizer, which sees what lacks a lock when nothing goes wrong.
#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "fixture.h"
#include "health.grpc.pb.h"
#include "kratos/errors/errors.h"
#include "support/catch.h"

namespace e2e::talker {
namespace {

using kratos::Status;

constexpr int kCallers = 4;
constexpr int kRounds = 8;

Status Wrong(const std::string& what) { return kratos::InternalServer("WRONG", what); }

Status Say(const TalkerGrpcClient& client) {
  kratos::Context ctx;
  Line reply;
  if (Status status = client.Say(ctx, MakeLine("x", 1), &reply); !status.ok()) return status;
  return reply.text() == "x" ? Status() : Wrong("Say: " + reply.text());
}

Status Count(const TalkerGrpcClient& client) {
  kratos::Context ctx;
  auto stream = client.Count(ctx, MakeLine("", 5));
  if (!stream.ok()) return stream.status();
  int seen = 0;
  Line line;
  while (true) {
    const auto more = stream->Recv(&line);
    if (!more.ok()) return more.status();
    if (!*more) return seen == 5 ? Status() : Wrong("Count: " + std::to_string(seen));
    ++seen;
  }
}

Status Sum(const TalkerGrpcClient& client) {
  kratos::Context ctx;
  auto stream = client.Sum(ctx);
  if (!stream.ok()) return stream.status();
  // Why a message cannot be sent is what the end of the call says.
  for (int i = 1; i <= 5 && stream->Send(MakeLine("", i)).ok(); ++i) {
  }
  Line total;
  if (Status status = stream->CloseAndRecv(&total); !status.ok()) return status;
  return total.number() == 15 ? Status() : Wrong("Sum: " + std::to_string(total.number()));
}

Status Chat(const TalkerGrpcClient& client) {
  kratos::Context ctx;
  auto stream = client.Chat(ctx);
  if (!stream.ok()) return stream.status();
  Line line;
  for (int i = 1; i <= 5; ++i) {
    (void)stream->Send(MakeLine("x", i));
    const auto more = stream->Recv(&line);
    if (!more.ok()) return more.status();
    if (!*more || line.number() != i) return Wrong("Chat: " + line.ShortDebugString());
  }
  (void)stream->CloseSend();
  const auto more = stream->Recv(&line);
  if (!more.ok()) return more.status();
  return *more ? Wrong("Chat: one more") : Status();
}

Status GivenUp(const TalkerGrpcClient& client) {
  kratos::Context ctx;
  auto stream = client.Chat(ctx);
  if (!stream.ok()) return stream.status();
  (void)stream->Send(MakeLine("x", 1));
  std::thread other([&] { stream->Cancel(); });
  Line line;
  Status status;
  while (status.ok()) status = stream->Recv(&line).status();
  other.join();
  return kratos::IsClientClosed(status) ? Status() : status;
}

Status Unread(const TalkerGrpcClient& client) {
  kratos::Context ctx;
  return client.Count(ctx, MakeLine("", 5)).status();
}

Status Probe(::grpc::health::v1::Health::Stub& stub) {
  ::grpc::ClientContext ctx;
  ctx.set_deadline(FarAway());
  ::grpc::health::v1::HealthCheckRequest request;
  request.set_service("e2e.talker.Talker");
  ::grpc::health::v1::HealthCheckResponse reply;
  const auto status = stub.Check(&ctx, request, &reply);
  // A call that meets the server's goodbye halfway is cancelled.
  if (status.error_code() == ::grpc::StatusCode::UNAVAILABLE ||
      status.error_code() == ::grpc::StatusCode::CANCELLED)
    return kratos::ServiceUnavailable("STOPPED", status.error_message());
  return status.ok() ? Status() : Wrong("Check: " + status.error_message());
}

bool IsRefusal(const Status& status) {
  return kratos::IsServiceUnavailable(status) || kratos::IsClientClosed(status);
}

TEST_CASE("grpc: every kind of call at once, and on into a stop") {
  std::atomic<int> quiet = kCallers;  // Callers that have not begun their last part.
  std::atomic<bool> stopping = false;
  KratosServer server;
  server.Start();
  const TalkerGrpcClient client = server.Client();
  std::vector<Guarded<std::string>> wrong(kCallers);
  std::vector<std::thread> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&, i] {
      const auto health = ::grpc::health::v1::Health::NewStub(server.Channel());
      const auto round = [&] {
        Status status;
        for (const auto& call : {Say, Count, Sum, Chat, GivenUp, Unread}) {
          if (status = call(client); !status.ok()) return status;
        }
        return Probe(*health);
      };
      Status status;
      for (int n = 0; n < kRounds && status.ok(); ++n) status = round();
      --quiet;
      while (status.ok()) status = round();
      if (!stopping || !IsRefusal(status)) wrong[i].Set(status.error().ToString());
    });
  }
  for (bool well = false; quiet > 0; well = !well) server->SetServing("e2e.talker.Talker", well);
  stopping = true;
  CHECK(server.Stop().ok());
  for (auto& caller : callers) caller.join();
  for (const auto& what : wrong) CHECK(what.Get().empty());
}

}  // namespace
}  // namespace e2e::talker
