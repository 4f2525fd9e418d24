# Helpers for tests/: Catch2 2 and 3 look the same from here.
find_package(Catch2 REQUIRED)

# kratos_add_test(<name> SOURCES a_test.cc ... [LIBRARIES kratos::x ...] [LABELS unit])
#
# One Catch2 program and one ctest entry. Test files include "support/catch.h". Without KRATOS_BUILD_UNIT_TESTS those labelled
# unit are built by name only.
function(kratos_add_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES;LABELS" ${ARGN})
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} kratos_test_support)
  kratos_set_warnings(${name})
  set_property(GLOBAL APPEND PROPERTY KRATOS_TEST_PROGRAMS ${name})
  if(ARG_LABELS STREQUAL "unit" AND NOT KRATOS_BUILD_UNIT_TESTS)
    set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ON)
    return()
  endif()
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT 600)
endfunction()

# kratos_add_fuzzer(<name> SOURCES fuzz_x.cc ... LIBRARIES ... CORPUS <dir below tests/fuzz/corpus>)
#
# The source defines LLVMFuzzerTestOneInput. Every build makes a program that replays the corpus (a ctest entry, so that
# fuzzers never rot); with KRATOS_BUILD_FUZZERS and Clang also <name>_libfuzzer, which tests/fuzz/run.sh drives.
function(kratos_add_fuzzer name)
  cmake_parse_arguments(ARG "" "CORPUS" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name}_replay ${ARG_SOURCES} "${kratos_SOURCE_DIR}/tests/fuzz/replay_main.cc")
  target_link_libraries(${name}_replay PRIVATE ${ARG_LIBRARIES})
  target_include_directories(${name}_replay PRIVATE "${kratos_SOURCE_DIR}/tests")
  target_compile_features(${name}_replay PRIVATE cxx_std_20)
  kratos_set_warnings(${name}_replay)
  set_property(GLOBAL APPEND PROPERTY KRATOS_TEST_PROGRAMS ${name}_replay)
  add_test(NAME fuzz.${name} COMMAND ${name}_replay "${kratos_SOURCE_DIR}/tests/fuzz/corpus/${ARG_CORPUS}")
  set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz TIMEOUT 300)
  if(KRATOS_BUILD_FUZZERS)
    add_executable(${name}_libfuzzer ${ARG_SOURCES})
    target_link_libraries(${name}_libfuzzer PRIVATE ${ARG_LIBRARIES})
    target_include_directories(${name}_libfuzzer PRIVATE "${kratos_SOURCE_DIR}/tests")
    target_compile_features(${name}_libfuzzer PRIVATE cxx_std_20)
    target_compile_options(${name}_libfuzzer PRIVATE -fsanitize=fuzzer)
    target_link_options(${name}_libfuzzer PRIVATE -fsanitize=fuzzer)
    set_property(GLOBAL APPEND PROPERTY KRATOS_FUZZERS "${name}:${ARG_CORPUS}")
  endif()
endfunction()
