# Finds the libraries kratos builds on; docs/design/dependencies.md gives each one's reason.
# The installed package's kratos-config.cmake includes this file as well, so that static libraries link.

# kratos_find(<package> [version] [CONFIG]): required in the source tree; in the installed package a missing library makes
# find_package(kratos) fail the way its caller asked for.
if(DEFINED CMAKE_FIND_PACKAGE_NAME)
  include(CMakeFindDependencyMacro)
  set(kratos_global "")
  macro(kratos_find)
    find_dependency(${ARGN})
  endmacro()
else()
  # A project that uses kratos through add_subdirectory sees the targets too, and needs them for kratos_generate_http.
  set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)
  set(kratos_global GLOBAL)
  macro(kratos_find)
    find_package(${ARGN} REQUIRED)
  endmacro()
endif()

set(THREADS_PREFER_PTHREAD_FLAG ON)
kratos_find(Threads)
# Newer protobuf needs abseil, which only its own package knows; distributions that ship none have an older protobuf,
# for which CMake's module gives the same target names.
if(NOT TARGET protobuf::libprotobuf)
  find_package(protobuf CONFIG QUIET)
  if(NOT protobuf_FOUND)
    kratos_find(Protobuf 3.21)
  endif()
endif()
kratos_find(fmt)
kratos_find(OpenSSL)
kratos_find(ZLIB)
kratos_find(yaml-cpp)
kratos_find(pugixml)

# Fibers and the event-driven engine; without it, servers have a thread for each connection.
if(NOT DEFINED KRATOS_WITH_BOOST)
  find_package(Boost 1.81 QUIET COMPONENTS context)
  set(KRATOS_WITH_BOOST "${Boost_FOUND}")
elseif(KRATOS_WITH_BOOST)
  kratos_find(Boost 1.81 COMPONENTS context)
endif()

if(NOT TARGET kratos_deps_yaml_cpp)
  # yaml-cpp before 0.8 has no namespaced target.
  add_library(kratos_deps_yaml_cpp INTERFACE IMPORTED ${kratos_global})
  if(TARGET yaml-cpp::yaml-cpp)
    target_link_libraries(kratos_deps_yaml_cpp INTERFACE yaml-cpp::yaml-cpp)
  else()
    target_link_libraries(kratos_deps_yaml_cpp INTERFACE yaml-cpp)
  endif()
endif()

if(NOT TARGET kratos_deps_httplib)
  find_package(httplib CONFIG QUIET)
  add_library(kratos_deps_httplib INTERFACE IMPORTED ${kratos_global})
  if(TARGET httplib::httplib)
    target_link_libraries(kratos_deps_httplib INTERFACE httplib::httplib)
  else()
    # Debian ships cpp-httplib with a pkg-config file only.
    kratos_find(PkgConfig)
    pkg_check_modules(KRATOS_HTTPLIB IMPORTED_TARGET ${kratos_global} cpp-httplib)
    if(NOT KRATOS_HTTPLIB_FOUND)
      if(NOT DEFINED CMAKE_FIND_PACKAGE_NAME)
        message(FATAL_ERROR "kratos needs cpp-httplib, and neither CMake nor pkg-config finds it")
      endif()
      set(kratos_FOUND FALSE)
      set(kratos_NOT_FOUND_MESSAGE "kratos needs cpp-httplib, and neither CMake nor pkg-config finds it")
      return()
    endif()
    target_link_libraries(kratos_deps_httplib INTERFACE PkgConfig::KRATOS_HTTPLIB)
  endif()
  target_link_libraries(kratos_deps_httplib INTERFACE OpenSSL::SSL OpenSSL::Crypto ZLIB::ZLIB Threads::Threads)
endif()

# Headers alone, and none of kratos's public ones includes them: users of an installed kratos need no RapidJSON.
if(NOT TARGET kratos_deps_rapidjson)
  add_library(kratos_deps_rapidjson INTERFACE IMPORTED ${kratos_global})
  if(NOT DEFINED CMAKE_FIND_PACKAGE_NAME)
    find_path(KRATOS_RAPIDJSON_INCLUDE_DIR rapidjson/reader.h REQUIRED)
    target_include_directories(kratos_deps_rapidjson INTERFACE "${KRATOS_RAPIDJSON_INCLUDE_DIR}")
  endif()
endif()
