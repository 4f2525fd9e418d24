// Messages filled at random, from a seed: what any text form must carry there and back.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/message.h>

#include <cmath>
#include <limits>
#include <random>
#include <string>

namespace kratos::form::test {

/// Fills messages of any type. Equal seeds give equal messages.
class RandomFiller {
 public:
  explicit RandomFiller(unsigned seed) : random_(seed) {}

  /// Control characters in strings; XML cannot carry them.
  bool control_characters = true;
  /// Values without a kind and empty messages, which have no text of their own.
  bool empty_messages = false;

  void Fill(google::protobuf::Message* message, int depth = 3) {
    using google::protobuf::Descriptor;
    const auto& type = *message->GetDescriptor();
    switch (type.well_known_type()) {
      case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
        SetTime(message, -62135596800, 253402300799, false);
        return;
      case Descriptor::WELLKNOWNTYPE_DURATION:
        SetTime(message, -315576000000, 315576000000, true);
        return;
      case Descriptor::WELLKNOWNTYPE_FIELDMASK:
        for (int i = Below(3); i > 0; --i) {
          message->GetReflection()->AddString(message, type.FindFieldByNumber(1),
                                              Below(2) ? "user_name" : "sub.raw_data");
        }
        return;
      case Descriptor::WELLKNOWNTYPE_ANY:
        message->GetReflection()->SetString(message, type.FindFieldByNumber(1),
                                            "type.googleapis.com/google.protobuf.Empty");
        return;
      case Descriptor::WELLKNOWNTYPE_VALUE:
        FillValue(message, depth);
        return;
      default:
        break;
    }
    for (int i = 0; i < type.field_count(); ++i) {
      if (Below(3) == 0) FillField(*type.field(i), message, depth);
    }
  }

  unsigned Below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }

 private:
  std::string Text() {
    static const char* const kPieces[] = {
        "a",  "1",  ".",    "[",   "]", " ",  "\"", "\\",   "&",    "=", "%", "\xC3\xA4",
        "+",  "\n", "<",    "]]>", "#", ": ", "- ", "null", "true", "/", ";", "\xF0\x9F\x98\x80",
        "\t", "\r", "\r\n", "-",   "~", "'",  "{",  "@"};
    std::string text;
    for (unsigned i = Below(5); i > 0; --i) text += kPieces[Below(std::size(kPieces))];
    if (control_characters && Below(8) == 0) text += static_cast<char>(Below(32));
    return text;
  }

