#include "http/http_date.h"

#include "support/catch.h"

namespace kratos::http {
namespace {

TEST_CASE("http date: RFC 9110's own example and the edges of the calendar") {
  const struct {
    std::time_t time;
    const char* text;
  } rows[] = {
      {784111777, "Sun, 06 Nov 1994 08:49:37 GMT"},  {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
      {951782399, "Mon, 28 Feb 2000 23:59:59 GMT"},  {951782400, "Tue, 29 Feb 2000 00:00:00 GMT"},
      {1798761599, "Thu, 31 Dec 2026 23:59:59 GMT"}, {4102444800, "Fri, 01 Jan 2100 00:00:00 GMT"},
  };
  for (const auto& row : rows) CHECK(FormatHttpDate(row.time) == row.text);
}

}  // namespace
}  // namespace kratos::http
