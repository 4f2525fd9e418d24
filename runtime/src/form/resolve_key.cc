#include "form/resolve_key.h"

#include <google/protobuf/descriptor.h>

#include <optional>

#include "form/field_path.h"
#include "form/scalar_text.h"
#include "kratos/json/internal/text.h"

namespace kratos::form::internal {

namespace pb = ::google::protobuf;

namespace {

using Which = Step::Which;

/// Digits only; nothing for anything else and for what does not fit.
std::optional<std::size_t> ParseIndex(std::string_view text) {
  if (text.empty() || text.size() > 9) return std::nullopt;
  std::size_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::size_t>(c - '0');
  }
  return value;
}

const pb::Descriptor* ValueMessage(const pb::FieldDescriptor& map) {
  return map.message_type()->FindFieldByNumber(2)->message_type();
}

bool IsStruct(const pb::Descriptor& message) {
  return message.well_known_type() == pb::Descriptor::WELLKNOWNTYPE_STRUCT;
}

class Resolver {
 public:
  Resolver(const pb::Descriptor& descriptor, std::string_view key, const BindOptions& options,
           std::pmr::memory_resource* memory)
      : message_(&descriptor), rest_(key), options_(options), fields_(memory), steps_(memory) {}

  Result<ResolvedKey> Run() {
    // One round a component: `name`, then what follows it up to the next '.' that separates.
    while (true) {
      if (depth_ > kMaxDepth) return Fault("nested too deep");
      const std::string_view name = TakeName();
      const auto* field = FindField(*message_, name);
      if (field == nullptr) {
        if (!IsStruct(*message_)) return ResolvedKey{ResolvedKey::Meaning::kUnknown, {}};
        // In a Struct any other name is a key of its fields.
        if (IsBound(message_->FindFieldByNumber(1))) return Bound();
        Push(message_->FindFieldByNumber(1), Which::kKeyed).key = name;
        message_ = ValueMessage(*fields_.back());
      } else {
        if (IsBound(field)) return Bound();
        Status status = field->is_map()        ? Map(*field)
                        : field->is_repeated() ? List(*field)
                                               : Singular(*field);
        if (!status.ok()) return status;
        if (depth_ > kMaxDepth) return Fault("nested too deep");
      }
      ++depth_;
      if (rest_.empty()) return ResolvedKey{ResolvedKey::Meaning::kValue, std::move(steps_)};
      if (rest_.front() != '.') return Fault("\"" + Excerpt() + "\" cannot follow here");
      if (message_ == nullptr) return Fault("has no fields to step into: it is a scalar");
      rest_.remove_prefix(1);
    }
  }

 private:
  std::string Excerpt() const { return json::internal::Excerpt(rest_); }

  Error Fault(std::string_view what) const {
    return FieldError(DescribeSteps(steps_, steps_.size()), what);
  }

  Step& Push(const pb::FieldDescriptor* field, Which which) {
    fields_.push_back(field);
    Step step;
    step.field = field;
    step.which = which;
    steps_.push_back(std::move(step));
    return steps_.back();
  }

  /// Up to the next '.' or '['; an extension's name is in brackets itself.
  std::string_view TakeName() {
    std::size_t end = rest_.find_first_of(".[");
    if (end == 0 && rest_.front() == '[') {
      end = rest_.find(']');
      if (end != std::string_view::npos) ++end;
    }
    const std::string_view name = rest_.substr(0, end);
    rest_.remove_prefix(name.size());
    return name;
  }

  bool IsBound(const pb::FieldDescriptor* field) {
    if (options_.bound_elsewhere == nullptr) return false;
    for (const FieldPath& bound : *options_.bound_elsewhere) {
      if (bound.size() == fields_.size() + 1 && bound.back() == field &&
          std::equal(fields_.begin(), fields_.end(), bound.begin())) {
        return true;
      }
    }
    return false;
  }

  static ResolvedKey Bound() { return ResolvedKey{ResolvedKey::Meaning::kBoundElsewhere, {}}; }

