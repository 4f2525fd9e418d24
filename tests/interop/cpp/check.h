// What a case expects of a call, and whether it happened.
#pragma once

#include <google/protobuf/any.pb.h>
#include <google/protobuf/message.h>

#include <memory>
#include <string>

#include "calls.h"
#include "cases.pb.h"
#include "kratos/errors/status.h"

namespace interop {

/// The entry that counts for a C++ client and this server; an empty one when the case has none.
const Expectation& ExpectationFor(
    const google::protobuf::RepeatedPtrField<Expectation>& expectations, Peer server);

/// Gives a field the content "abc...zab...".
bool FillField(const Fill& fill, google::protobuf::Message* message);

std::string Difference(const std::string& what, const google::protobuf::Message& got,
                       const google::protobuf::Message& want);
std::string CheckError(const kratos::Status& status, const ExpectedError& want);

/// The message inside, or null when its type is not linked in.
std::unique_ptr<google::protobuf::Message> Unpack(const google::protobuf::Any& packed);

/// What is wrong with the outcome, or "".
std::string Check(const Case& row, const google::protobuf::Message& request, const Outcome& outcome,
                  const Expectation& expected);

}  // namespace interop
