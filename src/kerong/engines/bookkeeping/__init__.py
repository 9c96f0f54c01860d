"""Double entry in whole minor units: what balances, what a balance becomes, and whether a limit holds. Pure."""
