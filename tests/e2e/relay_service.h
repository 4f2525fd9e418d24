// The service behind the tests of ready-made middleware: servers and clients of it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness.h"
#include "kratos/context/context.h"
#include "kratos/http/client.h"
#include "kratos/middleware/middleware.h"
#include "relay.http.pb.h"
#include "relay.pb.h"

namespace e2e::relay {

/// What Ask and Public do.
using Script = std::function<kratos::Status(kratos::Context&, const Question&, Answer*)>;

/// A running server whose methods do what the script says; without one they answer the question.
/// Listen sends its question twice, and then fails if it is "fail".
class RelayTestServer : public TestServer {
 public:
  explicit RelayTestServer(std::vector<kratos::Middleware> middleware, Script script = nullptr);
  /// A client with middleware of its own.
  RelayHttpClient Client(std::vector<kratos::Middleware> middleware = {}) const;
};

/// A question with a text.
Question Ask(std::string text);

}  // namespace e2e::relay
