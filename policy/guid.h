#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace seatkeeper {

/// A GUID in 16 bytes, ordered as its text is. Graph writes GUIDs in either letter case; text
/// leaves here in lower case.
class Guid {
 public:
  Guid() = default;

  /// Accepts exactly "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx" in either case; nothing otherwise.
  static std::optional<Guid> Parse(std::string_view text);

  std::string ToString() const;
  void AppendTo(std::string& text) const;
  const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }

  friend auto operator<=>(const Guid&, const Guid&) = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
};

/// A GUID that names one kind of thing, so that a user can never be passed for a product.
template <typename Tag>
struct Id {
  Guid guid;

  static std::optional<Id> Parse(std::string_view text) {
    auto guid = Guid::Parse(text);
    return guid ? std::optional<Id>(Id{*guid}) : std::nullopt;
  }
  std::string ToString() const { return guid.ToString(); }
  friend auto operator<=>(const Id&, const Id&) = default;
};

using SkuId = Id<struct SkuTag>;           ///< A product.
using PlanId = Id<struct ServicePlanTag>;  ///< A service plan.
using UserId = Id<struct UserTag>;
using GroupId = Id<struct GroupTag>;
using TenantId = Id<struct TenantTag>;

}  // namespace seatkeeper

template <>
struct std::hash<seatkeeper::Guid> {
  std::size_t operator()(const seatkeeper::Guid& guid) const noexcept;
};

template <typename Tag>
struct std::hash<seatkeeper::Id<Tag>> {
  std::size_t operator()(const seatkeeper::Id<Tag>& id) const noexcept {
    return std::hash<seatkeeper::Guid>()(id.guid);
  }
};
