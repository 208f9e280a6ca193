"""Projections are thrown away and rebuilt from the archive, and nothing is lost by it."""

from countersign.store.projections import Projections


def lengths(records):
    return [(f"{each.index:04}", str(len(each.event)).encode()) for each in records]


def test_a_projection_thrown_away_is_rebuilt_the_same(profile, record):
    profile.archive.extend(record(index, b"x" * index) for index in range(5))
    projections: Projections = profile.projections
    projections.rebuild("lengths", lengths)
    before, head = projections.rows("lengths"), profile.head()
    projections.throw_away("lengths")
    assert projections.rows("lengths") == ()
    assert not projections.fresh("lengths")
    projections.rebuild("lengths", lengths)
    assert projections.rows("lengths") == before
    assert projections.get("lengths", "0003") == b"3"
    assert profile.head() == head, "nothing of it is journalled"


def test_it_knows_when_the_archive_has_grown(profile, record):
    profile.projections.rebuild("lengths", lengths)
    assert profile.projections.fresh("lengths")
    profile.archive.append(record(0))
    assert not profile.projections.fresh("lengths")
    profile.projections.rebuild("lengths", lengths)
    assert profile.projections.get("lengths", "0000") == b"5"
