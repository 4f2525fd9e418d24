// What cost_program measures.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace kratos::cost {

struct Operation {
  std::string name;
  /// Does it `count` times; what is needed once has been made before.
  std::function<void(int count)> run;
};

/// All of them, ready to run.
std::vector<Operation> MakeOperations();

}  // namespace kratos::cost
