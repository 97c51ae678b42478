# Run by `cmake --install`: writes units, drop-in, manual pages and the sample configuration under
# $DESTDIR, with the places that go with CMAKE_INSTALL_PREFIX. Wants `source`, the folder of the
# sources, and bindir, datadir, mandir and sysconfdir as GNUInstallDirs has them; scdoc, the program
# or empty.
if(CMAKE_INSTALL_PREFIX STREQUAL /usr AND sysconfdir STREQUAL etc)
  # As the FHS and the GNU coding standards have it.
  set(sysconfdir /etc)
endif()
foreach(folder bindir datadir mandir sysconfdir)
  cmake_path(ABSOLUTE_PATH ${folder} BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX} NORMALIZE)
endforeach()
set(unitdir ${CMAKE_INSTALL_PREFIX}/lib/systemd/system)
set(config ${sysconfdir}/echoline)

function(write_service name admin arguments)
  file(READ ${source}/systemd/service.conf service)
  string(STRIP "${service}" service)
  string(CONFIGURE "${service}" service @ONLY)
  configure_file(${source}/systemd/${name}.in $ENV{DESTDIR}${unitdir}/${name} @ONLY)
  message(STATUS "Installing: $ENV{DESTDIR}${unitdir}/${name}")
endfunction()

function(write_page page)
  get_filename_component(name ${page} NAME)
  string(REGEX MATCH "[0-9]$" section ${name})
  file(READ ${source}/${page}.scd text)
  string(STRIP "${text}" text)  # echo ends the last line
  # The sources have the places of the package.
  foreach(place "/etc/echoline:${config}" "/usr/share/echoline:${datadir}/echoline"
      "/usr/bin/:${bindir}/")
    string(REGEX MATCH "^([^:]+):(.*)$" _ ${place})
    set(from ${CMAKE_MATCH_1})
    string(REGEX REPLACE "([_*\\])" "\\\\\\1" to ${CMAKE_MATCH_2})
    string(REPLACE ${from} ${to} text "${text}")
  endforeach()
  set(folder $ENV{DESTDIR}${mandir}/man${section})
  file(MAKE_DIRECTORY ${folder})
  execute_process(COMMAND ${CMAKE_COMMAND} -E echo "${text}" COMMAND ${scdoc}
    OUTPUT_FILE ${folder}/${name} COMMAND_ERROR_IS_FATAL ANY)
  file(CHMOD ${folder}/${name} PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
  message(STATUS "Installing: ${folder}/${name}")
endfunction()

write_service(echoline.service unix:%t/echoline/admin.sock "--config ${config}/echoline.toml")
write_service(echoline@.service unix:%t/echoline-%i/admin.sock "--config ${config}/%i.toml")
write_service(echoline-activated.service unix:%t/echoline/admin.sock
  "--config ${config}/echoline.toml --listen echo=systemd --listen line=systemd")
file(INSTALL ${source}/systemd/echoline-echo.socket ${source}/systemd/echoline-line.socket
  ${source}/systemd/echoline-metrics.socket
  DESTINATION ${unitdir})
file(INSTALL ${source}/systemd/low-ports.conf ${source}/systemd/prometheus
  ${source}/systemd/grafana ${source}/config/faults DESTINATION ${datadir}/echoline)
file(GLOB scripts ${source}/systemd/bpftrace/*.bt)
foreach(script ${scripts})
  get_filename_component(name ${script} NAME)
  file(READ ${script} text)
  string(REPLACE "/usr/bin/echolined" "${bindir}/echolined" text "${text}")
  set(installed $ENV{DESTDIR}${datadir}/echoline/bpftrace/${name})
  file(WRITE ${installed} "${text}")
  file(CHMOD ${installed} PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
  message(STATUS "Installing: ${installed}")
endforeach()
if(NOT EXISTS $ENV{DESTDIR}${config}/echoline.toml)
  file(INSTALL ${source}/config/echoline.toml DESTINATION ${config})
endif()
if(scdoc)
  foreach(page server/echolined.8 client/echoline.1 config/echoline.toml.5
      server/protocols/echoline-protocol.7 server/echoline-faults.7 server/echoline-tuning.7
      server/echolined-metrics.7 systemd/echoline-runbook.7)
    write_page(${page})
  endforeach()
else()
  message(WARNING "There was no scdoc at configuration: no manual pages are installed.")
endif()
