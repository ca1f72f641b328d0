"""Writes docs/proof/privacy-zones.md: python -m tests.accounts.privacy_zones.attacks"""

from tests.accounts.privacy_zones.attacks.report import PAGE, page

if __name__ == "__main__":
    PAGE.write_text(page(towns=100))
