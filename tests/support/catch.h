// Catch2 2 and 3 behind one include.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using Catch::Approx;  // As Catch2 2 has it.
#else
#include <catch2/catch.hpp>
#endif
