// The comparison's services by this project, with generated code. Serves on a free port, printed as
// "port N", until SIGTERM.
//
//   kratos_compare_kratos --list FILE [--engine asio|httplib] [--inline] [--routes]
#include <google/protobuf/util/json_util.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "compare.http.pb.h"
#include "feeds.http.pb.h"
#include "kratos/errors/errors.h"
#include "kratos/fiber/fiber.h"
#include "kratos/http/server.h"
#include "many_routes.h"

namespace {

using google::api::HttpBody;
using kratos::Status;
using namespace kratos::bench;  // The messages.

class Shop final : public ShopServer {
 public:
  explicit Shop(Page list) : list_(std::move(list)) {}

  Status Hello(kratos::Context&, const HelloRequest& request, HelloReply* reply) override {
    reply->set_message("Hello " + request.name());
    return {};
  }
  Status Mirror(kratos::Context&, const Page& request, Page* reply) override {
    *reply = request;
    return {};
  }
  Status List(kratos::Context&, const ListRequest&, Page* reply) override {
    *reply = list_;
    return {};
  }
  Status Download(kratos::Context&, const BlobRequest& request, HttpBody* reply) override {
    reply->set_content_type("text/plain");
    reply->mutable_data()->assign(static_cast<std::size_t>(request.bytes()), 'x');
    return {};
  }
  Status Fail(kratos::Context&, const FailRequest& request, HelloReply*) override {
    return kratos::Error(409, request.reason(), "nothing left");
  }

 private:
  const Page list_;
};

class Feeds final : public FeedsServer {
 public:
  Status Watch(kratos::Context& ctx, const FeedRequest& request,
               kratos::ServerStream<FeedMessage>& out) override {
    FeedMessage message;
    while (true) {
      timespec time{};
      clock_gettime(CLOCK_MONOTONIC, &time);
      message.set_sent(std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec);
      if (Status status = out.Send(message); !status.ok()) return status;
      const std::chrono::milliseconds pause(request.interval());
      if (Status status = kratos::fiber::SleepFor(ctx, pause); !status.ok()) return status;
    }
  }
  Status Chat(kratos::Context&, kratos::ServerReader<FeedMessage>& in,
              kratos::ServerStream<FeedMessage>& out) override {
    FeedMessage message;
    while (true) {
      const auto more = in.Recv(&message);
      if (!more.ok()) return more.status();
      if (!*more) return {};
      if (Status status = out.Send(message); !status.ok()) return status;
    }
  }
};

int Fail(const std::string& why) {
  std::fprintf(stderr, "kratos_compare_kratos: %s\n", why.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  kratos::http::ServerOptions options;
  options.address = "127.0.0.1:0";
  bool run_inline = false;
  bool many = false;
  Page list;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--inline") {
      run_inline = true;
    } else if (name == "--routes") {
      many = true;
    } else if (name == "--engine" && i + 1 < argc) {
      options.engine = argv[++i];
    } else if (name == "--list" && i + 1 < argc) {
      std::ifstream file(argv[++i]);
      const std::string text{std::istreambuf_iterator<char>(file), {}};
      if (!google::protobuf::util::JsonStringToMessage(text, &list).ok())
        return Fail("no page in " + std::string(argv[i]));
    } else {
      return Fail("unknown option " + std::string(name));
    }
  }
  // A thread a connection: as many as the load has connections, and some for those that take the
  // place of others, or idle ones would be closed to make room.
  if (options.engine == "httplib") options.limits.threads = 72;

  // Signals are taken by sigwait below, on every thread alike.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  kratos::http::Server server(options);
  if (run_inline) server.RunInline("*");
  RegisterShopHttpServer(server, std::make_shared<Shop>(std::move(list)));
  RegisterFeedsHttpServer(server, std::make_shared<Feeds>());
  if (many) RegisterRoutesHttpServer(server, std::make_shared<ManyRoutes>());
  if (const Status status = server.Listen(); !status.ok()) return Fail(status.message());
  std::printf("port %d\n", server.port());
  std::fflush(stdout);

  std::thread stopper([&] {
    int signal = 0;
    sigwait(&signals, &signal);
    (void)server.Stop(std::chrono::seconds(1));
  });
  const Status status = server.Start();
  if (!status.ok()) kill(getpid(), SIGTERM);
  stopper.join();
  return status.ok() ? 0 : Fail(status.message());
}
