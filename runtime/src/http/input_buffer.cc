#include "http/input_buffer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "fiber/free_list.h"

namespace kratos::http {

struct InputBuffer::Block {
  Block() {}  // NOLINT(modernize-use-equals-default): the bytes are left as they are.
  char bytes[kBlock];
};

InputBuffer::InputBuffer() = default;

InputBuffer::~InputBuffer() {
  Clear();
  Rest();
}

char* InputBuffer::Space() {
  if (data_ == nullptr) {
    block_ = fiber::FreeList<Block, 64>::Take();
    data_ = block_->bytes;
    capacity_ = kBlock;
  }
  const std::size_t unread = end_ - begin_;
  if (capacity_ - end_ < kBlock) {
    if (capacity_ - unread >= kBlock) {
      std::memmove(data_, data_ + begin_, unread);
    } else {
      const std::size_t larger = std::max(2 * capacity_, unread + kBlock);
      std::unique_ptr<char[]> moved(new char[larger]);
      std::memcpy(moved.get(), data_ + begin_, unread);
      large_ = std::move(moved);
      data_ = large_.get();
      capacity_ = larger;
    }
    begin_ = 0;
    end_ = unread;
  }
  return data_ + end_;
}

void InputBuffer::Rest() {
  if (!unread().empty()) return;
  if (block_ != nullptr) fiber::FreeList<Block, 64>::Give(std::move(block_));
  large_.reset();
  data_ = nullptr;
  capacity_ = begin_ = end_ = 0;
}

}  // namespace kratos::http
