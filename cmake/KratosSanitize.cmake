# What protoc wrote for messages is protobuf's code, and half of what sanitizers cost to compile.
include_guard(GLOBAL)

# kratos_leave_messages_unsanitized(<dir> ...)
#
# Compiles every .pb.cc of the targets below the directories without sanitizers, but for the plugins' own output
# (.http.pb.cc and the like). Not for ThreadSanitizer, which has to see every lock. Call it when all targets exist.
function(kratos_leave_messages_unsanitized)
  kratos_targets_below(targets ${ARGN})
  foreach(target IN LISTS targets)
    get_target_property(sources ${target} SOURCES)
    foreach(source IN LISTS sources)
      if(source MATCHES "\\.pb\\.cc$" AND NOT source MATCHES "\\.(http|kratos_grpc|errors)\\.pb\\.cc$")
        set_source_files_properties("${source}" TARGET_DIRECTORY ${target} PROPERTIES
          COMPILE_OPTIONS -fno-sanitize=all SKIP_PRECOMPILE_HEADERS ON)
      endif()
    endforeach()
  endforeach()
endfunction()
