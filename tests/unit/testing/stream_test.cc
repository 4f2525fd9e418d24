#include <string>

#include "fixture.h"

namespace memory_test {
namespace {

TEST_CASE("stream call: a reply comes piece by piece while the handler runs") {
  Served served;
  // Two notes, then the handler waits for the end of the call.
  auto call = served.memory->Open(MakeRequest("GET", "/v1/notes/1:watch?count=2&fail_after=-2"));
  CHECK(call->Head().status == 200);
  CHECK(call->Head().headers.Get("Content-Type") == "text/event-stream");
  std::string part;
  for (const char* number : {"\"number\":0", "\"number\":1"}) {
    REQUIRE(*call->Read(&part));
    CHECK(part.starts_with("event: message\n"));
    CHECK(part.find(number) != std::string::npos);
  }
  call->HangUp();
  CHECK(call->Read(&part).status().code() == 499);
  Until([&] { return served.service->ended == 1; });
}

TEST_CASE("stream call: errors before the first message are replies, later ones events") {
  Served served;
  auto call = served.memory->Open(MakeRequest("GET", "/v1/notes/1:watch?count=2&fail_after=0"));
  CHECK(call->Head().status == 409);
  CHECK(call->ReadAll()->find("NOTES_BROKEN") != std::string::npos);
  call = served.memory->Open(MakeRequest("GET", "/v1/notes/1:watch?count=2&fail_after=1"));
  CHECK(call->Head().status == 200);
  CHECK(call->ReadAll()->find("event: error\n") != std::string::npos);
  // Raw bytes have no words for it.
  call = served.memory->Open(MakeRequest("GET", "/v1/notes/1:download?count=2&fail_after=1"));
  std::string part;
  CHECK(*call->Read(&part));
  CHECK(part == "notes/1 0\n");
  CHECK(call->Read(&part).status().code() == 503);
}

TEST_CASE("stream call: a request body goes in piece by piece") {
  Served served;
  auto call =
      served.memory->Open(MakeRequest("POST", "/v1/notes/1:upload", "", {{"Content-Type", "x/y"}}));
  CHECK(call->WriteBody("12"));
  Until([&] { return served.service->received == 1; });
  CHECK(call->WriteBody("345"));
  Until([&] { return served.service->received == 2; });
  call->EndBody();
  CHECK(call->Head().status == 200);
  CHECK(call->ReadAll()->find(R"("messages":2,"bytes":"5","name":"notes/1 x/y")") !=
        std::string::npos);
  CHECK_FALSE(call->WriteBody("late"));
}

TEST_CASE("stream call: a service that has enough answers before the end of the body") {
  Served served;
  auto call = served.memory->Open(MakeRequest("POST", "/v1/notes/1:upload", "stop"));
  CHECK(call->Head().status == 409);
  CHECK_FALSE(call->WriteBody("more"));
}

TEST_CASE("stream call: a route that takes whole bodies has the one it begins with") {
  Served served;
  auto call = served.memory->Open(
      MakeRequest("PUT", "/v1/notes/1", R"({"text":"t"})", {{"Content-Type", "application/json"}}));
  CHECK_FALSE(call->WriteBody("more"));
  CHECK(call->Head().status == 200);
  CHECK(call->ReadAll()->find(R"("text":"t")") != std::string::npos);
}

TEST_CASE("stream call: a service waits for a client that does not read") {
  Served served({}, {.window_bytes = 1});
  auto call = served.memory->Open(MakeRequest("GET", "/v1/notes/1:watch?count=-1&fail_after=-1"));
  std::string part;
  REQUIRE(*call->Read(&part));
  // With room for one piece: it is on its way, the next one waits, and nothing else was taken.
  Until([&] { return served.service->sent >= 2; });
  CHECK(served.service->sent <= 2);
  REQUIRE(*call->Read(&part));
  Until([&] { return served.service->sent >= 3; });
  CHECK(served.service->sent <= 3);
  call.reset();
  Until([&] { return served.service->ended == 1; });
}

TEST_CASE("stream call: a draining server ends streams with an event") {
  kratos::http::ServerOptions options;
  options.streams.drain = std::chrono::milliseconds(0);
  Served served(options);
  auto call = served.memory->Open(MakeRequest("GET", "/v1/notes/1:watch?count=1&fail_after=-2"));
  CHECK(call->Head().status == 200);
  served.memory->Drain();
  const auto all = call->ReadAll();
  REQUIRE(all.ok());
  CHECK(all->find("event: error\n") != std::string::npos);
  CHECK(all->find("UNAVAILABLE") != std::string::npos);
}

TEST_CASE("stream call: the server's destruction ends what is open") {
  Served served;
  auto stream = served.memory->Open(MakeRequest("GET", "/v1/notes/1:watch?count=0&fail_after=-2"));
  auto unary = served.memory->Open(MakeRequest("GET", "/v1/notes/1:wait"));
  auto upload = served.memory->Open(MakeRequest("POST", "/v1/notes/1:upload"));
  Until([&] { return served.service->waiting == 2; });
  served.memory.reset();
  CHECK(served.service->ended >= 2);
}

}  // namespace
}  // namespace memory_test
