// The version of the contract between generated code and this runtime.
#pragma once

namespace kratos::codegen {

/// Raised when generated code starts to need something that older runtimes lack.
inline constexpr int kInterface = 4;

}  // namespace kratos::codegen
