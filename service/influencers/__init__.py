"""Influencers: whose voice carries."""
