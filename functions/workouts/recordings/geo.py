import numpy as np

from stadion.privacy import EARTH_RADIUS_M
from stadion.streams.codec import Floats


def distances_m(lat: Floats, lon: Floats, to_lat: Floats | float, to_lon: Floats | float) -> Floats:
    """Great circles (Sinnott 1984); degrees of WGS 84."""
    phi, to_phi = np.radians(lat), np.radians(to_lat)
    a = np.sin((to_phi - phi) / 2) ** 2 + np.cos(phi) * np.cos(to_phi) * np.sin(np.radians(to_lon - lon) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(a, 0, 1))))


def hops_m(lat: Floats, lon: Floats) -> Floats:
    """Between neighbours: n - 1 of them."""
    return distances_m(lat[:-1], lon[:-1], lat[1:], lon[1:])
