"""Tiles and bundles: the layout of tlog-tiles, and proofs made from files alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countersign.audit import proof, tile, tree
from countersign.audit.tile import ENTRIES, Tile
from countersign.errors import Malformed
from support import small_log


def test_a_tree_of_70000_has_the_tiles_that_the_document_counts() -> None:
    """c2sp.org/tlog-tiles, Partial Tiles: the worked example."""
    found = [one for one in tile.tiles(70_000) if one.level != ENTRIES]
    assert [sum(one.level == level and one.width == 256 for one in found) for level in range(3)] == [273, 1, 0]
    assert [(one.level, one.width) for one in found if one.width < 256] == [(0, 112), (1, 17), (2, 1)]
    assert [(one.level, one.width) for one in tile.tiles(256)] == [(ENTRIES, 256), (0, 256), (1, 1)]


@pytest.mark.parametrize(
    "one, path",
    [
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(63, 0, 1), "tile/63/000.p/1"),
        (Tile(ENTRIES, 1000, 255), "tile/entries/x001/000.p/255"),
        (Tile(2, 999), "tile/2/999"),
    ],
)
def test_a_path_names_one_tile(one: Tile, path: str) -> None:
    assert one.path == path
    assert Tile.parse(path) == one


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/67",
        "tile/0/0067",
        "tile/0/x000/067",
        "tile/0/001/067",
        "tile/0/x001/x067",
        "tile/00/067",
        "tile/64/067",
        "tile/0/067.p/0",
        "tile/0/067.p/256",
        "tile/0/067.p/01",
        "tile/0/067\n",
        "tile/0/../067",
        "/tile/0/067",
        "tile/data/067",
        "tile/0/０67",
        "tile/0/" + "x000/" * 1_500 + "000",  # so many digits that int() would raise a ValueError of its own
    ],
)
def test_another_spelling_names_none(path: str) -> None:
    with pytest.raises(Malformed, match=r"audit\.tile-path"):
        Tile.parse(path)


@settings(deadline=None)
@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_what_is_new_between_two_sizes_is_exactly_what_the_older_lacked(a: int, b: int) -> None:
    since, size = sorted((a % 3_000, b % 3_000))
    new, old = {one.path for one in tile.tiles(size)}, {one.path for one in tile.tiles(since)}
    assert {one.path for one in tile.tiles(size, since)} == new - old


@settings(deadline=None)
@given(st.lists(st.binary(max_size=40), min_size=1, max_size=256))
def test_a_bundle_comes_back_the_same(entries: list[bytes]) -> None:
    data = tile.bundle(entries)
    assert tile.parse_bundle(data, len(entries)) == tuple(entries)
    for wrong in (data[:-1], data + b"\0"):
        with pytest.raises(Malformed, match=r"audit\.bundle"):
            tile.parse_bundle(wrong, len(entries))
    for width in (len(entries) - 1, len(entries) + 1):
        with pytest.raises(Malformed, match=r"audit\.bundle"):
            tile.parse_bundle(data, width)


def test_an_entry_of_65535_fits_and_one_more_does_not() -> None:
    assert tile.parse_bundle(tile.bundle([bytes(65_535)]), 1) == (bytes(65_535),)
    with pytest.raises(Malformed, match=r"audit\.entry-too-long"):
        tile.bundle([bytes(65_536)])


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 1_500), st.data())
def test_proofs_from_files_equal_proofs_from_memory(size: int, data: st.DataObject) -> None:
    log = small_log.filled_log(size)
    files = log.files()
    nodes = tile.node_reader(files.__getitem__, size)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    assert tree.root_at(nodes, size) == log.tree.root()
    assert tree.inclusion_proof(nodes, index, size) == log.tree.inclusion_proof(index)
    steps = tree.consistency_proof(nodes, old, size)
    proof.verify_consistency(old, size, steps, log.tree.root(old), log.tree.root())


def test_a_proof_reads_few_files_and_each_once() -> None:
    log = small_log.filled_log(66_000)
    files, read = log.files(), []

    def reading(path: str) -> bytes:
        read.append(path)
        return files[path]

    tree.inclusion_proof(tile.node_reader(reading, log.size), 300, log.size)
    assert len(read) == len(set(read)) <= 6


def test_a_tile_of_the_wrong_length_is_malformed() -> None:
    files = small_log.filled_log(5).files()
    nodes = tile.node_reader(lambda path: files[path][:-1], 5)
    with pytest.raises(Malformed, match=r"audit\.tile-length"):
        nodes(0, 0)


def test_a_node_beyond_the_size_is_not_read() -> None:
    nodes = tile.node_reader(small_log.filled_log(5).files().__getitem__, 5)
    with pytest.raises(LookupError):
        nodes(2, 1)
