#include "tests/simulator/names.h"

#include <utility>

#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

enum Tongue : std::size_t {
  kEnglish,
  kFrench,
  kGerman,
  kSpanish,
  kNordic,
  kPolish,
  kIndian,
  kJapanese,
  kPortuguese,
  kArabic,
  kChinese,
  kYoruba
};

}  // namespace

const std::vector<Culture>& Cultures() {
  static const std::vector<Culture> cultures{
      {{"Olivia", "Jack", "Emily", "Harry", "Grace", "Oscar", "Ruby", "Thomas", "Isla", "Samuel",
        "Charlotte", "Henry", "Alice", "Edward", "Hannah"},
       {"Smith", "Taylor", "Walker", "Hughes", "Bennett", "Foster", "Murray", "O'Connor", "Reid",
        "Campbell", "Price", "Barnes", "Ellis", "Marshall"}},
      {{"Camille", "Lucas", "Chloé", "Hugo", "Léa", "Mathis", "Zoé", "Théo", "Inès", "Maëlle",
        "Antoine", "Élodie", "Baptiste", "Margaux"},
       {"Martin", "Bernard", "Dubois", "Lefèvre", "Moreau", "Girard", "Fournier", "Mercier",
        "Besson", "Rousseau", "Chevalier", "Garnier"}},
      {{"Mia", "Lukas", "Jürgen", "Anna", "Felix", "Greta", "Moritz", "Sophie", "Björn", "Heike",
        "Matthias", "Lena", "Stefan", "Ulrike"},
       {"Müller", "Schäfer", "Hoffmann", "Vogel", "Krüger", "Zimmermann", "Lang", "Böhm", "Seidel",
        "Winkler"}},
      {{"Lucía", "Mateo", "Sofía", "Álvaro", "Carmen", "Javier", "Elena", "Pablo", "Nuria", "Iván"},
       {"García", "Fernández", "López", "Sánchez", "Muñoz", "Romero", "Navarro", "Torres",
        "Domínguez", "Ramos", "Ibáñez"}},
      {{"Astrid", "Erik", "Sigrid", "Lars", "Ingrid", "Henrik", "Maja", "Bjørn", "Freja", "Olav",
        "Linnéa", "Søren"},
       {"Hansen", "Lindström", "Johansson", "Nilsen", "Dahl", "Sjöberg", "Haugen", "Bakken",
        "Møller", "Ek"}},
      {{"Zofia", "Jakub", "Maja", "Piotr", "Agnieszka", "Łukasz", "Ewa", "Tomasz", "Magdalena",
        "Krzysztof"},
       {"Nowak", "Kowalska", "Wiśniewski", "Wójcik", "Zieliński", "Szymańska", "Dąbrowski",
        "Kozłowska"}},
      {{"Aarav", "Priya", "Rohan", "Ananya", "Vikram", "Meera", "Arjun", "Kavya", "Sanjay", "Nisha",
        "Rahul", "Divya", "Ishaan", "Pooja"},
       {"Sharma", "Patel", "Iyer", "Reddy", "Nair", "Gupta", "Banerjee", "Kulkarni", "Menon",
        "Chopra", "Desai", "Rao"}},
      {{"Haruto", "Yui", "Ren", "Sakura", "Daiki", "Aoi", "Kenji", "Mei", "Takumi", "Naoko"},
       {"Sato", "Suzuki", "Tanaka", "Watanabe", "Ito", "Yamamoto", "Nakamura", "Kobayashi",
        "Mori"}},
      {{"Ana", "João", "Beatriz", "Tiago", "Mariana", "Rafael", "Luísa", "Bruno", "Inês",
        "Gustavo"},
       {"Silva", "Santos", "Oliveira", "Pereira", "Araújo", "Gonçalves", "Ribeiro", "Carvalho",
        "Teixeira"}},
      {{"Layla", "Omar", "Fatima", "Yusuf", "Noor", "Karim", "Amina", "Hassan", "Salma", "Tariq"},
       {"Haddad", "Mansour", "Khalil", "Nasser", "Farouk", "Aziz", "Saleh", "Bakri"}},
      {{"Wei", "Li", "Xiu", "Jun", "Fang", "Ming", "Yan", "Hao", "Jing", "Chen"},
       {"Wang", "Zhang", "Liu", "Yang", "Huang", "Zhao", "Wu", "Zhou", "Lin"}},
      {{"Adaeze", "Tunde", "Ngozi", "Emeka", "Yetunde", "Kunle", "Amara", "Chidi", "Folake",
        "Segun"},
       {"Okafor", "Adeyemi", "Balogun", "Eze", "Nwosu", "Ogunleye", "Abiola", "Obi"}}};
  return cultures;
}

const std::vector<Place>& Places() {
  static const std::vector<Place> places{
      {"France", "FR", "fr-FR", {"Paris", "Lyon", "Lille", "Nantes"}, {kFrench, kArabic}, 24},
      {"United Kingdom",
       "GB",
       "en-GB",
       {"London", "Leeds", "Bristol"},
       {kEnglish, kIndian, kYoruba},
       16},
      {"Germany", "DE", "de-DE", {"Berlin", "Hamburg", "München"}, {kGerman, kPolish}, 16},
      {"United States",
       "US",
       "en-US",
       {"Seattle", "Austin", "Boston"},
       {kEnglish, kSpanish, kChinese},
       14},
      {"India", "IN", "en-IN", {"Bengaluru", "Pune", "Hyderabad"}, {kIndian}, 8},
      {"Spain", "ES", "es-ES", {"Madrid", "Valencia"}, {kSpanish}, 6},
      {"Norway", "NO", "nb-NO", {"Oslo", "Bergen"}, {kNordic}, 4},
      {"Poland", "PL", "pl-PL", {"Kraków", "Gdańsk"}, {kPolish}, 4},
      {"Brazil", "BR", "pt-BR", {"São Paulo", "Recife"}, {kPortuguese}, 4},
      {"Japan", "JP", "ja-JP", {"Tokyo", "Osaka"}, {kJapanese}, 4}};
  return places;
}

std::string ForPrincipalName(std::string_view name) {
  static const std::vector<std::pair<std::string_view, std::string_view>> kPlain{
      {"á", "a"},  {"ã", "a"}, {"ą", "a"}, {"ç", "c"}, {"é", "e"},  {"è", "e"},
      {"ê", "e"},  {"ë", "e"}, {"í", "i"}, {"ñ", "n"}, {"ń", "n"},  {"ó", "o"},
      {"ø", "o"},  {"ú", "u"}, {"ś", "s"}, {"ł", "l"}, {"ä", "ae"}, {"ö", "oe"},
      {"ü", "ue"}, {"Á", "a"}, {"É", "e"}, {"Ł", "l"}};
  std::string plain;
  while (!name.empty()) {
    std::size_t length = 1;
    std::string_view letters = name.substr(0, 1);
    for (const auto& [accented, replacement] : kPlain) {
      if (!name.starts_with(accented)) continue;
      length = accented.size();
      letters = replacement;
    }
    for (const char c : ToLower(letters)) {
      if (c >= 'a' && c <= 'z') plain += c;
    }
    name.remove_prefix(length);
  }
  return plain;
}

}  // namespace seatkeeper::sim
