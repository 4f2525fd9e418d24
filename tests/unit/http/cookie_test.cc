#include <string>

#include "kratos/http/message.h"
#include "support/catch.h"

namespace kratos::http {
namespace {

TEST_CASE("cookie: every attribute") {
  CHECK(FormatCookie({.name = "a", .value = "b", .path = "", .domain = ""}) == "a=b");
  CHECK(FormatCookie({.name = "id",
                      .value = "7",
                      .path = "/",
                      .domain = "example.org",
                      .max_age_seconds = 0,
                      .secure = true,
                      .http_only = true,
                      .same_site = Cookie::SameSite::kStrict}) ==
        "id=7; Path=/; Domain=example.org; Max-Age=0; Secure; HttpOnly; SameSite=Strict");
  CHECK(FormatCookie({.name = "a",
                      .value = "",
                      .path = "",
                      .domain = "",
                      .same_site = Cookie::SameSite::kLax}) == "a=; SameSite=Lax");
  CHECK(FormatCookie({.name = "a",
                      .value = "",
                      .path = "",
                      .domain = "",
                      .max_age_seconds = 60,
                      .same_site = Cookie::SameSite::kNone}) == "a=; Max-Age=60; SameSite=None");
}

TEST_CASE("cookie: K34, what could end the field or the attribute is refused") {
  const struct {
    const char* name;
    Cookie cookie;
  } rows[] = {
      {"no name", {.name = "", .value = "v", .path = "", .domain = ""}},
      {"blank in name", {.name = "a b", .value = "v", .path = "", .domain = ""}},
      {"line break in name", {.name = "a\r\nX: y", .value = "v", .path = "", .domain = ""}},
      {"line break in value", {.name = "a", .value = "v\r\nX: y", .path = "", .domain = ""}},
      {"semicolon in value", {.name = "a", .value = "v;Secure", .path = "", .domain = ""}},
      {"comma in value", {.name = "a", .value = "v,w", .path = "", .domain = ""}},
      {"blank in value", {.name = "a", .value = "v w", .path = "", .domain = ""}},
      {"NUL in value", {.name = "a", .value = std::string("v\0", 2), .path = "", .domain = ""}},
      {"UTF-8 in value", {.name = "a", .value = "\xC3\xA4", .path = "", .domain = ""}},
      {"semicolon in path", {.name = "a", .value = "v", .path = "/;Domain=evil", .domain = ""}},
      {"line break in path", {.name = "a", .value = "v", .path = "/\n", .domain = ""}},
      {"line break in domain", {.name = "a", .value = "v", .path = "", .domain = "x\r\n"}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(FormatCookie(row.cookie).empty());
  }
}

}  // namespace
}  // namespace kratos::http
