"""What every storey stands on: money, periods, the clock, citations, identity codes, regions, industries."""
