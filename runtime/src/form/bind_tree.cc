#include "form/bind_tree.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "form/field_path.h"
#include "form/scalar_text.h"
#include "kratos/json/internal/text.h"

namespace kratos::form::internal {

namespace pb = ::google::protobuf;

namespace {

using Which = Step::Which;

constexpr char kIsMessage[] = "is a message, not a value: name one of its fields";
constexpr char kTwice[] = "given more than once";

const pb::FieldDescriptor& KeyField(const pb::FieldDescriptor& map) {
  return *map.message_type()->FindFieldByNumber(1);
}

const pb::FieldDescriptor& ValueField(const pb::FieldDescriptor& map) {
  return *map.message_type()->FindFieldByNumber(2);
}

class Applier {
 public:
  Status Run(const MessageNode& node, int depth, pb::Message* message) {
    for (const auto& [number, field] : node.fields) {
      const std::size_t length = path_.size();
      if (length > 0) path_ += '.';
      path_ += ProtoName(*field.field);
      Status status = field.field->is_map()        ? Map(field, depth + 1, message)
                      : field.field->is_repeated() ? List(field, depth + 1, message)
                                                   : Singular(field, depth, message);
      if (!status.ok()) return status;
      path_.resize(length);
    }
    return Status();
  }

 private:
  Status Fail(std::string_view what) const { return FieldError(path_, what); }

  Status Read(const pb::FieldDescriptor& field, std::string_view text, int depth,
              pb::Message* message) {
    if (Fault fault = ReadText(field, text, kMaxDepth - depth, message)) return Fail(*fault);
    return Status();
  }

  Status Singular(const FieldNode& node, int depth, pb::Message* message) {
    if (node.only.text != nullptr) return Read(*node.field, *node.only.text, depth, message);
    return Run(*node.only.message, depth + 1,
               message->GetReflection()->MutableMessage(message, node.field));
  }

  Status List(const FieldNode& node, int depth, pb::Message* message) {
    message->GetReflection()->ClearField(message, node.field);
    bool by_fields = !HasTextForm(*node.field);
    for (const auto& [index, values] : node.indexed) {
      for (const ValueNode& value : values) by_fields |= value.message != nullptr;
    }
    if (by_fields) return Elements(node, depth, message);

    for (const std::string* text : node.appended) {
      if (Status status = Read(*node.field, *text, depth, message); !status.ok()) return status;
    }
    // Of scalars an index only tells the order.
    for (const auto& [index, values] : node.indexed) {
      const std::size_t length = path_.size();
      path_ += '[' + std::to_string(index) + ']';
      for (const ValueNode& value : values) {
        if (Status status = Read(*node.field, *value.text, depth, message); !status.ok()) {
          return status;
        }
      }
      path_.resize(length);
    }
    return Status();
  }

  /// A list whose elements are given by their fields: every index from 0 on, once.
  Status Elements(const FieldNode& node, int depth, pb::Message* message) {
    if (!node.appended.empty()) return Fail("given with and without an index");
    std::size_t next = 0;
    for (const auto& [index, values] : node.indexed) {
      if (index != next) {
        return Fail("element " + std::to_string(next) +
                    " is missing, but there is one with index " + std::to_string(index));
      }
      ++next;
      const std::size_t length = path_.size();
      path_ += '[' + std::to_string(index) + ']';
      if (values.size() > 1) return Fail(kTwice);
      const ValueNode& value = values.front();
      Status status;
      if (value.message != nullptr) {
        status = Run(*value.message, depth + 1,
                     message->GetReflection()->AddMessage(message, node.field));
      } else if (HasTextForm(*node.field)) {
        status = Read(*node.field, *value.text, depth, message);
      } else {
        message->GetReflection()->AddMessage(message, node.field);  // `items[0]=`: an empty one
      }
      if (!status.ok()) return status;
      path_.resize(length);
    }
    return Status();
  }

