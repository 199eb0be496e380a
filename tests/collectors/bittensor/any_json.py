"""JSON of every kind that the client lets through, and what is nearly a hexadecimal text."""

from __future__ import annotations

from hypothesis import strategies as st

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.sampled_from([10**400, 1e300, -0.5])
    | st.text(max_size=8)
    | st.binary(max_size=80).map(lambda data: f"0x{data.hex()}")
    | st.sampled_from(["0x", "0xf", "0xzz", "\ud800", "0x" + "00" * 32, "0x" + "ff" * 4096])
)
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)
