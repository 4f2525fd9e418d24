// Words that cannot be C++ identifiers.
#pragma once

#include <string>
#include <string_view>

namespace kratos::plugin {

/// True for a C++ keyword through C++20, alternative tokens included, and for NULL: the names to
/// which protoc's C++ generator appends '_'. (protoc 3.21 knows keywords through C++17 only; its
/// output for a newer one is no valid C++20 with or without our help.)
bool IsKeyword(std::string_view name);

/// True for a macro that common system headers define: a function of that name would be expanded
/// away.
bool IsCommonMacro(std::string_view name);

/// `class` -> `class_`, `name` -> `name`.
std::string ResolveKeyword(std::string_view name);

}  // namespace kratos::plugin
