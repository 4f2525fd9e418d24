# Compiles SOURCE twice; see CMakeLists.txt.
set(command "${COMPILER}" -std=c++20 -fsyntax-only -Wall -Wextra -Wpedantic -Wshadow -Werror)

execute_process(COMMAND ${command} "@${FLAGS}" "${SOURCE}" RESULT_VARIABLE result ERROR_VARIABLE errors)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${SOURCE} must compile:\n${errors}")
endif()

set(first "")
if(FIRST_INCLUDE)
  set(first "-I${FIRST_INCLUDE}")
endif()
execute_process(COMMAND ${command} ${first} -DKRATOS_MUST_FAIL "@${FLAGS}" "${SOURCE}"
  RESULT_VARIABLE result ERROR_VARIABLE errors)
if(result EQUAL 0)
  message(FATAL_ERROR "${SOURCE} with KRATOS_MUST_FAIL must not compile")
endif()
if(NOT errors MATCHES "${MESSAGE}")
  message(FATAL_ERROR "${SOURCE} fails, but not with \"${MESSAGE}\":\n${errors}")
endif()
