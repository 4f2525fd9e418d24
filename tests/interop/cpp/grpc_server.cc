// Serves helloworld.Greeter over gRPC on a free port, printed as "port N", until SIGTERM or SIGINT.
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "greeter.kratos_grpc.pb.h"
#include "kratos/context/context.h"
#include "kratos/errors/errors.h"
#include "kratos/fiber/fiber.h"
#include "kratos/grpc/client.h"
#include "kratos/grpc/server.h"
#include "say.h"
#include "travel.h"

namespace {

using kratos::Status;

// Does what greeter of go/grpcserver does.
class GreeterService final : public helloworld::GreeterServer {
 public:
  explicit GreeterService(std::shared_ptr<const interop::Traveller> traveller)
      : traveller_(std::move(traveller)) {}

  Status SayHello(kratos::Context& ctx, const helloworld::HelloRequest& request,
                  helloworld::HelloReply* reply) override {
    Status status;
    if (traveller_->Answer(ctx, request.name(), reply->mutable_message(), &status)) return status;
    if (request.name() == "nobody")
      return kratos::NotFound("NOBODY", "nobody is here").WithMetadata("name", request.name());
    if (request.name() == "teapot") return kratos::Error(418, "TEAPOT", "short and stout");
    if (request.name() == "wait") return kratos::fiber::SleepFor(ctx, std::chrono::minutes(5));
    for (const auto color : ctx.request_header().Values("x-md-color"))
      ctx.mutable_reply_header().Add("x-color", color);
    reply->set_message("hello " + request.name());
    return {};
  }

  Status SayHelloStream(kratos::Context&, kratos::ServerReader<helloworld::HelloRequest>& in,
                        kratos::ServerStream<helloworld::HelloReply>& out) override {
    helloworld::HelloRequest request;
    helloworld::HelloReply reply;
    while (true) {
      const kratos::Result<bool> more = in.Recv(&request);
      if (!more.ok()) return more.status();
      if (!*more) return {};
      if (request.name() == "fail")
        return kratos::Conflict("STOPPED", "as asked").WithMetadata("name", request.name());
      reply.set_message("hello " + request.name());
      if (Status status = out.Send(reply); !status.ok()) return status;
    }
  }

 private:
  std::shared_ptr<const interop::Traveller> traveller_;
};

}  // namespace

int main() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  kratos::grpc::ServerOptions options;
  options.address = "127.0.0.1:0";
  options.timeout = std::chrono::seconds(30);
  kratos::grpc::Server server(options);
  const auto traveller = std::make_shared<interop::Traveller>();
  server.Use("/helloworld.Greeter/*", traveller->middleware());
  helloworld::RegisterGreeterGrpcServer(server, std::make_shared<GreeterService>(traveller));
  if (const Status status = server.Listen(); !status.ok()) {
    std::fprintf(stderr, "server: %s\n", status.message().c_str());
    return 1;
  }
  auto onward = interop::SayOver<helloworld::GreeterGrpcClient, kratos::grpc::Client,
                                 kratos::grpc::ClientOptions>(
      *traveller, "127.0.0.1:" + std::to_string(server.port()));
  if (!onward.ok()) {
    std::fprintf(stderr, "server: %s\n", onward.status().message().c_str());
    return 1;
  }
  traveller->set_onward(*onward);
  std::printf("port %d\n", server.port());
  std::fflush(stdout);
  std::thread stopper([&] {
    int signal = 0;
    sigwait(&signals, &signal);
    (void)server.Stop(std::chrono::seconds(5));
  });
  const Status status = server.Start();
  stopper.join();
  return status.ok() ? 0 : 1;
}
