#include "travel.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "kratos/middleware/metadata_propagation.h"
#include "kratos/middleware/tracing.h"

namespace interop {

namespace {

using kratos::Status;
namespace trace = kratos::trace;

std::vector<std::string> Split(std::string_view text, std::string_view separator) {
  std::vector<std::string> out;
  while (true) {
    const auto at = text.find(separator);
    out.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + separator.size());
  }
}

std::string Joined(const kratos::Metadata& fields, std::string_view name) {
  return fmt::format("{}={}", name, fmt::join(fields.Values(name), ","));
}

// "name=value,value;..." of what the middleware made of the metadata, and of the trace's header
// fields as they came.
std::string Arrived(const kratos::Context& ctx) {
  std::vector<std::string> out;
  for (const std::string_view name : ctx.server_metadata().Names())
    out.push_back(Joined(ctx.server_metadata(), name));
  std::sort(out.begin(), out.end());
  for (const char* name : {"traceparent", "tracestate"})
    out.push_back(Joined(ctx.request_header(), name));
  return fmt::format("{}", fmt::join(out, ";"));
}

using Fields = std::map<std::string, std::string, std::less<>>;

Fields Parse(std::string_view text) {
  Fields out;
  for (const std::string& field : Split(text, ";")) {
    const auto at = field.find('=');
    if (at != std::string::npos) out[field.substr(0, at)] = field.substr(at + 1);
  }
  return out;
}

std::string Text(const Fields& fields) {
  std::string out;
  for (const auto& [name, value] : fields) out.append(name).append("=").append(value).append(";");
  return out;
}

std::string Get(const Fields& fields, std::string_view name) {
  const auto found = fields.find(name);
  return found == fields.end() ? "nothing" : found->second;
}

// Makes the call that travels; what is wrong with it, or "".
std::string Hops(kratos::Context& ctx, const Traveller::Say& say, std::vector<Fields>* hops) {
  std::string text;
  if (const Status status = say(ctx, "travel", &text); !status.ok())
    return status.error().ToString();
  for (const std::string& hop : Split(text, " > ")) hops->push_back(Parse(hop));
  return hops->size() == 2 ? "" : "no two hops: " + text;
}

std::string_view KindOf(const trace::SpanData& span) {
  return span.kind == trace::SpanKind::kServer   ? "server"
         : span.kind == trace::SpanKind::kClient ? "client"
                                                 : "internal";
}

}  // namespace

std::vector<kratos::Middleware> Traveller::middleware() const {
  return {kratos::middleware::Tracing({.tracer = tracer_}),
          kratos::middleware::MetadataPropagation()};
}

std::vector<trace::SpanData> Traveller::Spans(const kratos::Context& ctx, std::string_view id,
                                              std::size_t count) const {
  while (true) {
    (void)tracer_->Flush(std::chrono::seconds(10));
    std::vector<trace::SpanData> spans = exporter_->spans();
    std::erase_if(spans, [id](const auto& span) { return span.context.trace_id.ToHex() != id; });
    if (spans.size() >= count || !ctx.Err().ok()) return spans;
  }
}

bool Traveller::Answer(kratos::Context& ctx, const std::string& name, std::string* message,
                       Status* status) const {
  constexpr std::string_view kSpans = "spans-";
  if (name == "arrived") {
    *message = Arrived(ctx);
  } else if (name == "travel") {
    std::string further;
    *status = onward_(ctx, "arrived", &further);
    *message = Arrived(ctx) + " > " + further;
  } else if (name.starts_with(kSpans)) {
    std::vector<std::string> out;
    for (const auto& span : Spans(ctx, name.substr(kSpans.size()), 3))
      out.push_back(fmt::format("{} {} {}", KindOf(span), span.context.span_id.ToHex(),
                                span.parent_id.ToHex()));
    *message = fmt::format("{}", fmt::join(out, ";"));
  } else {
    return false;
  }
  return true;
}

std::string Traveller::Metadata(const Say& say) const {
  kratos::Context ctx;
  ctx.mutable_client_metadata() = {{"x-md-global-user", "u1"}, {"x-md-local-secret", "s"}};
  std::vector<Fields> hops;
  if (std::string problem = Hops(ctx, say, &hops); !problem.empty()) return problem;
  if (Get(hops[0], "x-md-global-user") != "u1" || Get(hops[0], "x-md-local-secret") != "s")
    return "the first got " + Text(hops[0]);
  if (Get(hops[1], "x-md-global-user") != "u1") return "the second got " + Text(hops[1]);
  return hops[1].contains("x-md-local-secret") ? "what is local went on" : "";
}

