// The bytes of one exchange, between its connection and cpp-httplib.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "http/client_watchdog.h"

struct ssl_st;

namespace kratos::http {

/// Does what cpp-httplib leaves undone: takes interim replies out (RFC 9110, 15.2), bounds the
/// reply's head, and gives the reply of a server that answers before it has read the whole request.
class WireStream {
 public:
  /// `tls` is null for a plain connection. Waits end with the time that `guard` has. All must
  /// outlive this.
  WireStream(int socket, ssl_st* tls, const CallGuard& guard);
  WireStream(const WireStream&) = delete;
  WireStream& operator=(const WireStream&) = delete;

  /// Begins TLS, in no more time than `limit`. False when the two do not agree.
  bool ShakeHands(std::chrono::microseconds limit);

  /// Waits for bytes; how many there are, 0 at the end, -1 when there will be none.
  ssize_t Read(char* to, std::size_t size);
  /// Sends all of it. What a server that has gone, or has refused the request, would not read is
  /// dropped: whether there is a reply, Read tells.
  void Write(std::string_view bytes);

  /// Whether all was sent and no more came than was read, so that another exchange can follow.
  bool reusable() const { return !upload_over_ && begin_ == in_.size(); }
  /// Why there is no reply to be had from what came; empty unless that is so.
  const std::string& why() const { return why_; }

 private:
  enum class Got { kBytes, kNothing, kEnd, kBroken };

  // What came of `events`; 0 when time is up.
  short Wait(short events, std::optional<CallGuard::Clock::time_point> until = {}) const;
  // Whether TLS goes on once `wanted_` has come.
  bool TlsWaits(int result);
  // How many bytes went out; 0 when `wanted_` must come first, -1 when the connection is broken.
  ssize_t Send(std::string_view bytes);
  // Appends to `in_` what is there.
  Got Receive();
  // The same, waiting for it.
  Got Fill();
  // Looks at what has come of the head. False when it is none.
  bool ReadHead();
  // Takes in what came while the request is on its way.
  void LookForAnswer();
  bool Refuse(std::string why);

  const int socket_;
  ssl_st* const tls_;
  const CallGuard& guard_;
  short wanted_ = 0;
  bool upload_over_ = false;

  std::string in_;
  std::size_t begin_ = 0;
  // Of the head: how far its end was looked for, the bytes of interim replies before it.
  std::size_t searched_ = 0;
  std::size_t skipped_ = 0;
  bool head_done_ = false;
  int status_ = 0;
  std::string why_;
};

}  // namespace kratos::http
