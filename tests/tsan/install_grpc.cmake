# Read by gRPC's own build, at its project(): a component with what kratos links and the CMake package of it. gRPC's own rules want
# each of its libraries built, and compile most of it twice.
install(DIRECTORY include/ DESTINATION include COMPONENT kratos)
install(DIRECTORY cmake/modules DESTINATION lib/cmake/grpc COMPONENT kratos)
install(FILES "${CMAKE_BINARY_DIR}/gRPCConfig.cmake" "${CMAKE_BINARY_DIR}/gRPCConfigVersion.cmake"
  DESTINATION lib/cmake/grpc COMPONENT kratos)
cmake_language(DEFER CALL install TARGETS grpc++ grpcpp_channelz grpc gpr upb address_sorting EXPORT kratos
  ARCHIVE DESTINATION lib COMPONENT kratos)
cmake_language(DEFER CALL install EXPORT kratos NAMESPACE gRPC:: FILE gRPCTargets.cmake
  DESTINATION lib/cmake/grpc COMPONENT kratos)
