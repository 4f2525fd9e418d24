#include <memory>
#include <string>

#include "capture.h"
#include "kratos/context/context.h"
#include "support/catch.h"

namespace kratos::log {
namespace {

TEST_CASE("log filter: keys, anywhere or by their path, in any case") {
  HandlerOptions options;
  options.filter.keys = {"password", "user.token"};
  CaptureLogger log(options);
  log->Info("m", {{"Password", "tiger"},
                  {"token", "open"},
                  {"user", Value::Group{{"name", "a"}, {"token", "t"}, {"password", 7}}}});
  CHECK(log.Take() ==
        "level=INFO msg=m Password=*** token=open user.name=a user.token=*** "
        "user.password=***\n");
  // A group that the logger itself opened counts too.
  log->WithGroup("user").Info("m", {{"token", "t"}});
  CHECK(log.Take() == "level=INFO msg=m user.token=***\n");
}

TEST_CASE("log filter: a key that names a group hides the group (framework 17, fault 45)") {
  HandlerOptions options;
  options.filter.keys = {"card"};
  CaptureLogger log(options);
  log->Info("m", {{"card", Value::Group{{"number", "4111"}}}});
  CHECK(log.Take() == "level=INFO msg=m card=***\n");
}

TEST_CASE("log filter: secrets inside texts and messages") {
  HandlerOptions options;
  options.filter.values = {"", "tiger", "tigers"};
  CaptureLogger log(options);
  log->Info("tiger and tigers", {{"q", "a=tiger&b=tiger"}, {"g", Value::Group{{"x", "tigers"}}}});
  CHECK(log.Take() == "level=INFO msg=\"*** and ***\" q=\"a=***&b=***\" g.x=***\n");
}

TEST_CASE("log filter: what the context carries and what is extracted is filtered too") {
  HandlerOptions options;
  options.filter.keys = {"session", "ip"};
  options.extractors = {[](const Context&, std::vector<Attribute>* out) {
    out->push_back({"ip", "10.0.0.1"});
  }};
  CaptureLogger log(options);
  Context ctx;
  AddAttributes(ctx, {{"session", "s3cret"}});
  log->Info(ctx, "m");
  CHECK(log.Take() == "level=INFO msg=m ip=*** session=***\n");
}

TEST_CASE("log filter: records can be dropped, judged with their secrets hidden") {
  std::string seen;
  HandlerOptions options;
  options.filter.values = {"tiger"};
  options.filter.drop = [&seen](const Context* ctx, const Record& record) {
    seen = record.message;
    return ctx == nullptr && record.level < Level::kError;
  };
  CaptureLogger log(options);
  log->Info("a tiger");
  CHECK(log.Take().empty());
  CHECK(seen == "a ***");
  log->Error("b");
  CHECK(log.Take() == "level=ERROR msg=b\n");
}

TEST_CASE("log filter: none of it leaves the handler as it is") {
  const auto handler = MakeHandler();
  CHECK(WithFilter(handler, {}) == handler);
  CHECK(WithExtractor(handler, nullptr) == handler);
}

}  // namespace
}  // namespace kratos::log
