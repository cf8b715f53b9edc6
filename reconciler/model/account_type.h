#pragma once

#include <string_view>

#include "policy/text.h"

namespace seatkeeper {

/// Graph's `@odata.type` of what `/users` lists: people carry none, or that of a user. Agent users,
/// accounts of AI agents, are listed among them (documented for Graph's beta; v1.0 has permissions
/// for them already). In any letter case.
inline constexpr std::string_view kPersonType = "#microsoft.graph.user";
inline constexpr std::string_view kAgentType = "#microsoft.graph.agentUser";

inline bool IsPersonType(std::string_view type) { return EqualsIgnoreCase(type, kPersonType); }
inline bool IsAgentType(std::string_view type) { return EqualsIgnoreCase(type, kAgentType); }

}  // namespace seatkeeper
