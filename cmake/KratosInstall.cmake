# Install rules: libraries, headers, protos, the plugin, the CMake package and the pkg-config files. Nothing that is
# installed names an absolute path, so DESTDIR works and a finished prefix may be moved.
include(CMakePackageConfigHelpers)

if(KRATOS_GOOGLEAPIS_TARGET)
  message(FATAL_ERROR "An installed kratos carries its own google/api code: unset KRATOS_GOOGLEAPIS_TARGET or KRATOS_INSTALL")
endif()

set(KRATOS_INSTALL_CMAKEDIR "${CMAKE_INSTALL_LIBDIR}/cmake/kratos")
set(KRATOS_INSTALL_PROTODIR "${CMAKE_INSTALL_DATADIR}/kratos/proto")

# Libraries and plugin
get_property(kratos_libraries GLOBAL PROPERTY KRATOS_LIBRARIES)
# While the major version is 0 a minor version may break the ABI.
set(kratos_soversion "${PROJECT_VERSION_MAJOR}")
if(kratos_soversion EQUAL 0)
  set(kratos_soversion "${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}")
endif()
# The libraries find each other, and the plugin finds them, wherever the prefix is.
file(RELATIVE_PATH kratos_bin_to_lib "${CMAKE_INSTALL_FULL_BINDIR}" "${CMAKE_INSTALL_FULL_LIBDIR}")
set_target_properties(${kratos_libraries} PROPERTIES
  VERSION "${PROJECT_VERSION}" SOVERSION "${kratos_soversion}" INSTALL_RPATH "$ORIGIN")
