// Sockets without a library around them, for clients that must cost little.
#pragma once

#include <string>
#include <string_view>

namespace kratos::bench {

/// Ends the program with `what` and the text of errno.
[[noreturn]] void Fail(const std::string& what);

/// Connects to 127.0.0.1:port, without Nagle's delay. The socket blocks.
int Connect(int port);

/// Sends all bytes, waiting where need be, also on a socket that does not block.
void SendAll(int fd, std::string_view bytes);

/// Reads until `mark` has come, and returns all that came.
std::string ReadUntil(int fd, std::string_view mark);

/// Makes a WebSocket of a new connection.
int ConnectWebSocket(int port, std::string_view target);

/// A text frame of a client, masked with zeros. Up to 65,535 bytes.
std::string MaskedTextFrame(std::string_view text);

}  // namespace kratos::bench
