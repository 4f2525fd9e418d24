list(APPEND KRATOS_CORE_SOURCES
  codec/accept.cc
  codec/codec_error.cc
  codec/form_codec.cc
  codec/json_codec.cc
  codec/media_type.cc
  codec/negotiate.cc
  codec/proto_codec.cc
  codec/quality.cc
  codec/registry.cc
  codec/xml_codec.cc
  codec/xml_parser.cc
  codec/xml_reader.cc
  codec/xml_writer.cc
  codec/yaml_codec.cc
  codec/yaml_reader.cc
  codec/yaml_scalar.cc
  codec/yaml_writer.cc)