  Status Singular(const pb::FieldDescriptor& field) {
    Push(&field, Which::kOnly);
    message_ = field.message_type();
    if (rest_.empty() || rest_.front() != '[') return Status();
    if (message_ != nullptr && IsStruct(*message_)) {
      ++depth_;
      return Subscript(*message_->FindFieldByNumber(1));
    }
    return Fault("is neither a list nor a map: \"" + Excerpt() + "\" cannot follow");
  }

  Status Map(const pb::FieldDescriptor& field) {
    ++depth_;
    if (rest_.empty()) {
      Push(&field, Which::kKeyed);
      steps_.back().key = "key";
      return Fault("a map needs a key, as written here");
    }
    if (rest_.front() == '[') return Subscript(field);
    rest_.remove_prefix(1);
    Step& step = Push(&field, Which::kKeyed);
    step.key = rest_.substr(0, rest_.find_first_of(".["));
    rest_.remove_prefix(step.key.size());
    message_ = ValueMessage(field);
    if (message_ == nullptr && !rest_.empty()) {
      return Fault("\"" + Excerpt() + "\" cannot follow: a key with dots goes in brackets");
    }
    return Status();
  }

  /// `[key]` of a map. A scalar can only be last, so there the key may contain brackets; else it
  /// ends at the first bracket that a '.' or nothing follows.
  Status Subscript(const pb::FieldDescriptor& map) {
    Step& step = Push(&map, Which::kKeyed);
    message_ = ValueMessage(map);
    std::size_t end = std::string_view::npos;
    if (message_ == nullptr) {
      if (rest_.back() == ']') end = rest_.size() - 1;
    } else {
      for (end = rest_.find(']'); end != std::string_view::npos; end = rest_.find(']', end + 1)) {
        if (end + 1 == rest_.size() || rest_[end + 1] == '.') break;
      }
    }
    if (end == std::string_view::npos) {
      if (rest_.find(']') == std::string_view::npos) return Fault("a ']' is missing");
      return Fault("\"" + Excerpt() + "\" is no key of a map of scalars");
    }
    step.key = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return Status();
  }

  Status List(const pb::FieldDescriptor& field) {
    ++depth_;
    message_ = field.message_type();
    Step& step = Push(&field, Which::kAppended);
    if (!rest_.empty() && rest_.front() == '[') {
      const std::size_t end = rest_.find(']');
      if (end == std::string_view::npos) return Fault("a ']' is missing");
      const std::string_view index = rest_.substr(1, end - 1);
      rest_.remove_prefix(end + 1);
      if (!index.empty()) {
        const auto value = ParseIndex(index);
        if (!value || *value > options_.max_index) {
          return Fault("\"" + json::internal::Excerpt(index) + "\" is not an index from 0 to " +
                       std::to_string(options_.max_index));
        }
        step.which = Which::kIndexed;
        step.index = *value;
      }
    }
    if (!rest_.empty() && step.which == Which::kAppended) {
      return Fault(message_ == nullptr ? "is a list of scalars: nothing can follow"
                                       : "is a list of messages: it needs an index");
    }
    return Status();
  }

  const pb::Descriptor* message_;  // what the next name is looked up in; null after a scalar
  std::string_view rest_;
  const BindOptions& options_;
  int depth_ = 1;  // level of what the next name is looked up in; lists and maps count, as in JSON
  std::pmr::vector<const pb::FieldDescriptor*> fields_;
  Steps steps_;
};

}  // namespace

std::string DescribeSteps(const Steps& steps, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    const Step& step = steps[i];
    if (i > 0) out += '.';
    out += ProtoName(*step.field);
    switch (step.which) {
      case Which::kOnly:
      case Which::kAppended:
        break;
      case Which::kIndexed:
        out += '[' + std::to_string(step.index) + ']';
        break;
      case Which::kKeyed:
        out += '[' + json::internal::Excerpt(step.key) + ']';
        break;
    }
  }
  return out;
}

Result<ResolvedKey> ResolveKey(const pb::Descriptor& descriptor, std::string_view key,
                               const BindOptions& options, std::pmr::memory_resource* memory) {
  return Resolver(descriptor, key, options, memory).Run();
}

}  // namespace kratos::form::internal
