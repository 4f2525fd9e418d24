// One service on both transports in one application. Prints "port H G", and in the end how many
// calls ran: "ran H G". A call with the text "hold" says "holding H|G" and lasts until SIGUSR2.
//
//   e2e_load_program ENGINE
#include <pthread.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <memory>
#include <thread>

#include "kratos/app/app.h"
#include "kratos/grpc/server.h"
#include "kratos/http/server.h"
#include "talker.http.pb.h"
#include "talker.kratos_grpc.pb.h"

namespace {

using e2e::talker::Line;

std::atomic<bool> released = false;

class Talker final : public e2e::talker::TalkerServer {
 public:
  explicit Talker(char name) : name_(name) {}

  kratos::Status Say(kratos::Context&, const Line& request, Line* reply) override {
    ran_.fetch_add(1);
    if (request.text() == "hold") {
      std::printf("holding %c\n", name_);
      std::fflush(stdout);
      released.wait(false);
    }
    *reply = request;
    return {};
  }
  int ran() const { return ran_; }

 private:
  const char name_;
  std::atomic<int> ran_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  sigset_t release;
  sigemptyset(&release);
  sigaddset(&release, SIGUSR2);
  pthread_sigmask(SIG_BLOCK, &release, nullptr);  // In every thread to come.
  std::thread([release] {
    int signal = 0;
    sigwait(&release, &signal);
    released = true;
    released.notify_all();
  }).detach();

  const auto over_http = std::make_shared<Talker>('H');
  const auto over_grpc = std::make_shared<Talker>('G');
  kratos::http::Server http({.address = "127.0.0.1:0",
                             .engine = argc > 1 ? argv[1] : "",
                             .timeout = std::chrono::milliseconds(0)});
  e2e::talker::RegisterTalkerHttpServer(http, over_http);
  kratos::grpc::Server grpc({.address = "127.0.0.1:0", .timeout = std::chrono::milliseconds(0)});
  e2e::talker::RegisterTalkerGrpcServer(grpc, over_grpc);
  const auto say = [](const char* what, int of_http, int of_grpc) {
    std::printf("%s %d %d\n", what, of_http, of_grpc);
    std::fflush(stdout);
    return kratos::Status();
  };
  kratos::App app(
      {.name = "load-program",
       .servers = {&http, &grpc},
       .after_start = {[&](kratos::Context&) { return say("port", http.port(), grpc.port()); }},
       .after_stop = {[&](kratos::Context&) {
         return say("ran", over_http->ran(), over_grpc->ran());
       }},
       .stop_timeout = std::chrono::minutes(5)});
  return app.Run();
}
