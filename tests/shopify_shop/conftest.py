"""An evening of the shop, judged once for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.shopify_shop.support.judged_evening import judge, settings_of_the_page
from tests.support.shopify_shop.faults import Broken
from tests.support.shopify_shop.shop import ShopifyShop

if TYPE_CHECKING:
    from tests.shopify_shop.support.judged_evening import Judged


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """A short history. What breaks is what most customers use; a carrier that pushes, since another is known later."""
    shop = ShopifyShop(1, 2400, history_days=3, broken=Broken("shopify_payments", "UPS", "return"))
    return judge(shop, settings_of_the_page(tmp_path_factory.mktemp("shop")))
