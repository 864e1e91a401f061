"""Campaigns with influencers: what they brought for their cost, and how risky the next one is."""

from tiering.campaigns.assess import Assessment, assess
from tiering.campaigns.campaign import Campaign, Voices
from tiering.campaigns.rules import CampaignRules, load_campaign_rules

__all__ = [
    "Assessment",
    "Campaign",
    "CampaignRules",
    "Voices",
    "assess",
    "load_campaign_rules",
]
