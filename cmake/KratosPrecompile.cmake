# Precompiled headers for kratos's own builds: a third of a file's time went into reading the standard library, protobuf and
# Catch2 once more. On in the presets for development, off by default, so that the builds users make (and tests/package)
# find a file that lacks an include.
include_guard(GLOBAL)

# kratos_precompile_directories(<dir> ...)
#
# Gives every target below the directories precompiled headers, but for those whose KRATOS_PRECOMPILE property is OFF: one set
# for libraries, and one with Catch2 for the tests' programs (compiled as -fPIE, which does not fit headers compiled as -fPIC).
# Call it when all targets exist.
function(kratos_precompile_directories)
  kratos_precompiled(library)
  if(TARGET kratos_test_support AND NOT TARGET kratos_precompiled_program)
    kratos_precompiled(program)
    set_target_properties(kratos_precompiled_program PROPERTIES POSITION_INDEPENDENT_CODE OFF)
    target_compile_options(kratos_precompiled_program PRIVATE -fPIE)
    target_link_libraries(kratos_precompiled_program PRIVATE kratos_test_support)
    target_precompile_headers(kratos_precompiled_program PRIVATE
      <future> <sstream> "${kratos_SOURCE_DIR}/tests/support/catch.h")
  endif()
  kratos_targets_below(targets ${ARGN})
  foreach(target IN LISTS targets)
    kratos_precompile_target(${target})
  endforeach()
endfunction()

# kratos_precompiled(<kind>): what holds the headers all have.
function(kratos_precompiled kind)
  if(TARGET kratos_precompiled_${kind})
    return()
  endif()
  file(CONFIGURE OUTPUT "${kratos_BINARY_DIR}/precompiled/empty.cc" CONTENT "// CMake wants a target to have a source.\n")
  add_library(kratos_precompiled_${kind} OBJECT "${kratos_BINARY_DIR}/precompiled/empty.cc")
  target_link_libraries(kratos_precompiled_${kind} PRIVATE protobuf::libprotobuf fmt::fmt)
  kratos_set_warnings(kratos_precompiled_${kind})
  target_precompile_headers(kratos_precompiled_${kind} PRIVATE
    <algorithm> <array> <atomic> <charconv> <chrono> <condition_variable> <cstdint> <cstring> <deque> <functional> <limits>
    <map> <memory> <mutex> <optional> <set> <stop_token> <string> <string_view> <thread> <unordered_map> <utility> <vector>
    <fmt/format.h> <google/protobuf/descriptor.h> <google/protobuf/message.h>)
endfunction()

function(kratos_precompile_target target)
  get_target_property(type ${target} TYPE)
  get_target_property(wanted ${target} KRATOS_PRECOMPILE)
  if(wanted STREQUAL "OFF" OR NOT type MATCHES "^(EXECUTABLE|(STATIC|SHARED|OBJECT)_LIBRARY)$")
    return()
  endif()
  set(kind library)
  if(type STREQUAL "EXECUTABLE")
    set(kind program)
  endif()
  if(NOT TARGET kratos_precompiled_${kind})
    return()
  endif()
  target_precompile_headers(${target} REUSE_FROM kratos_precompiled_${kind})
  # GCC takes the headers only where the same macros are defined, one of them by -Wpedantic.
  target_compile_definitions(${target} PRIVATE $<TARGET_PROPERTY:fmt::fmt,INTERFACE_COMPILE_DEFINITIONS>)
  target_compile_options(${target} PRIVATE -Wpedantic)
endfunction()
