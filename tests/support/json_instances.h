#pragma once

#include <nlohmann/json.hpp>

// The parts of the JSON library that every test would otherwise instantiate anew are compiled once,
// in json_instances.cc: this halves the time of a file that uses them.
extern template class nlohmann::basic_json<>;
extern template class nlohmann::detail::serializer<nlohmann::json>;
