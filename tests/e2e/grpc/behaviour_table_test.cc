// What middleware and calls do in each of four places: servers and clients of both transports.
// docs/reference/middleware.md prints the table; each cell is a section, "recovery / gRPC client".
#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "fixture.h"
#include "kratos/errors/errors.h"
#include "kratos/jwt/key.h"
#include "kratos/jwt/token.h"
#include "kratos/middleware/circuit_breaker.h"
#include "kratos/middleware/jwt.h"
#include "kratos/middleware/logging.h"
#include "kratos/middleware/metadata_propagation.h"
#include "kratos/middleware/ratelimit.h"
#include "kratos/middleware/recovery.h"
#include "kratos/middleware/selector.h"
#include "kratos/middleware/timeout.h"
#include "kratos/middleware/tracing.h"
#include "kratos/middleware/validate.h"
#include "kratos/trace/exporter.h"
#include "kratos/trace/tracer.h"
#include "middleware_bench.h"
#include "support/catch.h"
#ifdef KRATOS_E2E_HAVE_METRICS
#include "kratos/metrics/registry.h"
#include "kratos/middleware/metrics.h"
#endif

namespace e2e::talker {
namespace {

using google::protobuf::Struct;
namespace jwt = kratos::jwt;
namespace mw = kratos::middleware;
namespace trace = kratos::trace;

constexpr char kSay[] = "/e2e.talker.Talker/Say";
constexpr char kCount[] = "/e2e.talker.Talker/Count";
// Ends a test that hangs, and nothing else.
constexpr std::chrono::seconds kHang(60);

bool Has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::vector<std::string> Lines(const std::string& text, std::string_view part) {
  std::vector<std::string> out;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    if (std::string line = text.substr(begin, end - begin); Has(line, part))
      out.push_back(std::move(line));
    begin = end + 1;
  }
  return out;
}

std::vector<std::string> Values(const Metadata& fields, std::string_view name) {
  const auto values = fields.Values(name);
  return {values.begin(), values.end()};
}

using Texts = std::vector<std::string>;

// ---- The behaviours.

void Recovery(const Column& column) {
  const LogCapture log;
  const auto explode = [](kratos::Context&) -> Status { throw std::runtime_error("tiger"); };
  Chain subject = {mw::Recovery()};
  Script say;
  if (column.server) {
    say = [explode](kratos::Context& ctx, const Line&, Line*) { return explode(ctx); };
  } else {
    subject.push_back(Before(explode));
  }
  const Bench bench(column, subject, say);
  const Outcome outcome = bench.Say("hello");
  CHECK(outcome.status.code() == 500);
  CHECK(outcome.status.reason() == "UNKNOWN");
  CHECK(outcome.status.message() == "internal error");
  REQUIRE_FALSE(outcome.status.ok());
  CHECK(outcome.status.error().metadata().empty());
  CHECK_FALSE(Has(outcome.status.error().ToString(), "tiger"));
  for (const auto& [name, value] : outcome.header) CHECK_FALSE(Has(value, "tiger"));
  CHECK(Has(log.text(), std::string("msg=\"panic recovered\" panic=tiger operation=") + kSay +
                            " request=e2e.talker.Line"));
}

void Logging(const Column& column) {
  const LogCapture log;
  Bench bench(column, {mw::Logging()}, [](kratos::Context&, const Line& request, Line*) -> Status {
    if (request.text() == "fail") return kratos::Error(418, "TEAPOT", "short");
    return {};
  });
  CHECK(bench.Say("secret").status.ok());
  CHECK(bench.Say("fail").status.code() == 418);
  bench.Stop();
  const auto lines = Lines(log.text(), " request\" kind=");
  REQUIRE(lines.size() == 2);
  const std::string side = column.side;
  const std::string head = "msg=\"" + side + " request\" kind=" + side +
                           " component=" + column.kind + " operation=" + kSay +
                           " args=e2e.talker.Line ";
  CAPTURE(lines);
  CHECK(Has(lines[0], "level=INFO " + head + "code=200 reason=\"\" latency="));
  CHECK(Has(lines[1], "level=ERROR " + head + "code=418 reason=TEAPOT latency="));
  CHECK(Has(lines[1], " error=\"error: code = 418 reason = TEAPOT message = short"));
  CHECK_FALSE(Has(log.text(), "secret"));
}

struct Travelled {
  Metadata at_first;   // server_metadata() of the first server
  Metadata at_second;  // and of the second
  Metadata sent;       // the header with which the first called the second
};

Travelled TwoHops(const Column& column) {
  Guarded<Travelled> seen;
  const auto second =
      column.serve({.middleware = {mw::MetadataPropagation()},
                    .say = [&seen](kratos::Context& ctx, const Line&, Line*) -> Status {
                      Travelled travelled = seen.Get();
                      travelled.at_second = ctx.server_metadata();
                      travelled.sent = ctx.request_header();
                      seen.Set(std::move(travelled));
                      return {};
                    }});
  const auto onward = second->Client(
      {.middleware = {mw::MetadataPropagation(
           {.constants = {{"x-md-zone", "east"}, {"x-md-global-user", "nobody"}}})}});
  const auto first =
      column.serve({.middleware = {mw::MetadataPropagation({.constants = {{"x-md-room", "r"}}})},
                    .say = [&](kratos::Context& ctx, const Line&, Line*) -> Status {
                      seen.Set({.at_first = ctx.server_metadata(), .at_second = {}, .sent = {}});
                      ctx.mutable_client_metadata().Set("x-md-own", "o");
                      return onward->Say(ctx, "on").status;
                    }});
  kratos::Context ctx;
  const Outcome outcome = first->Client({})->Say(ctx, "hello",
                                                 {{"X-Md-Global-User", "u1"},
                                                  {"x-md-global-user", "u2"},
                                                  {"x-md-local-secret", "s"},
                                                  {"x-other", "no"}});
  CHECK(outcome.status.message() == "");
  return seen.Get();
}

void MetadataOnServer(const Column& column) {
  const Travelled seen = TwoHops(column);
  CHECK(Values(seen.at_first, "x-md-global-user") == Texts{"u1", "u2"});
  CHECK(Values(seen.at_first, "x-md-local-secret") == Texts{"s"});
  CHECK(Values(seen.at_first, "x-md-room") == Texts{"r"});
  CHECK_FALSE(seen.at_first.Has("x-other"));
  CHECK(Values(seen.at_second, "x-md-global-user") == Texts{"u1", "u2"});
  CHECK_FALSE(seen.at_second.Has("x-md-local-secret"));
  CHECK_FALSE(seen.at_second.Has("x-md-room"));
}

void MetadataInClient(const Column& column) {
  const Travelled seen = TwoHops(column);
  // What travels wins over the client's constant of the same name.
  CHECK(Values(seen.sent, "x-md-global-user") == Texts{"u1", "u2"});
  CHECK(Values(seen.sent, "x-md-own") == Texts{"o"});
  CHECK(Values(seen.sent, "x-md-zone") == Texts{"east"});
  CHECK_FALSE(seen.sent.Has("x-md-local-secret"));
  CHECK_FALSE(seen.sent.Has("x-other"));
}

void Validate(const Column& column) {
  mw::ValidatorSet rules;
  rules.Add<Line>([](const Line& line) -> Status {
    if (line.text() != "bad") return {};
    return kratos::BadRequest("TEXT", "text must be good").WithMetadata("field", "text");
  });
  const Bench bench(column, {mw::Validate({rules})});
  const Status refused = bench.Say("bad").status;
  CHECK(refused.code() == 400);
  CHECK(refused.reason() == "VALIDATOR");
  CHECK(refused.message() == "text must be good");
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().metadata() == std::map<std::string, std::string>{{"field", "text"}});
  CHECK(bench.ran() == 0);
  CHECK(bench.arrived() == (column.server ? 1 : 0));
  CHECK(bench.Say("good").status.ok());
  CHECK(bench.ran() == 1);
}

