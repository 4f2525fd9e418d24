# Helpers for tests/: Catch2 2 and 3 look the same from here.
find_package(Catch2 REQUIRED)

# kratos_add_test(<name> SOURCES a_test.cc ... [LIBRARIES kratos::x ...] [LABELS unit])
#
# One Catch2 program and one ctest entry. Test files include "support/catch.h".
function(kratos_add_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} kratos_test_support)
  kratos_set_warnings(${name})
  add_test(NAME ${name} COMMAND ${name})
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT 600)
endfunction()
