// What the file of this name said in a runtime from before generated code.
#pragma once

namespace kratos::codegen {

inline constexpr int kInterface = 0;

}  // namespace kratos::codegen
