#include "http/client_endpoint.h"

#include "kratos/http/client.h"
#include "support/catch.h"

namespace kratos::http {
namespace {

struct EndpointRow {
  const char* text;
  bool default_tls;
  const char* origin;  // null: refused
  const char* prefix;
  const char* host_field;
};

const EndpointRow kEndpoints[] = {
    {"h:80", false, "http://h:80", "", "h"},
    {"h:8000", false, "http://h:8000", "", "h:8000"},
    {"h", false, "http://h:80", "", "h"},
    {"h", true, "https://h:443", "", "h"},
    {"http://h", true, "http://h:80", "", "h"},
    {"HTTPS://Some.Host/", false, "https://some.host:443", "", "some.host"},
    {"https://h:80/api/v1/", false, "https://h:80", "/api/v1", "h:80"},
    {"h:1/a%20b", false, "http://h:1", "/a%20b", "h:1"},
    {"[::1]:80", false, "http://[::1]:80", "", "[::1]"},
    {"[::1]", false, "http://[::1]:80", "", "[::1]"},
    {"https://[fe80::1%25eth0]:8443", false, "https://[fe80::1%25eth0]:8443", "",
     "[fe80::1%25eth0]:8443"},
    {"", false, nullptr, "", ""},
    {":80", false, nullptr, "", ""},
    {"http://", false, nullptr, "", ""},
    {"ftp://h:1", false, nullptr, "", ""},
    {"discovery:///name", false, nullptr, "", ""},
    {"h:99999", false, nullptr, "", ""},
    {"h:0", false, nullptr, "", ""},
    {"h:x", false, nullptr, "", ""},
    {"::1", false, nullptr, "", ""},
    {"user@h:1", false, nullptr, "", ""},
    {"h:1?x", false, nullptr, "", ""},
    {"h:1/#x", false, nullptr, "", ""},
    {"h h:1", false, nullptr, "", ""},
    {"h\r\nX:1", false, nullptr, "", ""},
    {"h:1/a b", false, nullptr, "", ""},
    {"h:1/a\r\nb", false, nullptr, "", ""},
};

TEST_CASE("endpoints", "[client]") {
  for (const auto& row : kEndpoints) {
    INFO(row.text);
    const auto endpoint = ParseEndpoint(row.text, row.default_tls);
    REQUIRE(endpoint.ok() == (row.origin != nullptr));
    if (!endpoint.ok()) {
      CHECK(Client::Create({.endpoint = row.text}).status().reason() == "BAD_ENDPOINT");
      continue;
    }
    CHECK(endpoint->origin.ToString() == row.origin);
    CHECK(endpoint->prefix == row.prefix);
    CHECK(endpoint->origin.HostField() == row.host_field);
  }
}

struct LocationRow {
  const char* location;
  const char* result;  // null: refused
};

// Against http://h:80/a/b?q
const LocationRow kLocations[] = {
    {"/x", "http://h:80/x"},
    {"x", "http://h:80/a/x"},
    {"./x", "http://h:80/a/x"},
    {"../x", "http://h:80/x"},
    {"../../../x", "http://h:80/x"},
    {"..", "http://h:80/"},
    {".", "http://h:80/a/"},
    {"x/", "http://h:80/a/x/"},
    {"/x//y", "http://h:80/x//y"},
    {"?r", "http://h:80/a/b?r"},
    {"//other/x", "http://other:80/x"},
    {"//other", "http://other:80/"},
    {"//other?x", "http://other:80/?x"},
    {"https://other:1/x?y#z", "https://other:1/x?y"},
    {"HTTP://h/x", "http://h:80/x"},
    {"x:y", nullptr},
    {"http:x", nullptr},
    {"", nullptr},
    {"#f", nullptr},
};

TEST_CASE("locations", "[client]") {
  const Address base{{false, "h", 80}, "/a/b?q"};
  for (const auto& row : kLocations) {
    INFO(row.location);
    const auto address = ResolveLocation(base, row.location);
    REQUIRE(address.ok() == (row.result != nullptr));
    if (address.ok()) CHECK(address->origin.ToString() + address->target == row.result);
  }
}

}  // namespace
}  // namespace kratos::http
