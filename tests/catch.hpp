// Catch2, whichever of versions 2 and 3 is installed. Tests use what both have, under version 2's
// names: TEST_CASE, SECTION, CHECK, REQUIRE and their kin, Approx.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using Catch::Approx;
#else
#include <catch2/catch.hpp>
#endif
