"""The rough, uncalibrated assumptions behind the synthetic population: shares and medians, all ours."""

from __future__ import annotations

from dataclasses import dataclass

WAN = 1_000_000
"""Fen in 万元."""


@dataclass(frozen=True, slots=True)
class IndustryAssumption:
    """One industry: weight, median revenue and revenue a head (万元), typical R&D share, strategic share."""

    code: str
    size_industry: str
    weight: float
    revenue: float
    revenue_a_head: float
    rd_share: float
    strategic: float


# None of these figures is taken from statistics.
INDUSTRIES = (
    IndustryAssumption("C39", "industry", 14, 2_400, 75, 0.065, 0.80),
    IndustryAssumption("C34", "industry", 11, 2_600, 80, 0.040, 0.45),
    IndustryAssumption("C36", "industry", 9, 4_200, 95, 0.035, 0.40),
    IndustryAssumption("C27", "industry", 6, 3_000, 90, 0.070, 0.75),
    IndustryAssumption("C26", "industry", 8, 5_000, 130, 0.030, 0.35),
    IndustryAssumption("I65", "software", 20, 700, 38, 0.110, 0.60),
    IndustryAssumption("M73", "other", 9, 500, 35, 0.130, 0.55),
    IndustryAssumption("L72", "leasing_business", 5, 900, 45, 0.020, 0.10),
    IndustryAssumption("F51", "wholesale", 8, 3_500, 260, 0.005, 0.05),
    IndustryAssumption("E47", "construction", 5, 5_500, 110, 0.012, 0.05),
    IndustryAssumption("A01", "agriculture", 5, 800, 40, 0.012, 0.15),
)

# 17 市州 with a rough weight; the province-run ones at the end are small.
REGIONS: dict[str, float] = {
    "420100": 46, "420200": 4, "420300": 5, "420500": 8, "420600": 9, "420700": 2, "420800": 4, "420900": 5,
    "421000": 5, "421100": 5, "421200": 3, "421300": 2.5, "422800": 2, "429004": 1.5, "429005": 1.5,
    "429006": 1.2, "429021": 0.15,
}  # fmt: skip

# How likely a flag is for an average firm, how much more for an innovative one, how often it is not known.
FLAGS: dict[str, tuple[float, float, float]] = {
    "is_mainland_resident": (0.999, 0.0, 0.0),
    "is_active": (0.97, 0.0, 0.01),
    "has_provincial_rd_body": (0.03, 1.2, 0.05),
    "is_tech_enterprise": (0.45, 1.0, 0.05),
    "is_srdi": (0.07, 1.2, 0.02),
    "is_hnte": (0.25, 1.2, 0.02),
    "is_gazelle": (0.02, 1.0, 0.02),
    "is_ip_demonstration": (0.02, 1.0, 0.05),
    "is_tech_innovation_demonstration": (0.004, 1.0, 0.05),
    "has_st_award_3y": (0.02, 1.2, 0.05),
    "has_national_award_top3_3y": (0.001, 1.0, 0.05),
    "has_national_award_top5_3y": (0.0015, 1.0, 0.05),
    "has_maker_contest_top50": (0.002, 0.8, 0.05),
    "has_national_st_project": (0.01, 1.2, 0.05),
    "is_points_selected": (0.06, 1.0, 0.08),
    "is_on_guarantee_list": (0.35, 0.6, 0.15),
    "is_re_review": (0.03, 0.5, 0.10),
    "is_key_chain_product": (0.30, 0.6, 0.12),
    "has_serious_dishonesty": (0.01, -0.2, 0.01),
    "is_on_abnormal_list": (0.03, -0.2, 0.01),
    "has_bad_credit_record": (0.06, -0.2, 0.25),
    "has_restricted_products": (0.02, 0.0, 0.04),
    "has_major_safety_accident": (0.005, 0.0, 0.03),
    "has_serious_environment_violation": (0.006, 0.0, 0.03),
    "has_serious_research_dishonesty": (0.001, 0.0, 0.03),
    "has_hard_collateral": (0.12, 0.0, 0.02),
    "has_third_party_guarantee": (0.10, 0.0, 0.02),
    "is_registered_on_erongtong": (0.70, 0.1, 0.05),
    "has_recognised_talent": (0.10, 0.9, 0.10),
    "is_talent_quota_used": (0.10, 0.0, 0.10),
    "has_other_debt": (0.35, 0.0, 0.20),
    "has_credit_honour": (0.08, 0.2, 0.15),
}

# Codes that come from somebody's list: code, share, and how often it is not known.
CODES: dict[str, tuple[dict[str, float], float]] = {
    "knowledge_value_grade": ({"A": 8, "B": 17, "C": 30, "D": 27, "E": 18}, 0.30),
    "business_value_grade": ({"A": 15, "B": 30, "C": 35, "D": 20}, 0.35),
    "enterprise_form_code": (
        {"company": 92, "partnership": 4, "sole_proprietorship": 3, "cooperative": 1},
        0.0,
    ),
    "startup_group_code": (
        {
            "none": 82,
            "graduate": 9,
            "returning_migrant": 4,
            "veteran": 2,
            "registered_unemployed": 2,
            "online_merchant": 1,
        },
        0.15,
    ),
    "startup_borrower_code": ({"individual": 75, "partnership": 25}, 0.10),
}
