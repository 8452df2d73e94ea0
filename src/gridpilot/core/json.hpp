#pragma once

/// JSON, whole: reading records fast (Reader), reading small documents as a tree (Document), writing (Writer).
///
///   // many records: no tree, one pass, each value read once in its callback
///   static constexpr json::Fields fields{"start", "price_per_mwh"};
///   auto prices = json::decode(text, [](json::Reader& in) {
///     std::vector<Price> all;
///     in.array([&] {
///       Price& p = all.emplace_back();
///       const json::Seen seen = in.record(fields, [&](std::size_t field) {
///         switch (field) {
///           case 0: p.start = in.string(); break;
///           case 1: p.nanos_per_kwh = in.fixed(6); break;
///         }
///       });
///       in.require(fields, seen);
///     });
///     return all;
///   });                                 // Result<std::vector<Price>>
///
///   // a small document: values by name, in any order, as often as wanted
///   auto document = json::Document::parse(std::move(text));
///   const Result<double> hours = document->root().number("hours");
///
///   std::string out;
///   json::Writer(out).begin_object().member("power_w", 1500).member("reason", "cheap").end_object();
#include "gridpilot/core/json_document.hpp"
#include "gridpilot/core/json_fields.hpp"
#include "gridpilot/core/json_reader.hpp"
#include "gridpilot/core/json_writer.hpp"
