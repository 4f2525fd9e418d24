#include "room.h"

#include <algorithm>
#include <utility>

namespace chat {

Line Room::Say(Line line) {
  const std::lock_guard lock(mutex_);
  line.set_number(++last_);
  lines_.push_back(line);
  if (lines_.size() > kKept) lines_.pop_front();
  said_.NotifyAll();
  return line;
}

// [wait]
kratos::Result<Line> Room::Next(const kratos::Context& ctx, std::int32_t after) {
  std::unique_lock lock(mutex_);
  kratos::Status status = said_.Wait(lock, ctx, [&] { return last_ > after; });
  if (!status.ok()) return status;
  const std::int32_t oldest = lines_.front().number();
  return lines_[static_cast<std::size_t>(std::max(after + 1, oldest) - oldest)];
}
// [wait]

}  // namespace chat
