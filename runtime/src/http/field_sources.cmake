# Header fields that decide what of a reply is sent: Vary, conditions, ranges, CORS.
list(APPEND KRATOS_HTTP_FIELD_SOURCES
  http/byte_range.cc
  http/conditional.cc
  http/cors.cc
  http/cors_origin.cc
  http/entity_tag.cc
  http/partial_reply.cc
  http/preconditions.cc
  http/vary.cc)
