// What has come on a connection and was not read yet.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace kratos::http {

/// Bytes that go in at one end and out at the other, one piece of memory. Up to a block of that is
/// borrowed from the thread and given back by Rest.
class InputBuffer {
 public:
  /// What Space offers at least.
  static constexpr std::size_t kBlock = 16 * 1024;

  InputBuffer();
  ~InputBuffer();
  InputBuffer(const InputBuffer&) = delete;
  InputBuffer& operator=(const InputBuffer&) = delete;

  /// Valid until the next Space, Rest or Clear.
  std::string_view unread() const { return {data_ + begin_, end_ - begin_}; }
  void Consume(std::size_t bytes) { begin_ += bytes; }

  /// Room for kBlock bytes behind what is unread.
  char* Space();
  /// So many of them are there now.
  void Filled(std::size_t bytes) { end_ += bytes; }

  void Clear() { begin_ = end_ = 0; }
  /// Lets go of the memory if nothing is unread.
  void Rest();

 private:
  struct Block;

  std::unique_ptr<Block> block_;
  std::unique_ptr<char[]> large_;  // In its place when more is unread than fits.
  char* data_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace kratos::http
