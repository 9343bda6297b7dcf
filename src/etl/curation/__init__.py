"""What experts do to the reference data: check it for rot, bring in newer lists, map labels to indicators."""
