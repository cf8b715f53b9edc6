#pragma once

#include <cstddef>
#include <cstdint>

#include "tests/simulator/directory.h"
#include "tests/simulator/message.h"

namespace seatkeeper::sim {

struct GenerateOptions {
  std::size_t users = 2000;  // in all: members, guests and the two break-glass accounts
  std::uint64_t seed = 1;
  WallTimeMs now;  // creation, sign-in and renewal dates lie around it
};

// A tenant as a plausible administrator has it: mostly right, partly not. The same users and seed
// give the same people, groups and licences everywhere and at any time; only dates move with `now`.
//
// People: unique userPrincipalName first.last@contoso.example; companyName "Contoso";
// department, jobTitle, country, city, usageLocation, officeLocation, employeeId, employeeType,
// onPremisesExtensionAttributes (extensionAttribute1 cost centre "CC-1100", extensionAttribute2
// the team), createdDateTime, signInActivity. Of the members 4 % have left (accountEnabled false),
// 1 % have no usageLocation yet, 6 % outside Retail are employeeType "Contractor" and 2 % "Intern",
// all others "Employee". 3 % of all users are guests (userType "Guest", no department).
//
// Beside that, for rules of every kind: mailNickname, proxyAddresses (SMTP: the mail address, and a
// second one smtp: for three in ten), otherMails for one member in ten and for every guest,
// businessPhones and imAddresses (some without any), mobilePhone, faxNumber, streetAddress,
// postalCode, passwordPolicies, the on-premises distinguished name and security identifier of the
// synced, employeeHireDate (one in fifty has yet to begin, one in twenty has none) and the
// directory extensions "extension_8f0c1d2e3a4b5c6d7e8f901234567890_costCenter" (six members in ten)
// and
// "..._badge" (two in ten). One in a hundred has no createdDateTime. signInActivity: absent for 3 %
// of the members and a third of the guests, year 1 for the break-glass accounts and 2 % of the
// others, without lastSuccessfulSignInDateTime for 10 %.
// In each department one in twelve leads a team and reports to the first of them, the others report
// to one of the leads. The plans of a product that somebody lost are Deleted in assignedPlans: for
// those who left and hold nothing any more, and for 3 % of the others.
//
// department    share  suite an employee should have           beside it
// Engineering   22 %   SPE_E5
// Sales         18 %   SPE_E3                                   POWER_BI_PRO
// Retail        16 %   SPE_F1 through "Frontline Retail"
// Support        9 %   SPE_E3                                   MCOEV
// Marketing      8 %   SPE_E3
// Finance        7 %   SPE_E3
// Operations     7 %   SPE_E3
// IT             6 %   SPE_E5
// HR             4 %   SPE_E3
// Legal          3 %   SPE_E3
// A contractor should have ENTERPRISEPACK and an intern STANDARDPACK instead of all that. Every
// suite should have the service plan YAMMER_ENTERPRISE off.
//
// Groups (by display name; only those who have not left are members):
// "All Engineers"     department Engineering: directors directly, the others through the nested
//                     "Engineering Platform", "Engineering Product", "Engineering Data" and
//                     "Engineering Quality"
// "Sales"             department Sales
// "Frontline Retail"  department Retail; the group itself gives SPE_F1. Half of those who left it
//                     behind are still in it
// "Contractors"       employeeType Contractor
// "Interns"           employeeType Intern
// "External Guests"   userType Guest
// "Break Glass"       breakglass1@ and breakglass2@, who hold AAD_PREMIUM and no suite
// "Visio Users"       a tenth of the employees of Engineering and Operations: VISIOCLIENT
// "Project Managers"  employees with jobTitle "Project Manager": PROJECTPROFESSIONAL
// "Copilot Pilot"     2 % of the office employees, six in ten of whom hold Microsoft_365_Copilot,
//                     of which every seat is taken: the scarce product
// Beyond that some 8 % of the office staff signed themselves up for FLOW_FREE.
//
// Drift: of the people above who should be licensed, about 4 % lack everything, 3.5 % hold one
// product too many (EMS, VISIOCLIENT or POWER_BI_PRO), 4 % have YAMMER_ENTERPRISE on, 2.5 % hold
// the wrong suite (SPE_E3 for SPE_E5 and the reverse) and 1 % in Retail hold SPE_F1 directly as
// well; and half of those who left still hold everything.
//
// Seats cover what is held and what should be held, and 4 % more; Microsoft_365_Copilot has none
// to spare. Each product has one subscription; SPE_E3 has two; FLOW_FREE is a self-service one.
Directory GenerateTenant(const GenerateOptions& options);

}  // namespace seatkeeper::sim
