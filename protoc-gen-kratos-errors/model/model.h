// What the plugin knows about one .proto file: plain values without descriptors.
#pragma once

#include <string>
#include <vector>

#include "names/declared_names.h"
#include "source/location.h"
#include "source/source_info.h"

namespace google::protobuf {
class FileDescriptor;
}  // namespace google::protobuf

namespace kratos::plugin::errors {

/// One value of an enum that has to do with errors.
struct Value {
  /// "USER_NOT_FOUND": the error's reason.
  std::string name;
  /// "demo.Reasons.USER_NOT_FOUND" without the package: "Reasons.USER_NOT_FOUND".
  std::string local_name;
  /// Its own code, or else the enum's default; 0 for none.
  int code = 0;
  /// The code is the enum's default.
  bool is_default = false;
  /// The code, even 0, was given to this value.
  bool is_explicit = false;
  /// The one that proto3 wants in every enum.
  bool is_zero = false;
  bool deprecated = false;
  Comments comments;
  Location at;
  /// Where the code was given; the value where it was not.
  Location code_at;
  /// "UserNotFound".
  std::string camel;
};

struct File {
  std::string path;
  std::string package;
  /// Values of every enum, nested ones too, of which at least one value or the enum itself has a
  /// code; in the file's order.
  std::vector<Value> values;
  /// What the C++ namespace already holds: the names that protoc declares, and those of ours from
  /// imports of the same package.
  NameSet taken_names;
};

File BuildModel(const google::protobuf::FileDescriptor& file);

/// SYSTEM_ERROR -> SystemError, systemError -> SystemError, UNKNOWN -> Unknown, as
/// protoc-gen-go-errors does: words are split at '_'; a word without lower-case letters becomes
/// lower case; first letters become upper case.
std::string CamelCase(const std::string& name);

}  // namespace kratos::plugin::errors
