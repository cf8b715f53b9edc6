#include "daemon/waste_schema.h"

namespace seatkeeper {
namespace {

constexpr std::string_view kSchema = R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "Report",
  "description": "Seats of one tenant that are unused or wasted: `seatkeeper report --format json`.",
  "type": "object",
  "properties": {
    "apiVersion": {"const": "seatkeeper/v1"},
    "kind": {"const": "Report"},
    "tenant": {"type": "string"},
    "observedAt": {"type": "string", "format": "date-time", "description": "When the tenant was read."},
    "policyRevision": {"type": "string"},
    "inactiveKnown": {"type": "boolean", "description": "False: who is inactive was not asked, or not read; then nobody is."},
    "inactiveAfterDays": {"type": "integer", "minimum": 1, "description": "As asked."},
    "signInsRefused": {"type": "string", "description": "Why sign-ins were not read, although asked for."},
    "subscriptionsKnown": {"type": "boolean", "description": "False: renewals, trials and self-service are not known."},
    "products": {
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "skuId": {"$ref": "#/$defs/guid"},
          "partNumber": {"type": "string"},
          "displayName": {"type": "string"},
          "billing": {
            "enum": ["paid", "self-service", "trial", "free", "lapsed", "company"],
            "description": "self-service: users bought it, and nobody else did. trial: its only subscriptions are. free: free of charge. lapsed: no seat is in force. company: it has no seats that users take. Only paid and self-service ones can be wasted."
          },
          "purchased": {"$ref": "#/$defs/count", "description": "Seats in force."},
          "assigned": {"$ref": "#/$defs/count", "description": "As the service counts."},
          "seen": {"$ref": "#/$defs/count", "description": "Of those: whose holders the reading shows."},
          "unused": {"$ref": "#/$defs/count"},
          "warning": {"$ref": "#/$defs/count", "description": "Seats in grace after expiry."},
          "suspended": {"$ref": "#/$defs/count"},
          "trial": {"$ref": "#/$defs/count", "description": "Seats of trials, part of purchased."},
          "selfService": {"$ref": "#/$defs/count", "description": "Seats that users bought for themselves, part of purchased."},
          "reserve": {"$ref": "#/$defs/count"},
          "spare": {
            "type": "object",
            "properties": {"min": {"$ref": "#/$defs/count"}, "max": {"$ref": "#/$defs/count"}},
            "additionalProperties": false
          },
          "kept": {"$ref": "#/$defs/count", "description": "Seats that stay free: the larger of reserve and agreed spare."},
          "short": {"$ref": "#/$defs/count", "description": "Seats that policy asks for and that are not there."},
          "wasted": {
            "type": "object",
            "description": "Seats in use, each once, for the first reason that holds.",
            "properties": {
              "disabled_account": {"$ref": "#/$defs/count"},
              "inactive": {"$ref": "#/$defs/count"},
              "guest": {"$ref": "#/$defs/count"},
              "self_service": {"$ref": "#/$defs/count"},
              "overlap": {"$ref": "#/$defs/count"}
            },
            "required": ["disabled_account", "inactive", "guest", "self_service", "overlap"],
            "additionalProperties": false
          },
          "wastedInAll": {"$ref": "#/$defs/count"},
          "returnable": {"$ref": "#/$defs/count", "description": "Unused seats beyond kept and short."},
          "activityUnknown": {"$ref": "#/$defs/count", "description": "Seats whose users' sign-ins are not known."},
          "redundantDirect": {"$ref": "#/$defs/count", "description": "Users with it directly and from a group: one seat each."},
          "monthlyPrice": {
            "type": "object",
            "properties": {"amount": {"$ref": "#/$defs/amount"}, "currency": {"$ref": "#/$defs/currency"}},
            "required": ["amount", "currency"],
            "additionalProperties": false
          },
          "renewals": {
            "type": "array",
            "description": "Subscriptions in force that can shrink, the earliest renewal first; together by `returnable`.",
            "items": {
              "type": "object",
              "properties": {
                "subscription": {"type": "string"},
                "at": {"type": "string", "format": "date-time", "description": "Absent: not known."},
                "seats": {"$ref": "#/$defs/count"},
                "returnable": {"$ref": "#/$defs/count"}
              },
              "required": ["subscription", "seats", "returnable"],
              "additionalProperties": false
            }
          },
          "days": {
            "type": "array",
            "description": "What the store has of past days: each as its last complete cycle counted. Empty: nothing.",
            "items": {
              "type": "object",
              "properties": {
                "day": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "description": "UTC."},
                "purchased": {"$ref": "#/$defs/count"},
                "assigned": {"$ref": "#/$defs/count"},
                "unused": {"$ref": "#/$defs/count"},
                "wasted": {"$ref": "#/$defs/count", "description": "Without who is inactive, so that all days can be compared."},
                "inactive": {"$ref": "#/$defs/count", "description": "Further seats that are wasted since nobody signs in, and for nothing else; absent where that was not known."},
                "monthlyUnused": {"$ref": "#/$defs/amount", "description": "At today's price, monthlyPrice; absent where none is known, or nobody pays."},
                "monthlyWasted": {"$ref": "#/$defs/amount", "description": "Likewise. Where more seats were in use than bought, the others cost nothing."}
              },
              "required": ["day", "purchased", "assigned", "unused", "wasted"],
              "additionalProperties": false
            }
          }
        },
        "required": ["skuId", "partNumber", "displayName", "billing", "purchased", "assigned", "seen", "unused", "warning", "suspended", "reserve", "spare", "kept", "short", "wasted", "wastedInAll", "returnable", "activityUnknown", "redundantDirect", "renewals", "days"],
        "additionalProperties": false
      }
    },
    "monthlyCost": {
      "description": "Of all products with a price, by currency. Where more seats are in use than bought, the others cost nothing.",
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "currency": {"$ref": "#/$defs/currency"},
          "purchased": {"$ref": "#/$defs/amount"},
          "unused": {"$ref": "#/$defs/amount"},
          "returnable": {"$ref": "#/$defs/amount"},
          "wasted": {
            "type": "object",
            "properties": {
              "disabled_account": {"$ref": "#/$defs/amount"},
              "inactive": {"$ref": "#/$defs/amount"},
              "guest": {"$ref": "#/$defs/amount"},
              "self_service": {"$ref": "#/$defs/amount"},
              "overlap": {"$ref": "#/$defs/amount"}
            },
            "required": ["disabled_account", "inactive", "guest", "self_service", "overlap"],
            "additionalProperties": false
          },
          "wastedInAll": {"$ref": "#/$defs/amount"}
        },
        "required": ["currency", "purchased", "unused", "returnable", "wasted", "wastedInAll"],
        "additionalProperties": false
      }
    },
    "withoutPrice": {"type": "array", "items": {"type": "string"}, "description": "Products that are paid for and that no cost contains."},
    "costByDay": {
      "type": "object",
      "description": "What the seats of past days cost a month, at today's prices: the store keeps no prices. What has no price today, and what the tenant has no more, is in no amount.",
      "properties": {
        "currencies": {
          "type": "array",
          "description": "Never added across. Empty: the store has less than two days, or no price is known.",
          "items": {
            "type": "object",
            "properties": {
              "currency": {"$ref": "#/$defs/currency"},
              "days": {
                "type": "array",
                "items": {
                  "type": "object",
                  "properties": {
                    "day": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "description": "UTC."},
                    "unused": {"$ref": "#/$defs/amount"},
                    "wasted": {"$ref": "#/$defs/amount", "description": "Without who is inactive."}
                  },
                  "required": ["day", "unused", "wasted"],
                  "additionalProperties": false
                }
              }
            },
            "required": ["currency", "days"],
            "additionalProperties": false
          }
        },
        "withoutPrice": {"type": "array", "items": {"type": "string"}, "description": "Products that had seats to pay for on those days and that no amount contains."},
        "gone": {"$ref": "#/$defs/count", "description": "Products of those days that the tenant does not have any more."}
      },
      "required": ["currencies", "withoutPrice", "gone"],
      "additionalProperties": false
    },
    "wastedSeats": {
      "description": "With --users.",
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "user": {
            "type": "object",
            "properties": {"id": {"$ref": "#/$defs/guid"}, "userPrincipalName": {"type": "string"}, "displayName": {"type": "string"}},
            "required": ["id", "userPrincipalName", "displayName"],
            "additionalProperties": false
          },
          "skuId": {"$ref": "#/$defs/guid"},
          "partNumber": {"type": "string"},
          "reason": {"enum": ["disabled_account", "inactive", "guest", "self_service", "overlap"]},
          "coveredBy": {"type": "string", "description": "With overlap: the product that gives the same service plans."}
        },
        "required": ["user", "skuId", "partNumber", "reason"],
        "additionalProperties": false
      }
    }
  },
  "required": ["apiVersion", "kind", "tenant", "observedAt", "policyRevision", "inactiveKnown", "subscriptionsKnown", "products", "monthlyCost", "withoutPrice", "costByDay"],
  "additionalProperties": false,
  "$defs": {
    "guid": {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
    "count": {"type": "integer", "minimum": 0},
    "amount": {"type": "string", "pattern": "^[0-9]+[.][0-9]{2}$"},
    "currency": {"type": "string", "pattern": "^[A-Z]{3}$"}
  }
}
)";

}  // namespace

std::string_view ReportSchema() { return kSchema; }

}  // namespace seatkeeper
