# A room is one static library; its LINK list is exactly the arrows drawn in docs/architecture.md.
# tools/check_arrows.py holds every include against the same picture.
include_guard()

add_library(gridpilot_options INTERFACE)
target_compile_features(gridpilot_options INTERFACE cxx_std_23)
target_include_directories(gridpilot_options INTERFACE "${PROJECT_SOURCE_DIR}/src")

# gridpilot_room(NAME [PURE] SOURCES files... [LINK rooms and libraries...] [PRIVATE libraries...])
# PURE rooms hold no sockets, files, clocks, logs or coroutines and are built by g++ too.
function(gridpilot_room name)
  cmake_parse_arguments(ROOM "PURE" "" "SOURCES;LINK;PRIVATE" ${ARGN})
  if(GRIDPILOT_PURE_ONLY AND NOT ROOM_PURE)
    return()
  endif()
  add_library(gridpilot_${name} STATIC ${ROOM_SOURCES})
  add_library(gridpilot::${name} ALIAS gridpilot_${name})
  target_link_libraries(gridpilot_${name} PUBLIC gridpilot_options ${ROOM_LINK} PRIVATE ${ROOM_PRIVATE})
endfunction()
