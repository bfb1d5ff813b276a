"""The whole product in real browsers."""
