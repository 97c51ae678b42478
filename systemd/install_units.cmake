# Run by `cmake --install`: writes the units, the sample configuration and the drop-in under
# $DESTDIR and CMAKE_INSTALL_PREFIX. Wants the folder of the units in ECHOLINE_UNITS.
set(bindir ${CMAKE_INSTALL_PREFIX}/bin)
set(datadir ${CMAKE_INSTALL_PREFIX}/share)
set(unitdir ${CMAKE_INSTALL_PREFIX}/lib/systemd/system)
# As the FHS and the GNU coding standards have it.
set(sysconfdir ${CMAKE_INSTALL_PREFIX}/etc)
if(CMAKE_INSTALL_PREFIX STREQUAL /usr)
  set(sysconfdir /etc)
endif()

function(write_service name arguments)
  file(READ ${ECHOLINE_UNITS}/service.conf service)
  string(STRIP "${service}" service)
  string(CONFIGURE "${service}" service @ONLY)
  configure_file(${ECHOLINE_UNITS}/${name}.in $ENV{DESTDIR}${unitdir}/${name} @ONLY)
  message(STATUS "Installing: $ENV{DESTDIR}${unitdir}/${name}")
endfunction()

set(config ${sysconfdir}/echoline)
write_service(echoline.service "--config ${config}/echoline.toml")
write_service(echoline@.service "--config ${config}/%i.toml")
write_service(echoline-activated.service
  "--config ${config}/echoline.toml --listen echo=systemd --listen line=systemd")
file(INSTALL ${ECHOLINE_UNITS}/echoline-echo.socket ${ECHOLINE_UNITS}/echoline-line.socket
  DESTINATION ${unitdir})
file(INSTALL ${ECHOLINE_UNITS}/low-ports.conf DESTINATION ${datadir}/echoline)
if(NOT EXISTS $ENV{DESTDIR}${config}/echoline.toml)
  file(INSTALL ${ECHOLINE_UNITS}/../config/echoline.toml DESTINATION ${config})
endif()
