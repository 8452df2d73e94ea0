#include "gridpilot/codec/spreadsheet.hpp"

#include <zip.h>

#include <algorithm>
#include <memory>

#include "gridpilot/codec/xml.hpp"
#include "gridpilot/core/text.hpp"

namespace gridpilot::codec {
namespace {

constexpr std::size_t largest_part = std::size_t{16} << 20U;
constexpr int most_rows = 1'048'576;  // the format's own limits
constexpr int most_columns = 16'384;

std::unexpected<Error> malformed(const std::string& sentence) {
  return failure(ErrorCode::malformed, sentence);
}

/// A zip archive in memory; nothing of it is written anywhere.
class Archive {
 public:
  static Result<Archive> open(std::string_view bytes) {
    if (bytes.empty()) return malformed("not a zip archive: it is empty");
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
    zip_t* zip = source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY, &error);
    const std::string reason = zip == nullptr ? zip_error_strerror(&error) : "";
    if (zip == nullptr && source != nullptr) zip_source_free(source);
    zip_error_fini(&error);
    if (zip == nullptr) return malformed("not a zip archive: " + reason);
    return Archive(zip);
  }

  /// A whole part; not_found where there is none of that name.
  [[nodiscard]] Result<std::string> read(const std::string& name) const {
    const zip_int64_t index = zip_name_locate(zip_.get(), name.c_str(), 0);
    if (index < 0) return failure(ErrorCode::not_found, "the workbook has no part " + name);
    const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(
        zip_fopen_index(zip_.get(), static_cast<zip_uint64_t>(index), 0), zip_fclose);
    if (!file) return malformed(name + " cannot be unpacked");
    // As much as comes, whatever the archive says of its size.
    std::string text;
    std::string piece(std::size_t{64} * 1024, '\0');
    while (true) {
      const zip_int64_t count = zip_fread(file.get(), piece.data(), piece.size());
      if (count < 0) return malformed(name + " is damaged");
      if (count == 0) return text;
      text.append(piece, 0, static_cast<std::size_t>(count));
      if (text.size() > largest_part) return failure(ErrorCode::too_large, name + " unpacks to more than 16 MB");
    }
  }

 private:
  explicit Archive(zip_t* zip) : zip_(zip, zip_discard) {}
  std::unique_ptr<zip_t, void (*)(zip_t*)> zip_;
};

Result<pugi::xml_document> read_xml(const Archive& archive, const std::string& name) {
  const auto text = archive.read(name);
  if (!text) return text.failed();
  auto parsed = xml::parse(*text);
  if (!parsed) return std::unexpected(std::move(parsed.error()).in(name));
  return parsed;
}

/// The part of a sheet by its name: workbook.xml names the relation, workbook.xml.rels its target.
Result<std::string> part_of(const Archive& archive, std::string_view sheet_name) {
  const auto workbook = read_xml(archive, "xl/workbook.xml");
  if (!workbook) return workbook.failed();
  std::string relation;
  for (const pugi::xml_node sheet : xml::child(xml::root(*workbook), "sheets").children())
    if (std::string_view(sheet.attribute("name").value()) == sheet_name) relation = sheet.attribute("r:id").value();
  if (relation.empty()) return failure(ErrorCode::not_found, "the workbook has no sheet " + xml::quoted(sheet_name));
  const auto relations = read_xml(archive, "xl/_rels/workbook.xml.rels");
  if (!relations) return relations.failed();
  for (const pugi::xml_node each : xml::root(*relations).children()) {
    if (relation != each.attribute("Id").value()) continue;
    const std::string target = each.attribute("Target").value();
    return target.starts_with('/') ? target.substr(1) : "xl/" + target;
  }
  return malformed("the workbook does not say where sheet " + xml::quoted(sheet_name) + " is");
}

/// All text below a node: <t> itself, or the <t> of each run.
std::string text_of(pugi::xml_node node) {
  std::string text;
  for (const pugi::xml_node item : node.children()) {
    if (xml::local_name(item) == "t") text += item.child_value();
    if (xml::local_name(item) == "r") text += xml::child(item, "t").child_value();
  }
  return text;
}

Result<std::vector<std::string>> shared_texts(const Archive& archive) {
  std::vector<std::string> texts;
  const auto parsed = read_xml(archive, "xl/sharedStrings.xml");
  if (!parsed && parsed.error().code == ErrorCode::not_found) return texts;
  if (!parsed) return parsed.failed();
  for (const pugi::xml_node item : xml::root(*parsed).children())
    if (xml::local_name(item) == "si") texts.push_back(text_of(item));
  return texts;
}

/// "I13"; nullopt for anything else.
std::optional<CellPlace> parse_place(std::string_view text) {
  int column = 0;
  std::size_t at = 0;
  for (; at < text.size() && text[at] >= 'A' && text[at] <= 'Z' && column <= most_columns; ++at)
    column = column * 26 + (text[at] - 'A' + 1);
  const auto row = parse_integer(text.substr(at));
  if (at == 0 || column > most_columns || !row || *row < 1 || *row > most_rows) return std::nullopt;
  return CellPlace{static_cast<int>(*row), column};
}

}  // namespace

class SheetReader {
 public:
  static Result<Sheet> read(const pugi::xml_document& document, const std::vector<std::string>& texts) {
    Sheet sheet;
    for (const pugi::xml_node row : xml::child(xml::root(document), "sheetData").children()) {
      for (const pugi::xml_node node : row.children()) {
        if (xml::local_name(node) != "c") continue;
        const std::string_view name = node.attribute("r").value();
        const auto place = parse_place(name);
        if (!place) return malformed("a cell is named " + xml::quoted(name));
        auto cell = read_cell(node, texts);
        if (!cell) return std::unexpected(std::move(cell.error()).in("cell " + std::string(name)));
        if (cell->text.empty()) continue;
        if (!sheet.cells_.try_emplace(*place, std::move(*cell)).second)
          return malformed("cell " + std::string(name) + " stands twice");
      }
    }
    return sheet;
  }

 private:
  static Result<Cell> read_cell(pugi::xml_node node, const std::vector<std::string>& texts) {
    const std::string_view type = node.attribute("t").value();
    const std::string_view value = xml::text(node, "v");
    if (type == "inlineStr") return Cell{.is_number = false, .text = text_of(xml::child(node, "is"))};
    if (type == "s") {
      const auto index = parse_integer(value);
      if (!index || *index < 0 || std::cmp_greater_equal(*index, texts.size()))
        return malformed("its text does not exist");
      return Cell{.is_number = false, .text = texts[static_cast<std::size_t>(*index)]};
    }
    if (type == "e") return malformed("holds the error " + xml::quoted(value));
    return Cell{.is_number = type.empty() || type == "n", .text = std::string(value)};
  }
};

std::string to_text(CellPlace place) {
  std::string text;
  for (int column = place.second; column > 0; column = (column - 1) / 26)
    text.insert(text.begin(), static_cast<char>('A' + (column - 1) % 26));
  return text + std::to_string(place.first);
}

const Cell* Sheet::at(CellPlace place) const {
  const auto found = cells_.find(place);
  return found == cells_.end() ? nullptr : &found->second;
}

Result<Sheet> read_sheet(std::string_view xlsx, std::string_view name) {
  const auto archive = Archive::open(xlsx);
  if (!archive) return archive.failed();
  const auto part = part_of(*archive, name);
  if (!part) return part.failed();
  const auto texts = shared_texts(*archive);
  if (!texts) return texts.failed();
  const auto document = read_xml(*archive, *part);
  if (!document) return document.failed();
  return SheetReader::read(*document, *texts);
}

}  // namespace gridpilot::codec
