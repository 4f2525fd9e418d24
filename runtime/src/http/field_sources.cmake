# Header fields that decide what of a reply is sent: Vary, conditions, ranges, CORS.
list(APPEND KRATOS_HTTP_FIELD_SOURCES
  http/vary.cc)
