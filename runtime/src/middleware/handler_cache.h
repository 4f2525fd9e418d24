// A client's middleware, composed once for each operation that is called.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "kratos/middleware/middleware.h"

namespace kratos {

/// Thread-safe. Grows with the operations of the generated clients that use it, and no further.
class HandlerCache {
 public:
  HandlerCache(std::vector<Middleware> chain, Handler last)
      : chain_(std::move(chain)), last_(std::move(last)) {}

  /// The chain around the last handler; made with the first call.
  std::shared_ptr<const Handler> For(std::string_view operation);

 private:
  const std::vector<Middleware> chain_;
  const Handler last_;
  std::shared_mutex mutex_;
  std::map<std::string, std::shared_ptr<const Handler>, std::less<>> handlers_;
};

}  // namespace kratos
