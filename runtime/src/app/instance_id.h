// A name that no other instance has.
#pragma once

#include <string>

namespace kratos {

/// A random UUID (RFC 9562, 5.4), such as "f81d4fae-7dec-41d0-a765-00a0c91e6bf6".
std::string NewInstanceId();

}  // namespace kratos
