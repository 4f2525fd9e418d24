// pugixml, made strict: it lets much pass that XML 1.0 calls malformed.
#pragma once

#include <pugixml.hpp>
#include <string_view>

#include "kratos/codec/codec.h"

namespace kratos::codec::internal {

/// Parses `text`, without a byte-order mark, and finds its root element. References are replaced,
/// white space is kept. An error when the text is malformed or has a document type.
Status ParseXml(std::string_view text, pugi::xml_document* document, pugi::xml_node* root);

}  // namespace kratos::codec::internal