/// Lets every second call in.
class EverySecond final : public mw::Limiter {
 public:
  std::optional<Done> Allow() override {
    if (++calls_ % 2 == 0) return std::nullopt;
    return [this](const Status& outcome) {
      auto all = outcomes.Get();
      all.push_back(outcome.code());
      outcomes.Set(std::move(all));
    };
  }
  Guarded<std::vector<int>> outcomes;

 private:
  std::atomic<int> calls_ = 0;
};

void RateLimit(const Column& column) {
  const auto limiter = std::make_shared<EverySecond>();
  Bench bench(column, {mw::RateLimit({.limiter = limiter})},
              [](kratos::Context&, const Line& request, Line*) -> Status {
                if (request.text() == "fail") return kratos::Error(418, "TEAPOT", "short");
                return {};
              });
  CHECK(bench.Say("hello").status.ok());
  const Status refused = bench.Say("hello").status;
  CHECK(refused.code() == 429);
  CHECK(refused.reason() == "RATELIMIT");
  CHECK(bench.ran() == 1);
  CHECK(bench.Say("fail").status.code() == 418);
  bench.Stop();
  CHECK(limiter->outcomes.Get() == std::vector<int>{200, 418});
}

void RateLimitRefuses(const Column& column) {
  const auto limiter = std::make_shared<EverySecond>();
  const Bench bench(column, {mw::RateLimit({.limiter = limiter})});
  CHECK(bench.Say("hello").status.reason() == "RATELIMIT");
  CHECK(bench.arrived() == 0);
  CHECK(limiter->outcomes.Get().empty());
}

