// A place in an input file.
#pragma once

#include <string>

namespace kratos::plugin {

/// Line and column count from 1, 0 when unknown.
struct Location {
  std::string file;
  int line = 0;
  int column = 0;

  bool operator==(const Location&) const = default;
};

}  // namespace kratos::plugin
