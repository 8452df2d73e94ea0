# Writes a source with the texts of contract files: -DROOT=folder -DFILES="a.yaml;b.yaml" -DOUTPUT=source
set(text "// Made from contracts/ by cmake/embed_contracts.cmake.\n\
#include \"gridpilot/config/contract_files.hpp\"\n\n#include <array>\n\nnamespace gridpilot::config {\n\
std::span<const EmbeddedFile> embedded_contracts() {\n  static constexpr auto files = std::to_array<EmbeddedFile>({\n")
foreach(file IN LISTS FILES)
  file(READ "${ROOT}/${file}" content)
  string(APPEND text "      {\"${file}\", R\"contract(${content})contract\"},\n")
endforeach()
string(APPEND text "  });\n  return files;\n}\n}  // namespace gridpilot::config\n")
file(WRITE "${OUTPUT}" "${text}")
