#include "http/request_head.h"

#include <string>

#include "support/catch.h"

namespace kratos::http {
namespace {

RequestHead MustParse(const std::string& text, const Limits& limits = {}) {
  CAPTURE(text);
  RequestHead head;
  const auto error = ParseRequestHead(text, limits, &head);
  if (error) FAIL(error->status << " " << error->message);
  return head;
}

int StatusOf(const std::string& text, const Limits& limits = {}) {
  RequestHead head;
  const auto error = ParseRequestHead(text, limits, &head);
  if (!error) return 200;
  CHECK_FALSE(error->message.empty());
  return error->status;
}

TEST_CASE("request head: an ordinary request") {
  const RequestHead head = MustParse(
      "POST /v1/x?y=%20z HTTP/1.1\r\nHost: a\r\ncontent-type: application/json\r\nX-A:\t 1 "
      "\t\r\nx-a:2\r\nX-B:\r\n"
      "Content-Length: 12\r\n\r\n");
  CHECK(head.request.method == "POST");
  CHECK(head.request.target == "/v1/x?y=%20z");
  CHECK(head.request.path() == "/v1/x");
  CHECK(head.request.query() == "y=%20z");
  CHECK(head.request.http_minor == 1);
  CHECK(head.request.headers.Get("Content-Type") == "application/json");
  CHECK(head.request.headers.Values("X-A") == std::vector<std::string_view>{"1", "2"});
  CHECK(head.request.headers.Has("x-b"));
  CHECK(head.content_length == 12);
  CHECK_FALSE(head.chunked);
  CHECK(head.keep_alive);
  CHECK_FALSE(head.expect_continue);
}

TEST_CASE("request head: targets") {
  const struct {
    const char* line;
    const char* target;
  } rows[] = {
      {"GET / HTTP/1.1", "/"},
      {"GET //a//../b HTTP/1.1", "//a//../b"},
      {"GET /%2F%zz HTTP/1.1", "/%2F%zz"},
      {"GET /gr\xC3\xBC\xC3\x9F HTTP/1.1", "/gr\xC3\xBC\xC3\x9F"},
      {"GET /a?b?c HTTP/1.1", "/a?b?c"},
      {"GET http://host/a?b HTTP/1.1", "/a?b"},
      {"GET HTTPS://host:80/a HTTP/1.1", "/a"},
      {"GET http://host HTTP/1.1", "/"},
      {"GET http://host?q=1 HTTP/1.1", "/?q=1"},
      {"OPTIONS * HTTP/1.1", "*"},
      {"BREW /pot HTTP/1.1", "/pot"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.line);
    CHECK(MustParse(std::string(row.line) + "\r\nHost: a\r\n\r\n").request.target == row.target);
  }
}

TEST_CASE("request head: whether the connection goes on") {
  const struct {
    const char* version;
    const char* fields;
    bool keep_alive;
  } rows[] = {
      {"1.1", "", true},
      {"1.1", "Connection: close\r\n", false},
      {"1.1", "Connection: Keep-Alive , CLOSE\r\n", false},
      {"1.1", "Connection: keep-alive\r\nConnection: close\r\n", false},
      {"1.1", "Connection: closed\r\n", true},
      {"1.0", "", false},
      {"1.0", "Connection: keep-alive\r\n", true},
      {"1.0", "Connection: keep-alive, close\r\n", false},
      {"1.9", "", true},
  };
  for (const auto& row : rows) {
    CAPTURE(row.version, row.fields);
    const auto head = MustParse(std::string("GET / HTTP/") + row.version + "\r\nHost: a\r\n" +
                                row.fields + "\r\n");
    CHECK(head.keep_alive == row.keep_alive);
    CHECK(head.request.http_minor == row.version[2] - '0');
  }
  CHECK(MustParse("GET / HTTP/1.0\r\n\r\n").request.http_minor == 0);
}

TEST_CASE("request head: framing") {
  const auto with = [](const std::string& fields) {
    return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
  };
  CHECK(MustParse(with("Transfer-Encoding: chunked\r\n")).chunked);
  CHECK(MustParse(with("transfer-encoding: CHUNKED\r\n")).chunked);
  CHECK(MustParse(with("Content-Length: 0\r\n")).content_length == 0);
  CHECK(MustParse(with("Content-Length: 007\r\n")).content_length == 7);
  CHECK(MustParse(with("Content-Length: 5\r\nContent-Length: 5\r\n")).content_length == 5);
  CHECK(MustParse(with("Expect: 100-Continue\r\n")).expect_continue);
  CHECK_FALSE(MustParse("POST / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n").expect_continue);
}

TEST_CASE("request head: what is refused, and with what") {
  const std::string host = "Host: a\r\n";
  const struct {
    const char* name;
    std::string text;
    int status;
  } rows[] = {
      {"bare LF after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400},
      {"bare LF after a field", "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", 400},
      {"bare CR in a field", "GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n", 400},
      {"bare CR in the request line", "GET /\r HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"folded field", "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n", 400},
      {"folded with a tab", "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\tz\r\n\r\n", 400},
      {"blank before the colon", "GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n", 400},
      {"blank line of blanks", "GET / HTTP/1.1\r\nHost: a\r\n  \r\n\r\n", 400},
      {"no colon", "GET / HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n", 400},
      {"empty field name", "GET / HTTP/1.1\r\nHost: a\r\n: y\r\n\r\n", 400},
      {"field name with a control character", "GET / HTTP/1.1\r\nHost: a\r\nX\x01: y\r\n\r\n", 400},
      {"NUL in a value", std::string("GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 35), 400},
      {"DEL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\x7f\r\n\r\n", 400},
      {"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
      {"two Hosts in 1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"no version", "GET /\r\nHost: a\r\n\r\n", 400},
      {"no target", "GET HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"empty target", "GET  HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"no method", " / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"method that is no token", "GE(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"blank in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"tab in the target", "GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"tabs as separators", "GET\t/\tHTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"target without a slash", "GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"asterisk with GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"authority form", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"lower-case version", "GET / http/1.1\r\nHost: a\r\n\r\n", 400},
      {"version of two digits", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", 400},
      {"no minor version", "GET / HTTP/1\r\nHost: a\r\n\r\n", 400},
      {"blank behind the version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400},
      {"HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
      {"HTTP/0.9", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505},
      {"HTTP/1.x", "GET / HTTP/1.x\r\nHost: a\r\n\r\n", 505},
      {"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\n", 505},
      {"length and coding",
       "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
       400},
      {"two lengths that differ",
       "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 400},
      {"list of lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n", 400},
      {"negative length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400},
      {"signed length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", 400},
      {"hex length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\n", 400},
      {"empty length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400},
      {"length beyond 64 bits",
       "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 400},
      {"coding in 1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"gzip coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
      {"gzip and chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
       501},
      {"chunked twice",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
       "chunked\r\n\r\n",
       501},
      {"obscured chunked",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \x0b"
       "chunked\r\n\r\n",
       400},
      {"no empty line", "GET / HTTP/1.1\r\nHost: a\r\n", 400},
      {"nothing", "", 400},
      {"something behind the end", "GET / HTTP/1.1\r\nHost: a\r\n\r\nX", 400},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(StatusOf(row.text) == row.status);
  }
}

TEST_CASE("request head: limits hold to the byte, and zero is none") {
  Limits limits;
  limits.max_target_bytes = 10;
  limits.max_header_bytes = 40;
  limits.max_header_count = 3;
  const auto get = [](std::size_t target_bytes, const std::string& fields) {
    return "GET /" + std::string(target_bytes - 1, 'x') + " HTTP/1.1\r\n" + fields + "\r\n";
  };
  const std::string host = "Host: a\r\n";  // 9 bytes; the empty line counts too: 11.
  CHECK(StatusOf(get(10, host), limits) == 200);
  CHECK(StatusOf(get(11, host), limits) == 414);
  CHECK(StatusOf(get(10, host + "X: " + std::string(24, 'y') + "\r\n"), limits) == 200);
  CHECK(StatusOf(get(10, host + "X: " + std::string(25, 'y') + "\r\n"), limits) == 431);
  CHECK(StatusOf(get(1, host + "A:\r\nB:\r\n"), limits) == 200);
  CHECK(StatusOf(get(1, host + "A:\r\nB:\r\nC:\r\n"), limits) == 431);
  // One limit does not stand in for another.
  limits.max_target_bytes = 0;
  CHECK(StatusOf(get(5000, host), limits) == 200);
  limits.max_header_bytes = 0;
  limits.max_header_count = 0;
  std::string many = host;
  for (int i = 0; i < 500; ++i) many += "X: y\r\n";
  CHECK(StatusOf(get(5000, many), limits) == 200);
}

}  // namespace
}  // namespace kratos::http
