// What the tests of kratos::form share.
#pragma once

#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>

#include <string>
#include <string_view>

#include "form_test.pb.h"
#include "form_test_proto2.pb.h"
#include "kratos/errors/errors.h"
#include "kratos/form/form.h"
#include "support/catch.h"

namespace kratos::form::test {

/// Parses and binds a query as a server does.
inline Status BindText(std::string_view query, google::protobuf::Message* message,
                       const BindOptions& options = {}) {
  auto pairs = ParseQuery(query);
  if (!pairs.ok()) return pairs.status();
  return Bind(*pairs, options, message);
}

template <class Message>
Message FromText(const std::string& text) {
  Message message;
  REQUIRE(google::protobuf::TextFormat::ParseFromString(text, &message));
  return message;
}

inline std::string ToText(const google::protobuf::Message& message) {
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  std::string text;
  REQUIRE(printer.PrintToString(message, &text));
  return text;
}

/// A query and the message it makes, in text format.
struct Good {
  std::string name;
  std::string query;
  std::string message;
};

template <class Message = Everything>
void CheckGood(const Good& row, const BindOptions& options = {}) {
  INFO(row.name << ": " << row.query);
  Message message;
  const Status status = BindText(row.query, &message, options);
  INFO(status.message());
  REQUIRE(status.ok());
  CHECK(ToText(message) == ToText(FromText<Message>(row.message)));
}

/// A query that is a 400, and the part of its message that names the field.
struct Bad {
  std::string name;
  std::string query;
  std::string path;
};

template <class Message = Everything>
void CheckBad(const Bad& row, const BindOptions& options = {}) {
  INFO(row.name << ": " << row.query);
  Message message;
  const Status status = BindText(row.query, &message, options);
  REQUIRE_FALSE(status.ok());
  CHECK(status.code() == 400);
  CHECK(status.reason() == kReasonCodec);
  INFO(status.message());
  CHECK(status.message().substr(0, row.path.size() + 2) == row.path + ": ");
}

}  // namespace kratos::form::test
