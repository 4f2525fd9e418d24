// The bytes of one connection, whatever carries them.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace kratos::http {

/// Reads and writes without waiting: what cannot go on says what it waits for. Used by one thread
/// at a time.
class ByteTransport {
 public:
  enum class Outcome {
    kDone,       ///< `bytes` were moved, at least one
    kWantRead,   ///< nothing moved; try again when the transport is readable
    kWantWrite,  ///< the same for writable
    kEnd,        ///< the peer has sent its last byte
    kBroken,     ///< the connection is of no use any more
  };
  struct Moved {
    Outcome outcome = Outcome::kBroken;
    std::size_t bytes = 0;
  };

  ByteTransport() = default;
  ByteTransport(const ByteTransport&) = delete;
  ByteTransport& operator=(const ByteTransport&) = delete;
  virtual ~ByteTransport() = default;

  /// "address:port" of the peer, or "" where there is no such thing.
  virtual std::string PeerName() const = 0;
  virtual bool tls() const = 0;
  bool broken() const { return broken_; }

  /// Shakes hands where there is something to agree on; call again while it wants something. kDone
  /// without bytes.
  virtual Outcome Handshake() = 0;
  virtual Moved Read(char* to, std::size_t size) = 0;
  /// Writes from the pieces in order.
  virtual Moved Write(std::span<const std::string_view> pieces) = 0;
  /// Bytes that have come but were not read, which no wait would tell of.
  virtual bool HasPending() const = 0;

  /// Tells the peer that nothing more comes, where the protocol has words for that; once.
  virtual void SayGoodbye() = 0;
  /// Ends the outgoing direction. False when that is of no use.
  virtual bool EndWriting() = 0;
  /// Has the close that follows look like a failure to the peer, where there is such a thing.
  virtual void ResetOnClose() = 0;
  /// Drops some of what has come, without decrypting it. `bytes` says how much.
  virtual Moved Discard() = 0;

 protected:
  bool broken_ = false;
};

}  // namespace kratos::http
