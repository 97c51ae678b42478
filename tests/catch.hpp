// Catch2, whichever of versions 2 and 3 is installed. Tests use what both have: TEST_CASE, SECTION,
// CHECK, REQUIRE and their kin.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