/// Opens for good with the first failure.
class OneFailure final : public mw::Breaker {
 public:
  bool Allow() override { return !failed_; }
  void Succeeded() override {}
  void Failed() override { failed_ = true; }

 private:
  std::atomic<bool> failed_ = false;
};

void CircuitBreaker(const Column& column) {
  mw::CircuitBreakerOptions options;
  options.factory = [] { return std::make_shared<OneFailure>(); };
  const Bench bench(column, {mw::CircuitBreaker(options)},
                    [](kratos::Context&, const Line& request, Line*) -> Status {
                      if (request.text() == "down")
                        return kratos::ServiceUnavailable("DOWN", "come back later");
                      return kratos::NotFound("NONE", "not here");
                    });
  CHECK(bench.Say("none").status.reason() == "NONE");
  CHECK(bench.Say("down").status.reason() == "DOWN");
  const Status refused = bench.Say("none").status;
  CHECK(refused.code() == 503);
  CHECK(refused.reason() == "CIRCUITBREAKER");
  CHECK(bench.ran() == 2);
  CHECK(bench.arrived() == (column.server ? 3 : 2));
  // Another operation has a breaker of its own.
  CHECK(bench.caller().Count().ok());
}

void Selector(const Column& column) {
  using Side = kratos::TransportInfo::Side;
  const auto refuse =
      Before([](kratos::Context&) -> Status { return kratos::Forbidden("NO", "not here"); });
  const auto codes = [&](mw::SelectorOptions options) {
    options.middleware = {refuse};
    const Bench bench(column, {mw::Selector(options)});
    const int say = bench.Say("hello").status.code();
    return std::pair(say, bench.caller().Count().code());
  };
  const Side here = column.server ? Side::kServer : Side::kClient;
  const Side there = column.server ? Side::kClient : Side::kServer;
  CHECK(codes({.operations = {kSay}}) == std::pair(403, 200));
  CHECK(codes({.operations = {"/e2e.talker.Talker/C*"}}) == std::pair(200, 403));
  CHECK(codes({.operations = {"*"}, .except = {kCount}}) == std::pair(403, 200));
  CHECK(codes({.operations = {"*"}, .side = here}) == std::pair(403, 403));
  CHECK(codes({.operations = {"*"}, .side = there}) == std::pair(200, 200));
}

constexpr char kSecret[] = "a secret of more than thirty-two bytes";

jwt::Key Secret(std::string_view text = kSecret) { return *jwt::Key::FromSecret(text); }

mw::JwtServerOptions Check() {
  mw::JwtServerOptions options;
  options.keys = jwt::MakeKeySource({Secret()});
  options.verify.require_expiry = true;
  return options;
}

mw::JwtClientOptions Sign() {
  mw::JwtClientOptions options;
  options.key = Secret();
  options.lifetime = std::chrono::hours(1);
  options.claims = [](const kratos::Context&) -> kratos::Result<Struct> {
    Struct claims;
    (*claims.mutable_fields())["sub"].set_string_value("alice");
    return claims;
  };
  return options;
}