std::string Traveller::Several(const Say& say) const {
  kratos::Context ctx;
  ctx.mutable_client_metadata() = {{"x-md-global-user", "u1"}, {"x-md-global-user", "u2"}};
  std::vector<Fields> hops;
  if (std::string problem = Hops(ctx, say, &hops); !problem.empty()) return problem;
  if (Get(hops[0], "x-md-global-user") == "u1,u2" && Get(hops[1], "x-md-global-user") == "u1,u2")
    return "";
  return fmt::format("the first got {}, the second {}", Text(hops[0]), Text(hops[1]));
}

std::string Traveller::Sampled(const Say& say) const {
  kratos::Context ctx;
  ctx.LimitDeadline(std::chrono::seconds(30));
  const auto work = tracer_->Start(ctx, "work");
  const std::string id = work->context().trace_id.ToHex();
  std::vector<Fields> hops;
  if (std::string problem = Hops(ctx, say, &hops); !problem.empty()) return problem;
  // The call's own span, below the work.
  const auto own = Spans(ctx, id, 1);
  if (own.empty() || own[0].parent_id != work->context().span_id) return "no span of the call";
  for (const Fields& hop : hops) {
    const auto parent = trace::ParseTraceParent(Get(hop, "traceparent"));
    if (!parent || parent->trace_id.ToHex() != id || !parent->sampled)
      return fmt::format("{} in the trace {}", Text(hop), id);
  }
  kratos::Context aside;
  std::string text;
  if (const Status status = say(aside, "spans-" + id, &text); !status.ok())
    return status.error().ToString();
  const std::vector<std::string> lines = Split(text, ";");
  const auto child = [&lines](std::string_view kind, const std::string& parent) -> std::string {
    for (const std::string& line : lines) {
      const auto words = Split(line, " ");
      if (words.size() == 3 && words[0] == kind && words[2] == parent) return words[1];
    }
    return "none";
  };
  const std::string call = own[0].context.span_id.ToHex();
  if (lines.size() != 3 || child("server", child("client", child("server", call))) == "none")
    return fmt::format("no chain below {}: {}", call, text);
  return "";
}

std::string Traveller::Unsampled(const Say& say) const {
  const kratos::Metadata caller = {
      {"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"},
      {"tracestate", "vendor=x"}};
  kratos::Context ctx;
  trace::SpanOptions below;
  below.parent = trace::Extract(caller);
  const auto work = tracer_->Start(ctx, "work", below);
  std::vector<Fields> hops;
  if (std::string problem = Hops(ctx, say, &hops); !problem.empty()) return problem;
  std::vector<trace::SpanId> seen = {below.parent.span_id, work->context().span_id};
  for (const Fields& hop : hops) {
    const auto parent = trace::ParseTraceParent(Get(hop, "traceparent"));
    if (!parent || parent->trace_id != below.parent.trace_id || parent->sampled ||
        Get(hop, "tracestate") != "vendor=x" ||
        std::find(seen.begin(), seen.end(), parent->span_id) != seen.end())
      return Text(hop);
    seen.push_back(parent->span_id);
  }
  return "";
}

int Traveller::RunCases(std::string_view transport, bool go, const Say& say) const {
  const char* fault =
      go && transport == "grpc"
          ? "Kratos's gRPC client, in the server, sends the first value of a field only"
          : "";
  const struct {
    const char* name;
    std::string (Traveller::*check)(const Say&) const;
    const char* known;
  } rows[] = {
      {"metadata: global crosses two hops, local one", &Traveller::Metadata, ""},
      {"metadata: several values of one name", &Traveller::Several, fault},
      {"trace: one chain of spans through both servers", &Traveller::Sampled, ""},
      {"trace: not sampled stays so, and the state travels", &Traveller::Unsampled, ""},
  };
  int failed = 0;
  for (const auto& row : rows) {
    const std::string name = fmt::format("{} {}", transport, row.name);
    const std::string_view known = row.known;
    std::string problem = (this->*row.check)(say);
    if (!known.empty() && problem.empty()) {
      problem = fmt::format("listed as not working ({}) but it works", known);
    } else if (!known.empty()) {
      fmt::print("known {}: {}\n", name, known);
      continue;
    }
    fmt::print("{}\n", problem.empty() ? "ok " + name : fmt::format("FAIL {}: {}", name, problem));
    failed += problem.empty() ? 0 : 1;
  }
  return failed;
}

}  // namespace interop
