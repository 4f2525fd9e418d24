#include <algorithm>
#include <string>

#include "fixture.h"

namespace memory_test {
namespace {

std::size_t Count(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1))
    ++count;
  return count;
}

// Dates differ from second to second.
std::string WithoutDates(std::string text) {
  for (auto at = text.find("Date: "); at != std::string::npos; at = text.find("Date: "))
    text.erase(at, text.find("\r\n", at) + 2 - at);
  return text;
}

TEST_CASE("raw bytes: pipelined requests are answered in order") {
  Served served;
  const std::string out = served.memory->CallRaw(
      "GET /v1/notes/1 HTTP/1.1\r\nHost: h\r\n\r\n"
      "PUT /v1/notes/2 HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\n\r\n8\r\n{\"text\":\r\n4\r\n\"x\"}\r\n0\r\n\r\n"
      "GET /v1/none HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
      "GET /v1/notes/4 HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(Count(out, "HTTP/1.1 ") == 3);
  CHECK(out.find("notes/1") < out.find("notes/2"));
  CHECK(out.find(R"("text":"x")") != std::string::npos);
  CHECK(out.find("HTTP/1.1 404 Not Found") != std::string::npos);
  CHECK(out.find("notes/4") == std::string::npos);
}

TEST_CASE("raw bytes: it does not matter how they are cut") {
  Served served;
  const std::string in =
      "POST /v1/notes/1:upload HTTP/1.1\r\nHost: h\r\nContent-Type: x/y\r\n"
      "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: t\r\n\r\n"
      "GET /v1/notes/1:watch?count=1&fail_after=-1 HTTP/1.1\r\nHost: h\r\n\r\n";
  const std::string whole = WithoutDates(served.memory->CallRaw(in));
  CHECK(whole.find("\"bytes\":\"3\"") != std::string::npos);
  CHECK(whole.find("event: message\n") != std::string::npos);
  CHECK(whole.ends_with("0\r\n\r\n"));
  std::string cut = WithoutDates(served.memory->CallRaw(in, {.piece_bytes = 1}));
  // How an upload is cut is seen in its count of messages, and nowhere else.
  const auto at = cut.find("\"messages\":3");
  REQUIRE(at != std::string::npos);
  cut.replace(at, 12, "\"messages\":1");
  CHECK(cut == whole);
}

TEST_CASE("raw bytes: what is broken is refused, and the connection ends") {
  Served served;
  const struct {
    const char* name;
    const char* bytes;
    const char* status;
  } rows[] = {
      {"garbage", "garbage\r\n\r\n", "400"},
      {"bare LF", "GET / HTTP/1.1\nHost: h\n\n", "400"},
      {"no Host", "GET /v1/notes/1 HTTP/1.1\r\n\r\n", "400"},
      {"two framings",
       "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: "
       "chunked\r\n\r\n0\r\n\r\n",
       "400"},
      {"two lengths",
       "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n", "400"},
      {"short body", "PUT /v1/notes/1 HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n{}", "400"},
      {"bad chunk",
       "PUT /v1/notes/1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400"},
      {"huge length", "PUT /v1/notes/1 HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999\r\n\r\n",
       "413"},
      {"version", "GET / HTTP/2.0\r\nHost: h\r\n\r\n", "505"},
      {"coding", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "501"},
      {"WebSocket",
       "GET /v1/chat HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
       "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
       "501"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const std::string out = served.memory->CallRaw(row.bytes);
    CHECK(out.substr(0, 12) == std::string("HTTP/1.1 ") + row.status);
    CHECK(Count(out, "\r\nContent-Length: ") == 1);
  }
  CHECK(served.memory->CallRaw("").empty());
  CHECK(served.memory->CallRaw("\r\n").empty());
}

TEST_CASE("raw bytes: a peer that hangs up cancels its call") {
  Served served;
  const std::string out =
      served.memory->CallRaw("GET /v1/notes/1:wait HTTP/1.1\r\nHost: h\r\n\r\n", {.hang_up = true});
  CHECK(out.empty());
  CHECK(served.service->ended == 1);
}

TEST_CASE("raw bytes: a peer that waits is told to go on, and a draining server closes") {
  Served served;
  const std::string in =
      "PUT /v1/notes/1 HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}";
  // The body comes with the head in one read: nobody need be told.
  CHECK(served.memory->CallRaw(in).starts_with("HTTP/1.1 200"));
  CHECK(served.memory->CallRaw(in, {.piece_bytes = 1})
            .starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200"));
  served.memory->Drain();
  CHECK(served.memory->CallRaw(in).find("Connection: close") != std::string::npos);
}

}  // namespace
}  // namespace memory_test
