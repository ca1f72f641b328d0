"""Nets of streets: a grid, one that grew, and one of rings and spokes. Metres round a middle; a seed makes one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import Delaunay

Floats = NDArray[np.float64]
Edges = NDArray[np.int64]
Chance = np.random.Generator
WINDING = 1.15
"""How much longer than the straight line a street is at most."""


@dataclass(frozen=True)
class Streets:
    corners: Floats
    """(n, 2)"""
    ways: csr_matrix
    """Lengths."""

    def from_(self, corner: int) -> tuple[Floats, NDArray[np.int32]]:
        """How far every corner is by the shortest way, and the corner before it."""
        lengths, before = dijkstra(self.ways, indices=corner, return_predecessors=True)
        return lengths, before

    def lengths(self, corners: Sequence[int]) -> Floats:
        """(how many, n)"""
        return np.asarray(dijkstra(self.ways, indices=list(corners)))


def streets(seed: int, reach_m: float) -> Streets:
    chance = np.random.default_rng(seed)
    corners, edges = KINDS[seed % len(KINDS)](chance, reach_m)
    way = np.linalg.norm(corners[edges[:, 0]] - corners[edges[:, 1]], axis=1) * chance.uniform(1, WINDING, len(edges))
    both = np.r_[edges[:, 0], edges[:, 1]], np.r_[edges[:, 1], edges[:, 0]]
    ways = coo_matrix((np.r_[way, way], both), shape=(len(corners), len(corners))).tocsr()
    _, parts = connected_components(ways)
    town = np.flatnonzero(parts == np.bincount(parts).argmax())
    return Streets(corners[town], ways[town][:, town])


def _grid(chance: Chance, reach_m: float) -> tuple[Floats, Edges]:
    block_m = chance.uniform(70, 130)
    n = int(2 * reach_m / block_m) + 1
    east, north = np.meshgrid((np.arange(n) - n / 2) * block_m, (np.arange(n) - n / 2) * block_m, indexing="ij")
    corners = np.c_[east.ravel(), north.ravel()] + chance.normal(0, 0.08 * block_m, (n * n, 2))
    number = np.arange(n * n).reshape(n, n)
    down, right = (number[:-1], number[1:]), (number[:, :-1], number[:, 1:])
    edges = np.concatenate([np.c_[a.ravel(), b.ravel()] for a, b in (down, right)])
    turned = chance.uniform(0, np.pi / 2)
    turn = np.array([[np.cos(turned), -np.sin(turned)], [np.sin(turned), np.cos(turned)]])
    return corners @ turn, edges[chance.random(len(edges)) > 0.1]


def _grown(chance: Chance, reach_m: float) -> tuple[Floats, Edges]:
    n = int((2 * reach_m / chance.uniform(70, 120)) ** 2)
    corners = chance.uniform(-reach_m, reach_m, (n, 2))
    corner = Delaunay(corners).simplices
    edges = np.unique(np.sort(np.concatenate([corner[:, pair] for pair in ([0, 1], [1, 2], [0, 2])]), 1), axis=0)
    length = np.linalg.norm(corners[edges[:, 0]] - corners[edges[:, 1]], axis=1)
    return corners, edges[(chance.random(len(edges)) < 0.55) & (length < 300)]


def _radial(chance: Chance, reach_m: float) -> tuple[Floats, Edges]:
    apart_m = chance.uniform(80, 130)
    corners: list[Floats] = []
    edges: list[tuple[int, int]] = []
    inner: tuple[int, Floats] | None = None
    for radius in np.arange(apart_m, 1.6 * reach_m, apart_m):
        n = max(10, int(2 * np.pi * radius / chance.uniform(80, 140)))
        angle = 2 * np.pi * np.arange(n) / n + chance.normal(0, 0.05)
        first = len(corners)
        ring = np.c_[radius * np.cos(angle), radius * np.sin(angle)] + chance.normal(0, 6, (n, 2))
        corners.extend(ring)
        edges += [(first + i, first + (i + 1) % n) for i in range(n) if chance.random() > 0.15]
        if inner is not None:
            at, angles = inner
            spokes = np.flatnonzero(chance.random(n) < 0.6)
            edges += [(first + int(i), at + int(np.abs(_turn(angles - angle[i])).argmin())) for i in spokes]
        inner = first, angle
    return np.array(corners) + chance.uniform(-reach_m / 2, reach_m / 2, 2), np.array(edges)


def _turn(angle: Floats) -> Floats:
    return np.asarray(np.angle(np.exp(1j * angle)))


KINDS: tuple[Callable[[Chance, float], tuple[Floats, Edges]], ...] = (_grid, _grown, _radial)
