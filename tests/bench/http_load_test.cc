#include "http_load.h"

#include <string>
#include <string_view>

#include "support/catch.h"

namespace kratos::bench {
namespace {

struct Case {
  const char* name;
  std::string reply;
  int status;
  std::size_t body_bytes;
  bool closes;
};

const Case kCases[] = {
    {"length", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", 200, 5, false},
    {"no body", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 404, 0, false},
    {"closing", "HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 1\r\n\r\nx", 200, 1, true},
    {"chunks",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
     "chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n",
     200, 13, false},
    {"a chunk that looks like an end",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n0\r\n\r\n\r\n\r\n0\r\n\r\n", 200, 7,
     false},
    {"trailers",
     "HTTP/1.1 409 Conflict\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nA: b\r\nC: "
     "d\r\n\r\n",
     409, 1, false},
};

void Check(const ReplyReader& reader, const Case& expected) {
  CHECK(reader.done());
  CHECK(reader.status() == expected.status);
  CHECK(reader.body_bytes() == expected.body_bytes);
  CHECK(reader.closes() == expected.closes);
}

TEST_CASE("The end of a reply is found wherever the bytes are cut") {
  for (const Case& row : kCases) {
    INFO(row.name);
    ReplyReader reader;
    for (std::size_t cut = 0; cut <= row.reply.size(); ++cut) {
      INFO("cut at " << cut);
      const std::string_view reply = row.reply;
      reader.Reset();
      CHECK(reader.Take(reply.substr(0, cut)) == cut);
      CHECK(reader.done() == (cut == reply.size()));
      CHECK(reader.Take(reply.substr(cut)) == reply.size() - cut);
      Check(reader, row);
    }
    reader.Reset();
    for (const char& byte : row.reply) CHECK(reader.Take({&byte, 1}) == 1);
    Check(reader, row);
  }
}

TEST_CASE("What follows a reply is left alone") {
  for (const Case& row : kCases) {
    INFO(row.name);
    ReplyReader reader;
    CHECK(reader.Take(row.reply + "HTTP/1.1 200 OK\r\n") == row.reply.size());
    Check(reader, row);
  }
}

TEST_CASE("Percentiles") {
  std::vector<double> values{4, 1, 3, 2, 5};
  CHECK(Percentile(values, 0) == 1);
  CHECK(Percentile(values, 0.5) == 3);
  CHECK(Percentile(values, 1) == 5);
  values.clear();
  CHECK(Percentile(values, 0.5) == 0);
}

}  // namespace
}  // namespace kratos::bench