  Status Map(const FieldNode& node, int depth, pb::Message* message) {
    const pb::Reflection& reflection = *message->GetReflection();
    const pb::FieldDescriptor& key_field = KeyField(*node.field);
    const pb::FieldDescriptor& value_field = ValueField(*node.field);
    std::map<std::string, int, std::less<>> present;
    for (int i = 0; i < reflection.FieldSize(*message, node.field); ++i) {
      std::string key;
      if (!WriteText(key_field, reflection.GetRepeatedMessage(*message, node.field, i), 0, &key)) {
        present.emplace(std::move(key), i);
      }
    }
    for (const auto& [key, value] : node.entries) {
      const std::size_t length = path_.size();
      path_ += '[' + json::internal::Excerpt(key) + ']';
      pb::Message* entry = nullptr;
      if (const auto found = present.find(std::string_view(key)); found != present.end()) {
        entry = reflection.MutableRepeatedMessage(message, node.field, found->second);
      } else {
        entry = reflection.AddMessage(message, node.field);
        if (Status status = Read(key_field, key, depth, entry); !status.ok()) return status;
      }
      Status status;
      if (value.message != nullptr) {
        status = Run(*value.message, depth + 1,
                     entry->GetReflection()->MutableMessage(entry, &value_field));
      } else if (HasTextForm(value_field)) {
        status = Read(value_field, *value.text, depth, entry);
      } else {
        entry->GetReflection()->MutableMessage(entry, &value_field)->Clear();
      }
      if (!status.ok()) return status;
      path_.resize(length);
    }
    return Status();
  }

  std::string path_;
};

}  // namespace

Status Insert(Steps steps, const std::string& text, MessageNode* root) {
  std::pmr::polymorphic_allocator<> memory = root->fields.get_allocator();
  MessageNode* node = root;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    Step& step = steps[i];
    const pb::FieldDescriptor& field = *step.field;
    const auto fail = [&](std::string_view what) -> Status {
      return FieldError(DescribeSteps(steps, i + 1), what);
    };
    if (const auto* oneof = field.real_containing_oneof()) {
      const auto [member, first] = node->oneofs.emplace(oneof, &field);
      if (!first && member->second != &field) {
        return fail("excludes \"" + ProtoName(*member->second) +
                    "\", which is given as well (oneof \"" + std::string(oneof->name()) + "\")");
      }
    }
    FieldNode& field_node = node->fields[field.number()];
    field_node.field = &field;

    const bool last = i + 1 == steps.size();
    const pb::FieldDescriptor& value_field =
        step.which == Which::kKeyed ? ValueField(field) : field;
    if (last && !HasTextForm(value_field)) {
      if (step.which == Which::kAppended) {
        return fail("is a list of messages: it needs an index and a field");
      }
      // An element or entry without fields has no other way to be written.
      if (step.which == Which::kOnly || !text.empty()) return fail(kIsMessage);
    }

    ValueNode* value = nullptr;
    switch (step.which) {
      case Which::kOnly:
        value = &field_node.only;
        if (last && (value->text != nullptr || value->message != nullptr)) return fail(kTwice);
        break;
      case Which::kAppended:
        field_node.appended.push_back(&text);
        return Status();  // always the last step
      case Which::kIndexed: {
        auto& values = field_node.indexed[step.index];
        if (values.empty() || last) values.emplace_back();
        value = &values.back();
        break;
      }
      case Which::kKeyed:
        if (Fault fault = CanonicalizeKey(KeyField(field), &step.key)) return fail(*fault);
        value = &field_node.entries.try_emplace(std::pmr::string(step.key, memory)).first->second;
        if (last && value->message != nullptr) return fail(kTwice);
        break;
    }
    if (last) {
      value->text = &text;
      return Status();
    }
    if (value->text != nullptr) return fail(kTwice);
    if (value->message == nullptr) value->message = memory.new_object<MessageNode>();
    node = value->message;
  }
  return Status();
}

Status Apply(const MessageNode& root, pb::Message* message) {
  return Applier().Run(root, 1, message);
}

}  // namespace kratos::form::internal
