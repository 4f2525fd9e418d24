// A served NotesService in memory.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "kratos/http/server.h"
#include "kratos/testing/in_memory_server.h"
#include "notes_service.h"
#include "support/catch.h"

namespace memory_test {

struct Served {
  explicit Served(kratos::http::ServerOptions options = {},
                  kratos::testing::InMemoryOptions memory_options = {})
      : server(WithoutTimeout(std::move(options))) {
    RegisterNotesHttpServer(server, service);
    auto made = kratos::testing::InMemoryServer::Create(server, memory_options);
    REQUIRE(made.ok());
    memory = std::move(*made);
  }
  // What a test takes is no business of the clock.
  static kratos::http::ServerOptions WithoutTimeout(kratos::http::ServerOptions options) {
    options.timeout = std::chrono::milliseconds(0);
    return options;
  }
  NotesHttpClient Client(kratos::http::ClientOptions options = {}) const {
    auto client = memory->MakeClient(std::move(options));
    REQUIRE(client.ok());
    return NotesHttpClient(*client);
  }

  std::shared_ptr<NotesService> service = std::make_shared<NotesService>();
  kratos::http::Server server;
  std::unique_ptr<kratos::testing::InMemoryServer> memory;
};

// A request without what the defaults say.
inline kratos::http::Request MakeRequest(std::string method, std::string target,
                                         std::string body = "", kratos::Metadata headers = {}) {
  kratos::http::Request request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.body = std::move(body);
  request.headers = std::move(headers);
  return request;
}

// Yields until it is true; ctest's time-out is the limit.
template <class Predicate>
void Until(Predicate predicate) {
  while (!predicate()) std::this_thread::yield();
}

}  // namespace memory_test