void CheckRefusal(const Status& status) {
  CHECK(status.code() == 401);
  CHECK(status.reason() == "UNAUTHORIZED");
  CHECK(status.message() == "the call has no valid token");
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().metadata().empty());
}

void JwtOnServer(const Column& column) {
  const auto token = [](std::string_view secret, jwt::Algorithm algorithm, double expiry) {
    Struct claims;
    (*claims.mutable_fields())["sub"].set_string_value("alice");
    (*claims.mutable_fields())["exp"].set_number_value(expiry);
    return "Bearer " + *jwt::Sign(claims, Secret(secret), algorithm);
  };
  const struct {
    std::string field;
    const char* cause;
  } rows[] = {
      {"", "TOKEN_MISSING"},
      {"Basic YTpi", "TOKEN_MISSING"},
      {"Bearer nonsense", "TOKEN_MALFORMED"},
      {"Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290In0.", "TOKEN_ALGORITHM"},
      {token(kSecret, jwt::Algorithm::kHS512, 4e9), "TOKEN_ALGORITHM"},
      {token("guessed", jwt::Algorithm::kHS256, 4e9), "TOKEN_SIGNATURE"},
      {token(kSecret, jwt::Algorithm::kHS256, 1e9), "TOKEN_EXPIRED"},
  };
  const LogCapture log;
  Bench bench(column, {mw::Logging(), mw::JwtServer(Check())},
              [](kratos::Context& ctx, const Line&, Line* reply) -> Status {
                const auto* claims = ctx.Get<jwt::Claims>();
                reply->set_text(claims == nullptr ? "nobody" : claims->subject());
                return {};
              });
  for (const auto& row : rows) {
    CAPTURE(row.field);
    const Metadata header = row.field.empty() ? Metadata() : Metadata{{"authorization", row.field}};
    const Outcome outcome = bench.Say("hello", header);
    CheckRefusal(outcome.status);
    CHECK_FALSE(Has(outcome.status.error().ToString(), "TOKEN_"));
  }
  CHECK(bench.ran() == 0);
  const Outcome right =
      bench.Say("hello", {{"authorization", token(kSecret, jwt::Algorithm::kHS256, 4e9)}});
  CHECK(right.status.ok());
  CHECK(right.text == "alice");
  bench.Stop();
  const auto lines = Lines(log.text(), "server request");
  REQUIRE(lines.size() == std::size(rows) + 1);
  for (std::size_t i = 0; i < std::size(rows); ++i)
    CHECK(Has(lines[i], std::string("reason = ") + rows[i].cause));
  CHECK_FALSE(Has(log.text(), "eyJ"));
}

void JwtInClient(const Column& column) {
  Guarded<Texts> sent;
  const Script say = [&sent](kratos::Context& ctx, const Line&, Line*) -> Status {
    sent.Set(Values(ctx.request_header(), "authorization"));
    return {};
  };
  const Bench bench(column, {mw::JwtClient(Sign())}, say);
  CHECK(bench.Say("hello", {{"authorization", "Basic YTpi"}}).status.ok());
  // In place of what the call had.
  REQUIRE(sent.Get().size() == 1);
  const std::string field = sent.Get()[0];
  REQUIRE(field.starts_with("Bearer "));
  const auto claims = jwt::Verify(field.substr(7), *Check().keys, Check().verify);
  REQUIRE(claims.ok());
  CHECK(claims->subject() == "alice");
  mw::JwtClientOptions broken = Sign();
  broken.key.reset();
  const Bench unable(column, {mw::JwtClient(broken)});
  CHECK(unable.Say("hello").status.code() == 401);
  CHECK(unable.arrived() == 0);
}

// The half that belongs to the other side.
void JwtRefuses(const Column& column) {
  mw::JwtServerOptions check = Check();
  Struct claims;
  (*claims.mutable_fields())["exp"].set_number_value(4e9);
  const std::string token = "Bearer " + *jwt::Sign(claims, Secret(), jwt::Algorithm::kHS256);
  const Bench bench(column, {column.server ? mw::JwtClient(Sign()) : mw::JwtServer(check)});
  CHECK(bench.Say("hello", {{"authorization", token}}).status.code() == 401);
  CHECK(bench.ran() == 0);
}

