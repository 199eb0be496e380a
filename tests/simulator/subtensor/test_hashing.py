import pytest

from simulator.subtensor.hashing import hashed, key_of, ss58, twox128, xxh64
from simulator.subtensor.runtime import storage_key

ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"


def test_xxh64_gives_what_its_specification_gives() -> None:
    assert xxh64(b"") == 0xEF46DB3751D8E999
    assert xxh64(b"abc") == 0x44BC2CF5AD770999
    assert xxh64(b"Nobody inspects the spammish repetition") == 0xFBCEA83C8A378BF1


def test_keys_are_those_of_a_recorded_runtime() -> None:
    """Keys of the golden file of release 461, pallet and items of storage-343-461.json."""
    assert storage_key("SubtensorModule", "Tempo", (1,)).hex() == (
        "658faa385070e074c85bf6b568cf05557641384bb339f3758acddfd7053d33170100"
    )
    assert storage_key("System", "LastRuntimeUpgrade").hex() == (
        "26aa394eea5630e07c48ae0c9558cef7f9cce9c888469bb1a0dceaa129672ef8"
    )
    assert storage_key("SubtensorModule", "AlphaDividendsPerSubnet", (64, key_of(ALICE))).hex() == (
        "658faa385070e074c85bf6b568cf0555362d401ea7c93984e89763daca2cbf3b4000"
        "de1e86a9a8c739864cf3cc5ec2bea59fd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d"
    )
    assert twox128("Timestamp").hex() == "f0c365c3cf59d671eb72da0e7a4113c4"


def test_an_address_is_read_back_and_another_one_is_refused() -> None:
    assert ss58(key_of(ALICE)) == ALICE
    with pytest.raises(ValueError, match="format 42"):
        key_of(ALICE[:-1] + "Z")


def test_a_hasher_that_no_watched_item_has_is_refused() -> None:
    with pytest.raises(ValueError, match="Blake2_256"):
        hashed("Blake2_256", b"")
