// The server of the soak test: takes its listening socket from whoever starts it (systemd's
// protocol), says "ready", and serves until SIGTERM.
//
//   kratos_soak_server ENGINE
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include "kratos/http/context.h"
#include "kratos/http/server.h"
#include "soak.http.pb.h"

namespace {

using google::api::HttpBody;
using kratos::Context;
using kratos::ServerReader;
using kratos::ServerStream;
using kratos::Status;

class SoakService final : public soak::SoakServer {
  Status Get(Context&, const soak::Item& request, soak::Item* reply) override {
    *reply = request;
    return {};
  }
  Status Put(Context&, const soak::Item& request, soak::Item* reply) override {
    *reply = request;
    return {};
  }
  Status Download(Context&, const soak::FileRequest& request, HttpBody* reply) override {
    reply->set_content_type("application/octet-stream");
    reply->set_data(std::string(static_cast<std::size_t>(request.size()), 'x'));
    return {};
  }
  Status Watch(Context&, const soak::WatchRequest& request,
               ServerStream<soak::Item>& out) override {
    soak::Item item;
    item.set_name(request.name());
    for (int i = 0; i < request.count(); ++i) {
      item.set_number(i);
      if (Status status = out.Send(item); !status.ok()) return status;
    }
    return {};
  }
  Status Store(Context&, ServerReader<HttpBody>& in, soak::Stored* reply) override {
    HttpBody part;
    std::int64_t bytes = 0;
    while (true) {
      const auto more = in.Recv(&part);
      if (!more.ok()) return more.status();
      if (!*more) break;
      bytes += static_cast<std::int64_t>(part.data().size());
    }
    reply->set_bytes(bytes);
    return {};
  }
  Status Chat(Context&, ServerReader<soak::Item>& in, ServerStream<soak::Item>& out) override {
    soak::Item item;
    while (true) {
      const auto more = in.Recv(&item);
      if (!more.ok()) return more.status();
      if (!*more) return {};
      if (Status status = out.Send(item); !status.ok()) return status;
    }
  }
};

}  // namespace

int main(int argc, char** argv) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  kratos::http::ServerOptions options{.address = "systemd:", .engine = argc > 1 ? argv[1] : ""};
  options.stop_delay = std::chrono::milliseconds(200);
  // The httplib engine: a thread for each connection, so that none has to make room for another.
  options.limits.threads = 64;
  // Every stream of the test is short: none has to be cut off.
  options.streams.drain = std::chrono::minutes(1);
  kratos::http::Server server(std::move(options));
  soak::RegisterSoakHttpServer(server, std::make_shared<SoakService>());
  if (const Status status = server.Listen(); !status.ok()) {
    std::fprintf(stderr, "kratos_soak_server: %s\n", status.message().c_str());
    return 1;
  }
  Status stopped;
  std::thread stopper([&] {
    int signal = 0;
    sigwait(&signals, &signal);
    stopped = server.Stop(std::chrono::minutes(1));
  });
  std::puts("ready");
  std::fflush(stdout);
  const Status served = server.Start();
  if (!served.ok()) kill(getpid(), SIGTERM);
  stopper.join();
  for (const Status& status : {served, stopped}) {
    if (status.ok()) continue;
    std::fprintf(stderr, "kratos_soak_server: %s\n", status.message().c_str());
    return 1;
  }
  return 0;
}
