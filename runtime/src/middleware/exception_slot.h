// Where a transport leaves what a service method threw, for a recovery middleware around it.
#pragma once

#include <exception>
#include <string>

namespace kratos {

/// A value of the call's context. The middleware in between sees an ordinary 500 and not an
/// exception that unwinds it.
struct ExceptionSlot {
  /// Recovery middleware that will look here; without any the transport logs by itself.
  int watchers = 0;
  std::exception_ptr exception;
};

/// The text of an exception; never empty.
std::string WhatWasThrown(const std::exception_ptr& exception);

}  // namespace kratos