  void SetTime(google::protobuf::Message* message, std::int64_t low, std::int64_t high, bool sign) {
    std::int64_t seconds = std::uniform_int_distribution<std::int64_t>(low, high)(random_);
    if (Below(3) == 0) seconds = Below(1000);
    std::int32_t nanos = static_cast<std::int32_t>(Below(1'000'000'000));
    if (Below(2) == 0) nanos = nanos / 1'000'000 * 1'000'000;
    if (sign && seconds < 0) nanos = -nanos;
    if (seconds == high || seconds == low) nanos = 0;
    const auto& type = *message->GetDescriptor();
    message->GetReflection()->SetInt64(message, type.FindFieldByNumber(1), seconds);
    message->GetReflection()->SetInt32(message, type.FindFieldByNumber(2), nanos);
  }

  void FillValue(google::protobuf::Message* message, int depth) {
    const auto& type = *message->GetDescriptor();
    const auto& reflection = *message->GetReflection();
    switch (Below(depth > 0 ? 6 : 4)) {
      case 0:
        reflection.SetEnumValue(message, type.FindFieldByNumber(1), 0);
        return;
      case 1:
        reflection.SetDouble(message, type.FindFieldByNumber(2), Below(1000) / 8.0);
        return;
      case 2:
        reflection.SetString(message, type.FindFieldByNumber(3), Text());
        return;
      case 3:
        reflection.SetBool(message, type.FindFieldByNumber(4), Below(2) == 0);
        return;
      case 4:
        Fill(reflection.MutableMessage(message, type.FindFieldByNumber(5)), depth - 1);
        return;
      default:
        Fill(reflection.MutableMessage(message, type.FindFieldByNumber(6)), depth - 1);
    }
  }

  void FillField(const google::protobuf::FieldDescriptor& field, google::protobuf::Message* message,
                 int depth) {
    using google::protobuf::FieldDescriptor;
    const auto& reflection = *message->GetReflection();
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field.is_map() && depth <= 0) {
      return;
    }
    if (field.is_map()) {
      // One entry: equal keys would make messages that no map can be.
      auto* entry = reflection.AddMessage(message, &field);
      for (int number : {1, 2}) {
        FillOne(*field.message_type()->FindFieldByNumber(number), entry, depth - 1);
      }
      return;
    }
    for (unsigned i = field.is_repeated() ? Below(4) : 1; i > 0; --i) {
      FillOne(field, message, depth);
    }
  }

  template <class Value, class Set, class Add>
  static void Put(const google::protobuf::FieldDescriptor& field,
                  google::protobuf::Message* message, Value value, Set set, Add add) {
    const auto& reflection = *message->GetReflection();
    if (field.is_repeated()) {
      (reflection.*add)(message, &field, value);
    } else {
      (reflection.*set)(message, &field, value);
    }
  }

  void FillOne(const google::protobuf::FieldDescriptor& field, google::protobuf::Message* message,
               int depth) {
    using google::protobuf::FieldDescriptor;
    using R = google::protobuf::Reflection;
    const std::uint64_t bits = Below(3) == 0 ? Below(5) : random_();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return Put(field, message, static_cast<std::int32_t>(bits), &R::SetInt32, &R::AddInt32);
      case FieldDescriptor::CPPTYPE_INT64:
        return Put(field, message, static_cast<std::int64_t>(bits), &R::SetInt64, &R::AddInt64);
      case FieldDescriptor::CPPTYPE_UINT32:
        return Put(field, message, static_cast<std::uint32_t>(bits), &R::SetUInt32, &R::AddUInt32);
      case FieldDescriptor::CPPTYPE_UINT64:
        return Put(field, message, bits, &R::SetUInt64, &R::AddUInt64);
      case FieldDescriptor::CPPTYPE_FLOAT:
        return Put(field, message, std::ldexp(static_cast<float>(bits % 1'000'003), -10),
                   &R::SetFloat, &R::AddFloat);
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return Put(field, message,
                   Below(10) == 0 ? -std::numeric_limits<double>::infinity()
                                  : std::ldexp(static_cast<double>(bits), -70),
                   &R::SetDouble, &R::AddDouble);
      case FieldDescriptor::CPPTYPE_BOOL:
        return Put(field, message, bits % 2 == 0, &R::SetBool, &R::AddBool);
      case FieldDescriptor::CPPTYPE_ENUM: {
        const auto& type = *field.enum_type();
        return Put(field, message,
                   type.value(static_cast<int>(bits % static_cast<unsigned>(type.value_count())))
                       ->number(),
                   &R::SetEnumValue, &R::AddEnumValue);
      }
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string text;
        if (field.type() == FieldDescriptor::TYPE_BYTES) {
          for (unsigned i = Below(6); i > 0; --i) text += static_cast<char>(Below(256));
        } else {
          text = Text();
        }
        return field.is_repeated() ? message->GetReflection()->AddString(message, &field, text)
                                   : message->GetReflection()->SetString(message, &field, text);
      }
      case FieldDescriptor::CPPTYPE_MESSAGE: {
        auto* value = field.is_repeated()
                          ? message->GetReflection()->AddMessage(message, &field)
                          : message->GetReflection()->MutableMessage(message, &field);
        Fill(value, depth - 1);
        if (!empty_messages && !field.is_repeated() && value->ByteSizeLong() == 0 &&
            !field.containing_type()->options().map_entry()) {
          message->GetReflection()->ClearField(message, &field);
        }
        return;
      }
    }
  }

  std::mt19937_64 random_;
};

}  // namespace kratos::form::test