/// A tracer whose spans the test reads.
struct Traced {
  std::shared_ptr<trace::InMemoryExporter> exporter = std::make_shared<trace::InMemoryExporter>();
  std::shared_ptr<trace::Tracer> tracer = trace::Tracer::Create({.exporter = exporter});

  std::vector<trace::SpanData> Spans() const {
    CHECK(tracer->Flush(std::chrono::minutes(1)).ok());
    return exporter->spans();
  }
};

std::string Text(const trace::SpanData& span, std::string_view key) {
  for (const auto& attribute : span.attributes) {
    if (attribute.key == key && attribute.value.text() != nullptr) return *attribute.value.text();
  }
  return "";
}

void Tracing(const Column& column) {
  const Traced traced;
  Guarded<Texts> sent;
  Bench bench(column, {mw::Tracing({.tracer = traced.tracer})},
              [&sent](kratos::Context& ctx, const Line&, Line*) -> Status {
                sent.Set(Values(ctx.request_header(), "traceparent"));
                return kratos::NotFound("NONE", "not here");
              });
  constexpr char kTrace[] = "0af7651916cd43dd8448eb211c80319c";
  constexpr char kParent[] = "b7ad6b7169203331";
  const std::string parent = std::string("00-") + kTrace + "-" + kParent + "-01";
  kratos::Context ctx;
  if (column.server) {
    CHECK(bench.caller().Say(ctx, "hello", {{"traceparent", parent}}).status.code() == 404);
  } else {
    trace::SpanOptions below;
    below.parent = *trace::ParseTraceParent(parent);
    const Traced outside;
    const auto work = outside.tracer->Start(ctx, "work", below);
    CHECK(bench.caller().Say(ctx, "hello").status.code() == 404);
    const auto spans = traced.Spans();
    REQUIRE(spans.size() == 1);
    CHECK(spans[0].parent_id == work->context().span_id);
  }
  bench.Stop();
  const auto spans = traced.Spans();
  REQUIRE(spans.size() == 1);
  const trace::SpanData& span = spans[0];
  CHECK(span.kind == (column.server ? trace::SpanKind::kServer : trace::SpanKind::kClient));
  CHECK(span.context.trace_id.ToHex() == kTrace);
  CHECK(span.context.sampled);
  CHECK(span.name == std::string_view(kSay).substr(1));
  CHECK(span.outcome == trace::Outcome::kError);
  CHECK(Text(span, "rpc.system") == column.kind);
  CHECK(Text(span, "net.peer.ip") == "127.0.0.1");
  if (column.server) {
    CHECK(span.parent_id.ToHex() == kParent);
  } else {
    CHECK(sent.Get() == Texts{trace::FormatTraceParent(span.context)});
  }
}

void Metrics([[maybe_unused]] const Column& column) {
#ifdef KRATOS_E2E_HAVE_METRICS
  const auto registry = std::make_shared<kratos::metrics::Registry>();
  Bench bench(column, {mw::Metrics({.registry = registry})},
              [](kratos::Context&, const Line& request, Line*) -> Status {
                if (request.text() == "fail") return kratos::Error(418, "TEAPOT", "short");
                return {};
              });
  for (const char* text : {"hello", "fail", "hello"}) (void)bench.Say(text);
  bench.Stop();
  const std::string text = registry->Text();
  const std::string side = column.side;
  const auto counted = [&](const char* code, const char* reason, const char* count) {
    return Has(text, side + "_requests_code_total{code=\"" + code + "\",kind=\"" + column.kind +
                         "\",operation=\"" + kSay + "\",reason=\"" + reason + "\"} " + count +
                         "\n");
  };
  CAPTURE(text);
  CHECK(counted("200", "", "2"));
  CHECK(counted("418", "TEAPOT", "1"));
  CHECK(Has(text, side + "_requests_seconds_count{kind=\"" + column.kind + "\",operation=\"" +
                      kSay + "\"} 3\n"));
  CHECK_FALSE(Has(text, column.server ? "client_requests" : "server_requests"));
#else
  WARN("this build has no kratos::metrics");
#endif
}

