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
  for (const auto& row : rows) {
    CHECK(FormatHttpDate(row.time) == row.text);
    CHECK(ParseHttpDate(row.text) == row.time);
  }
}

TEST_CASE("http date: the obsolete forms, and what is no date") {
  for (const char* text : {"Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
    CAPTURE(text);
    CHECK(ParseHttpDate(text) == 784111777);
  }
  // Two digits mean the nearest century that is not far ahead.
  CHECK(ParseHttpDate("Thursday, 01-Jan-70 00:00:00 GMT").value() % 86400 == 0);
  CHECK(ParseHttpDate("Sat Jan 31 00:00:60 2026") == 1769817659);
  for (const char* text :
       {"", "now", "784111777", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 31 Apr 1994 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT", "Xun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 94 08:49:37 GMT", "Sun Nov 06 08:49:37", "Sun Nov 0x 08:49:37 1994"}) {
    CAPTURE(text);
    CHECK_FALSE(ParseHttpDate(text));
  }
}

}  // namespace
}  // namespace kratos::http
