#include "http/partial_reply.h"

#include <string>

#include "support/catch.h"

namespace kratos::http {
namespace {

TEST_CASE("partial reply: one part") {
  for (const auto& [part, body, field] : {
           std::tuple{ByteRange{0, 10}, "0123456789", "bytes 0-9/10"},
           std::tuple{ByteRange{0, 3}, "012", "bytes 0-2/10"},
           std::tuple{ByteRange{7, 3}, "789", "bytes 7-9/10"},
           std::tuple{ByteRange{4, 1}, "4", "bytes 4-4/10"},
       }) {
    CAPTURE(field);
    Response response;
    response.headers.Set("Content-Type", "text/plain");
    response.body = "0123456789";
    MakePartial({part}, &response);
    CHECK(response.status == 206);
    CHECK(response.body == body);
    CHECK(response.headers.Get("Content-Range") == field);
    CHECK(response.headers.Get("Content-Type") == "text/plain");
  }
}

TEST_CASE("partial reply: several parts") {
  Response response;
  response.headers.Set("Content-Type", "text/plain");
  response.body = "0123456789";
  MakePartial({{8, 2}, {0, 1}}, &response);
  CHECK(response.status == 206);
  CHECK_FALSE(response.headers.Has("Content-Range"));
  const std::string type(response.headers.Get("Content-Type"));
  const std::string prefix = "multipart/byteranges; boundary=";
  REQUIRE(type.starts_with(prefix));
  const std::string boundary = type.substr(prefix.size());
  CHECK(response.body == "--" + boundary +
                             "\r\nContent-Type: text/plain\r\nContent-Range: bytes 8-9/10\r\n\r\n"
                             "89\r\n--" +
                             boundary +
                             "\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-0/10\r\n\r\n"
                             "0\r\n--" +
                             boundary + "--\r\n");
}

}  // namespace
}  // namespace kratos::http
