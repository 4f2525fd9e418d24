// The field mask of a PATCH that comes without one.
#pragma once

#include <string>
#include <vector>

#include "kratos/form/form.h"

namespace kratos::http {

/// The field that a PATCH with `body: "field"` may leave to be derived: the request's only singular
/// FieldMask, or the one named update_mask when there are several. Null when there is none.
const google::protobuf::FieldDescriptor* FindUpdateMask(
    const google::protobuf::Descriptor& request);

/// True when a query parameter names `field` or something inside it.
bool NamesField(const std::vector<form::Pair>& query,
                const google::protobuf::FieldDescriptor& field);

/// Sets the FieldMask `field` of `message` to `paths`.
void SetMask(const std::vector<std::string>& paths, const google::protobuf::FieldDescriptor& field,
             google::protobuf::Message* message);

}  // namespace kratos::http
