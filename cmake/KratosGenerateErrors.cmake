# kratos_generate_errors: from enums with error codes to a library with their messages and functions (docs/guide/errors.md).
#
#   kratos_generate_errors(
#     TARGET <library>              # added to it when this directory has it, else a new static library
#     PROTOS <file.proto>...        # relative to the current source directory, or absolute
#     [IMPORT_DIRS <dir>...]        # where imports are looked up; default: the current source directory
#     [OPTIONS <key=value>...]      # handed to the plugin
#     [NO_CPP])                     # the enums' own .pb.{h,cc} come from elsewhere, kratos_generate_http for example
#
# errors/errors.proto, google/api and google/rpc are found without naming a directory.

include("${CMAKE_CURRENT_LIST_DIR}/KratosProtoc.cmake")

set(KRATOS_ERRORS_PLUGIN "" CACHE FILEPATH "protoc-gen-kratos-errors to run instead of the one built or installed with kratos")

function(kratos_generate_errors)
  cmake_parse_arguments(ARG "NO_CPP" "TARGET" "PROTOS;IMPORT_DIRS;OPTIONS" ${ARGN})
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "kratos_generate_errors: unknown arguments: ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT ARG_TARGET OR NOT ARG_PROTOS)
    message(FATAL_ERROR "kratos_generate_errors needs TARGET and PROTOS")
  endif()
  if(NOT ARG_IMPORT_DIRS)
    set(ARG_IMPORT_DIRS "${CMAKE_CURRENT_SOURCE_DIR}")
  endif()
  kratos_generated_library(kratos_generate_errors ${ARG_TARGET})
  if(KRATOS_ERRORS_PLUGIN)
    set(plugin "${KRATOS_ERRORS_PLUGIN}")
    set(plugin_dependency "${KRATOS_ERRORS_PLUGIN}")
  else()
    set(plugin "$<TARGET_FILE:kratos::protoc-gen-kratos-errors>")
    set(plugin_dependency kratos::protoc-gen-kratos-errors)
  endif()
  kratos_import_dirs(import_dirs import_flags ${ARG_IMPORT_DIRS})
  list(JOIN ARG_OPTIONS "," options)

  # A folder of its own: both rules may generate for one target.
  set(out "${CMAKE_CURRENT_BINARY_DIR}/kratos_generated_errors/${ARG_TARGET}")
  file(MAKE_DIRECTORY "${out}")
  foreach(proto IN LISTS ARG_PROTOS)
    get_filename_component(proto "${proto}" ABSOLUTE)
    kratos_proto_name(name "${proto}" ${import_dirs})
    string(REGEX REPLACE "\\.proto$" "" base "${name}")
    # Ninja takes a dependency file only when it names the same output first, and protoc sorts them.
    set(outputs "${out}/${base}.errors.pb.cc" "${out}/${base}.errors.pb.h")
    set(cpp_flags "")
    if(NOT ARG_NO_CPP)
      list(APPEND outputs "${out}/${base}.pb.cc" "${out}/${base}.pb.h")
      set(cpp_flags "--cpp_out=${out}")
    endif()
    string(MAKE_C_IDENTIFIER "${base}" stem)
    add_custom_command(
      OUTPUT ${outputs}
      COMMAND protobuf::protoc "--plugin=protoc-gen-kratos-errors=${plugin}" "--kratos-errors_out=${options}:${out}"
              ${cpp_flags} ${import_flags} "--dependency_out=${out}/${stem}.d" "${proto}"
      DEPENDS "${proto}" ${plugin_dependency} protobuf::protoc
      DEPFILE "${out}/${stem}.d"
      COMMENT "protoc --kratos-errors_out ${name}" VERBATIM)
    target_sources(${ARG_TARGET} PRIVATE ${outputs})
  endforeach()
  get_target_property(type ${ARG_TARGET} TYPE)
  set(scope PUBLIC)
  if(type STREQUAL "EXECUTABLE")
    set(scope PRIVATE)
  endif()
  target_include_directories(${ARG_TARGET} SYSTEM ${scope} "${out}")
  target_link_libraries(${ARG_TARGET} ${scope} kratos::core kratos::protos protobuf::libprotobuf fmt::fmt)
endfunction()
