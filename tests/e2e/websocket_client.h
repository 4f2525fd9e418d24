// A WebSocket's client side, frame by frame (RFC 6455): what a test says goes out as it is.
#pragma once

#include <string>
#include <string_view>

#include "harness.h"

namespace e2e {

struct Frame {
  bool final = true;
  int opcode = 0;  ///< 1 text, 2 binary, 8 close, 9 ping, 10 pong; -1: the connection ended
  std::string data;
  /// Of a close frame; 1005 when it has none.
  int CloseCode() const;
};

class WebSocketClient {
 public:
  explicit WebSocketClient(int port) : connection_(port) {}

  /// Sends the handshake and reads its answer. `more`: header lines, each with CR LF.
  Reply Open(std::string_view target, std::string_view more = "");
  /// Sends a masked frame.
  bool Send(int opcode, std::string_view data, bool final = true);
  bool Text(std::string_view data) { return Send(1, data); }
  bool Close(int code);
  /// The next frame.
  Frame Read();
  /// The next frame that is no ping.
  Frame ReadMessage();
  RawConnection& connection() { return connection_; }

 private:
  RawConnection connection_;
};

/// The head of a masked frame with any bits, for tests of broken ones.
std::string FrameHead(int first_byte, std::size_t length, bool masked);

}  // namespace e2e
