#include "check.h"

#include <fmt/format.h>
#include <google/protobuf/empty.pb.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>

#include <map>

#include "interop.pb.h"

namespace interop {

namespace {

using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

std::string Short(std::string text) {
  if (text.size() > 600) text = text.substr(0, 600) + "...";
  return text;
}

// Compares the request that the server says it decoded.
std::string CheckSeen(const EchoReply& reply, const Message& want) {
  const std::unique_ptr<Message> got(want.New());
  if (const auto status = google::protobuf::util::JsonStringToMessage(reply.request(), got.get());
      !status.ok()) {
    return "the echo is not the request's JSON: " + status.ToString();
  }
  return Difference("request seen", *got, want);
}

}  // namespace

std::string Difference(const std::string& what, const Message& got, const Message& want) {
  if (got.GetDescriptor() == want.GetDescriptor() && MessageDifferencer::Equals(got, want))
    return "";
  return fmt::format("{} is {{{}}}, want {{{}}}", what, Short(got.ShortDebugString()),
                     Short(want.ShortDebugString()));
}

std::string CheckError(const kratos::Status& status, const ExpectedError& want) {
  if (status.ok()) return fmt::format("succeeded, want error {} {}", want.code(), want.reason());
  const kratos::Error& got = status.error();
  const std::map<std::string, std::string> metadata(want.metadata().begin(), want.metadata().end());
  if (got.code() == want.code() && got.reason() == want.reason() && got.metadata() == metadata &&
      (!want.has_message() || got.message() == want.message())) {
    return "";
  }
  return fmt::format("{}; want {{{}}}", Short(got.ToString()), want.ShortDebugString());
}

bool FillField(const Fill& fill, Message* message) {
  const auto* field = message->GetDescriptor()->FindFieldByName(fill.field());
  if (field == nullptr || field->is_repeated() ||
      field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING)
    return false;
  std::string content(static_cast<std::size_t>(fill.bytes()), ' ');
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>('a' + i % 26);
  message->GetReflection()->SetString(message, field, std::move(content));
  return true;
}

std::unique_ptr<Message> Unpack(const google::protobuf::Any& packed) {
  const std::string& url = packed.type_url();
  const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
      url.substr(url.rfind('/') + 1));
  if (type == nullptr) return nullptr;
  const Message* prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type);
  std::unique_ptr<Message> message(prototype->New());
  if (!packed.UnpackTo(message.get())) return nullptr;
  return message;
}

const Expectation& ExpectationFor(
    const google::protobuf::RepeatedPtrField<Expectation>& expectations, Peer server) {
  for (const Expectation& expected : expectations) {
    if ((expected.client() == ANY || expected.client() == CPP) &&
        (expected.server() == ANY || expected.server() == server)) {
      return expected;
    }
  }
  return Expectation::default_instance();
}

std::string Check(const Case& row, const Message& request, const Outcome& outcome,
                  const Expectation& expected) {
  if (expected.has_error()) return CheckError(outcome.status, expected.error());
  if (!outcome.status.ok()) return "failed: " + Short(outcome.status.error().ToString());
  std::unique_ptr<Message> want;
  if (expected.has_reply() || expected.has_seen()) {
    want = Unpack(expected.has_reply() ? expected.reply() : expected.seen());
    if (want == nullptr) return "the expectation's type is not known";
  }
  if (expected.has_reply()) return Difference("reply", *outcome.reply, *want);
  if (const auto* echo = dynamic_cast<const EchoReply*>(outcome.reply.get())) {
    if (const std::string operation = "/interop.Interop/" + row.method();
        echo->operation() != operation) {
      return fmt::format("operation \"{}\", want \"{}\"", echo->operation(), operation);
    }
    return CheckSeen(*echo, want == nullptr ? request : *want);
  }
  if (dynamic_cast<const google::protobuf::Empty*>(outcome.reply.get()) != nullptr) return "";
  return Difference("reply", *outcome.reply, request);
}

}  // namespace interop
