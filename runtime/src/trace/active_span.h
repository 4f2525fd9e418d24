// The span of a context.
#pragma once

#include <memory>

#include "kratos/trace/span.h"

namespace kratos::trace {

/// A value of the context.
struct ActiveSpan {
  std::shared_ptr<Span> span;
};

}  // namespace kratos::trace
