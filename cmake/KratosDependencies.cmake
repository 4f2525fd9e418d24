# Finds the libraries kratos builds on; docs/design/dependencies.md gives each one's reason.
# Shared with the installed package: kratos-config.cmake includes this file.
include(CMakeFindDependencyMacro)

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
# CMake's own module is asked for first: it provides the same target names for every protobuf from 3.21 on.
find_package(Protobuf 3.21 QUIET)
if(NOT Protobuf_FOUND)
  find_package(protobuf CONFIG REQUIRED)
endif()
find_package(fmt REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(pugixml REQUIRED)

if(NOT TARGET kratos_deps_yaml_cpp)
  # yaml-cpp before 0.8 has no namespaced target.
  add_library(kratos_deps_yaml_cpp INTERFACE IMPORTED)
  if(TARGET yaml-cpp::yaml-cpp)
    target_link_libraries(kratos_deps_yaml_cpp INTERFACE yaml-cpp::yaml-cpp)
  else()
    target_link_libraries(kratos_deps_yaml_cpp INTERFACE yaml-cpp)
  endif()
endif()

if(NOT TARGET kratos_deps_httplib)
  find_package(httplib CONFIG QUIET)
  add_library(kratos_deps_httplib INTERFACE IMPORTED)
  if(TARGET httplib::httplib)
    target_link_libraries(kratos_deps_httplib INTERFACE httplib::httplib)
  else()
    # Debian ships cpp-httplib with a pkg-config file only.
    find_package(PkgConfig REQUIRED)
    pkg_check_modules(KRATOS_HTTPLIB REQUIRED IMPORTED_TARGET cpp-httplib)
    target_link_libraries(kratos_deps_httplib INTERFACE PkgConfig::KRATOS_HTTPLIB)
  endif()
  target_link_libraries(kratos_deps_httplib INTERFACE OpenSSL::SSL OpenSSL::Crypto ZLIB::ZLIB Threads::Threads)
endif()

if(NOT TARGET kratos_deps_rapidjson)
  find_path(KRATOS_RAPIDJSON_INCLUDE_DIR rapidjson/reader.h REQUIRED)
  add_library(kratos_deps_rapidjson INTERFACE IMPORTED)
  target_include_directories(kratos_deps_rapidjson INTERFACE "${KRATOS_RAPIDJSON_INCLUDE_DIR}")
endif()