void Timeout(const Column& column) {
  constexpr std::chrono::seconds kLong(30);
  Guarded<std::optional<kratos::Context::Clock::duration>> left;
  const auto look = Before([&left](kratos::Context& ctx) {
    left.Set(ctx.TimeLeft());
    return Status();
  });
  {
    const Bench bench(column, {look});
    CHECK(bench.Say("hello").status.ok());
    CHECK_FALSE(left.Get());
  }
  {
    const Bench bench(column, {mw::Timeout({.timeout = kLong}), look});
    CHECK(bench.Say("hello").status.ok());
    REQUIRE(left.Get());
    CHECK(*left.Get() <= kLong);
  }
  left.Set(std::nullopt);
  const auto late = Before([](kratos::Context& ctx) {
    ctx.LimitDeadline(std::chrono::seconds(-1));
    return Status();
  });
  const Bench bench(column, {late, mw::Timeout({.timeout = kLong}), look});
  const Status status = bench.Say("hello").status;
  CHECK(status.code() == 504);
  CHECK(status.reason() == "DEADLINE_EXCEEDED");
  CHECK_FALSE(left.Get());
  CHECK(bench.ran() == 0);
  CHECK(bench.arrived() == (column.server ? 1 : 0));
}

// Code, reason, message and metadata.
std::string Describe(const Status& status) {
  if (status.ok()) return "ok";
  const kratos::Error& error = status.error();
  std::string out =
      std::to_string(error.code()) + " " + error.reason() + " \"" + error.message() + "\"";
  for (const auto& [key, value] : error.metadata()) out += " " + key + "=" + value;
  return out;
}

void Errors(const Column& column) {
  const auto failure = [](const std::string& text) {
    if (text == "teapot")
      return kratos::Error(418, "TEAPOT", "short").WithMetadata({{"a", "b"}, {"c", "d e"}});
    if (text == "gone") return kratos::Error(404, "GONE", "it was here: \xc3\xa4\n");
    return kratos::Error(500, "BROKEN", "");
  };
  Guarded<std::string> seen;
  const kratos::Middleware look = [&seen](kratos::Handler next) -> kratos::Handler {
    return [&seen, next](kratos::Context& ctx, const Message& request, Message* reply) -> Status {
      Status status = next(ctx, request, reply);
      seen.Set(Describe(status));
      return status;
    };
  };
  const Bench bench(column, {look}, [&](kratos::Context&, const Line& request, Line*) -> Status {
    return failure(request.text());
  });
  for (const char* text : {"teapot", "gone", "broken"}) {
    const Status wanted = failure(text);
    const Status status = bench.Say(text).status;
    CHECK(Describe(status) == Describe(wanted));
    // Middleware in the column's place has the same before its eyes.
    CHECK(seen.Get() == Describe(wanted));
  }
}

void CancellationOnServer(const Column& column) {
  Event running;
  Event ended;
  Guarded<Status> why;
  const Bench bench(column, {}, [&](kratos::Context& ctx, const Line&, Line*) -> Status {
    Event cancelled;
    const std::stop_callback wake(ctx.stop_token(), [&cancelled] { cancelled.Set(); });
    running.Set();
    (void)cancelled.WaitFor(kHang);
    why.Set(ctx.Err());
    ended.Set();
    return {};
  });
  kratos::Context ctx;
  std::thread caller([&] { (void)bench.caller().Say(ctx, "hello"); });
  running.Wait();
  ctx.Cancel();
  caller.join();
  ended.Wait();
  CHECK(why.Get().code() == 499);
  CHECK(why.Get().reason() == "CANCELED");
}

void CancellationInClient(const Column& column) {
  Event running;
  Event go_on;
  // A method that does not care.
  const Bench bench(column, {}, [&](kratos::Context&, const Line&, Line*) -> Status {
    running.Set();
    (void)go_on.WaitFor(kHang);
    return {};
  });
  kratos::Context outer;
  kratos::Context ctx(&outer);
  std::thread canceller([&] {
    running.Wait();
    outer.Cancel();
  });
  const Status status = bench.caller().Say(ctx, "hello").status;
  go_on.Set();
  canceller.join();
  CHECK(status.code() == 499);
  CHECK(status.reason() == "CANCELED");
}

