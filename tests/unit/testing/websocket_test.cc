#include <string>

#include "fixture.h"

namespace memory_test {
namespace {

using kratos::testing::WebSocket;

TEST_CASE("WebSocket in memory: messages both ways, and the server's goodbye") {
  Served served;
  auto made = served.memory->Connect(MakeRequest("GET", "/v1/chat"));
  REQUIRE(made.ok());
  WebSocket& socket = **made;
  WebSocket::Message message;
  CHECK(socket.SendText(R"({"text":"a","number":1})").ok());
  REQUIRE(*socket.Receive(&message));
  CHECK(message.text);
  CHECK(message.data.find(R"("number":2)") != std::string::npos);
  CHECK(socket.close_code() == 0);
  CHECK(socket.SendText(R"({"text":"bye"})").ok());
  CHECK_FALSE(*socket.Receive(&message));
  CHECK(socket.close_code() == 1000);
  CHECK(socket.SendText("{}").code() == 499);
}

TEST_CASE("WebSocket in memory: refusals come before it as plain replies") {
  kratos::http::ServerOptions options;
  options.websocket.subprotocols = {"notes"};
  Served served(options);
  CHECK(served.memory->Connect(MakeRequest("GET", "/v1/nowhere")).status().code() == 404);
  auto refused =
      served.memory->Connect(MakeRequest("GET", "/v1/chat", "", {{"Origin", "https://elsewhere"}}));
  CHECK(refused.status().reason() == "ORIGIN_NOT_ALLOWED");
  auto version =
      served.memory->Connect(MakeRequest("GET", "/v1/chat", "", {{"Sec-WebSocket-Version", "8"}}));
  CHECK(version.status().code() == 426);
  auto chosen = served.memory->Connect(
      MakeRequest("GET", "/v1/chat", "", {{"Sec-WebSocket-Protocol", "other, notes"}}));
  REQUIRE(chosen.ok());
  CHECK((*chosen)->subprotocol() == "notes");
  CHECK((*chosen)->reply_header().Has("Date"));
}

TEST_CASE("WebSocket in memory: how it can end") {
  kratos::http::ServerOptions options;
  options.websocket.max_message_bytes = 100;
  Served served(options);
  WebSocket::Message message;

  auto made = served.memory->Connect(MakeRequest("GET", "/v1/chat"));
  (*made)->Close();
  CHECK_FALSE(*(*made)->Receive(&message));
  CHECK((*made)->close_code() == 1000);

  made = served.memory->Connect(MakeRequest("GET", "/v1/chat"));
  CHECK((*made)->SendText(R"({"text":"fail"})").ok());
  REQUIRE(*(*made)->Receive(&message));
  CHECK(
      message.data.starts_with("\x1e"
                               "error:"));
  CHECK(message.data.find("CHAT_OVER") != std::string::npos);
  CHECK_FALSE(*(*made)->Receive(&message));
  CHECK((*made)->close_code() == 1011);

  made = served.memory->Connect(MakeRequest("GET", "/v1/chat"));
  CHECK((*made)->SendText(std::string(101, ' ')).ok());
  CHECK_FALSE(*(*made)->Receive(&message));
  CHECK((*made)->close_code() == 1009);

  made = served.memory->Connect(MakeRequest("GET", "/v1/notes/1:import"));
  (*made)->HangUp();
  // The first, the third, which may end after its client has heard of it, and this one; "fail" does
  // not count.
  Until([&] { return served.service->ended == 3; });
  CHECK((*made)->Receive(&message).status().code() == 499);
}

TEST_CASE("WebSocket in memory: a draining server says goodbye to one that waits") {
  kratos::http::ServerOptions options;
  options.streams.drain = std::chrono::milliseconds(0);
  Served served(options);
  auto made = served.memory->Connect(MakeRequest("GET", "/v1/chat"));
  REQUIRE(made.ok());
  served.memory->Drain();
  WebSocket::Message message;
  CHECK_FALSE(*(*made)->Receive(&message));
  CHECK((*made)->close_code() == 1001);
}

TEST_CASE("WebSocket in memory: client streaming on Kratos's wire") {
  Served served;
  auto made = served.memory->Connect(MakeRequest("GET", "/v1/notes/1:import"));
  REQUIRE(made.ok());
  CHECK((*made)->SendText(R"({"text":"ab"})").ok());
  CHECK((*made)->SendText(R"({"text":"c"})").ok());
  CHECK((*made)
            ->SendText("\x1e"
                       "end")
            .ok());
  WebSocket::Message message;
  REQUIRE(*(*made)->Receive(&message));
  CHECK(message.data.find(R"("messages":2,"bytes":"3","name":"notes/1")") != std::string::npos);
  CHECK_FALSE(*(*made)->Receive(&message));
  CHECK((*made)->close_code() == 1000);
}

}  // namespace
}  // namespace memory_test
