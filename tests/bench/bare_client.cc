#include "bare_client.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace kratos::bench {

void Fail(const std::string& what) {
  std::perror(what.c_str());
  std::exit(1);
}

int Connect(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (fd < 0 || connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    Fail("connect");
  return fd;
}

void SendAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) {
      pollfd entry{fd, POLLOUT, 0};
      poll(&entry, 1, -1);
      continue;
    }
    if (sent <= 0) Fail("send");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string ReadUntil(int fd, std::string_view mark) {
  std::string text;
  char buffer[4096];
  while (text.find(mark) == std::string::npos) {
    const auto got = recv(fd, buffer, sizeof buffer, 0);
    if (got <= 0) Fail("the connection ended after " + std::to_string(text.size()) + " bytes");
    text.append(buffer, static_cast<std::size_t>(got));
  }
  return text;
}

int ConnectWebSocket(int port, std::string_view target) {
  const int fd = Connect(port);
  SendAll(fd, "GET " + std::string(target) +
                  " HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Version: 13\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  const std::string head = ReadUntil(fd, "\r\n\r\n");
  if (!head.starts_with("HTTP/1.1 101 ")) Fail("no WebSocket: " + head);
  return fd;
}

std::string MaskedTextFrame(std::string_view text) {
  std::string frame = "\x81";
  if (text.size() < 126) {
    frame += static_cast<char>(0x80 | text.size());
  } else {
    frame += static_cast<char>(0x80 | 126);
    frame += static_cast<char>(text.size() >> 8);
    frame += static_cast<char>(text.size());
  }
  frame.append(4, '\0');
  return frame.append(text);
}

}  // namespace kratos::bench
