#include "reconciler/plan/accepted.h"

#include <algorithm>

namespace seatkeeper {
namespace {

template <typename Map>
void KeepIfKnown(const typename Map::key_type& key, const Map& before, Map& now) {
  const auto known = before.find(key);
  if (known != before.end()) now[key] = known->second;
}

// Values of users who were there before, as they were then; of the others, as they are.
std::vector<ValueHash> KeptValues(const AcceptedReading& before, const AcceptedReading& now,
                                  const std::string& attribute) {
  const auto& old_values = before.attributes.at(attribute);
  auto values = now.attributes.at(attribute);
  const auto& old_users = before.users.hashes;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto hash = now.users.hashes[i];
    const auto found = std::lower_bound(old_users.begin(), old_users.end(), hash);
    if (found == old_users.end() || *found != hash) continue;
    values[i] = old_values[static_cast<std::size_t>(found - old_users.begin())];
  }
  return values;
}

// The users of before, with what is asked for since.
void KeepUsers(const AcceptedReading& before, AcceptedReading& reading) {
  std::map<std::string, std::vector<ValueHash>> attributes;
  for (const auto& [name, values] : reading.attributes) {
    const auto known = before.attributes.find(name);
    if (known != before.attributes.end()) attributes.insert(*known);
  }
  reading.attributes = std::move(attributes);
  reading.users = before.users;
}

void KeepFigure(const Figure& figure, const AcceptedReading& before, AcceptedReading& reading) {
  switch (figure.kind) {
    case Figure::Kind::kAttribute:
      reading.attributes[figure.attribute] = KeptValues(before, reading, figure.attribute);
      break;
    case Figure::Kind::kList:
      KeepIfKnown(figure.list, before.lists, reading.lists);
      break;
    case Figure::Kind::kName:
      KeepIfKnown(figure.name, before.names, reading.names);
      break;
    case Figure::Kind::kPurchased:
      KeepIfKnown(figure.product, before.purchased, reading.purchased);
      break;
    case Figure::Kind::kUsers:
      break;
  }
}

}  // namespace

AcceptedReading NextAccepted(const std::optional<AcceptedReading>& before, AcceptedReading reading,
                             const std::vector<Figure>& kept) {
  if (!before) return reading;
  for (const auto& figure : kept) KeepFigure(figure, *before, reading);
  // Last: values of attributes stand by user.
  const bool of_users = std::any_of(kept.begin(), kept.end(), [](const Figure& figure) {
    return figure.kind == Figure::Kind::kUsers;
  });
  if (of_users) KeepUsers(*before, reading);
  return reading;
}

}  // namespace seatkeeper
