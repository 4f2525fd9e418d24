list(APPEND KRATOS_HTTP_COMPRESSION_SOURCES
  http/compression/accept_encoding.cc
  http/compression/coding.cc
  http/compression/compressible.cc
  http/compression/compressor.cc
  http/compression/content_decoder.cc
  http/compression/options.cc
  http/compression/reply_compression.cc
  http/compression/request_body.cc
  http/compression/tag_marks.cc
  http/compression/zlib_coding.cc)
if(KRATOS_HAVE_BROTLI)
  list(APPEND KRATOS_HTTP_COMPRESSION_SOURCES http/compression/brotli_coding.cc)
endif()
if(KRATOS_HAVE_ZSTD)
  list(APPEND KRATOS_HTTP_COMPRESSION_SOURCES http/compression/zstd_coding.cc)
endif()
