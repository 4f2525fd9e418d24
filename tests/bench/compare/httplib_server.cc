// The comparison's services as a C++ team writes them today: cpp-httplib, and protobuf's own JSON.
// Serves on a free port, printed as "port N", until SIGTERM.
//
//   kratos_compare_httplib --list FILE [--routes]
#include <google/protobuf/util/json_util.h>
#include <httplib.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "compare.pb.h"
#include "routes_count.h"

namespace {

using namespace kratos::bench;  // The messages.
namespace json = google::protobuf::util;

// As many as the load has connections: a connection keeps its thread.
constexpr std::size_t kThreads = 64;

void Answer(const google::protobuf::Message& message, httplib::Response& response) {
  json::JsonPrintOptions options;
#if GOOGLE_PROTOBUF_VERSION >= 5026000
  options.always_print_fields_with_no_presence = true;
#else
  options.always_print_primitive_fields = true;
#endif
  std::string text;
  if (!json::MessageToJsonString(message, &text, options).ok()) {
    response.status = 500;
    return;
  }
  response.set_content(std::move(text), "application/json");
}

// Control characters, which only a broken request brings in, become blanks.
void AnswerError(int status, std::string_view reason, std::string_view message,
                 httplib::Response& response) {
  const auto quoted = [](std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return out + '"';
  };
  response.status = status;
  response.set_content("{\"code\":" + std::to_string(status) + ",\"reason\":" + quoted(reason) +
                           ",\"message\":" + quoted(message) + ",\"metadata\":{}}",
                       "application/json");
}

void Greet(const httplib::Request& request, httplib::Response& response) {
  HelloReply reply;
  reply.set_message("Hello " + request.matches[1].str());
  Answer(reply, response);
}

void Register(httplib::Server& server, const Page& list, bool many) {
  server.Get("/v1/hello/([^/]+)", Greet);
  server.Post("/v1/pages:mirror", [](const httplib::Request& request, httplib::Response& response) {
    Page page;
    json::JsonParseOptions options;
    options.ignore_unknown_fields = true;
    if (const auto status = json::JsonStringToMessage(request.body, &page, options); !status.ok())
      return AnswerError(400, "CODEC", status.ToString(), response);
    Answer(page, response);
  });
  server.Get("/v1/items", [&list](const httplib::Request&, httplib::Response& response) {
    Answer(list, response);
  });
  server.Get("/v1/blobs/(\\d{1,10})",
             [](const httplib::Request& request, httplib::Response& response) {
               response.body.assign(std::stoull(request.matches[1]), 'x');
               response.set_header("Content-Type", "text/plain");
             });
  server.Get("/v1/failures/([^/]+)",
             [](const httplib::Request& request, httplib::Response& response) {
               AnswerError(409, request.matches[1].str(), "nothing left", response);
             });
  if (many) {
    for (int i = 0; i < kRoutes; ++i) {
      char path[32];
      std::snprintf(path, sizeof path, "/v1/r%03d/([^/]+)", i);
      server.Get(path, Greet);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  Page list;
  bool many = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--routes") {
      many = true;
    } else if (name == "--list" && i + 1 < argc) {
      std::ifstream file(argv[++i]);
      const std::string text{std::istreambuf_iterator<char>(file), {}};
      if (!json::JsonStringToMessage(text, &list).ok()) {
        std::fprintf(stderr, "kratos_compare_httplib: no page in %s\n", argv[i]);
        return 1;
      }
    }
  }
  // Signals are taken by sigwait below, on every thread alike.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  httplib::Server server;
  server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  // A queue of five for connections is compiled into Debian's library, so they had better last.
  server.set_keep_alive_max_count(1'000'000'000);
  server.set_keep_alive_timeout(60);
  server.set_tcp_nodelay(true);
  Register(server, list, many);
  const int port = server.bind_to_any_port("127.0.0.1");
  if (port <= 0) return 1;
  std::printf("port %d\n", port);
  std::fflush(stdout);
  std::thread stopper([&] {
    int signal = 0;
    sigwait(&signals, &signal);
    server.stop();
  });
  server.listen_after_bind();
  stopper.join();
}
