# echoline_options: what every target of ours is compiled with. Dependencies come in as SYSTEM and are
# spared. The options that follow from ECHOLINE_WERROR, ECHOLINE_SANITIZE and the build type.
include(CheckCXXCompilerFlag)
include(CheckCXXSourceCompiles)

add_library(echoline_options INTERFACE)
target_include_directories(echoline_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(echoline_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual
  $<$<BOOL:${ECHOLINE_WERROR}>:-Werror>
  $<$<CONFIG:Debug>:-D_GLIBCXX_ASSERTIONS>)

# With CMAKE_UNITY_BUILD eight files are compiled as one, which takes a third of the time. What is
# private to one of them is then seen by the others; compile_apart() is for files that this breaks.
if(CMAKE_UNITY_BUILD)
  target_compile_options(echoline_options INTERFACE -Wno-shadow)
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    target_compile_options(echoline_options INTERFACE -Wno-subobject-linkage)
  endif()
endif()
function(compile_apart)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# The same program in whatever folder it is built; a debugger wants to find the sources of a debug
# build.
add_compile_options(
  "$<$<NOT:$<CONFIG:Debug>>:-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=;-ffile-prefix-map=${PROJECT_BINARY_DIR}=build>")

if(ECHOLINE_SANITIZE)
  # For the dependencies compiled here as well: a sanitizer wants to see everything.
  add_compile_options(-fsanitize=${ECHOLINE_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${ECHOLINE_SANITIZE})
  if(ECHOLINE_SANITIZE MATCHES undefined)
    # It looks at memory through a pipe, and takes an object for dead where no descriptor is left.
    add_compile_options(-fno-sanitize=vptr)
  endif()
  if(ECHOLINE_SANITIZE MATCHES thread AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    add_compile_options(-Wno-tsan)
  endif()
  return()
endif()

# Hardening, of Asio as well. Of control-flow protection the shadow stack only: Linux does not have
# indirect branch tracking for programs, whose landing pads cost 6 of 338 instructions of an echo.
set(hardening -fstack-protector-strong -fno-plt)
foreach(option -fcf-protection=return -fstack-clash-protection)
  string(MAKE_C_IDENTIFIER has${option} has)
  check_cxx_compiler_flag(${option} ${has})
  if(${has})
    list(APPEND hardening ${option})
  endif()
endforeach()
# Of what is optimised, because the C library complains otherwise. A level that a distribution has
# chosen, in its flags or in its compiler, is the right one.
set(CMAKE_TRY_COMPILE_CONFIGURATION ${CMAKE_BUILD_TYPE})
check_cxx_source_compiles("
#if defined _FORTIFY_SOURCE || !defined __OPTIMIZE__
#error
#endif
int main() {}" wants_fortify_source)
unset(CMAKE_TRY_COMPILE_CONFIGURATION)
if(wants_fortify_source)
  # The third level also knows the sizes that are computed, where the compiler tells them.
  check_cxx_source_compiles("
    #if !__has_builtin(__builtin_dynamic_object_size)
    #error
    #endif
    int main() {}" knows_dynamic_sizes)
  list(APPEND hardening -D_FORTIFY_SOURCE=$<IF:$<BOOL:${knows_dynamic_sizes}>,3,2>)
endif()
add_compile_options("$<$<NOT:$<CONFIG:Debug>>:${hardening}>")
add_link_options(-Wl,-z,relro,-z,now)
