#include <google/protobuf/duration.pb.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/wrappers.pb.h>

#include "json/plan.h"

namespace kratos::json::internal {
namespace {

using google::protobuf::BoolValue;
using google::protobuf::BytesValue;
using google::protobuf::DoubleValue;
using google::protobuf::Duration;
using google::protobuf::FloatValue;
using google::protobuf::Int32Value;
using google::protobuf::Int64Value;
using google::protobuf::ListValue;
using google::protobuf::StringValue;
using google::protobuf::Struct;
using google::protobuf::Timestamp;
using google::protobuf::UInt32Value;
using google::protobuf::UInt64Value;
using google::protobuf::Value;

constexpr FieldAccess kTimestamp[] = {
    Field<&Timestamp::seconds, &Timestamp::set_seconds>(1),
    Field<&Timestamp::nanos, &Timestamp::set_nanos>(2),
};
constexpr FieldAccess kDuration[] = {
    Field<&Duration::seconds, &Duration::set_seconds>(1),
    Field<&Duration::nanos, &Duration::set_nanos>(2),
};
constexpr FieldAccess kStruct[] = {
    Map<Struct, std::string, Value, &Struct::fields, &Struct::mutable_fields>(1),
};
constexpr FieldAccess kValue[] = {
    Field<&Value::null_value, &Value::set_null_value, &Value::has_null_value>(1),
    Field<&Value::number_value, &Value::set_number_value, &Value::has_number_value>(2),
    Field<&Value::string_value, &Value::mutable_string_value, &Value::has_string_value>(3),
    Field<&Value::bool_value, &Value::set_bool_value, &Value::has_bool_value>(4),
    Field<&Value::struct_value, &Value::mutable_struct_value, &Value::has_struct_value>(5),
    Field<&Value::list_value, &Value::mutable_list_value, &Value::has_list_value>(6),
};
constexpr FieldAccess kListValue[] = {
    List<ListValue, Value, &ListValue::values, &ListValue::mutable_values>(1),
};

template <class Wrapper>
constexpr FieldAccess kWrapper[] = {Field<&Wrapper::value, &Wrapper::set_value>(1)};
template <class Wrapper>
constexpr FieldAccess kTextWrapper[] = {Field<&Wrapper::value, &Wrapper::mutable_value>(1)};

constexpr MessageAccess kTypes[] = {
    {"google.protobuf.Timestamp", kTimestamp},
    {"google.protobuf.Duration", kDuration},
    {"google.protobuf.Struct", kStruct},
    {"google.protobuf.Value", kValue},
    {"google.protobuf.ListValue", kListValue},
    {"google.protobuf.DoubleValue", kWrapper<DoubleValue>},
    {"google.protobuf.FloatValue", kWrapper<FloatValue>},
    {"google.protobuf.Int64Value", kWrapper<Int64Value>},
    {"google.protobuf.UInt64Value", kWrapper<UInt64Value>},
    {"google.protobuf.Int32Value", kWrapper<Int32Value>},
    {"google.protobuf.UInt32Value", kWrapper<UInt32Value>},
    {"google.protobuf.BoolValue", kWrapper<BoolValue>},
    {"google.protobuf.StringValue", kTextWrapper<StringValue>},
    {"google.protobuf.BytesValue", kTextWrapper<BytesValue>},
};

}  // namespace

std::span<const MessageAccess> WellKnownAccess() { return kTypes; }

}  // namespace kratos::json::internal