install(TARGETS ${kratos_libraries} EXPORT kratosTargets
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
  LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
  RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
if(TARGET protoc-gen-kratos-http)
  set_target_properties(protoc-gen-kratos-http protoc-gen-kratos-errors PROPERTIES
    INSTALL_RPATH "$ORIGIN/${kratos_bin_to_lib}")
  install(TARGETS protoc-gen-kratos-http protoc-gen-kratos-errors EXPORT kratosTargets RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()

# All that an installation takes, without tests and examples.
add_custom_target(kratos_package DEPENDS ${kratos_libraries})
if(TARGET protoc-gen-kratos-http)
  add_dependencies(kratos_package protoc-gen-kratos-http protoc-gen-kratos-errors)
endif()

# Headers, written and generated
install(DIRECTORY "${kratos_SOURCE_DIR}/runtime/include/kratos" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILES_MATCHING PATTERN "*.h")
get_property(kratos_generated_dirs GLOBAL PROPERTY KRATOS_GENERATED_HEADER_DIRS)
foreach(dir IN LISTS kratos_generated_dirs)
  install(DIRECTORY "${dir}/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.pb.h")
endforeach()

# Protos that users import
install(DIRECTORY "${kratos_SOURCE_DIR}/third_party/googleapis/google" DESTINATION "${KRATOS_INSTALL_PROTODIR}"
  FILES_MATCHING PATTERN "*.proto")
install(FILES "${kratos_SOURCE_DIR}/third_party/googleapis/LICENSE" DESTINATION "${KRATOS_INSTALL_PROTODIR}/google")
install(FILES "${kratos_SOURCE_DIR}/runtime/proto/errors/errors.proto" DESTINATION "${KRATOS_INSTALL_PROTODIR}/errors")

# CMake package
configure_package_config_file(
  "${kratos_SOURCE_DIR}/cmake/kratos-config.cmake.in" "${kratos_BINARY_DIR}/package/kratos-config.cmake"
  INSTALL_DESTINATION "${KRATOS_INSTALL_CMAKEDIR}"
  PATH_VARS KRATOS_INSTALL_PROTODIR
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${kratos_BINARY_DIR}/package/kratos-config-version.cmake"
  COMPATIBILITY SameMinorVersion)
install(EXPORT kratosTargets NAMESPACE kratos:: FILE kratos-targets.cmake DESTINATION "${KRATOS_INSTALL_CMAKEDIR}")
install(
  FILES
    "${kratos_BINARY_DIR}/package/kratos-config.cmake"
    "${kratos_BINARY_DIR}/package/kratos-config-version.cmake"
    "${kratos_SOURCE_DIR}/cmake/KratosDependencies.cmake"
    "${kratos_SOURCE_DIR}/cmake/KratosGenerateErrors.cmake"
    "${kratos_SOURCE_DIR}/cmake/KratosGenerateHttp.cmake"
    "${kratos_SOURCE_DIR}/cmake/KratosProtoc.cmake"
  DESTINATION "${KRATOS_INSTALL_CMAKEDIR}")

# pkg-config files
find_package(PkgConfig QUIET)

# kratos_pkg_config(<name> DESCRIPTION text LIBRARIES lib... [REQUIRES kratos-x...] [USES pc-name=-lflag...])
#
# Writes <name>.pc. USES names what the library needs to link but shows in no header: static libraries pass it on,
# shared ones keep it to themselves. A library without a .pc file of its own is given as the flag behind the '='.
function(kratos_pkg_config name)
  cmake_parse_arguments(ARG "" "DESCRIPTION" "LIBRARIES;REQUIRES;USES" ${ARGN})
  set(packages "")
  set(flags "")
  foreach(use IN LISTS ARG_USES)
    string(REGEX REPLACE "=.*$" "" package "${use}")
    string(REGEX REPLACE "^[^=]*=" "" flag "${use}")
    set(found FALSE)
    if(PKG_CONFIG_FOUND)
      string(MAKE_C_IDENTIFIER "KRATOS_PC_${package}" variable)
      pkg_check_modules(${variable} QUIET "${package}")
      set(found "${${variable}_FOUND}")
    endif()
    if(found)
      list(APPEND packages "${package}")
    else()
      list(APPEND flags "${flag}")
    endif()
  endforeach()
  list(TRANSFORM ARG_LIBRARIES PREPEND "-lkratos_")

  set(pc_name "${name}")
  set(pc_description "${ARG_DESCRIPTION}")
  set(pc_requires ${ARG_REQUIRES})
  set(pc_libs ${ARG_LIBRARIES})
  if(BUILD_SHARED_LIBS)
    set(pc_requires_private ${packages})
    set(pc_libs_private ${flags})
  else()
    list(APPEND pc_requires ${packages})
    list(APPEND pc_libs ${flags})
  endif()
  foreach(list IN ITEMS pc_requires pc_requires_private)
    list(JOIN ${list} ", " ${list})
  endforeach()
  foreach(list IN ITEMS pc_libs pc_libs_private)
    list(JOIN ${list} " " ${list})
  endforeach()
  file(RELATIVE_PATH pc_prefix "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
  file(RELATIVE_PATH pc_libdir "${CMAKE_INSTALL_PREFIX}" "${CMAKE_INSTALL_FULL_LIBDIR}")
  file(RELATIVE_PATH pc_includedir "${CMAKE_INSTALL_PREFIX}" "${CMAKE_INSTALL_FULL_INCLUDEDIR}")
  file(RELATIVE_PATH pc_protodir "${CMAKE_INSTALL_PREFIX}" "${CMAKE_INSTALL_FULL_DATADIR}/kratos/proto")
  string(REGEX REPLACE "/$" "" pc_prefix "${pc_prefix}")
  configure_file("${kratos_SOURCE_DIR}/cmake/kratos.pc.in" "${kratos_BINARY_DIR}/package/${name}.pc" @ONLY)
  install(FILES "${kratos_BINARY_DIR}/package/${name}.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
endfunction()

kratos_pkg_config(kratos-route
  DESCRIPTION "Path templates of google.api.http and the route table"
  LIBRARIES route)
kratos_pkg_config(kratos-json
  DESCRIPTION "Proto3 JSON for protobuf messages"
  LIBRARIES json
  USES protobuf=-lprotobuf)
set(kratos_fibers "")
if(KRATOS_WITH_BOOST)
  set(kratos_fibers boost_context=-lboost_context)
endif()
kratos_pkg_config(kratos-core
  DESCRIPTION "Status, Context, metadata, middleware and codecs of Kratos for C++"
  LIBRARIES core protos
  REQUIRES kratos-json kratos-route
  USES protobuf=-lprotobuf fmt=-lfmt yaml-cpp=-lyaml-cpp pugixml=-lpugixml ${kratos_fibers})
kratos_pkg_config(kratos-middleware
  DESCRIPTION "Ready-made middleware of Kratos for C++: recovery, logging, limits and more"
  LIBRARIES middleware
  REQUIRES kratos-core
  USES protobuf=-lprotobuf)
kratos_pkg_config(kratos-app
  DESCRIPTION "Application life cycle of Kratos for C++"
  LIBRARIES app
  REQUIRES kratos-core
  USES fmt=-lfmt)
kratos_pkg_config(kratos-jwt
  DESCRIPTION "JSON Web Tokens for Kratos for C++"
  LIBRARIES jwt
  REQUIRES kratos-core
  USES protobuf=-lprotobuf libcrypto=-lcrypto)
kratos_pkg_config(kratos-trace
  DESCRIPTION "Spans and their propagation for Kratos for C++"
  LIBRARIES trace
  REQUIRES kratos-core
  USES protobuf=-lprotobuf)
if(KRATOS_HAVE_PROMETHEUS)
  kratos_pkg_config(kratos-metrics
    DESCRIPTION "Metrics of Kratos for C++, in Prometheus's text format"
    LIBRARIES metrics
    REQUIRES kratos-core
    USES protobuf=-lprotobuf prometheus-cpp-core=-lprometheus-cpp-core)
endif()
if(KRATOS_HAVE_SPDLOG)
  kratos_pkg_config(kratos-spdlog
    DESCRIPTION "Log lines of Kratos for C++ written by spdlog"
    LIBRARIES spdlog
    REQUIRES kratos-core
    USES spdlog=-lspdlog)
endif()
set(kratos_codings "")
if(KRATOS_HAVE_BROTLI)
  list(APPEND kratos_codings libbrotlienc=-lbrotlienc libbrotlidec=-lbrotlidec)
endif()
if(KRATOS_HAVE_ZSTD)
  list(APPEND kratos_codings libzstd=-lzstd)
endif()
kratos_pkg_config(kratos-http
  DESCRIPTION "HTTP server and client that code of protoc-gen-kratos-http calls"
  LIBRARIES http googleapis
  REQUIRES kratos-core
  USES protobuf=-lprotobuf fmt=-lfmt cpp-httplib=-lcpp-httplib openssl=-lssl zlib=-lz ${kratos_codings})
if(KRATOS_HAVE_GRPC)
  kratos_pkg_config(kratos-grpc
    DESCRIPTION "gRPC server and client that code of protoc-gen-kratos-http calls"
    LIBRARIES grpc googleapis
    REQUIRES kratos-core
    USES protobuf=-lprotobuf fmt=-lfmt grpc++=-lgrpc++ libcrypto=-lcrypto)
endif()
kratos_pkg_config(kratos-otlp
  DESCRIPTION "Spans of Kratos for C++ sent to an OpenTelemetry collector"
  LIBRARIES otlp
  REQUIRES kratos-trace kratos-http
  USES protobuf=-lprotobuf fmt=-lfmt)
kratos_pkg_config(kratos-admin
  DESCRIPTION "Health, readiness, metrics and a status page for servers of Kratos for C++"
  LIBRARIES admin
  REQUIRES kratos-http
  USES protobuf=-lprotobuf)
kratos_pkg_config(kratos-testing
  DESCRIPTION "HTTP servers of Kratos driven in memory, for unit tests"
  LIBRARIES testing
  REQUIRES kratos-http
  USES fmt=-lfmt)
