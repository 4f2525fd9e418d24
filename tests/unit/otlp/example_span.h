// A span with ids and times that tests of both formats know.
#pragma once

#include <chrono>

#include "kratos/trace/span.h"

namespace kratos::trace {

inline SpanContext ExampleContext() {
  SpanContext context =
      *ParseTraceParent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  context.trace_state = "a=1";
  return context;
}

inline SpanData ExampleSpan() {
  using std::chrono::nanoseconds;
  using std::chrono::system_clock;
  SpanData span;
  span.name = "shop.Books/Get";
  span.kind = SpanKind::kServer;
  span.context = ExampleContext();
  span.parent_id =
      ParseTraceParent("00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01")->span_id;
  span.start = system_clock::time_point(nanoseconds(1'544'712'660'000'000'000));
  span.end = system_clock::time_point(nanoseconds(1'544'712'661'000'000'001));
  return span;
}

}  // namespace kratos::trace
