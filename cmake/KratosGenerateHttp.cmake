# kratos_generate_http: from .proto files to a library with messages, HTTP server bindings and HTTP clients.
#
#   kratos_generate_http(
#     TARGET <library>              # added to it when this directory has it, else a new static library
#     PROTOS <file.proto>...        # relative to the current source directory, or absolute
#     [IMPORT_DIRS <dir>...]        # where imports are looked up; default: the current source directory
#     [OPTIONS <key=value>...]      # handed to the plugin (docs/reference/plugin-options.md)
#     [NO_CPP]                      # the messages' own .pb.{h,cc} come from elsewhere
#     [GRPC])                       # the gRPC side as well (option grpc=true); the library then links kratos::grpc
#
# google/api, google/rpc and errors/errors.proto are found without naming a directory. The same call works with find_package(kratos) and
# with add_subdirectory. A change of the plugin or of an imported proto generates again.

include("${CMAKE_CURRENT_LIST_DIR}/KratosProtoc.cmake")

set(KRATOS_PLUGIN "" CACHE FILEPATH "protoc-gen-kratos-http to run instead of the one built or installed with kratos")

function(kratos_generate_http)
  cmake_parse_arguments(ARG "NO_CPP;GRPC" "TARGET" "PROTOS;IMPORT_DIRS;OPTIONS" ${ARGN})
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "kratos_generate_http: unknown arguments: ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT ARG_TARGET OR NOT ARG_PROTOS)
    message(FATAL_ERROR "kratos_generate_http needs TARGET and PROTOS")
  endif()
  if(ARG_GRPC)
    if(NOT TARGET kratos::grpc)
      message(FATAL_ERROR "kratos_generate_http: GRPC needs kratos::grpc, and this kratos was built without gRPC")
    endif()
    list(APPEND ARG_OPTIONS "grpc=true")
  endif()
  if(NOT ARG_IMPORT_DIRS)
    set(ARG_IMPORT_DIRS "${CMAKE_CURRENT_SOURCE_DIR}")
  endif()
  kratos_generated_library(kratos_generate_http ${ARG_TARGET})
  if(KRATOS_PLUGIN)
    set(plugin "${KRATOS_PLUGIN}")
    set(plugin_dependency "${KRATOS_PLUGIN}")
  else()
    set(plugin "$<TARGET_FILE:kratos::protoc-gen-kratos-http>")
    set(plugin_dependency kratos::protoc-gen-kratos-http)
  endif()
  kratos_import_dirs(import_dirs import_flags ${ARG_IMPORT_DIRS})
  # The plugin reads files that options name while it runs in the build directory.
  set(option_files "")
  set(options "")
  foreach(option IN LISTS ARG_OPTIONS)
    if(option MATCHES "^service_config=(.+)$")
      get_filename_component(file "${CMAKE_MATCH_1}" ABSOLUTE)
      list(APPEND option_files "${file}")
      set(option "service_config=${file}")
    endif()
    list(APPEND options "${option}")
  endforeach()
  list(JOIN options "," options)

  set(out "${CMAKE_CURRENT_BINARY_DIR}/kratos_generated/${ARG_TARGET}")
  file(MAKE_DIRECTORY "${out}")
  foreach(proto IN LISTS ARG_PROTOS)
    get_filename_component(proto "${proto}" ABSOLUTE)
    kratos_proto_name(name "${proto}" ${import_dirs})
    string(REGEX REPLACE "\\.proto$" "" base "${name}")
    # Ninja takes a dependency file only when it names the same output first, and protoc sorts them.
    set(outputs "${out}/${base}.http.pb.cc" "${out}/${base}.http.pb.h")
    if(ARG_GRPC)
      list(APPEND outputs "${out}/${base}.kratos_grpc.pb.cc" "${out}/${base}.kratos_grpc.pb.h")
    endif()
    set(cpp_flags "")
    if(NOT ARG_NO_CPP)
      list(APPEND outputs "${out}/${base}.pb.cc" "${out}/${base}.pb.h")
      set(cpp_flags "--cpp_out=${out}")
    endif()
    string(MAKE_C_IDENTIFIER "${base}" stem)
    add_custom_command(
      OUTPUT ${outputs}
      COMMAND protobuf::protoc "--plugin=protoc-gen-kratos-http=${plugin}" "--kratos-http_out=${options}:${out}"
              ${cpp_flags} ${import_flags} "--dependency_out=${out}/${stem}.d" "${proto}"
      DEPENDS "${proto}" ${option_files} ${plugin_dependency} protobuf::protoc
      DEPFILE "${out}/${stem}.d"
      COMMENT "protoc --kratos-http_out ${name}" VERBATIM)
    target_sources(${ARG_TARGET} PRIVATE ${outputs})
  endforeach()
  get_target_property(type ${ARG_TARGET} TYPE)
  set(scope PUBLIC)
  if(type STREQUAL "EXECUTABLE")
    set(scope PRIVATE)
  endif()
  # Generated headers of protobuf are not clean under every warning a user may turn on.
  target_include_directories(${ARG_TARGET} SYSTEM ${scope} "${out}")
  target_link_libraries(${ARG_TARGET} ${scope} kratos::http kratos::googleapis kratos::protos protobuf::libprotobuf)
  if(ARG_GRPC)
    target_link_libraries(${ARG_TARGET} ${scope} kratos::grpc)
  endif()
endfunction()
