// How protoc's C++ generator spells what it declares. Pure functions; each comment shows the
// mapping.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kratos::plugin {

/// package "foo.class" -> "foo::class_"; "" -> "".
std::string CppNamespace(std::string_view package);

/// True for packages whose C++ namespaces are the runtime's own.
bool IsRuntimePackage(std::string_view package);

/// {"Outer", "Inner"} -> "Outer_Inner"; {"class"} -> "class_"; {"class", "Inner"} ->
/// "class__Inner".
std::string ClassName(const std::vector<std::string>& nesting);

/// The class of a message or enum inside the message whose class is `outer`; at the top, where that
/// is empty, of one by itself.
std::string NestedClassName(std::string_view outer, std::string_view name);

/// field `page_size` -> "kPageSizeFieldNumber".
std::string FieldNumberConstant(std::string_view field);

/// "a/b.proto" -> "a/b"; also strips ".protodevel", as protoc does.
std::string StripProto(std::string_view path);

/// "a/b.proto" -> "a/b.pb.h".
std::string ProtobufHeaderName(std::string_view path);

/// The guard of a plugin's header: "a/b.proto", "HTTP" -> "A_B_HTTP_PB_H_". A path with anything
/// but lower-case letters, digits and '/' could give the same text as another one, so a hash of the
/// path tells them apart: "a_b.proto" -> "A_B_HTTP_PB_9A3C11F0_H_".
std::string IncludeGuard(std::string_view path, std::string_view plugin);

}  // namespace kratos::plugin
