// What the tests of the codecs share.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>

#include "kratos/codec/codec.h"
#include "unit/form/support.h"

namespace kratos::codec::test {

using form::test::Everything;
using form::test::FromText;
using form::test::Leaf;
using form::test::Old;
using form::test::ToText;

inline const google::protobuf::FieldDescriptor* Field(const std::string& name) {
  const auto* field = Everything::descriptor()->FindFieldByName(name);
  REQUIRE(field != nullptr);
  return field;
}

/// Only what is set, one line.
inline EncodeOptions Sparse() {
  EncodeOptions options;
  options.emit_unpopulated = false;
  return options;
}

/// Checks that `text` becomes `message`.
inline void CheckReads(const Codec& codec, const std::string& text, const std::string& message,
                       const google::protobuf::FieldDescriptor* field = nullptr,
                       const DecodeOptions& options = {}) {
  INFO(text);
  Everything read;
  const Status status = codec.Decode(text, field, options, &read);
  INFO(status.message());
  REQUIRE(status.ok());
  CHECK(ToText(read) == ToText(FromText<Everything>(message)));
}

/// Checks that `text` is a 400 whose message contains `part`.
inline void CheckRefuses(const Codec& codec, const std::string& text, const std::string& part,
                         const google::protobuf::FieldDescriptor* field = nullptr,
                         const DecodeOptions& options = {}) {
  INFO(text.substr(0, 200));
  Everything read;
  const Status status = codec.Decode(text, field, options, &read);
  REQUIRE_FALSE(status.ok());
  CHECK(status.code() == 400);
  CHECK(status.reason() == kReasonCodec);
  INFO(status.message());
  CHECK(status.message().find("body: ") == 0);
  CHECK(status.message().find(part) != std::string::npos);
}

inline std::string Encoded(const Codec& codec, const google::protobuf::Message& message,
                           const google::protobuf::FieldDescriptor* field = nullptr,
                           const EncodeOptions& options = Sparse()) {
  std::string out = "before";
  const Status status = codec.Encode(message, field, options, &out);
  INFO(status.message());
  REQUIRE(status.ok());
  REQUIRE(out.substr(0, 6) == "before");
  return out.substr(6);
}

/// Checks that encoding is a 500 that says nothing of the content and leaves `out` alone.
inline void CheckCannotEncode(const Codec& codec, const google::protobuf::Message& message,
                              const google::protobuf::FieldDescriptor* field = nullptr) {
  std::string out = "before";
  const Status status = codec.Encode(message, field, Sparse(), &out);
  REQUIRE_FALSE(status.ok());
  CHECK(status.code() == 500);
  CHECK(status.reason() == kReasonCodec);
  CHECK(status.message() == "the message cannot be encoded as " + std::string(codec.name()));
  CHECK_FALSE(status.error().cause().ok());
  CHECK(out == "before");
}

}  // namespace kratos::codec::test
