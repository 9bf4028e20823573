"""A shop that exists only as webhooks of Shopify, AfterShip and Zendesk, with faults and their truth."""
