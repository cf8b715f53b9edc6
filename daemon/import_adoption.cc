#include "daemon/import_adoption.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "daemon/import_words.h"
#include "reconciler/plan/holding.h"
#include "reconciler/plan/ordered_sets.h"
#include "reconciler/plan/printable.h"
#include "reconciler/plan/row_set.h"

namespace seatkeeper {
namespace {

// Whom documents describe as holders of one product.
struct Described {
  RowSet surely;
  RowSet perhaps;  // By a guess.
};

bool HoldsDirectly(const ObservedState& observed, Row row, ProductIndex product) {
  if (!observed.users.assignments_known(row)) return false;
  Holding holding{.known = true};
  const auto assignments = observed.users.assignments(row);
  for (const auto& assignment : assignments) {
    if (assignment.product == product) holding.Add(assignment);
  }
  return holding.direct != nullptr && holding.direct->holds_seat() && holding.unknown == nullptr;
}

class Chooser {
 public:
  Chooser(const ObservedState& observed, const AdoptionFacts& facts)
      : observed_(observed), facts_(facts) {}

  AdoptionChoice Run(const Import& described) {
    for (const auto& document : described.documents) Note(document);
    for (const auto& [product, holders] : described_) Choose(product, holders);
    for (auto& [id, user] : users_) {
      std::ranges::sort(user.products);
      choice_.users.push_back(std::move(user));
    }
    return std::move(choice_);
  }

 private:
  void Note(const ImportDocument& document) {
    const RowSet nobody(observed_.users.size());
    for (const auto& grant : document.grants) {
      auto& holders =
          described_.try_emplace(grant.product, Described{.surely = nobody, .perhaps = nobody})
              .first->second;
      if (document.conditions.empty()) {
        for (const auto row : document.users) holders.surely.Insert(row);
      } else {
        (IsUncertain(document) ? holders.perhaps : holders.surely) |= document.described;
      }
    }
  }

  ProductAdoption Unchosen(ProductIndex product) const {
    ProductAdoption adoption{.product = product};
    const auto managed = facts_.managed.find(observed_.products[product].id);
    if (managed == facts_.managed.end()) return adoption;
    const auto management = managed->second;
    if (management == Management::kFull || management == Management::kObserve) {
      adoption.indifferent = management;
    }
    adoption.at_once = management == Management::kOwned;
    return adoption;
  }

  void Choose(ProductIndex product, const Described& holders) {
    auto adoption = Unchosen(product);
    auto all = holders.surely;
    all |= holders.perhaps;
    all.ForEach([&](Row row) {
      if (adoption.indifferent || !HoldsDirectly(observed_, row, product)) return;
      Choose(row, holders.surely.Contains(row), adoption);
    });
    choice_.products.push_back(adoption);
  }

  void Choose(Row row, bool surely, ProductAdoption& adoption) {
    const auto user = observed_.users.id(row);
    const auto product = observed_.products[adoption.product].id;
    if (Contains(facts_.owned, UserProduct{.user = user, .product = product})) {
      ++adoption.owned;
    } else if (facts_.busy.contains(user)) {
      ++adoption.busy;
    } else if (!surely) {
      ++adoption.uncertain;
    } else {
      ++adoption.adopted;
      auto& adopted = users_[user];
      adopted.user = user;
      adopted.user_principal_name = observed_.users.user_principal_name(row);
      adopted.products.push_back(product);
    }
  }

  const ObservedState& observed_;
  const AdoptionFacts& facts_;
  std::map<ProductIndex, Described> described_;
  std::map<UserId, AdoptedUser> users_;
  AdoptionChoice choice_;
};

std::string LineOf(const ProductAdoption& adoption) {
  if (adoption.indifferent) {
    return fmt::format("none: under `{}` nobody asks whose an assignment is",
                       ToString(*adoption.indifferent));
  }
  auto line = fmt::format("{}", adoption.adopted);
  const auto add = [&](std::size_t count, const char* why) {
    if (count > 0) line += fmt::format("; {} {}", count, why);
  };
  add(adoption.owned, "seatkeeper's own already");
  add(adoption.busy, "not, for a change of the user is open");
  add(adoption.uncertain, "not, for only an uncertain policy describes them");
  if (adoption.at_once && adoption.adopted > 0) {
    line += "; the policy in force is `owned`: from now on it may take what it does not grant";
  }
  return line;
}

}  // namespace

std::size_t AdoptionChoice::assignments() const {
  std::size_t count = 0;
  for (const auto& product : products) count += product.adopted;
  return count;
}

AdoptionChoice ChooseAdopted(const Import& described, const ObservedState& observed,
                             const AdoptionFacts& facts) {
  return Chooser(observed, facts).Run(described);
}

std::string RenderAdoption(const AdoptionChoice& choice, const ObservedState& observed) {
  std::string text =
      "To be adopted, for `management: owned` to take away once no policy grants it:\n";
  for (const auto& adoption : choice.products) {
    text += fmt::format("  {}: {}\n", Printable(observed.products[adoption.product].name()),
                        LineOf(adoption));
  }
  return text;
}

}  // namespace seatkeeper