void HeaderFields(const Column& column) {
  Guarded<Metadata> request;
  Guarded<Texts> came;
  // In the column's place: adds a field to the request, looks at the reply's and, on a server, adds
  // one there too.
  const kratos::Middleware subject = [&](kratos::Handler next) -> kratos::Handler {
    return [&, next](kratos::Context& ctx, const Message& message, Message* reply) -> Status {
      ctx.mutable_request_header().Set("x-added", "by middleware");
      Status status = next(ctx, message, reply);
      came.Set(Values(ctx.reply_header(), "x-reply"));
      if (column.server) ctx.mutable_reply_header().Set("x-late", "by middleware");
      return status;
    };
  };
  const Bench bench(column, {subject},
                    [&](kratos::Context& ctx, const Line& line, Line*) -> Status {
                      request.Set(ctx.request_header());
                      ctx.mutable_reply_header().Add("X-Reply", "one");
                      ctx.mutable_reply_header().Add("x-reply", "two, three");
                      if (line.text() == "fail") return kratos::NotFound("NONE", "not here");
                      return {};
                    });
  for (const char* text : {"hello", "fail"}) {
    CAPTURE(text);
    came.Set({});
    const Outcome outcome = bench.Say(text, {{"X-Asked", "a"}, {"x-asked", "b"}});
    CHECK(outcome.status.code() == (std::string_view(text) == "fail" ? 404 : 200));
    CHECK(Values(request.Get(), "X-ASKED") == Texts{"a", "b"});
    CHECK(Values(request.Get(), "x-added") == Texts{"by middleware"});
    CHECK(came.Get() == Texts{"one", "two, three"});
    CHECK(Values(outcome.header, "x-reply") == Texts{"one", "two, three"});
    if (column.server) CHECK(Values(outcome.header, "x-late") == Texts{"by middleware"});
  }
}

/// The time that the method had, in a server with this time-out, called with this deadline.
std::optional<kratos::Context::Clock::duration> TimeLeft(
    const Column& column, std::chrono::milliseconds timeout,
    std::optional<kratos::Context::Clock::duration> deadline, bool send_deadline) {
  Guarded<std::optional<kratos::Context::Clock::duration>> left;
  const auto server =
      column.serve({.middleware = {},
                    .say = [&left](kratos::Context& ctx, const Line&, Line*) -> Status {
                      left.Set(ctx.TimeLeft());
                      return {};
                    },
                    .timeout = timeout});
  kratos::Context ctx;
  if (deadline) ctx.LimitDeadline(*deadline);
  const Outcome outcome =
      server->Client({.middleware = {}, .send_deadline = send_deadline})->Say(ctx, "hello");
  CHECK(outcome.status.message() == "");
  return left.Get();
}

constexpr std::chrono::hours kHour(1);
// gRPC rounds what it sends, and up.
constexpr std::chrono::minutes kAnHour(70);
constexpr std::chrono::hours kDay(24);

void DeadlineOnServer(const Column& column) {
  const auto callers = TimeLeft(column, kDay, kHour, true);
  REQUIRE(callers);
  CHECK(*callers <= kAnHour);
  // The server's own can only shorten it, and is there without a caller's.
  const auto own = TimeLeft(column, kHour, kDay, true);
  REQUIRE(own);
  CHECK(*own <= kHour);
  const auto alone = TimeLeft(column, kHour, std::nullopt, true);
  REQUIRE(alone);
  CHECK(*alone <= kHour);
}

void DeadlineInClient(const Column& column) {
  const auto left = TimeLeft(column, std::chrono::milliseconds(0), kHour, true);
  REQUIRE(left);
  CHECK(*left <= kAnHour);
  CHECK_FALSE(TimeLeft(column, std::chrono::milliseconds(0), std::nullopt, true));
}

void DeadlineInHttpClient(const Column& column) {
  DeadlineInClient(column);
  CHECK_FALSE(TimeLeft(column, std::chrono::milliseconds(0), kHour, false));
}

// ---- The table.

struct Cell {
  /// "yes", or why there is nothing.
  const char* says;
  void (*check)(const Column&);
};

