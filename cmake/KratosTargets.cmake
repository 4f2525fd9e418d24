# kratos_add_library(<part> SOURCES a.cc ... [PUBLIC libs...] [PRIVATE libs...])
#
# Adds the library kratos_<part> with the alias kratos::<part> (the same name the installed package exports),
# public headers in runtime/include, private ones in runtime/src, and the warnings kratos holds itself to.
function(kratos_add_library part)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(kratos_${part} ${ARG_SOURCES})
  add_library(kratos::${part} ALIAS kratos_${part})
  set_target_properties(kratos_${part} PROPERTIES EXPORT_NAME ${part} OUTPUT_NAME kratos_${part})
  target_compile_features(kratos_${part} PUBLIC cxx_std_20)
  target_include_directories(kratos_${part}
    PUBLIC "$<BUILD_INTERFACE:${kratos_SOURCE_DIR}/runtime/include>" "$<INSTALL_INTERFACE:include>"
    PRIVATE "${kratos_SOURCE_DIR}/runtime/src")
  target_link_libraries(kratos_${part} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
  kratos_set_warnings(kratos_${part})
  set_property(GLOBAL APPEND PROPERTY KRATOS_LIBRARIES kratos_${part})
endfunction()

# kratos_set_warnings(<target>): the warnings of kratos's own code; errors only when KRATOS_WERROR is on.
function(kratos_set_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor)
  if(KRATOS_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()
