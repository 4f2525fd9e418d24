include(GNUInstallDirs)

# kratos_add_library(<part> SOURCES a.cc ... [PUBLIC libs...] [PRIVATE libs...])
#
# Adds the library kratos_<part> with the alias kratos::<part> (the same name the installed package exports),
# public headers in runtime/include, private ones in runtime/src, and the warnings kratos holds itself to.
function(kratos_add_library part)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(kratos_${part} ${ARG_SOURCES})
  add_library(kratos::${part} ALIAS kratos_${part})
  # All symbols are visible, so shared libraries need no macro of their own, and static and shared ones are compiled alike.
  set_target_properties(kratos_${part} PROPERTIES EXPORT_NAME ${part} OUTPUT_NAME kratos_${part} DEFINE_SYMBOL "")
  target_compile_features(kratos_${part} PUBLIC cxx_std_20)
  target_include_directories(kratos_${part}
    PUBLIC "$<BUILD_INTERFACE:${kratos_SOURCE_DIR}/runtime/include>" "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>"
    PRIVATE "${kratos_SOURCE_DIR}/runtime/src")
  target_link_libraries(kratos_${part} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
  kratos_set_warnings(kratos_${part})
  set_property(GLOBAL APPEND PROPERTY KRATOS_LIBRARIES kratos_${part})
endfunction()

# kratos_set_warnings(<target>): the warnings of kratos's own code; errors only when KRATOS_WERROR is on.
function(kratos_set_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # False alarms on std::string, GCC bug 105651; all but the first at -O1 alone.
    target_compile_options(${target} PRIVATE -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND KRATOS_SANITIZE)
    target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized)  # False alarms in instrumented code (GCC's manual says so).
  endif()
  if(KRATOS_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

# kratos_targets_below(<out> <dir> ...): all targets of the directories (relative to the source tree) and of those below them.
function(kratos_targets_below out)
  set(found "")
  foreach(dir IN LISTS ARGN)
    cmake_path(ABSOLUTE_PATH dir BASE_DIRECTORY "${kratos_SOURCE_DIR}")
    get_property(targets DIRECTORY "${dir}" PROPERTY BUILDSYSTEM_TARGETS)
    get_property(subdirectories DIRECTORY "${dir}" PROPERTY SUBDIRECTORIES)
    kratos_targets_below(below ${subdirectories})
    list(APPEND found ${targets} ${below})
  endforeach()
  set(${out} "${found}" PARENT_SCOPE)
endfunction()

# kratos_generate_cpp(<target> IMPORT_DIR dir PROTOS a/b.proto ... [PRIVATE])
#
# Adds protoc's C++ for protos of kratos's own to <target>; the headers are public and get installed, unless PRIVATE.
function(kratos_generate_cpp target)
  cmake_parse_arguments(ARG "PRIVATE" "IMPORT_DIR" "PROTOS" ${ARGN})
  set(out "${kratos_BINARY_DIR}/generated/${target}")
  file(MAKE_DIRECTORY "${out}")
  foreach(proto IN LISTS ARG_PROTOS)
    string(REGEX REPLACE "\\.proto$" "" base "${proto}")
    add_custom_command(
      OUTPUT "${out}/${base}.pb.h" "${out}/${base}.pb.cc"
      COMMAND protobuf::protoc "--cpp_out=${out}" "-I${ARG_IMPORT_DIR}" "${ARG_IMPORT_DIR}/${proto}"
      DEPENDS "${ARG_IMPORT_DIR}/${proto}" protobuf::protoc
      COMMENT "protoc ${proto}" VERBATIM)
    target_sources(${target} PRIVATE "${out}/${base}.pb.cc" "${out}/${base}.pb.h")
  endforeach()
  # Protobuf's headers are not held to this project's warnings.
  if(ARG_PRIVATE)
    target_include_directories(${target} SYSTEM PRIVATE "${out}")
    return()
  endif()
  target_include_directories(${target} SYSTEM PUBLIC "$<BUILD_INTERFACE:${out}>" "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
  target_link_libraries(${target} PUBLIC protobuf::libprotobuf)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_property(GLOBAL APPEND PROPERTY KRATOS_GENERATED_HEADER_DIRS "${out}")
endfunction()
