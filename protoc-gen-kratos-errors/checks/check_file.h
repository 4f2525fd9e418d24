// What is wrong with a file's errors.
#pragma once

#include "diagnostics/diagnostic.h"
#include "model/model.h"

namespace kratos::plugin::errors {

void CheckFile(const File& file, Diagnostics* diagnostics);

}  // namespace kratos::plugin::errors
