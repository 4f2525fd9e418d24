// Text messages that Beast takes although they are not UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

namespace kratos::http {

/// Go Kratos sends binary payloads in text frames, which Beast refuses unless they are UTF-8. Sits
/// below Beast, turns text frames into binary ones as their bytes pass, and remembers which
/// messages were text. Sees no more of a frame than its header (RFC 6455, 5.2).
class WebSocketTextFilter {
 public:
  /// What the bytes begin with.
  enum class Start {
    kFrames,
    kReply,  ///< the head of an HTTP reply; frames follow when its status is 101
  };
  explicit WebSocketTextFilter(Start start)
      : state_(start == Start::kFrames ? State::kFirst : State::kReply) {}

  /// Changes the next bytes in place. Tells how many have passed: all of them, or those up to the
  /// end of the reply's head.
  std::size_t Pass(char* data, std::size_t size);

  /// Whether the oldest message that was not asked about yet was text; call once a message.
  bool TakeText();

 private:
  enum class State : std::uint8_t {
    kReply,     // In the reply's head.
    kNoFrames,  // Behind one of another status.
    kFirst,     // Before a frame's first byte.
    kSecond,
    kLength,  // In the extended length.
    kMask,
    kPayload,
  };
  void PassReplyByte(char c);
  void BeginPayload();

  State state_;
  std::string status_line_;    // Its beginning, up to the status.
  std::size_t line_ends_ = 0;  // How much of CR LF CR LF the last bytes are.
  bool masked_ = false;
  std::size_t header_left_ = 0;
  std::uint64_t payload_left_ = 0;
  std::deque<bool> text_;
};

}  // namespace kratos::http
