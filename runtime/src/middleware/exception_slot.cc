#include "middleware/exception_slot.h"

namespace kratos {

std::string WhatWasThrown(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const std::exception& e) {
    return *e.what() == '\0' ? "an exception without text" : e.what();
  } catch (...) {
    return "an exception that is no std::exception";
  }
}

}  // namespace kratos
