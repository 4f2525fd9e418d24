// Attributes that belong to a call and stand in every record about it.
#pragma once

#include <vector>

#include "kratos/log/attribute.h"

namespace kratos {
class Context;
}  // namespace kratos

namespace kratos::log {

/// Adds attributes to `ctx`: every record logged with it, or with a child of it, begins with them,
/// in the order they were added, ancestors' first.
void AddAttributes(Context& ctx, std::vector<Attribute> attributes);

/// What AddAttributes added to `ctx` and its ancestors.
std::vector<Attribute> AttributesOf(const Context& ctx);

/// An extractor: `operation`, and `trace_id` and `span_id` of the request's traceparent field (W3C
/// Trace Context, version 00), each only where the call has it.
void CallAttributes(const Context& ctx, std::vector<Attribute>* out);

}  // namespace kratos::log
