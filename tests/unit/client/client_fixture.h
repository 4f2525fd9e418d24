// What the client's tests share: bindings, replies and requests taken apart.
#pragma once

#include <google/protobuf/text_format.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client_test.pb.h"
#include "kratos/errors/errors.h"
#include "kratos/http/client.h"
#include "support/catch.h"
#include "support/scripted_server.h"

namespace kratos::http {

using kratos::testing::Script;
using kratos::testing::ScriptedServer;
using kratos::testing::Step;
using test::client::Answer;
using test::client::Book;
using test::client::Call;

/// A request as the server saw it, taken apart.
struct SentRequest {
  std::string method;
  std::string target;
  Metadata headers;
  std::string body;
};

/// Throws when it is none. No assertions: servers take requests apart on threads of their own, and
/// Catch2's assertions are for one thread.
inline SentRequest TakeApart(const std::string& bytes) {
  SentRequest request;
  const auto head_end = bytes.find("\r\n\r\n");
  const auto expect = [&bytes](bool right) {
    if (!right) throw std::runtime_error("not a request: " + bytes);
  };
  expect(head_end != std::string::npos);
  std::size_t at = bytes.find("\r\n");
  const auto line = bytes.substr(0, at);
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  expect(last > first);
  expect(line.substr(last) == " HTTP/1.1");
  request.method = line.substr(0, first);
  request.target = line.substr(first + 1, last - first - 1);
  while (at < head_end) {
    const auto end = bytes.find("\r\n", at + 2);
    const auto field = bytes.substr(at + 2, end - at - 2);
    const auto colon = field.find(": ");
    expect(colon != std::string::npos);
    request.headers.Add(field.substr(0, colon), field.substr(colon + 2));
    at = end;
  }
  request.body = bytes.substr(head_end + 4);
  return request;
}

/// A whole reply with Content-Length.
inline std::string Reply(std::string_view status, std::string_view content_type,
                         std::string_view body, std::string_view fields = "") {
  std::string out = "HTTP/1.1 " + std::string(status) + "\r\n";
  if (!content_type.empty()) out.append("Content-Type: ").append(content_type).append("\r\n");
  out.append(fields);
  out.append("Content-Length: " + std::to_string(body.size()) + "\r\n\r\n").append(body);
  return out;
}

inline std::string JsonReply(std::string_view body = "{}") {
  return Reply("200 OK", "application/protojson", body);
}

/// `count` empty replies on one connection.
inline Script OkTimes(std::size_t count) { return Script(count, Step{JsonReply()}); }

inline std::shared_ptr<Client> MakeClient(ClientOptions options) {
  auto client = Client::Create(std::move(options));
  INFO(client.status().message());
  REQUIRE(client.ok());
  return *client;
}

/// Without a deadline unless the test wants one: a slow machine must not decide a test.
inline ClientOptions OptionsFor(const ScriptedServer& server) {
  ClientOptions options;
  options.endpoint = server.address();
  options.timeout = {};
  options.connect_timeout = {};
  return options;
}

inline ClientMethod Method(std::string_view method, std::string_view path,
                           std::string_view body = "", std::string_view response_body = "") {
  return {"/kratos.test.Client/Call",
          {{"/kratos.test.Client/Call", method, path, body, response_body}}};
}

/// Parses a Call in text format.
inline Call CallOf(const std::string& text) {
  Call call;
  REQUIRE(google::protobuf::TextFormat::ParseFromString(text, &call));
  return call;
}

struct Outcome {
  Status status;
  Answer answer;
  ReplyInfo info;
};

/// One Invoke with a fresh context.
inline Outcome Invoke(Client& client, const ClientMethod& method,
                      const google::protobuf::Message& request, CallOptions options = {}) {
  Outcome outcome;
  options.reply_info = &outcome.info;
  Context ctx;
  outcome.status = client.Invoke(ctx, method, request, &outcome.answer, options);
  return outcome;
}

}  // namespace kratos::http
