// Header fields of any bytes as trace context and baggage: what is read can be sent on, fits in one
// field within its limits, and reads back as the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "kratos/metadata/metadata.h"
#include "kratos/route/percent.h"
#include "kratos/trace/baggage.h"
#include "kratos/trace/span_context.h"

namespace {

void Expect(bool right) {
  if (!right) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kratos::trace;
  // Lines are fields; their first letter says which.
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  kratos::Metadata header;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.empty()) continue;
    const char* name = line[0] == 'p' ? "traceparent" : line[0] == 's' ? "tracestate" : "baggage";
    header.Add(name, line.substr(1));
  }

  kratos::Metadata sent;
  const SpanContext context = Extract(header);
  Inject(context, &sent);
  Expect(sent.Has("traceparent") == context.valid());
  Expect(sent.Get("tracestate").size() <= 512);
  Expect(Extract(sent) == context);

  const Baggage baggage = Baggage::Extract(header);
  for (const BaggageMember& member : baggage.members())
    Expect(kratos::IsToken(member.key) && kratos::route::IsValidUtf8(member.value));
  baggage.Inject(&sent);
  Expect(sent.Get("baggage").size() <= 8192);
  for (const auto& [name, value] : sent) Expect(kratos::IsFieldValue(value));
  const Baggage again = Baggage::Extract(sent);
  // Values that take more room when they are written can push others out.
  Expect(again == baggage || again.members().size() < baggage.members().size());
  return 0;
}
