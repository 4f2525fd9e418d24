list(APPEND KRATOS_CORE_SOURCES
  form/bind.cc
  form/bind_tree.cc
  form/field_path.cc
  form/go_duration.cc
  form/parse_query.cc
  form/path_value.cc
  form/resolve_key.cc
  form/scalar_text.cc
  form/to_pairs.cc
  form/well_known_text.cc)
