#include "middleware/handler_cache.h"

#include <mutex>

namespace kratos {

std::shared_ptr<const Handler> HandlerCache::For(std::string_view operation) {
  {
    const std::shared_lock lock(mutex_);
    if (const auto found = handlers_.find(operation); found != handlers_.end())
      return found->second;
  }
  const std::unique_lock lock(mutex_);
  auto& handler = handlers_[std::string(operation)];
  if (handler == nullptr) handler = std::make_shared<const Handler>(Chain(chain_, last_));
  return handler;
}

}  // namespace kratos
