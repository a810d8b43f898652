"""An opening order by year: nested, honest about each year, and ending in the best plan of all."""

from itertools import combinations

import numpy as np
import pytest
from scipy.sparse import csr_array

from civicreach.errors import InputError
from civicreach.siting.clock import Clock
from civicreach.siting.cover import best_cover
from civicreach.siting.found import Quota
from civicreach.siting.phases import opening_order


def town():
    """Four places in a row and five sites; the best single site, m, is in no best plan of two.

    ::

        places  3   4   4   3
        sites  [ a ]   [ b ]      a: 3 + 4, b: 4 + 3
                   [ m ]          m: 4 + 4
               [c]         [d]    c: 3, d: 3
    """
    covers = np.array([[1, 1, 0, 0], [0, 0, 1, 1], [0, 1, 1, 0], [1, 0, 0, 0], [0, 0, 0, 1]])
    return csr_array(covers), np.array([3, 4, 4, 3])


def order(sites, weight, years, **options):
    m = sites.shape[0]
    given = {"open_": np.zeros(m, bool), "allowed": np.ones(m, bool), "clock": Clock(60), **options}
    return opening_order(sites, weight, years=years, **given)


def random_case(seed, m=12):
    random = np.random.default_rng(seed)
    place, xy = random.random((80, 2)), random.random((m, 2))
    covers = np.hypot(*(xy[:, None] - place[None]).transpose(2, 0, 1)) < 0.25
    return csr_array(covers), random.integers(1, 30, 80), covers


def test_final_plan_first_in_a_hand_worked_town():
    found = order(*town(), [1, 1])
    assert found.final.open.tolist() == [0, 1]
    assert [year.value for year in found.years] == [7, 14]
    assert [year.best.value for year in found.years] == [8, 14]
    assert [year.by_year_value for year in found.years] == [8, 11]
    assert found.years[0].by_year_opened.tolist() == [2]
    assert found.years[0].regret == pytest.approx(1 / 8)
    assert found.years[1].by_year_regret == pytest.approx(3 / 14)
    assert (found.regret, found.by_year_regret) == (pytest.approx(1 / 22), pytest.approx(3 / 22))


def test_years_are_nested_and_counted_right():
    for seed in range(30):
        sites, weight, covers = random_case(seed)
        found = order(sites, weight, [2, 0, 1, 2], seed=seed)
        opened = []
        for year in found.years:
            opened += year.opened.tolist()
            assert len(opened) <= year.count
            assert year.value == weight[covers[opened].any(axis=0)].sum()
            assert year.value <= year.best.value <= year.best.bound
            assert year.best.proven
            assert 0 <= year.regret <= year.regret_bound + 1e-12
        assert sorted(opened) == found.final.open.tolist()
        assert found.final.proven
        assert found.years[-1].value == found.final.value
        assert found.years[-1].regret == 0
        assert found.years[1].opened.tolist() == []


def test_order_inside_the_final_plan_is_mostly_the_best_of_all():
    """Every way to spread six sites over three years, against the one that is chosen."""
    best_of_all = 0
    for seed in range(40):
        sites, weight, covers = random_case(seed)
        found = order(sites, weight, [2, 2, 2], seed=seed)
        chosen = found.final.open.tolist()
        if len(chosen) < 6:
            continue
        total = sum(year.value for year in found.years)
        sums = []
        for first in combinations(chosen, 2):
            for second in combinations([j for j in chosen if j not in first], 2):
                prefixes = [list(first), [*first, *second], chosen]
                sums.append(sum(int(weight[covers[one].any(axis=0)].sum()) for one in prefixes))
        assert total <= max(sums)
        assert total >= 0.98 * max(sums)
        best_of_all += total == max(sums)
    assert best_of_all >= 30


def test_sites_that_stay_quotas_and_what_a_year_can_not_keep():
    sites, weight = town()
    stay = np.array([False, False, False, True, False])
    found = order(sites, weight, [1, 1], open_=stay)
    assert all(3 not in year.opened for year in found.years)
    assert found.years[-1].value == 14
    west = Quota(np.array([0]), 1)
    held = order(sites, weight, [1, 1], quotas=[west])
    assert held.final.open.tolist() == [0, 1]
    both = order(sites, weight, [1, 1], quotas=[west, Quota(np.array([1]), 1)])
    assert both.years[0].by_year_value == 8  # the best single site leaves one place for two duties
    assert both.years[1].by_year_value is None
    assert both.by_year_regret is None
    with pytest.raises(InputError, match="no plan keeps the rules"):
        order(sites, weight, [1], quotas=[west, Quota(np.array([1]), 1)])
    with pytest.raises(InputError, match="years"):
        order(sites, weight, [2, -1])


def test_upper_limits_hold_in_every_year():
    sites, weight = town()
    found = order(sites, weight, [1, 1], quotas=[Quota(np.array([0, 1, 2]), 0, 1)])
    opened = np.concatenate([year.opened for year in found.years])
    assert np.isin(opened, [0, 1, 2]).sum() <= 1
    assert found.years[0].best.value == 8
    plain = best_cover(
        sites, weight, new=2, open_=np.zeros(5, bool), allowed=np.ones(5, bool), quotas=[Quota(np.arange(3), 0, 1)]
    )
    assert found.final.value == plain.value


def test_stopped_at_once_all_years_are_there():
    sites, weight, _ = random_case(3)
    found = order(sites, weight, [2, 2], clock=Clock(60, stop=lambda: True))
    assert len(found.years) == 2
    assert all(year.value <= year.best.bound for year in found.years)
