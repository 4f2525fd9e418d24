// Three servers of browser.Feed for browsers and programs of Node, printed as "ports A B C", until
// SIGTERM or SIGINT: A has the pages, B lets pages of A call it and compresses WebSockets, C knows
// nothing of A.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "browser.http.pb.h"
#include "kratos/admin/admin.h"
#include "kratos/context/context.h"
#include "kratos/errors/errors.h"
#include "kratos/http/context.h"
#include "kratos/http/cors.h"
#include "kratos/http/server.h"

namespace {

using browser::Tick;
using browser::WatchRequest;
using google::api::HttpBody;
using kratos::Context;
using kratos::Result;
using kratos::ServerReader;
using kratos::ServerStream;
using kratos::Status;

Tick MakeTick(const std::string& name, int number) {
  Tick tick;
  tick.set_name(name);
  tick.set_number(number);
  return tick;
}

class Feed final : public browser::FeedServer {
 public:
  Status Watch(Context& ctx, const WatchRequest& request, ServerStream<Tick>& out) override {
    auto* http = kratos::http::Context::From(ctx);
    const int seen = std::atoi(std::string(http->LastEventId()).c_str());
    if (seen >= request.count()) return kratos::Error(410, "OVER", "that was all");
    for (int number = seen + 1; number <= std::min(seen + 3, request.count()); ++number) {
      http->SetNextEvent({.id = std::to_string(number), .retry = std::chrono::milliseconds(20)});
      if (Status status = out.Send(MakeTick(request.name(), number)); !status.ok()) return status;
    }
    return {};
  }

  Status Fail(Context&, const WatchRequest& request, ServerStream<Tick>& out) override {
    for (int number = 1; number <= 2; ++number) {
      if (Status status = out.Send(MakeTick(request.name(), number)); !status.ok()) return status;
    }
    return kratos::Conflict("STALE", "it failed").WithMetadata("k", "v");
  }

  Status Download(Context&, const WatchRequest& request, ServerStream<HttpBody>& out) override {
    HttpBody piece;
    piece.set_content_type("image/x-test");
    piece.set_data(std::string(64 * 1024, '\xff'));
    for (int i = 0; i < request.count(); ++i) {
      if (Status status = out.Send(piece); !status.ok()) return status;
    }
    return {};
  }

  Status Chat(Context&, ServerReader<Tick>& in, ServerStream<Tick>& out) override {
    Tick tick;
    while (true) {
      const Result<bool> more = in.Recv(&tick);
      if (!more.ok() || !*more) return more.status();
      if (tick.name() == "fail") return kratos::Conflict("TOLD_TO", tick.text());
      if (Status status = out.Send(tick); !status.ok()) return status;
    }
  }

  Status Bytes(Context&, ServerReader<HttpBody>& in, ServerStream<HttpBody>& out) override {
    HttpBody body;
    while (true) {
      const Result<bool> more = in.Recv(&body);
      if (!more.ok() || !*more) return more.status();
      if (Status status = out.Send(body); !status.ok()) return status;
    }
  }

  Status Put(Context&, const Tick& request, Tick* reply) override {
    *reply = request;
    return {};
  }

  Status Inline(Context&, const WatchRequest& request, Tick* reply) override {
    *reply = MakeTick(request.name(), request.count());
    return {};
  }

  Status Handed(Context& ctx, const WatchRequest& request, Tick* reply) override {
    return Inline(ctx, request, reply);
  }
};

class Running {
 public:
  explicit Running(kratos::http::ServerOptions options) : server_(WithAddress(std::move(options))) {
    browser::RegisterFeedHttpServer(server_, std::make_shared<Feed>());
    server_.RunInline("/browser.Feed/Inline");
    server_.Route("/").Get("/page", [](kratos::http::Context& ctx) {
      return ctx.Blob(200, "text/html; charset=utf-8", "<!doctype html><title>Feed</title>");
    });
    kratos::admin::RegisterAdmin(server_, {.page_path = "/admin"});
    if (const Status status = server_.Listen(); !status.ok()) {
      std::fprintf(stderr, "server: %s\n", status.message().c_str());
      std::exit(1);
    }
    thread_ = std::thread([this] { (void)server_.Start(); });
  }
  ~Running() {
    (void)server_.Stop(std::chrono::seconds(5));
    thread_.join();
  }
  int port() const { return server_.port(); }

 private:
  static kratos::http::ServerOptions WithAddress(kratos::http::ServerOptions options) {
    options.address = "127.0.0.1:0";
    return options;
  }

  kratos::http::Server server_;
  std::thread thread_;
};

}  // namespace

int main() {
  // Signals are taken by sigwait below, on every thread alike.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  const Running page({});
  const std::string origin = "http://127.0.0.1:" + std::to_string(page.port());
  kratos::http::ServerOptions options;
  auto cors = kratos::http::Cors({.origins = {origin}});
  if (!cors.ok()) {
    std::fprintf(stderr, "server: %s\n", cors.status().message().c_str());
    return 1;
  }
  options.filters = {*cors};
  options.websocket.allowed_origins = {origin};
  options.websocket.compress = true;
  const Running allowing(options);
  const Running strange({});
  std::printf("ports %d %d %d\n", page.port(), allowing.port(), strange.port());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  return 0;
}
