#include "transport/endpoint.h"

#include "support/catch.h"

namespace kratos::transport {
namespace {

TEST_CASE("endpoint: addresses taken apart") {
  const struct {
    const char* text;
    const char* host;
    int port;
  } rows[] = {
      {":0", "", 0},
      {":8000", "", 8000},
      {":65535", "", 65535},
      {"127.0.0.1:80", "127.0.0.1", 80},
      {"example.org:8080", "example.org", 8080},
      {"[::1]:443", "::1", 443},
      {"[::]:0", "::", 0},
      {"[]:1", "", 1},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto parsed = ParseHostPort(row.text);
    REQUIRE(parsed.ok());
    CHECK(parsed->host == row.host);
    CHECK(parsed->port == row.port);
  }
}

TEST_CASE("endpoint: what is no address is named in the error") {
  for (const char* text :
       {"", "8000", "localhost", ":", "host:", ":65536", ":-1", ":+1", ":1x", ":99999999999",
        "::1:80", "[::1", "[::1]", "[::1]80", "[::1]:", "host: 80", "http://host:80"}) {
    CAPTURE(text);
    const auto parsed = ParseHostPort(text);
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.status().reason() == "BAD_ADDRESS");
    CHECK(parsed.status().message().find("\"" + std::string(text) + "\"") != std::string::npos);
  }
}

TEST_CASE("endpoint: brackets go around IPv6 alone, and what is printed reads back") {
  CHECK(FormatHostPort("127.0.0.1", 80) == "127.0.0.1:80");
  CHECK(FormatHostPort("::1", 80) == "[::1]:80");
  CHECK(FormatHostPort("", 80) == ":80");
  for (const char* host : {"a.b", "::1", ""}) {
    const auto parsed = ParseHostPort(FormatHostPort(host, 443));
    REQUIRE(parsed.ok());
    CHECK(parsed->host == host);
    CHECK(parsed->port == 443);
  }
}

TEST_CASE("endpoint: the first usable address is one that others can reach") {
  const std::string address = FirstUsableAddress();
  CAPTURE(address);  // A machine with nothing but loopback has none.
  CHECK_FALSE(address.starts_with("127."));
  CHECK(address != "::1");
  CHECK_FALSE(address.starts_with("169.254."));
  CHECK_FALSE(address.starts_with("fe80:"));
}

}  // namespace
}  // namespace kratos::transport
