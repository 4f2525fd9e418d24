#include "websocket_client.h"

#include <cstdint>

namespace e2e {

namespace {
constexpr char kMask[4] = {0x12, 0x34, 0x56, 0x78};
}  // namespace

int Frame::CloseCode() const {
  if (data.size() < 2) return 1005;
  return (static_cast<unsigned char>(data[0]) << 8) | static_cast<unsigned char>(data[1]);
}

std::string FrameHead(int first_byte, std::size_t length, bool masked) {
  std::string head(1, static_cast<char>(first_byte));
  const int mask_bit = masked ? 0x80 : 0;
  if (length < 126) {
    head.push_back(static_cast<char>(mask_bit | static_cast<int>(length)));
  } else {
    const int bytes = length < 65536 ? 2 : 8;
    head.push_back(static_cast<char>(mask_bit | (bytes == 2 ? 126 : 127)));
    for (int i = bytes - 1; i >= 0; --i)
      head.push_back(static_cast<char>((static_cast<std::uint64_t>(length) >> (8 * i)) & 0xff));
  }
  if (masked) head.append(kMask, sizeof kMask);
  return head;
}

Reply WebSocketClient::Open(std::string_view target, std::string_view more) {
  connection_.Send("GET " + std::string(target) +
                   " HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                   "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                   std::string(more) + "\r\n");
  return connection_.Read();
}

bool WebSocketClient::Send(int opcode, std::string_view data, bool final) {
  std::string frame = FrameHead((final ? 0x80 : 0) | opcode, data.size(), true);
  for (std::size_t i = 0; i < data.size(); ++i)
    frame.push_back(static_cast<char>(data[i] ^ kMask[i % sizeof kMask]));
  return connection_.Send(frame);
}

bool WebSocketClient::Close(int code) {
  const char bytes[] = {static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  return Send(8, std::string_view(bytes, sizeof bytes));
}

Frame WebSocketClient::Read() {
  Frame frame;
  frame.opcode = -1;
  std::string head = connection_.ReadExactly(2);
  if (head.size() < 2) return frame;
  std::uint64_t length = static_cast<unsigned char>(head[1]) & 0x7f;
  if (length >= 126) {
    const std::string more = connection_.ReadExactly(length == 126 ? 2 : 8);
    length = 0;
    for (const char c : more) length = length << 8 | static_cast<unsigned char>(c);
  }
  frame.final = (head[0] & 0x80) != 0;
  frame.opcode = head[0] & 0x0f;
  frame.data = connection_.ReadExactly(length);
  return frame;
}

Frame WebSocketClient::ReadMessage() {
  Frame frame = Read();
  while (frame.opcode == 9) frame = Read();
  return frame;
}

}  // namespace e2e
