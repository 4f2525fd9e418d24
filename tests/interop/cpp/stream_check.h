// One streaming call after a StreamCase.
#pragma once

#include <memory>
#include <string>

#include "cases.pb.h"
#include "kratos/http/client.h"

namespace interop {

/// Makes the call; what is wrong with it, or "".
std::string CheckStream(const std::shared_ptr<kratos::http::Client>& client, const StreamCase& row,
                        const Expectation& expected);

}  // namespace interop