struct Row {
  const char* name;
  const char* what;
  /// In the order of kColumns.
  Cell cells[std::size(kColumns)];
};

constexpr Cell Yes(void (*check)(const Column&)) { return {"yes", check}; }

constexpr Row Everywhere(const char* name, const char* what, void (*check)(const Column&)) {
  return {name, what, {Yes(check), Yes(check), Yes(check), Yes(check)}};
}

constexpr Row BySide(const char* name, const char* what, Cell server, Cell client) {
  return {name, what, {server, server, client, client}};
}

constexpr Row kRows[] = {
    Everywhere(
        "recovery",
        "what is thrown becomes 500 `UNKNOWN` and goes to the log; the caller learns nothing of it",
        Recovery),
    Everywhere("logging", "one line a call, with the fields above and this `kind` and `component`",
               Logging),
    BySide("metadata", "`x-md-global-` crosses two hops, `x-md-local-` one", Yes(MetadataOnServer),
           Yes(MetadataInClient)),
    Everywhere("validate", "a bad request is 400 `VALIDATOR`, and goes no further", Validate),
    BySide("ratelimit", "429 `RATELIMIT`; the limiter hears how calls went", Yes(RateLimit),
           {"no: it guards who serves, clients have the circuit breaker; refuses every call",
            RateLimitRefuses}),
    Everywhere("circuit breaker", "503 `CIRCUITBREAKER`; nothing is sent, nothing is run",
               CircuitBreaker),
    Everywhere("selector", "middleware around the chosen operations, and this side, only",
               Selector),
    BySide("JwtServer",
           "a token that is missing, expired, forged, of another algorithm or of `none` is 401 "
           "without details; the method has the claims of the others",
           Yes(JwtOnServer),
           {"no: what goes out is not to be checked; refuses every call", JwtRefuses}),
    BySide("JwtClient", "signs; without a key nothing is sent",
           {"no: what comes in is not to be signed; refuses every call", JwtRefuses},
           Yes(JwtInClient)),
    Everywhere("tracing",
               "a span of this kind, in the caller's trace; the parent is the other side's, or the "
               "context's",
               Tracing),
    Everywhere("metrics",
               "counted under this side's names, with `kind`, `operation`, `code` and `reason`",
               Metrics),
    Everywhere("timeout",
               "the deadline is in the context; a call whose time is up is 504 `DEADLINE_EXCEEDED` "
               "and goes no further",
               Timeout),
    Everywhere("errors",
               "code, reason, message and metadata, before the eyes of middleware and caller",
               Errors),
    BySide("cancellation",
           "a caller that cancels ends its call, 499 `CANCELED`, and the context of the method",
           Yes(CancellationOnServer), Yes(CancellationInClient)),
    Everywhere("header fields",
               "of request and reply, by caller, middleware and method, with errors too",
               HeaderFields),
    {"deadline",
     "the caller's is the method's; the server's time-out can shorten it",
     {Yes(DeadlineOnServer),
      Yes(DeadlineOnServer),
      {"with `send_deadline`: Kratos does not send it", DeadlineInHttpClient},
      Yes(DeadlineInClient)}},
};

TEST_CASE("behaviour table") {
  for (const Row& row : kRows) {
    for (std::size_t i = 0; i < std::size(kColumns); ++i) {
      DYNAMIC_SECTION(row.name << " / " << kColumns[i].name) { row.cells[i].check(kColumns[i]); }
    }
  }
}

TEST_CASE("behaviour table: the reference prints it") {
  std::string wanted = "| |";
  std::string rule = "| --- |";
  for (const Column& column : kColumns) {
    wanted += std::string(" ") + column.name + " |";
    rule += " --- |";
  }
  wanted += "\n" + rule + "\n";
  for (const Row& row : kRows) {
    wanted += std::string("| **") + row.name + "**: " + row.what + " |";
    for (const Cell& cell : row.cells) wanted += std::string(" ") + cell.says + " |";
    wanted += "\n";
  }
  std::ifstream file(KRATOS_MIDDLEWARE_REFERENCE);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  INFO(wanted);
  CHECK(Has(text, "\n" + wanted + "\n"));
}

}  // namespace
}  // namespace e2e::talker
