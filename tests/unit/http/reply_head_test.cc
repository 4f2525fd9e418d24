#include "http/reply_head.h"

#include <string>

#include "support/catch.h"

namespace kratos::http {
namespace {

RequestHead Request(const char* method = "GET", int minor = 1) {
  RequestHead head;
  head.request.method = method;
  head.request.http_minor = minor;
  return head;
}

std::string HeadOf(const RequestHead& request, const Response& response, BodyFraming framing,
                   bool close) {
  std::string head;
  AppendReplyHead(request, response, framing, close, &head);
  return head;
}

TEST_CASE("reply head: status line, fields as they are, length last") {
  Response response;
  response.status = 404;
  response.headers = {{"content-TYPE", "a/b"}, {"X", "1"}, {"X", "2"}, {"Empty", ""}};
  response.body = "hello";
  CHECK(HeadOf(Request(), response, BodyFraming::kLength, false) ==
        "HTTP/1.1 404 Not Found\r\ncontent-TYPE: a/b\r\nX: 1\r\nX: 2\r\nEmpty: \r\nContent-Length: "
        "5\r\n\r\n");
}

TEST_CASE("reply head: framing is the engine's, whatever a handler set") {
  Response response;
  response.headers = {
      {"content-length", "999"}, {"Transfer-Encoding", "chunked"}, {"CONNECTION", "upgrade"}};
  CHECK(HeadOf(Request(), response, BodyFraming::kLength, false) ==
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("reply head: connection as the request and the engine want it") {
  const Response response;
  CHECK(HeadOf(Request(), response, BodyFraming::kLength, true) ==
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  CHECK(HeadOf(Request("GET", 0), response, BodyFraming::kLength, false) ==
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(HeadOf(Request("GET", 0), response, BodyFraming::kLength, true) ==
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

TEST_CASE("reply head: 204 and 304 announce no length (RFC 9110, 8.6), HEAD announces GET's") {
  Response response;
  response.status = 204;
  CHECK(HeadOf(Request(), response, BodyFraming::kLength, false) ==
        "HTTP/1.1 204 No Content\r\n\r\n");
  response.status = 304;
  CHECK(HeadOf(Request(), response, BodyFraming::kLength, false) ==
        "HTTP/1.1 304 Not Modified\r\n\r\n");
  response.status = 200;
  response.body = "hello";
  CHECK(HeadOf(Request("HEAD"), response, BodyFraming::kLength, false) ==
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
}

TEST_CASE("reply head: every status has a phrase") {
  CHECK(std::string(ReasonPhrase(200)) == "OK");
  CHECK(std::string(ReasonPhrase(499)) == "Client Closed Request");
  for (int status = 0; status < 1000; ++status)
    CHECK_FALSE(std::string(ReasonPhrase(status)).empty());
}

}  // namespace
}  // namespace kratos::http
