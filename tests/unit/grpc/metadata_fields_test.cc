#include "kratos_grpc/metadata_fields.h"

#include <string>
#include <utility>
#include <vector>

#include "support/catch.h"

namespace kratos::grpc {
namespace {

TEST_CASE("grpc metadata: names that are the transports' own") {
  for (const char* name :
       {"accept-encoding", "connection", "content-encoding", "content-length", "content-type",
        "date", "host", "http2-settings", "keep-alive", "proxy-connection", "te",
        "transfer-encoding", "upgrade", "user-agent", "grpc-timeout", "grpc-", ":path"}) {
    INFO(name);
    CHECK(IsReserved(name));
  }
  for (const char* name : {"authorization", "x-md-a", "grpc", "accept", "cookie", "content", ""}) {
    INFO(name);
    CHECK_FALSE(IsReserved(name));
  }
}

TEST_CASE("grpc metadata: what can travel") {
  const struct {
    const char* name;
    std::string value;
    bool good;
  } rows[] = {
      {"a", "", true},
      {"a-b_c.9", " ~", true},
      {"a", "tab\t", false},
      {"a", "line\n", false},
      {"a", "\xc3\xa9", false},
      {"a", std::string("\0", 1), false},
      {"a-bin", std::string("\0\xff\n", 3), true},
      {"", "x", false},
      {"A", "x", false},
      {"a b", "x", false},
      {"a:b", "x", false},
      {"\xc3\xa9", "x", false},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    CHECK(WhyNotSendable(row.name, row.value).empty() == row.good);
  }
}

TEST_CASE("grpc metadata: fields are lower-cased, and the first that cannot travel ends it") {
  std::vector<std::pair<std::string, std::string>> sent;
  const auto add = [&sent](const std::string& name, const std::string& value) {
    sent.emplace_back(name, value);
  };
  CHECK(AddFields({{"X-A", "1"}, {"Host", "h"}, {"x-a", "2"}}, add).empty());
  CHECK(sent == std::vector<std::pair<std::string, std::string>>{{"x-a", "1"}, {"x-a", "2"}});
  CHECK_FALSE(AddFields({{"x-b", "\n"}, {"x-c", "3"}}, add).empty());
  CHECK(sent.size() == 2);
}

TEST_CASE("grpc metadata: peers") {
  CHECK(PeerText("ipv4:127.0.0.1:80") == "127.0.0.1:80");
  CHECK(PeerText("ipv6:%5B::1%5D:80") == "[::1]:80");
  CHECK(PeerText("ipv6:[::1]:80") == "[::1]:80");
  CHECK(PeerText("ipv6:%zz") == "%zz");
  CHECK(PeerText("unix:/tmp/x") == "unix:/tmp/x");
  CHECK(PeerText("") == "");
}

}  // namespace
}  // namespace kratos::grpc
