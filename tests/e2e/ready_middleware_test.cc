// The ready-made middleware, around real calls.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "kratos/errors/errors.h"
#include "kratos/middleware/bbr_limiter.h"
#include "kratos/middleware/circuit_breaker.h"
#include "kratos/middleware/logging.h"
#include "kratos/middleware/metadata_propagation.h"
#include "kratos/middleware/ratelimit.h"
#include "kratos/middleware/recovery.h"
#include "kratos/middleware/selector.h"
#include "kratos/middleware/sre_breaker.h"
#include "kratos/middleware/timeout.h"
#include "kratos/middleware/validate.h"
#include "relay_service.h"
#include "support/catch.h"

namespace e2e::relay {
namespace {

using google::protobuf::Message;
using kratos::Status;
namespace mw = kratos::middleware;

bool Has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("recovery: sees what the method threw, and what stands inside sees a 500") {
  const LogCapture log;
  mw::RecoveryOptions options;
  options.handler = [](kratos::Context&, const Message&, std::exception_ptr exception) -> Status {
    try {
      std::rethrow_exception(exception);
    } catch (const std::out_of_range&) {
      return kratos::NotFound("OUT_OF_RANGE", "no such element");
    } catch (...) {
      return kratos::InternalServer("OTHER", "internal error");
    }
  };
  RelayTestServer server({mw::Recovery(options), mw::Logging()},
                         [](kratos::Context&, const Question& question, Answer*) -> Status {
                           if (question.text() == "range") throw std::out_of_range("tiger");
                           throw std::runtime_error("lion");
                         });
  const Reply range = server.Get("/v1/ask/range");
  CHECK(range.status == 404);
  CHECK(Has(range.body, "OUT_OF_RANGE"));
  CHECK_FALSE(Has(range.body, "tiger"));
  CHECK(Has(server.Get("/v1/ask/other").body, "OTHER"));
  const std::string text = log.text();
  CHECK(Has(text,
            "msg=\"panic recovered\" panic=tiger operation=/e2e.relay.Relay/Ask "
            "request=e2e.relay.Question"));
  CHECK(Has(text, "code=500 reason=UNKNOWN"));
  CHECK_FALSE(Has(text, "a handler threw"));
}

TEST_CASE("recovery: without a handler the peer learns nothing") {
  const LogCapture log;
  RelayTestServer server({mw::Recovery()},
                         [](kratos::Context&, const Question&, Answer*) -> Status {
                           throw std::runtime_error("tiger");
                         });
  const Reply reply = server.Get("/v1/ask/a");
  CHECK(reply.status == 500);
  CHECK(Has(reply.body, "UNKNOWN"));
  CHECK_FALSE(Has(reply.body, "tiger"));
  CHECK(Has(log.text(), "panic=tiger"));
}

TEST_CASE("logging: a line for each call, on both sides, whatever becomes of it") {
  const LogCapture log;
  RelayTestServer server({mw::Logging()},
                         [](kratos::Context&, const Question& question, Answer*) -> Status {
                           if (question.text() == "none") return kratos::NotFound("NONE", "gone");
                           return {};
                         });
  const auto line = [&log](std::string_view part) {
    const std::string text = log.text();
    const auto at = text.find(part);
    if (at == std::string::npos) return "no " + std::string(part) + " in " + text;
    const auto begin = text.rfind('\n', at) + 1;
    return text.substr(begin, text.find('\n', at) - begin);
  };
  const auto client = server.Client({mw::Logging()});
  kratos::Context ctx;
  Answer answer;
  CHECK(client.Ask(ctx, Ask("tiger"), &answer).ok());
  CHECK(client.Ask(ctx, Ask("none"), &answer).code() == 404);
  CHECK(server.Send("POST", "/v1/ask", "{tiger").status == 400);
  CHECK(
      Has(line("kind=server"),
          "level=INFO msg=\"server request\" kind=server component=http "
          "operation=/e2e.relay.Relay/Ask args=e2e.relay.Question code=200 reason=\"\" latency="));
  CHECK(
      Has(line("kind=client"),
          "level=INFO msg=\"client request\" kind=client component=http "
          "operation=/e2e.relay.Relay/Ask args=e2e.relay.Question code=200 reason=\"\" latency="));
  CHECK(Has(line("code=404"), "level=ERROR msg=\"server request\""));
  CHECK(Has(line("code=400"), "reason=CODEC"));
  CHECK_FALSE(Has(log.text(), "tiger"));
}

TEST_CASE("logging: a stream is one call (framework 17, fault 27)") {
  const LogCapture log;
  RelayTestServer server({mw::Logging()});
  CHECK(server.Get("/v1/listen/a").status == 200);
  CHECK(server.Get("/v1/listen/fail").status == 200);
  // The reply's end and the line are written by the server's thread; Stop waits for both.
  CHECK(server.Stop().ok());
  const std::string text = log.text();
  std::size_t lines = 0;
  for (auto at = text.find("server request"); at != std::string::npos;
       at = text.find("server request", at + 1))
    ++lines;
  CHECK(lines == 2);
  CHECK(Has(text, "operation=/e2e.relay.Relay/Listen args=e2e.relay.Question code=200"));
  CHECK(Has(text, "code=409 reason=FAILED"));
}

TEST_CASE("metadata: global crosses two hops, local one") {
  // The last server tells what has arrived.
  RelayTestServer last({mw::MetadataPropagation()},
                       [](kratos::Context& ctx, const Question&, Answer* reply) -> Status {
                         std::string seen;
                         for (const auto& [name, value] : ctx.server_metadata())
                           seen += name + "=" + value + " ";
                         reply->set_text(seen);
                         return {};
                       });
  const auto client = last.Client({mw::MetadataPropagation({.constants = {{"x-md-zone", "z"}}})});
  RelayTestServer first({mw::MetadataPropagation()},
                        [&client](kratos::Context& ctx, const Question&, Answer* reply) -> Status {
                          if (ctx.server_metadata().Get("x-md-local-secret") != "s")
                            return kratos::NotFound("MISSING", "nothing arrived");
                          ctx.mutable_client_metadata().Set("x-md-own", "o");
                          return client.Ask(ctx, Ask("x"), reply);
                        });
  const Reply reply =
      first.Get("/v1/ask/a", {"-H", "X-Md-Global-User: u1", "-H", "X-Md-Global-User: u2", "-H",
                              "x-md-local-secret: s", "-H", "x-other: no"});
  CHECK(reply.status == 200);
  CAPTURE(reply.body);
  // Fields of different names have no order.
  CHECK(Has(reply.body, "x-md-global-user=u1 x-md-global-user=u2 "));
  CHECK(Has(reply.body, "x-md-own=o "));
  CHECK(Has(reply.body, "x-md-zone=z "));
  CHECK_FALSE(Has(reply.body, "secret"));
  CHECK_FALSE(Has(reply.body, "other"));
}

TEST_CASE("validate: a bad request does not reach the method, a broken one stays a broken one") {
  mw::ValidatorSet rules;
  rules.Add<Question>([](const Question& question) -> Status {
    if (question.number() > 0) return {};
    return kratos::BadRequest("NUMBER", "number must be above zero")
        .WithMetadata("field", "number");
  });
  std::atomic<int> called = 0;
  RelayTestServer server({mw::Validate({rules})},
                         [&called](kratos::Context&, const Question&, Answer*) -> Status {
                           ++called;
                           return {};
                         });
  const Reply refused = server.Send("POST", "/v1/ask", R"({"number":0})");
  CHECK(refused.status == 400);
  CHECK(refused.body == R"({"code":400,"reason":"VALIDATOR","message":"number must be above zero",)"
                        R"("metadata":{"field":"number"}})");
  CHECK(Has(server.Send("POST", "/v1/ask", "{").body, "CODEC"));
  CHECK(called == 0);
  CHECK(server.Send("POST", "/v1/ask", R"({"number":1})").status == 200);
  // The client can ask the same before it sends.
  kratos::Context ctx;
  Answer answer;
  const Status status = server.Client({mw::Validate({rules})}).Ask(ctx, Ask("x"), &answer);
  CHECK(status.reason() == "VALIDATOR");
  CHECK(status.error().peer_reply() == nullptr);
  CHECK(called == 1);
}

TEST_CASE("ratelimit: the third call at once is refused while the first two run") {
  Event both_running;
  Event go_on;
  std::atomic<int> running = 0;
  const auto limiter = std::make_shared<mw::BbrLimiter>(
      mw::BbrOptions{.cpu_threshold = -1, .cpu = [] { return 1000.0; }});
  RelayTestServer server({mw::RateLimit({.limiter = limiter})},
                         [&](kratos::Context&, const Question&, Answer*) -> Status {
                           if (++running == 2) both_running.Set();
                           go_on.Wait();
                           return {};
                         });
  RunningCurl first({server.Url("/v1/ask/1")});
  RunningCurl second({server.Url("/v1/ask/2")});
  both_running.Wait();
  const Reply refused = server.Get("/v1/ask/3");
  CHECK(refused.status == 429);
  CHECK(Has(refused.body, "RATELIMIT"));
  // Streams are not its business.
  CHECK(server.Get("/v1/listen/a").status == 200);
  go_on.Set();
  CHECK(first.Wait().status == 200);
  CHECK(second.Wait().status == 200);
  CHECK(server.Get("/v1/ask/4").status == 200);
  CHECK(limiter->Snapshot().in_flight == 0);
}

TEST_CASE("circuit breaker: after twenty failures the client does not ask any more") {
  std::atomic<int> called = 0;
  RelayTestServer server({}, [&called](kratos::Context&, const Question&, Answer*) -> Status {
    ++called;
    return kratos::ServiceUnavailable("DOWN", "come back later");
  });
  mw::CircuitBreakerOptions options;
  options.factory = [] {
    return std::make_shared<mw::SreBreaker>(
        mw::SreBreakerOptions{.window = std::chrono::hours(1), .random = [] { return 0.0; }});
  };
  const auto client = server.Client({mw::CircuitBreaker(options)});
  Answer answer;
  for (int i = 0; i < 20; ++i) {
    kratos::Context ctx;
    CHECK(client.Ask(ctx, Ask("x"), &answer).reason() == "DOWN");
  }
  kratos::Context ctx;
  const Status refused = client.Ask(ctx, Ask("x"), &answer);
  CHECK(refused.code() == 503);
  CHECK(refused.reason() == "CIRCUITBREAKER");
  CHECK(called == 20);
  // Other operations have a breaker of their own.
  CHECK(client.Public(ctx, Ask("x"), &answer).reason() == "DOWN");
}

TEST_CASE("timeout: a deadline for some operations, and a client that keeps to it") {
  auto limit = mw::TimeoutOptions{};
  limit.operations = {{kOperationRelayAsk, std::chrono::seconds(30)}};
  RelayTestServer server({mw::Timeout(limit)},
                         [](kratos::Context& ctx, const Question&, Answer* reply) -> Status {
                           const bool soon = ctx.TimeLeft() <= std::chrono::seconds(30);
                           reply->set_text(soon ? "soon" : "late");
                           return {};
                         });
  CHECK(Has(server.Get("/v1/ask/a").body, "soon"));
  CHECK(Has(server.Get("/v1/public").body, "late"));
  // A deadline that is over by the time the call goes out.
  mw::TimeoutOptions past{.timeout = std::chrono::milliseconds(1)};
  past.clock = [] { return std::chrono::steady_clock::now() - std::chrono::hours(1); };
  kratos::Context ctx;
  Answer answer;
  const Status status = server.Client({mw::Timeout(past)}).Ask(ctx, Ask("x"), &answer);
  CHECK(status.code() == 504);
  CHECK(status.reason() == "DEADLINE_EXCEEDED");
}

TEST_CASE("selector: middleware around some operations") {
  const kratos::Middleware refuse = [](kratos::Handler) -> kratos::Handler {
    return [](kratos::Context&, const Message&, Message*) -> Status {
      return kratos::Forbidden("NO", "not here");
    };
  };
  RelayTestServer server({mw::Selector({.middleware = {refuse},
                                        .operations = {"/e2e.relay.*"},
                                        .except = {kOperationRelayPublic}})});
  CHECK(server.Get("/v1/ask/a").status == 403);
  CHECK(server.Get("/v1/listen/a").status == 403);
  CHECK(server.Get("/v1/public").status == 200);
}

}  // namespace
}  // namespace e2e::relay
