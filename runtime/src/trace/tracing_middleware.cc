#include <arpa/inet.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <exception>
#include <string_view>
#include <utility>
#include <vector>

#include "kratos/errors/errors.h"
#include "kratos/log/context.h"
#include "kratos/middleware/tracing.h"
#include "kratos/trace/baggage.h"
#include "middleware/exception_slot.h"

namespace kratos::middleware {

namespace {

using google::protobuf::Message;
using trace::Attribute;
using trace::Span;

constexpr char kServiceName[] = "x-md-service-name";

bool IsAddress(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

// "10.0.0.1:80", "[::1]:80", "http://shop:80/prefix"; nothing for what has no port.
void AddPeer(std::string_view peer, std::vector<Attribute>* out) {
  if (const auto scheme = peer.find("://"); scheme != std::string_view::npos)
    peer.remove_prefix(scheme + 3);
  peer = peer.substr(0, peer.find('/'));
  const auto colon = peer.rfind(':');
  if (colon == std::string_view::npos) return;
  std::uint16_t port = 0;
  const std::string_view digits = peer.substr(colon + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size()) return;
  std::string host(peer.substr(0, colon));
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  if (host.empty()) host = "127.0.0.1";
  out->push_back({IsAddress(host) ? "net.peer.ip" : "net.peer.name", host});
  out->push_back({"net.peer.port", port});
}

std::string_view WithoutSlash(std::string_view operation) {
  return operation.substr(std::min(operation.find_first_not_of('/'), operation.size()));
}

std::vector<Attribute> AttributesOf(const TransportInfo& transport) {
  std::vector<Attribute> out = {{"rpc.system", transport.kind}};
  const std::string_view operation = WithoutSlash(transport.operation);
  if (const auto slash = operation.find('/'); slash != std::string_view::npos) {
    out.push_back({"rpc.service", operation.substr(0, slash)});
    out.push_back({"rpc.method", operation.substr(slash + 1)});
  } else {
    out.push_back({"rpc.operation", transport.operation});
  }
  const bool client = transport.side == TransportInfo::Side::kClient;
  AddPeer(client ? transport.endpoint : transport.peer, &out);
  if (transport.kind == "http") {
    if (!transport.http_method.empty()) out.push_back({"http.method", transport.http_method});
    out.push_back({"http.route", transport.path_template});
    if (!transport.http_path.empty()) out.push_back({"http.target", transport.http_path});
  }
  return out;
}

void RecordFailure(const Status& status, Span* span) {
  const Error& error = status.error();
  span->SetAttribute("rpc.status_code", error.code());
  span->AddEvent("exception",
                 {{"exception.type", error.reason()}, {"exception.message", error.message()}});
  span->SetOutcome(trace::Outcome::kError, error.ToString());
}

class TracedCall {
 public:
  TracedCall(const TracingOptions& options, Context& ctx) : options_(options), ctx_(ctx) {
    const TransportInfo& transport = ctx.transport();
    server_ = transport.side == TransportInfo::Side::kServer;
    trace::SpanOptions start;
    start.kind = server_ ? trace::SpanKind::kServer : trace::SpanKind::kClient;
    if (server_) start.parent = trace::Extract(ctx.request_header());
    std::string name =
        options.span_name ? options.span_name(ctx) : std::string(WithoutSlash(transport.operation));
    span_ = options.tracer->Start(ctx, std::move(name), std::move(start));
    if (server_) {
      Receive();
    } else {
      Send();
    }
    if (!span_->recording()) return;
    for (Attribute& attribute : AttributesOf(transport))
      span_->SetAttribute(attribute.key, std::move(attribute.value));
  }

  void AddSizes(const Message& request, const Message& reply) {
    if (!span_->recording()) return;
    const TransportInfo& transport = ctx_.transport();
    const char* of_request = server_ ? "recv_msg.size" : "send_msg.size";
    const char* of_reply = server_ ? "send_msg.size" : "recv_msg.size";
    if (!transport.request_stream) span_->SetAttribute(of_request, request.ByteSizeLong());
    if (!transport.reply_stream) span_->SetAttribute(of_reply, reply.ByteSizeLong());
  }

  void Finish(const Status& status) {
    if (span_->recording()) {
      if (status.ok()) {
        span_->SetOutcome(trace::Outcome::kOk);
      } else {
        RecordFailure(status, span_.get());
      }
    }
    span_->End();
  }

 private:
  void Receive() {
    if (options_.log_ids) {
      log::AddAttributes(ctx_, {{"trace_id", span_->context().trace_id.ToHex()},
                                {"span_id", span_->context().span_id.ToHex()}});
    }
    if (trace::Baggage baggage = trace::Baggage::Extract(ctx_.request_header()); !baggage.empty())
      trace::SetBaggage(ctx_, std::move(baggage));
    const std::string* peer = ctx_.request_header().Find(kServiceName);
    if (peer == nullptr) return;
    ctx_.mutable_server_metadata().Set(kServiceName, *peer);
    span_->SetAttribute("peer.service", *peer);
  }

  void Send() {
    Metadata& header = ctx_.mutable_request_header();
    trace::Inject(span_->context(), &header);
    if (const trace::Baggage baggage = trace::BaggageOf(ctx_); !baggage.empty())
      baggage.Inject(&header);
    const AppInfo* app = ctx_.app();
    if (options_.send_service_name && app != nullptr && IsFieldValue(app->name) &&
        !app->name.empty())
      header.Set(kServiceName, app->name);
  }

  const TracingOptions& options_;
  Context& ctx_;
  bool server_ = false;
  std::shared_ptr<Span> span_;
};

}  // namespace

Middleware Tracing(TracingOptions options) {
  return [options = std::move(options)](Handler next) -> Handler {
    return [options, next = std::move(next)](Context& ctx, const Message& request,
                                             Message* reply) -> Status {
      if (ctx.transport().side == TransportInfo::Side::kNone) return next(ctx, request, reply);
      TracedCall call(options, ctx);
      try {
        Status status = next(ctx, request, reply);
        call.AddSizes(request, *reply);
        call.Finish(status);
        return status;
      } catch (...) {
        call.Finish(InternalServer(kReasonUnknown, WhatWasThrown(std::current_exception())));
        throw;
      }
    };
  };
}

}  // namespace kratos::middleware
