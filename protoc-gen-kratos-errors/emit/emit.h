// Prints the two generated files.
#pragma once

#include <string>
#include <string_view>

#include "model/model.h"

namespace kratos::plugin::errors {

/// "a/b.proto" -> "a/b.errors.pb.h".
std::string HeaderName(std::string_view path);
/// "a/b.proto" -> "a/b.errors.pb.cc".
std::string SourceName(std::string_view path);

std::string EmitHeader(const File& file);
std::string EmitSource(const File& file);

}  // namespace kratos::plugin::errors
