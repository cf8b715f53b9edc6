#include "daemon/comparison_schema.h"

namespace seatkeeper {
namespace {

constexpr std::string_view kSchema = R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "Comparison",
  "description": "What a policy does to one tenant that its base does not: `seatkeeper plan --against DIR --format json`.",
  "type": "object",
  "properties": {
    "apiVersion": {"const": "seatkeeper/v1"},
    "kind": {"const": "Comparison"},
    "tenant": {"type": "string"},
    "observedAt": {"type": "string", "format": "date-time", "description": "When the tenant was read."},
    "baseRevision": {"type": "string"},
    "policyRevision": {"type": "string"},
    "products": {
      "description": "Products whose seats differ, once all has gone that the plans contain, held and deferred or not.",
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "skuId": {"$ref": "#/$defs/guid"},
          "partNumber": {"type": "string"},
          "purchased": {"$ref": "#/$defs/count"},
          "base": {"$ref": "#/$defs/count"},
          "after": {"$ref": "#/$defs/count"},
          "baseShort": {"$ref": "#/$defs/count", "description": "Seats that grants ask for and that are not there."},
          "afterShort": {"$ref": "#/$defs/count"}
        },
        "required": ["skuId", "partNumber", "purchased", "base", "after", "baseShort", "afterShort"],
        "additionalProperties": false
      }
    },
    "monthlyCost": {
      "description": "Of all products with a price, by currency, each policy by its own prices.",
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
          "base": {"$ref": "#/$defs/amount"},
          "after": {"$ref": "#/$defs/amount"},
          "change": {"type": "string", "pattern": "^[-+]?[0-9]+[.][0-9]{2}$"}
        },
        "required": ["currency", "base", "after", "change"],
        "additionalProperties": false
      }
    },
    "withoutPrice": {"type": "array", "items": {"$ref": "#/$defs/product"}, "description": "Products whose seats differ and that no cost contains."},
    "suspicions": {"type": "array", "items": {"$ref": "#/$defs/held"}, "description": "What of the policy is suspicious after the base: removals are held for it."},
    "changes": {
      "description": "Users, then groups that are licensed themselves, by name.",
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "user": {
            "type": "object",
            "properties": {"id": {"$ref": "#/$defs/guid"}, "userPrincipalName": {"type": "string"}},
            "required": ["id", "userPrincipalName"],
            "additionalProperties": false
          },
          "group": {
            "type": "object",
            "properties": {"id": {"$ref": "#/$defs/guid"}, "displayName": {"type": "string"}, "members": {"$ref": "#/$defs/count"}},
            "required": ["id", "displayName", "members"],
            "additionalProperties": false
          },
          "parts": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/part"}}
        },
        "required": ["parts"],
        "oneOf": [
          {"properties": {"user": true}, "required": ["user"]},
          {"properties": {"group": true}, "required": ["group"]}
        ],
        "additionalProperties": false
      }
    },
    "newWarnings": {"type": "array", "items": {"type": "string"}},
    "settledWarnings": {"type": "array", "items": {"type": "string"}}
  },
  "required": ["apiVersion", "kind", "tenant", "observedAt", "baseRevision", "policyRevision", "products", "monthlyCost", "withoutPrice", "suspicions", "changes", "newWarnings", "settledWarnings"],
  "additionalProperties": false,
  "$defs": {
    "guid": {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
    "count": {"type": "integer", "minimum": 0},
    "amount": {"type": "string", "pattern": "^[0-9]+[.][0-9]{2}$"},
    "product": {
      "type": "object",
      "properties": {"skuId": {"$ref": "#/$defs/guid"}, "partNumber": {"type": "string"}},
      "required": ["skuId", "partNumber"],
      "additionalProperties": false
    },
    "held": {
      "type": "object",
      "properties": {
        "guardrail": {"type": "string"},
        "skuId": {"$ref": "#/$defs/guid"},
        "value": {"type": "string"},
        "limit": {"type": "string"},
        "release": {"type": "string", "description": "What lets it go, beside an approval."},
        "approvable": {"type": "boolean", "description": "An approval may release it, too; the plan says its digest once it is held."}
      },
      "required": ["guardrail", "value", "limit", "release", "approvable"],
      "additionalProperties": false
    },
    "part": {
      "type": "object",
      "properties": {
        "difference": {
          "enum": ["loses", "no-longer-held", "no-longer-given", "switches-plans", "held-back", "gains", "stays"],
          "description": "loses: held now, and goes. no-longer-held: went under the base, too, but a guardrail held it. no-longer-given: the base would give it. switches-plans: stays, with other service plans. held-back: a guardrail holds it that did not. gains: is given. stays: the base would take it."
        },
        "skuId": {"$ref": "#/$defs/guid"},
        "partNumber": {"type": "string"},
        "disabledPlans": {"type": "array", "items": {"$ref": "#/$defs/guid"}, "description": "Afterwards, of what is given or switched."},
        "instead": {"$ref": "#/$defs/product", "description": "Of what is lost: the rung of the same ladder that comes in its place."},
        "upward": {"type": "boolean", "description": "That rung is a higher one."},
        "verdict": {"enum": ["go", "deferred", "held"]},
        "risk": {"type": "array", "items": {"type": "string"}},
        "held": {"type": "array", "items": {"$ref": "#/$defs/held"}},
        "origin": {
          "type": "object",
          "properties": {"policy": {"type": "string"}, "file": {"type": "string"}, "line": {"$ref": "#/$defs/count"}},
          "required": ["policy", "file", "line"],
          "additionalProperties": false
        }
      },
      "required": ["difference", "skuId", "partNumber", "disabledPlans", "verdict", "risk", "held"],
      "additionalProperties": false
    }
  }
}
)";

}  // namespace

std::string_view ComparisonSchema() { return kSchema; }

}  // namespace seatkeeper
