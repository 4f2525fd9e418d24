// What the streaming tests share: rpcs of Streams (client_test.proto) under bindings of the test's
// choice, and the whole of a stream read.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client_fixture.h"
#include "kratos/stream/stream.h"
#include "support/raw_peer.h"

namespace kratos::http {

using google::api::HttpBody;
using kratos::testing::ClosePayload;
using kratos::testing::Frame;
using kratos::testing::kBinaryFrame;
using kratos::testing::kCloseFrame;
using kratos::testing::kPingFrame;
using kratos::testing::kPongFrame;
using kratos::testing::kTextFrame;
using kratos::testing::RawConnection;
using kratos::testing::RawPeer;
using kratos::testing::Signal;

inline ClientMethod Stream(std::string_view operation, StreamKind kind, std::string_view method,
                           std::string_view path, std::string_view body = "",
                           std::string_view response_body = "") {
  return {operation, {{operation, method, path, body, response_body, kind}}};
}

inline constexpr std::string_view kWatch = "/kratos.test.client.Streams/Watch";
inline constexpr std::string_view kDownload = "/kratos.test.client.Streams/Download";
inline constexpr std::string_view kDownloadField = "/kratos.test.client.Streams/DownloadField";
inline constexpr std::string_view kImport = "/kratos.test.client.Streams/Import";
inline constexpr std::string_view kTalk = "/kratos.test.client.Streams/Talk";
inline constexpr std::string_view kPipe = "/kratos.test.client.Streams/Pipe";
inline constexpr std::string_view kUpload = "/kratos.test.client.Streams/Upload";

inline ClientMethod WatchMethod() { return Stream(kWatch, StreamKind::kServer, "GET", "/watch"); }
inline ClientMethod TalkMethod(std::string_view path = "/talk", std::string_view body = "*") {
  return Stream(kTalk, StreamKind::kBidi, "POST", path, body);
}

inline ClientOptions OptionsFor(const RawPeer& peer) {
  ClientOptions options;
  options.endpoint = peer.address();
  options.timeout = {};
  options.connect_timeout = {};
  return options;
}

/// The head of a reply whose body ends with the connection.
inline std::string StreamHead(std::string_view content_type = "text/event-stream",
                              std::string_view fields = "") {
  return "HTTP/1.1 200 OK\r\nContent-Type: " + std::string(content_type) + "\r\n" +
         std::string(fields) + "\r\n";
}
inline std::string ChunkedHead(std::string_view content_type = "text/event-stream") {
  return StreamHead(content_type, "Transfer-Encoding: chunked\r\n");
}
inline std::string Chunk(std::string_view bytes) {
  char size[32];
  std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  return size + std::string(bytes) + "\r\n";
}

struct Received {
  std::vector<std::string> messages;
  std::vector<std::string> types;  ///< Of HttpBody.
  Status status;
  int status_of_open = 0;
};

/// Reads to the end; the messages' `message` field, or their bytes.
template <class Reply>
Received ReadAll(kratos::internal::ClientCall& call) {
  Received received;
  Reply reply;
  while (true) {
    const auto more = call.Recv(&reply);
    if (!more.ok()) received.status = more.status();
    if (!more.ok() || !*more) return received;
    if constexpr (std::is_same_v<Reply, HttpBody>) {
      received.messages.push_back(reply.data());
      received.types.push_back(reply.content_type());
    } else {
      received.messages.push_back(reply.message());
    }
  }
}

/// Opens a server stream with a fresh context, which lives as long as the whole of it is read.
template <class Reply = Answer>
Received Read(Client& client, const ClientMethod& method, const Call& request = {},
              const CallOptions& options = {}) {
  Context ctx;
  auto call = client.Open(ctx, method, &request, options);
  if (!call.ok()) {
    Received received;
    received.status = call.status();
    received.status_of_open = call.status().code();
    return received;
  }
  return ReadAll<Reply>(**call);
}

inline std::unique_ptr<kratos::internal::ClientCall> OpenStream(Client& client, Context& ctx,
                                                                const ClientMethod& method,
                                                                const CallOptions& options = {}) {
  auto call = client.Open(ctx, method, nullptr, options);
  INFO(call.status().message());
  REQUIRE(call.ok());
  return std::move(*call);
}

}  // namespace kratos::http
