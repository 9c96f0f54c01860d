"""Approvals: 经办—复核—审批 for whatever asks for it, each step by another natural person."""
