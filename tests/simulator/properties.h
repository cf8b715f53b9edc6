#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace seatkeeper::sim {

// The properties of a user, by name: what a JSON object would hold, in about a tenth of its memory,
// since a tenant has up to a million of them. Everything read of it is made anew. Finding something
// takes time in proportion to how many there are. Not thread-safe.
class Properties {
 public:
  Properties() = default;
  // Takes what an object holds; null and everything else holds nothing.
  Properties(const nlohmann::json& object);  // NOLINT(*explicit*): is assigned like one

  std::optional<nlohmann::json> Find(std::string_view name) const;
  bool contains(std::string_view name) const;
  // Null where there is none.
  nlohmann::json operator[](std::string_view name) const { return Find(name).value_or(nullptr); }
  // As of a JSON object: throws what the JSON library throws for a value of another type.
  template <typename T>
  T value(std::string_view name, const T& otherwise) const {
    const auto found = Find(name);
    return found ? found->template get<T>() : otherwise;
  }

  nlohmann::json ToJson() const;

  // Calls visit(name) for each.
  template <typename Visit>
  void ForEachName(Visit&& visit) const {
    for (Entry entry = First(); entry.begin < bytes_.size(); entry = After(entry)) {
      visit(entry.name);
    }
  }

 private:
  // One entry: its name (a number for those that Graph knows), the size of its value, the value.
  struct Entry {
    std::size_t begin = 0;
    std::string_view name;
    std::string_view value;
    std::size_t end = 0;
  };
  Entry At(std::size_t begin) const;
  Entry First() const { return At(0); }
  Entry After(const Entry& entry) const { return At(entry.end); }
  void Append(const std::string& name, const nlohmann::json& value);

  std::string bytes_;
};

}  // namespace seatkeeper::sim
