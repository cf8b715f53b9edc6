#include "daemon/plan_schema.h"

namespace seatkeeper {
namespace {

// Not from tables as the schemas of documents are: nobody writes plans, and no loader checks them.
constexpr std::string_view kPlanSchema = R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "Plan",
  "description": "What one cycle would do to one tenant: `seatkeeper plan --format json`, and the file that `--out` saves.",
  "type": "object",
  "properties": {
    "apiVersion": {"const": "seatkeeper/v1"},
    "kind": {"const": "Plan"},
    "tenant": {"type": "string", "description": "Its name in the config."},
    "digest": {"$ref": "#/$defs/digest", "description": "Over the changes with verdict `go` and what they start from. Empty: there are none."},
    "heldDigest": {"$ref": "#/$defs/digest", "description": "Of all that is held: what `seatkeeper approve` takes. Empty: nothing is."},
    "heldSets": {
      "description": "What each guardrail holds of each product, to be approved by itself. Absent: nothing is held.",
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "guardrail": {"type": "string"},
          "skuId": {"$ref": "#/$defs/guid", "description": "What the guardrail is about, where it is one product."},
          "partNumber": {"type": "string"},
          "digest": {"$ref": "#/$defs/digest"},
          "approvable": {"type": "boolean", "description": "An approval may release it."},
          "subjects": {"$ref": "#/$defs/count", "description": "Users and groups."}
        },
        "required": ["guardrail", "digest", "approvable", "subjects"],
        "additionalProperties": false
      }
    },
    "policyRevision": {"type": "string"},
    "observedAt": {"$ref": "#/$defs/time", "description": "When the tenant was read."},
    "nextFlip": {"$ref": "#/$defs/time", "description": "When a rule with a date may next select other users. Absent: never, as things are."},
    "suspended": {
      "description": "Who stopped the tenant, oldest word first. Empty: nobody. Otherwise every change is held.",
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "at": {"$ref": "#/$defs/time"},
          "by": {"type": "string", "description": "User of the operating system and host."},
          "reason": {"type": "string"}
        },
        "required": ["at", "by", "reason"],
        "additionalProperties": false
      }
    },
    "expectedSeconds": {"$ref": "#/$defs/count", "description": "How long sending takes within Microsoft Graph's write limit, if nothing else writes."},
    "monthlyCost": {
      "description": "Of the products with a price, by currency, to the hundredth. Amounts of different currencies are never added.",
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "currency": {"$ref": "#/$defs/currency"},
          "purchased": {"$ref": "#/$defs/amount"},
          "assigned": {"$ref": "#/$defs/amount"},
          "assignedAfter": {"$ref": "#/$defs/amount"},
          "wasted": {"$ref": "#/$defs/amount", "description": "Of free seats beyond `spare.max`."}
        },
        "required": ["currency", "purchased", "assigned", "assignedAfter", "wasted"],
        "additionalProperties": false
      }
    },
    "products": {
      "description": "Every product that a document names, by part number.",
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "skuId": {"$ref": "#/$defs/guid"},
          "partNumber": {"type": "string"},
          "purchased": {"$ref": "#/$defs/count", "description": "Seats that can be assigned."},
          "assigned": {"$ref": "#/$defs/count"},
          "assignedAfter": {"type": "integer"},
          "reserve": {"$ref": "#/$defs/count", "description": "Seats that are never planned away."},
          "warning": {"$ref": "#/$defs/count", "description": "Seats of expired subscriptions in their grace period: not planned with."},
          "suspended": {"$ref": "#/$defs/count", "description": "Seats that nobody can be given."},
          "short": {"$ref": "#/$defs/count", "description": "Seats that grants ask for and that are not there."},
          "spare": {
            "description": "Where policy agrees on spare seats.",
            "type": "object",
            "properties": {
              "min": {"$ref": "#/$defs/count"},
              "max": {"$ref": "#/$defs/count"},
              "missing": {"$ref": "#/$defs/count", "description": "Free seats after the plan that `min` lacks."},
              "wasted": {"$ref": "#/$defs/count", "description": "Free seats after the plan beyond `max`."}
            },
            "required": ["missing", "wasted"],
            "additionalProperties": false
          },
          "monthlyPrice": {
            "description": "Of one seat, to the hundredth; a yearly price divided by twelve. Absent: not known.",
            "type": "object",
            "properties": {
              "amount": {"$ref": "#/$defs/amount"},
              "currency": {"$ref": "#/$defs/currency"}
            },
            "required": ["amount", "currency"],
            "additionalProperties": false
          }
        },
        "required": ["skuId", "partNumber", "purchased", "assigned", "assignedAfter", "reserve", "warning", "suspended", "short"],
        "additionalProperties": false
      }
    },
    "changes": {
      "description": "By wave, then user; deferred and held ones last. Each is one request.",
      "type": "array",
      "items": {"$ref": "#/$defs/change"}
    },
    "waiting": {
      "description": "Users who are granted a product and get no seat, by product and place.",
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "product": {"$ref": "#/$defs/product"},
          "place": {"type": "integer", "minimum": 1},
          "user": {"$ref": "#/$defs/user"},
          "since": {"$ref": "#/$defs/time", "description": "Absent: the user begins to wait with this plan."},
          "served": {"type": "boolean", "description": "Has, or gets, a lower rung of the ladder for the time."},
          "policy": {"type": "string", "description": "Which grants the product."}
        },
        "required": ["product", "place", "user", "served", "policy"],
        "additionalProperties": false
      }
    },
    "circles": {
      "description": "Swaps that wait for each other's seats.",
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "products": {"type": "array", "items": {"$ref": "#/$defs/product"}},
          "users": {"$ref": "#/$defs/count"},
          "seatsNeeded": {
            "description": "How many more seats of which products would let the swaps go.",
            "type": "array",
            "items": {
              "type": "object",
              "properties": {
                "skuId": {"$ref": "#/$defs/guid"},
                "partNumber": {"type": "string"},
                "seats": {"type": "integer", "minimum": 1}
              },
              "required": ["skuId", "partNumber", "seats"],
              "additionalProperties": false
            }
          }
        },
        "required": ["products", "users", "seatsNeeded"],
        "additionalProperties": false
      }
    },
    "drift": {
      "description": "Every difference between desired and observed, whether or not something is done about it.",
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "user": {"$ref": "#/$defs/user"},
          "product": {"$ref": "#/$defs/product"},
          "kind": {"enum": ["missing", "extra", "plans", "inherited", "redundant", "unknown"]},
          "cause": {"type": "string", "description": "For people."},
          "group": {"$ref": "#/$defs/guid", "description": "Which gives the product, or is to."},
          "author": {
            "description": "Who brought it about, as far as the tenant's audit log says. Only where the config has `auditLog`.",
            "type": "object",
            "properties": {
              "kind": {"enum": ["user", "application", "group-licensing", "unknown"]},
              "name": {"type": "string", "description": "A principal name, or what the application is called."},
              "at": {"type": "string", "format": "date-time"},
              "certain": {"type": "boolean", "description": "False: it is the last change of the user's licences, and the log does not say of which product."}
            },
            "required": ["kind", "name", "at", "certain"],
            "additionalProperties": false
          }
        },
        "required": ["user", "product", "kind", "cause"],
        "additionalProperties": false
      }
    },
    "warnings": {"description": "For people.", "type": "array", "items": {"type": "string"}},
    "doubts": {
      "description": "Store or clock are in doubt: until then the tenant's removals are held.",
      "type": "array",
      "items": {"$ref": "#/$defs/heldBy"}
    },
    "suspicions": {
      "description": "Of the policy's revision, compared with the last accepted one: until it is approved or taken back, removals are held, of all products or of the one that is named.",
      "type": "array",
      "items": {"$ref": "#/$defs/heldBy"}
    }
  },
  "required": ["apiVersion", "kind", "tenant", "digest", "heldDigest", "policyRevision", "observedAt", "suspended", "expectedSeconds", "monthlyCost", "products", "changes", "waiting", "circles", "drift", "warnings", "doubts", "suspicions"],
  "additionalProperties": false,
  "$defs": {
    "digest": {"type": "string", "pattern": "^(sha256:[0-9a-f]{64})?$"},
    "time": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{3})?Z$"},
    "guid": {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
    "guids": {"type": "array", "items": {"$ref": "#/$defs/guid"}},
    "count": {"type": "integer", "minimum": 0},
    "amount": {"type": "number", "minimum": 0},
    "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
    "user": {
      "type": "object",
      "properties": {"id": {"$ref": "#/$defs/guid"}, "userPrincipalName": {"type": "string"}},
      "required": ["id", "userPrincipalName"],
      "additionalProperties": false
    },
    "product": {
      "type": "object",
      "properties": {"skuId": {"$ref": "#/$defs/guid"}, "partNumber": {"type": "string"}},
      "required": ["skuId", "partNumber"],
      "additionalProperties": false
    },
    "licenses": {
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "skuId": {"$ref": "#/$defs/guid"},
          "partNumber": {"type": "string"},
          "disabledPlans": {"$ref": "#/$defs/guids", "description": "Service plans that are off."}
        },
        "required": ["skuId", "partNumber", "disabledPlans"],
        "additionalProperties": false
      }
    },
    "usersOfProducts": {
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "skuId": {"$ref": "#/$defs/guid"},
          "partNumber": {"type": "string"},
          "users": {"$ref": "#/$defs/count"}
        },
        "required": ["skuId", "partNumber", "users"],
        "additionalProperties": false
      }
    },
    "licensedGroup": {
      "type": "object",
      "properties": {
        "id": {"$ref": "#/$defs/guid"},
        "displayName": {"type": "string"},
        "members": {"$ref": "#/$defs/count", "description": "Users who are direct members."},
        "seats": {"$ref": "#/$defs/usersOfProducts", "description": "How many members need a seat."},
        "losses": {"$ref": "#/$defs/usersOfProducts", "description": "How many users lose a product, or service plans of it."}
      },
      "required": ["id", "displayName", "members", "seats", "losses"],
      "additionalProperties": false
    },
    "heldBy": {
      "type": "object",
      "properties": {
        "guardrail": {"type": "string"},
        "skuId": {"$ref": "#/$defs/guid", "description": "What is held, where it is one product."},
        "value": {"type": "string"},
        "limit": {"type": "string"},
        "release": {"type": "string", "description": "What would let it go."},
        "digest": {"$ref": "#/$defs/digest", "description": "Of the set that an approval would release. Absent: no approval does."}
      },
      "required": ["guardrail", "value", "limit", "release"],
      "additionalProperties": false
    },
    "change": {
      "type": "object",
      "properties": {
        "id": {"type": "string", "description": "The same change has the same id in every plan."},
        "wave": {"type": "integer", "minimum": 1, "description": "Only with verdict `go`."},
        "user": {"$ref": "#/$defs/user"},
        "group": {"$ref": "#/$defs/licensedGroup", "description": "Instead of `user`: the group itself is licensed."},
        "add": {"$ref": "#/$defs/licenses", "description": "What the user or group gets, or keeps with other service plans."},
        "remove": {"$ref": "#/$defs/guids"},
        "plansOff": {"$ref": "#/$defs/guids", "description": "Of `add`: service plans that are on go off."},
        "replaced": {"$ref": "#/$defs/guids", "description": "Of `remove`: makes way for a higher rung of its ladder, which is no removal."},
        "swaps": {
          "description": "Which of `remove` goes for which of `add`, on one ladder.",
          "type": "array",
          "items": {
            "type": "object",
            "properties": {"from": {"$ref": "#/$defs/guid"}, "to": {"$ref": "#/$defs/guid"}},
            "required": ["from", "to"],
            "additionalProperties": false
          }
        },
        "usageLocation": {"type": "string", "pattern": "^[A-Z]{2}$", "description": "Set before the rest, for a user who has none."},
        "reprocess": {
          "description": "The service processes the user's groups again, which then give `add`: nothing is assigned to the user directly. Absent: `add` and `remove` are about what the user or group has directly.",
          "type": "array",
          "items": {
            "type": "object",
            "properties": {
              "skuId": {"$ref": "#/$defs/guid"},
              "partNumber": {"type": "string"},
              "groupId": {"$ref": "#/$defs/guid", "description": "Which gives it."},
              "groupName": {"type": "string"},
              "gone": {"enum": ["no-seat", "usage-location", "sibling"], "description": "What stood in the way and does so no more."}
            },
            "required": ["skuId", "partNumber", "groupId", "groupName", "gone"],
            "additionalProperties": false
          }
        },
        "verdict": {"enum": ["go", "deferred", "held"]},
        "until": {"type": "string", "description": "What a deferred change waits for, for people. Begins with the moment (RFC 3339, UTC) where it waits for one."},
        "waitsFor": {"$ref": "#/$defs/guids", "description": "Granted products that cannot be given now."},
        "unwanted": {
          "description": "Of a deferred change: what it takes away has not been unwanted for as long as `unassign` asks.",
          "type": "object",
          "properties": {
            "since": {"$ref": "#/$defs/time", "description": "When a reading first found so. Absent: with this plan."},
            "earliest": {"$ref": "#/$defs/time", "description": "When it can go, if readings follow each other without a gap. Absent with `since`."},
            "readings": {"$ref": "#/$defs/count", "description": "How many more have to agree."}
          },
          "required": ["readings"],
          "additionalProperties": false
        },
        "approved": {
          "description": "The approvals by which it goes, for each product and guardrail that they released.",
          "type": "array",
          "items": {
            "type": "object",
            "properties": {
              "approval": {"type": "string", "description": "Which one, for good."},
              "digest": {"$ref": "#/$defs/digest"},
              "who": {"type": "string"},
              "reason": {"type": "string"},
              "guardrail": {"type": "string"},
              "skuId": {"$ref": "#/$defs/guid"}
            },
            "required": ["approval", "digest", "who", "reason", "guardrail", "skuId"],
            "additionalProperties": false
          }
        },
        "held": {
          "description": "Every guardrail that holds the change.",
          "type": "array",
          "items": {"$ref": "#/$defs/heldBy"}
        },
        "reason": {"enum": ["granted", "plans-differ", "not-granted", "revoked", "replaced", "fallback", "redundant", "reprocessed", "combined"]},
        "origin": {
          "description": "Which document gives something; where nothing is given, which takes it.",
          "type": "object",
          "properties": {
            "policy": {"type": "string"},
            "file": {"type": "string"},
            "line": {"$ref": "#/$defs/count"}
          },
          "required": ["policy", "file", "line"],
          "additionalProperties": false
        },
        "removedBy": {
          "description": "Where something is given as well: which document takes what is not swapped.",
          "type": "array",
          "items": {
            "type": "object",
            "properties": {
              "skuId": {"$ref": "#/$defs/guid"},
              "policy": {"type": "string"},
              "file": {"type": "string"},
              "line": {"$ref": "#/$defs/count"}
            },
            "required": ["skuId", "policy", "file", "line"],
            "additionalProperties": false
          }
        },
        "risk": {
          "description": "What is lost for good.",
          "type": "array",
          "items": {"enum": ["apps", "files", "mailbox", "service-plan-off"]}
        },
        "before": {"$ref": "#/$defs/licenses", "description": "What the user held directly when it was planned."}
      },
      "oneOf": [
        {"properties": {"user": {}}, "required": ["user"]},
        {"properties": {"group": {}}, "required": ["group"]}
      ],
      "required": ["id", "add", "remove", "verdict", "held", "reason", "origin", "risk", "before"],
      "additionalProperties": false
    }
  }
}
)";

}  // namespace

std::string_view PlanSchema() { return kPlanSchema; }

}  // namespace seatkeeper
