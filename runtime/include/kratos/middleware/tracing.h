// A span a call.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "kratos/middleware/middleware.h"
#include "kratos/trace/tracer.h"

namespace kratos::middleware {

struct TracingOptions {
  /// Must not be null.
  std::shared_ptr<trace::Tracer> tracer{};
  /// Default: the operation without the '/' in front (OpenTelemetry's conventions); Kratos for Go
  /// keeps it.
  std::function<std::string(const Context& ctx)> span_name{};
  /// Clients send the application's name in x-md-service-name, which the server's spans show as
  /// peer.service. Default: on.
  bool send_service_name = true;
  /// Adds `trace_id` and `span_id` to what is logged about a server's call (log::AddAttributes).
  /// Default: on.
  bool log_ids = true;
};

/// For server and client. A server's span is below the one that traceparent and tracestate name; a
/// client's, below the span of the context, and both fields and the baggage are sent with its call.
/// Attributes are those of Kratos v3 (docs/reference/middleware.md). A failure is the span's
/// outcome and an event of it; so is an exception, which passes through. A stream is one span.
Middleware Tracing(TracingOptions options);

}  // namespace kratos::middleware
