"""delegates.schema.json's part about Bittensor's rules, made from their catalogue. The rest of it is written by hand.

``python -m tests.docs.generated`` writes the file anew.
"""

from __future__ import annotations

import json
from typing import Any

from monitor.config.bittensor import ENABLED
from monitor.config.cross_check import DUTIES, KINDS
from monitor.config.rule_names import rules_of, thresholds_of
from monitor.rules.bittensor.registry import CARDS

_DEFINITIONS = {
    "hotkey_alerts": (("hotkey",), "Limits of this hotkey alone."),
    "subnet_alerts": (("netuid",), "Limits of this subnet alone."),
    "coldkey_alerts": (("coldkey",), "Limits of this coldkey alone."),
    "bittensor_alerts": ((*KINDS, "chain"), "Limits of the chain's rules, and of every target without its own."),
    "group_alerts": (tuple(KINDS), "Limits of the group's members that have none of their own."),
}


def with_rules(schema: str) -> str:
    """The schema's text with every rule and threshold that there is."""
    document = json.loads(schema)
    definitions = document["definitions"]
    for name, (kinds, description) in _DEFINITIONS.items():
        rules = {rule: {"$ref": f"#/definitions/rules/{rule}"} for rule in rules_of(kinds)}
        duties = {duty: definitions["alerts"]["properties"][duty] for duty in DUTIES} if name == "group_alerts" else {}
        definitions[name] = {
            "type": ["object", "null"],
            "description": description,
            "additionalProperties": False,
            "properties": duties | rules,
        }
    definitions["rules"] = {rule: _rule(rule) for rule in rules_of((*KINDS, "chain"))}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _rule(rule: str) -> dict[str, Any]:
    properties: dict[str, Any] = {ENABLED: {"type": "boolean", "description": "false switches the rule off."}}
    for name, threshold in thresholds_of(rule).items():
        said = f"{threshold.unit}: {threshold.meaning}." if threshold.meaning else f"{threshold.unit}."
        properties[name] = {"type": "number", "minimum": 0, "description": said[:1].upper() + said[1:]}
        if threshold.default is not None:
            properties[name]["default"] = threshold.default
    return {
        "type": "object",
        "description": f"{CARDS[rule].title}. Unset: {CARDS[rule].default}.",
        "additionalProperties": False,
        "properties": properties,
    }
