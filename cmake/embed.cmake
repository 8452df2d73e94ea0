# Files become part of the program: assembled with .incbin, which takes no time, where an array in C++ would take seconds.
include_guard()

# gridpilot_embed(TARGET SYMBOL FILE): C++ sees `extern "C" const char SYMBOL_begin[], SYMBOL_end[];`.
# A zero byte follows the end, so that a text may also be read as a C string.
function(gridpilot_embed target symbol file)
  get_filename_component(path "${file}" ABSOLUTE)
  set(source "${CMAKE_CURRENT_BINARY_DIR}/embedded/${symbol}.S")
  file(CONFIGURE OUTPUT "${source}" @ONLY CONTENT [[
    .section .rodata
    .balign 16
    .global @symbol@_begin
    .global @symbol@_end
@symbol@_begin:
    .incbin "@path@"
@symbol@_end:
    .byte 0
    .section .note.GNU-stack,"",%progbits
]])
  set_source_files_properties("${source}" PROPERTIES OBJECT_DEPENDS "${path}")
  target_sources(${target} PRIVATE "${source}")
endfunction()
