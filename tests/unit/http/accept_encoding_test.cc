#include "http/compression/accept_encoding.h"

#include <string>

#include "support/catch.h"

namespace kratos::http {
namespace {

TEST_CASE("accept-encoding: RFC 9110, 12.5.3") {
  const struct {
    std::vector<std::string_view> fields;
    Coding coding;
    bool identity_refused;
  } rows[] = {
      {{}, Coding::kIdentity, false},
      {{""}, Coding::kIdentity, false},
      {{"gzip"}, Coding::kGzip, false},
      {{"GZip"}, Coding::kGzip, false},
      {{"x-gzip"}, Coding::kGzip, false},
      {{"deflate"}, Coding::kIdentity, false},
      {{"nonsense"}, Coding::kIdentity, false},
      {{"gzip;q=0"}, Coding::kIdentity, false},
      {{"gzip;q=0.000"}, Coding::kIdentity, false},
      {{"gzip;q=0.001"}, Coding::kGzip, false},
      {{"gzip , , identity;q=0"}, Coding::kGzip, true},
      {{"identity;q=0"}, Coding::kIdentity, true},
      {{"*;q=0"}, Coding::kIdentity, true},
      {{"*;q=0, identity"}, Coding::kIdentity, false},
      {{"*;q=0, gzip"}, Coding::kGzip, true},
      {{"*"}, Coding::kZstd, false},
      {{"*, zstd;q=0"}, Coding::kBrotli, false},
      {{"gzip, br, zstd"}, Coding::kZstd, false},
      {{"gzip, deflate, br"}, Coding::kBrotli, false},
      {{"gzip;q=1.0, br;q=0.9, zstd;q=0.8"}, Coding::kGzip, false},
      {{"gzip;q=0.5, br;q=0.5"}, Coding::kBrotli, false},
      {{"gzip", "br;q=1", "zstd;q=0.9"}, Coding::kBrotli, false},
      {{"gzip;q=0.5, identity"}, Coding::kIdentity, false},
      {{"gzip;q=0.5, identity;q=0.5"}, Coding::kGzip, false},
      {{"gzip;q=0.5, *;q=0.8"}, Coding::kZstd, false},
      {{" gzip ; q=0.5 "}, Coding::kGzip, false},
      // Malformed elements wish for nothing.
      {{"gzip;q=2"}, Coding::kIdentity, false},
      {{"gzip;q=0.1234, br;q=0.1"}, Coding::kBrotli, false},
      {{"gzip;level=9"}, Coding::kIdentity, false},
      {{"gz ip, gzip;;q=1"}, Coding::kIdentity, false},
      {{"gzip;q="}, Coding::kIdentity, false},
      // The first mention counts.
      {{"gzip;q=0, gzip"}, Coding::kIdentity, false},
  };
  const std::vector<Coding> offered = {Coding::kZstd, Coding::kBrotli, Coding::kGzip};
  for (const auto& row : rows) {
    std::string all;
    for (const auto field : row.fields) all.append(field).append("|");
    CAPTURE(all);
    if (ReplyCodings().size() < 3) continue;  // The names are known only where they are built in.
    Metadata header;
    for (const auto field : row.fields) header.Add("Accept-Encoding", field);
    const CodingChoice choice = ChooseCoding(header, offered);
    CHECK(CodingName(choice.coding) == CodingName(row.coding));
    CHECK(choice.identity_refused == row.identity_refused);
  }
  CHECK(ChooseCoding({{"accept-encoding", "gzip, br"}}, {Coding::kGzip, Coding::kBrotli}).coding ==
        Coding::kGzip);
  CHECK(ChooseCoding({{"Accept-Encoding", "*"}}, {}).coding == Coding::kIdentity);
}

}  // namespace
}  // namespace kratos::http
