#include "reconciler/plan/decide.h"

#include <algorithm>

namespace seatkeeper {
namespace {

// The users of all statements of one kind in `statements`.
RowSet UnionOf(std::span<const PolicyStatement> statements, PolicyStatement::Kind kind,
               std::span<const Selection> selections, std::size_t users) {
  RowSet rows(users);
  for (const auto& statement : statements) {
    if (statement.kind == kind) rows |= selections[statement.selection].rows;
  }
  return rows;
}

}  // namespace

void Decide(std::span<const Selection> selections, std::size_t users, DesiredProduct& product) {
  product.granted = RowSet(users);
  product.revoked = RowSet(users);
  product.tied = RowSet(users);
  RowSet decided(users);
  const std::span<const PolicyStatement> all(product.statements);
  for (auto begin = all.begin(); begin != all.end();) {
    const auto end = std::find_if(begin, all.end(), [&](const PolicyStatement& statement) {
      return statement.priority != begin->priority;
    });
    const std::span<const PolicyStatement> equals(begin, end);
    auto grants = UnionOf(equals, PolicyStatement::Kind::kGrant, selections, users);
    auto revokes = UnionOf(equals, PolicyStatement::Kind::kRevoke, selections, users);
    grants -= decided;
    revokes -= decided;
    RowSet both = grants;
    both &= revokes;
    decided |= grants;
    decided |= revokes;
    grants -= both;
    revokes -= both;
    product.granted |= grants;
    product.revoked |= revokes;
    product.tied |= both;
    begin = end;
  }
}

void FindOwned(std::span<const UserProduct> pairs, const UserTable& users,
               std::vector<DesiredProduct>& products) {
  for (auto& product : products) {
    if (product.management != Management::kOwned) continue;
    product.owned = RowSet(users.size());
    std::vector<UserId> owners;
    for (const auto& pair : pairs) {
      if (pair.product == product.id) owners.push_back(pair.user);
    }
    users.ForEachKnown(owners, [&](Row row) { product.owned.Insert(row); });
  }
}

}  // namespace seatkeeper
