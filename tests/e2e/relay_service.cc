#include "relay_service.h"

#include "kratos/errors/errors.h"
#include "support/catch.h"

namespace e2e::relay {

namespace {

class RelayService final : public RelayServer {
 public:
  explicit RelayService(Script script) : script_(std::move(script)) {}

  kratos::Status Ask(kratos::Context& ctx, const Question& request, Answer* reply) override {
    if (script_) return script_(ctx, request, reply);
    reply->set_text(request.text());
    return {};
  }
  kratos::Status Public(kratos::Context& ctx, const Question& request, Answer* reply) override {
    return Ask(ctx, request, reply);
  }
  kratos::Status Listen(kratos::Context&, const Question& request,
                        kratos::ServerStream<Answer>& out) override {
    Answer answer;
    answer.set_text(request.text());
    for (int i = 0; i < 2; ++i) {
      if (kratos::Status status = out.Send(answer); !status.ok()) return status;
    }
    if (request.text() == "fail") return kratos::Conflict("FAILED", "as asked");
    return {};
  }

 private:
  const Script script_;
};

kratos::http::ServerOptions With(std::vector<kratos::Middleware> middleware) {
  auto options = LocalOptions();
  options.middleware = std::move(middleware);
  return options;
}

}  // namespace

RelayTestServer::RelayTestServer(std::vector<kratos::Middleware> middleware, Script script)
    : TestServer(With(std::move(middleware))) {
  RegisterRelayHttpServer(server(), std::make_shared<RelayService>(std::move(script)));
  Start();
}

RelayHttpClient RelayTestServer::Client(std::vector<kratos::Middleware> middleware) const {
  kratos::http::ClientOptions options;
  options.endpoint = Url("");
  options.timeout = std::chrono::minutes(5);
  options.middleware = std::move(middleware);
  auto client = kratos::http::Client::Create(std::move(options));
  REQUIRE(client.ok());
  return RelayHttpClient(*client);
}

Question Ask(std::string text) {
  Question question;
  question.set_text(std::move(text));
  return question;
}

}  // namespace e2e::relay
