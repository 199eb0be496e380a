"""What a plan scripts on top of chance: one frozen value per thing that happens.

`baker` is always an address. Levels are inclusive on both ends. A `to_level` of None means for ever.
"""

from __future__ import annotations

from dataclasses import dataclass, field

BAKING = "baking"
ATTESTATION = "attestation"
DAL = "dal"


@dataclass(frozen=True, slots=True)
class Outage:
    """The baker does none of `kinds`: "baking", "attestation", "dal" (attests without DAL)."""

    baker: str
    from_level: int
    to_level: int | None = None
    kinds: frozenset[str] = frozenset({BAKING, ATTESTATION})


@dataclass(frozen=True, slots=True)
class RoundsMissed:
    """The holders of these rounds do not bake; the first other round does."""

    level: int
    rounds: frozenset[int] = frozenset({0})


@dataclass(frozen=True, slots=True)
class BlockRound:
    """The block stands at this round (or the next whose holder is up): everybody before it misses."""

    level: int
    round: int


@dataclass(frozen=True, slots=True)
class Reproposal:
    """The first block proposed is not decided; the next round proposes its payload again."""

    level: int


@dataclass(frozen=True, slots=True)
class CrowdMiss:
    """That share of all rights (0..1) is not attested, whoever holds them: network-wide trouble."""

    from_level: int
    to_level: int
    share: float


@dataclass(frozen=True, slots=True)
class KeyUpdate:
    """update_consensus_key or update_companion_key; active rights delay + 1 cycles later, pending until then."""

    baker: str
    level: int
    key: str
    companion: bool = False
    applied: bool = True
    """False: the operation stands in the block with status "failed" and changes nothing."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """A transaction to itself with an entrypoint: set_delegate_parameters, stake, unstake, finalize_unstake."""

    baker: str
    level: int
    entrypoint: str
    amount: int = 0
    applied: bool = True


@dataclass(frozen=True, slots=True)
class Denunciation:
    """Evidence in operations[2] of `level` against `baker`; pending until the end of the next cycle."""

    baker: str
    level: int
    kind: str = "block"
    """Of the misbehaviour: "block", "attestation", "preattestation"."""
    offence_level: int | None = None
    forbids: bool = True


@dataclass(frozen=True, slots=True)
class Deactivation:
    """In `deactivated` of the block; the rights end rights delay + 1 cycles later."""

    baker: str
    level: int
    to_level: int | None = None


@dataclass(frozen=True, slots=True)
class Registration:
    """Unknown to the node before this level; rights begin rights delay + 1 cycles later."""

    baker: str
    level: int


@dataclass(frozen=True, slots=True)
class StakeChange:
    """The stake is multiplied at this level; the rights follow rights delay + 1 cycles later."""

    baker: str
    level: int
    factor: float


@dataclass(frozen=True, slots=True)
class NonceKept:
    """The seed nonce committed at this level is never revealed."""

    level: int


Event = (
    Outage
    | RoundsMissed
    | BlockRound
    | Reproposal
    | CrowdMiss
    | KeyUpdate
    | Transaction
    | Denunciation
    | Deactivation
    | Registration
    | StakeChange
    | NonceKept
)


@dataclass(slots=True)
class Index:
    """A script sorted for asking by level or by baker."""

    outages: dict[str, list[Outage]] = field(default_factory=dict)
    missed_rounds: dict[int, frozenset[int]] = field(default_factory=dict)
    block_rounds: dict[int, int] = field(default_factory=dict)
    reproposals: set[int] = field(default_factory=set)
    crowd_misses: list[CrowdMiss] = field(default_factory=list)
    operations: dict[int, list[KeyUpdate | Transaction]] = field(default_factory=dict)
    key_updates: dict[str, list[KeyUpdate]] = field(default_factory=dict)
    denunciations: dict[int, list[Denunciation]] = field(default_factory=dict)
    accused: dict[str, list[Denunciation]] = field(default_factory=dict)
    deactivations: dict[str, list[Deactivation]] = field(default_factory=dict)
    deactivated_at: dict[int, list[str]] = field(default_factory=dict)
    registrations: dict[str, int] = field(default_factory=dict)
    stake_changes: dict[str, list[StakeChange]] = field(default_factory=dict)
    kept_nonces: set[int] = field(default_factory=set)

    def add(self, event: Event) -> None:
        match event:
            case Outage():
                self.outages.setdefault(event.baker, []).append(event)
            case RoundsMissed():
                self.missed_rounds[event.level] = self.missed_rounds.get(event.level, frozenset()) | event.rounds
            case BlockRound():
                self.block_rounds[event.level] = event.round
            case Reproposal():
                self.reproposals.add(event.level)
            case CrowdMiss():
                self.crowd_misses.append(event)
            case KeyUpdate():
                self.operations.setdefault(event.level, []).append(event)
                if event.applied:
                    self.key_updates.setdefault(event.baker, []).append(event)
            case Transaction():
                self.operations.setdefault(event.level, []).append(event)
            case Denunciation():
                self.denunciations.setdefault(event.level, []).append(event)
                self.accused.setdefault(event.baker, []).append(event)
            case Deactivation():
                self.deactivations.setdefault(event.baker, []).append(event)
                self.deactivated_at.setdefault(event.level, []).append(event.baker)
            case Registration():
                self.registrations[event.baker] = event.level
            case StakeChange():
                self.stake_changes.setdefault(event.baker, []).append(event)
            case NonceKept():
                self.kept_nonces.add(event.level)

    def out(self, baker: str, level: int, kind: str) -> bool:
        """Whether a scripted outage covers this duty of the baker at the level."""
        return any(
            outage.from_level <= level and (outage.to_level is None or level <= outage.to_level)
            for outage in self.outages.get(baker, ())
            if kind in outage.kinds
        )


def index(script: tuple[Event, ...]) -> Index:
    result = Index()
    for event in script:
        result.add(event)
    return result
