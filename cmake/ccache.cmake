# ccache compiles, where there is one that can: the builder of a package has it, perhaps, and no folder
# that it may write to.
find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(trial ${CMAKE_BINARY_DIR}/CMakeFiles/ccache_trial.cpp)
  file(WRITE ${trial} "")
  execute_process(COMMAND ${CCACHE} ${CMAKE_CXX_COMPILER} -c ${trial} -o ${trial}.o
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(result EQUAL 0)
    # The sloppiness is what lets ccache see through precompiled headers.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
  else()
    string(STRIP "${output}" output)
    message(STATUS "Building without ccache, which cannot work here: ${output}")
  endif()
endif()
