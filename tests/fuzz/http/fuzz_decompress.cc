// A body in any coding is decompressed or refused; never beyond the limit, and with the same result
// however it is cut. The first byte chooses the codings, the second how the rest is cut.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/compression/content_decoder.h"

using kratos::http::ContentDecoder;

namespace {

constexpr std::size_t kLimit = 64 * 1024;
constexpr const char* kCodings[] = {"gzip",       "deflate",    "br",       "zstd",
                                    "gzip, gzip", "br, gzip",   "gzip, br", "zstd, gzip",
                                    "gzip, zstd", "br, deflate"};

struct Outcome {
  int code = 0;
  std::string bytes;
};

Outcome Decode(const char* codings, std::string_view body, std::size_t piece) {
  auto decoder = ContentDecoder::Create({{"Content-Encoding", codings}}, kLimit);
  if (!decoder.ok()) return {decoder.status().code(), ""};
  Outcome outcome;
  kratos::Status status;
  while (status.ok() && !body.empty()) {
    const std::string_view next = body.substr(0, piece);
    body.remove_prefix(next.size());
    status = (*decoder)->Feed(next, &outcome.bytes);
    if (outcome.bytes.size() > kLimit + 1) std::abort();
  }
  if (status.ok()) status = (*decoder)->Finish();
  outcome.code = status.ok() ? 200 : status.code();
  if (outcome.code == 200 && outcome.bytes.size() > kLimit) std::abort();
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const char* codings = kCodings[data[0] % std::size(kCodings)];
  const std::string_view body(reinterpret_cast<const char*>(data) + 2, size - 2);
  const Outcome whole = Decode(codings, body, body.size());
  const Outcome cut = Decode(codings, body, 1u + data[1]);
  // What is broken may be noticed at the end only in one piece and earlier in another.
  if ((whole.code == 200) != (cut.code == 200)) std::abort();
  if (whole.code == 200 && whole.bytes != cut.bytes) std::abort();
  return 0;
}
