// What a case expects of a call, and whether it happened.
#pragma once

#include <google/protobuf/any.pb.h>
#include <google/protobuf/message.h>

#include <memory>
#include <string>

#include "calls.h"
#include "cases.pb.h"

namespace interop {

/// The entry that counts for a C++ client and this server; an empty one when the case has none.
const Expectation& ExpectationFor(const Case& row, Peer server);

/// The message inside, or null when its type is not linked in.
std::unique_ptr<google::protobuf::Message> Unpack(const google::protobuf::Any& packed);

/// What is wrong with the outcome, or "".
std::string Check(const Case& row, const google::protobuf::Message& request, const Outcome& outcome,
                  const Expectation& expected);

}  // namespace interop
