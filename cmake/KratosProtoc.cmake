# What every rule that runs protoc needs to know.
include_guard(GLOBAL)

# Set by kratos-config.cmake for the installed package.
if(NOT DEFINED KRATOS_GOOGLEAPIS_DIR)
  set(KRATOS_GOOGLEAPIS_DIR "${CMAKE_CURRENT_LIST_DIR}/../third_party/googleapis")
  get_filename_component(KRATOS_GOOGLEAPIS_DIR "${KRATOS_GOOGLEAPIS_DIR}" ABSOLUTE)
endif()
set_property(GLOBAL PROPERTY KRATOS_GOOGLEAPIS_DIR "${KRATOS_GOOGLEAPIS_DIR}")
# An installation has kratos's own protos beside the others.
set(kratos_own_protos "${CMAKE_CURRENT_LIST_DIR}/../runtime/proto")
get_filename_component(kratos_own_protos "${kratos_own_protos}" ABSOLUTE)
if(EXISTS "${kratos_own_protos}/errors/errors.proto")
  set_property(GLOBAL PROPERTY KRATOS_OWN_PROTO_DIR "${kratos_own_protos}")
endif()

# kratos_import_dirs(<dirs> <flags> <dir>...)
#
# The directories as absolute paths, and protoc's flags for them and for what is found without being named.
function(kratos_import_dirs dirs_out flags_out)
  set(dirs "")
  set(flags "")
  foreach(dir IN LISTS ARGN)
    get_filename_component(dir "${dir}" ABSOLUTE)
    list(APPEND dirs "${dir}")
    list(APPEND flags "-I${dir}")
  endforeach()
  get_property(googleapis GLOBAL PROPERTY KRATOS_GOOGLEAPIS_DIR)
  list(APPEND flags "-I${googleapis}")
  get_property(own_protos GLOBAL PROPERTY KRATOS_OWN_PROTO_DIR)
  if(own_protos)
    list(APPEND flags "-I${own_protos}")
  endif()
  set(${dirs_out} "${dirs}" PARENT_SCOPE)
  set(${flags_out} "${flags}" PARENT_SCOPE)
endfunction()

# kratos_proto_name(<name> <proto> <import dir>...): what protoc names its output by, the path below the import directory.
function(kratos_proto_name name_out proto)
  foreach(dir IN LISTS ARGN)
    file(RELATIVE_PATH candidate "${dir}" "${proto}")
    if(NOT candidate MATCHES "^\\.\\.")
      set(${name_out} "${candidate}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "${proto} lies in none of the import directories: ${ARGN}")
endfunction()

# kratos_generated_library(<function> <target>): the library to add to, made unless it is there. One of another directory is
# refused, for CMake runs a rule only for targets of the rule's own directory, and two libraries may have got one name.
function(kratos_generated_library function target)
  if(NOT TARGET ${target})
    add_library(${target} STATIC)
    return()
  endif()
  get_target_property(home ${target} BINARY_DIR)
  if(NOT home STREQUAL CMAKE_CURRENT_BINARY_DIR)
    get_target_property(home ${target} SOURCE_DIR)
    message(FATAL_ERROR "${function}: TARGET ${target} is already a target of ${home}, to which nothing can be added from "
      "${CMAKE_CURRENT_SOURCE_DIR}. Take another name, or call ${function} in the directory of the target.")
  endif()
endfunction()
