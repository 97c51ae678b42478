# Run by CPack between installing into the staging folder and packing it: what Debian wants of a
# package beside what `cmake --install` makes. The licence has another name, there is a changelog as
# deb-changelog(5) says, it and the manual pages are compressed, and whoever makes it, with whatever
# umask, folders are open to all.
cmake_policy(VERSION 3.24)
set(share ${CPACK_TEMPORARY_DIRECTORY}/usr/share)
set(documents ${share}/doc/echoline)

file(RENAME ${documents}/LICENSE ${documents}/copyright)

# From CHANGELOG.md, where a version is `## VERSION, DATE` and has items.
file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/../../CHANGELOG.md lines)
set(changelog "")
set(version "")
foreach(line IN LISTS lines)
  if(line MATCHES "^## ([0-9.]+), (.+)")
    if(version)
      string(APPEND changelog "\n@trailer_${version}@\n\n")
    endif()
    set(version ${CMAKE_MATCH_1})
    set(day ${CMAKE_MATCH_2})
    string(APPEND changelog "echoline (${version}) unstable; urgency=medium\n\n")
    if(day STREQUAL unreleased)
      string(TIMESTAMP day "%Y-%m-%d" UTC)
    endif()
    execute_process(COMMAND date --utc --rfc-email --date ${day}
      OUTPUT_VARIABLE date OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
    set(trailer_${version} " -- ${CPACK_DEBIAN_PACKAGE_MAINTAINER}  ${date}")
  elseif(line MATCHES "^- (.*)")
    string(APPEND changelog "  * ${CMAKE_MATCH_1}\n")
  elseif(line MATCHES "^  (.*)")
    string(APPEND changelog "    ${CMAKE_MATCH_1}\n")
  endif()
endforeach()
file(WRITE ${documents}/CHANGELOG "${changelog}\n@trailer_${version}@\n")
execute_process(COMMAND fmt --tagged-paragraph --width=78 ${documents}/CHANGELOG
  OUTPUT_VARIABLE changelog COMMAND_ERROR_IS_FATAL ANY)
file(REMOVE ${documents}/CHANGELOG)
string(CONFIGURE "${changelog}" changelog @ONLY)
file(WRITE ${documents}/changelog "${changelog}")
file(CHMOD ${documents}/changelog PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)

file(GLOB_RECURSE pages ${share}/man/*)
execute_process(COMMAND gzip --best --no-name ${pages} ${documents}/changelog
  COMMAND_ERROR_IS_FATAL ANY)
# CPack strips programs only.
file(GLOB_RECURSE libraries ${CPACK_TEMPORARY_DIRECTORY}/usr/*.a)
execute_process(COMMAND strip --strip-unneeded --enable-deterministic-archives ${libraries}
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND find ${CPACK_TEMPORARY_DIRECTORY} -type d -exec chmod 755 {} +
  COMMAND_ERROR_IS_FATAL ANY)
