// Any text as a path template: what parses is printed, parsed again, and must be the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "kratos/route/path_template.h"

using kratos::route::Compare;
using kratos::route::Overlap;
using kratos::route::ParseError;
using kratos::route::PathTemplate;
using kratos::route::Relation;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  ParseError error;
  const auto parsed = PathTemplate::Parse(text, &error);
  if (!parsed) {
    if (error.message.empty() || error.offset + error.length > size) std::abort();
    return 0;
  }
  const auto again = PathTemplate::Parse(parsed->ToString());
  if (!again || !(*again == *parsed) || again->ToString() != parsed->ToString()) std::abort();
  // Comparing takes cubic time in the worst case: leave giants out.
  if (parsed->segments().size() <= 64) {
    const Overlap overlap = Compare(*parsed, *again);
    if (overlap.relation != Relation::kSame) std::abort();
  }
  return 0;
}
