#include "testing/memory_transport.h"

#include <algorithm>

#include "kratos/errors/errors.h"

namespace kratos::testing::internal {

MemoryTransport::Moved MemoryTransport::Read(char* to, std::size_t size) {
  if (input_.empty()) return {Outcome::kEnd, 0};
  if (options_.piece_bytes != 0) size = std::min(size, options_.piece_bytes);
  const std::size_t count = input_.copy(to, size);
  input_.remove_prefix(count);
  if (Gone()) peer_gone_.request_stop();
  return {Outcome::kDone, count};
}

MemoryTransport::Moved MemoryTransport::Write(std::span<const std::string_view> pieces) {
  if (Gone()) {
    broken_ = true;
    return {};
  }
  std::size_t count = 0;
  for (const std::string_view piece : pieces) {
    output_ += piece;
    count += piece.size();
  }
  return {Outcome::kDone, count};
}

MemoryTransport::Moved MemoryTransport::Discard() {
  if (input_.empty()) return {Outcome::kEnd, 0};
  const std::size_t count = input_.size();
  input_ = {};
  return {Outcome::kDone, count};
}

std::stop_token MemoryTransport::WatchPeer() {
  if (!peer_gone_.stop_possible()) peer_gone_ = std::stop_source();
  if (Gone()) peer_gone_.request_stop();
  return peer_gone_.get_token();
}

Result<std::unique_ptr<http::WebSocketPeer>> MemoryHost::AcceptWebSocket(
    http::ServerConnection&, const http::Request&, const http::Response&,
    const http::WebSocketOptions&, std::string_view) {
  return NotImplemented(kReasonUnimplemented, "raw bytes in memory carry no WebSocket");
}

}  // namespace kratos::testing::internal
