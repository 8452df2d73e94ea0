#pragma once

#include <pugixml.hpp>

#include <string>
#include <string_view>

#include "gridpilot/core/result.hpp"

/// The little that decoders of XML documents share over pugixml, which expands no entities of a document's own and
/// fetches nothing. Names are compared without their namespace's prefix.
namespace gridpilot::codec::xml {

/// malformed with the line where the text is not XML.
[[nodiscard]] Result<pugi::xml_document> parse(std::string_view text);

/// "Envelope" of <SOAP-ENV:Envelope>.
[[nodiscard]] std::string_view local_name(pugi::xml_node node);
/// The first child element of that name; an empty node where there is none.
[[nodiscard]] pugi::xml_node child(pugi::xml_node node, std::string_view name);
/// The child's text without blanks around it; empty where there is none.
[[nodiscard]] std::string_view text(pugi::xml_node node, std::string_view name);
/// The node's own text without blanks around it.
[[nodiscard]] std::string_view text(pugi::xml_node node);
/// The document's root element.
[[nodiscard]] pugi::xml_node root(const pugi::xml_document& document);

/// Calls on_child(node) for every child element of that name; ends with the first failure.
template <class OnChild>
[[nodiscard]] Result<void> each(pugi::xml_node node, std::string_view name, OnChild&& on_child) {
  for (const pugi::xml_node item : node.children()) {
    if (local_name(item) != name) continue;
    if (Result<void> done = on_child(item); !done) return done;
  }
  return {};
}

/// Text of a foreign document as a sentence may repeat it: one line, at most 120 characters.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace gridpilot::codec::xml
