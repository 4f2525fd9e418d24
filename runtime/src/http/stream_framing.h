// How the messages of a server stream lie in the body of its reply.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "kratos/http/context.h"
#include "kratos/metadata/metadata.h"

namespace kratos::http {

/// One stream's framing. Payloads are encoded messages.
class StreamFraming {
 public:
  virtual ~StreamFraming() = default;
  virtual std::string_view content_type() const = 0;
  /// Around the first message, and every other.
  virtual std::string Frame(std::string_view payload, const EventOptions& event) = 0;
  /// Behind the last message of a stream that ended well.
  virtual std::string End() { return ""; }
  /// Tells of a failure after the first message; what follows is the end of the body.
  virtual std::string Fail(std::string_view error_json) = 0;
  /// Something a reader skips; empty where the format has no such thing.
  virtual std::string_view Heartbeat() const { return ""; }
};

/// The framing that the request's Accept fields ask for, by q-value: text/event-stream (the
/// default), application/x-ndjson (also application/ndjson, application/jsonl) or application/json.
std::unique_ptr<StreamFraming> NegotiateFraming(const Metadata& request_headers);

/// True when the Accept fields name text/event-stream itself, with a q-value over zero.
bool AsksForEvents(const Metadata& request_headers);

/// `payload` as one server-sent event (WHATWG HTML, 9.2). JSON too long for one line of Kratos's
/// clients is broken between two tokens.
std::string FormatEvent(std::string_view name, std::string_view payload, const EventOptions& event);

}  // namespace kratos::http
