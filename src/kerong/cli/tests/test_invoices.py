"""`kerong facts invoices`: a folder that `kerong match` reads, whole or not at all, no names in its reports."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from kerong.cli.facts import facts

FACTS = """\
schema: 1
holders:
  tax: {label: 虚构税务, label_en: invented tax office}
facts:
  invoice_sales_12m_fen: {label: 开票, label_en: invoiced sales, type: money, unit: wan_yuan, holder: tax}
  invoice_void_share_bp: {label: 作废, label_en: voided, type: ratio, unit: percent, holder: tax}
"""
HEAD = "企业代号,发票号码,开票日期,购方单位代号,金额,税额,价税合计,发票状态\n"
ROWS = (
    "虚构甲,1,2024-01-02,乙客户,100,13,113,有效发票\n"
    "虚构甲,2,2024-01-03,乙客户,50,6.5,56.5,作废发票\n"
    "虚构甲,3,2024-13-01,乙客户,7,0,7,有效发票\n"
)


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "facts.yaml").write_text(FACTS, encoding="utf-8")
    return folder


def _run(tmp_path: Path, policies: Path, *more: str, text: str = HEAD + ROWS) -> Result:
    sales = tmp_path / "sales.csv"
    sales.write_text(text, encoding="utf-8")
    arguments = ["invoices", "--sales", str(sales), "--on", "2024-03-01", "--output", str(tmp_path / "out")]
    return CliRunner().invoke(facts, [*arguments, "--policies", str(policies), *more])


def test_folder_holds_facts_snapshot_rejected_rows_and_report(tmp_path: Path, policies: Path) -> None:
    result = _run(tmp_path, policies)

    assert result.exit_code == 0, result.output
    out = tmp_path / "out"
    assert pq.read_table(out / "facts.parquet").to_pylist() == [
        {"uscc": "虚构甲", "invoice_sales_12m_fen": 10_000, "invoice_void_share_bp": 5_000}
    ]
    assert (out / "snapshot" / "manifest.json").is_file()
    assert "3,开票日期,2024-13-01" not in (out / "problems_sales.csv").read_text(encoding="utf-8-sig")
    assert "4,开票日期,2024-13-01" in (out / "problems_sales.csv").read_text(encoding="utf-8-sig")
    assert "窗口 2023-03-01 至 2024-02-29" in result.output
    assert "请用 --on 2024-01-01" in result.output


def test_reports_name_no_firm_and_no_customer(tmp_path: Path, policies: Path) -> None:
    result = _run(tmp_path, policies)
    texts = [
        (tmp_path / "out" / name).read_text(encoding="utf-8") for name in ("quality.html", "quality.json")
    ]

    assert [text for text in (*texts, result.output) if "虚构甲" in text or "乙客户" in text] == []
    # Quantiles of one firm would be its own figures.
    assert [text for text in (*texts, result.output) if "10,000" in text or "0.01" in text] == []


def test_existing_folder_is_kept_unless_it_is_an_earlier_result(tmp_path: Path, policies: Path) -> None:
    _run(tmp_path, policies)

    again, replaced = _run(tmp_path, policies), _run(tmp_path, policies, "--replace")

    assert (again.exit_code, replaced.exit_code) == (1, 0)
    assert "已经存在" in again.output


def test_file_without_a_good_row_stores_nothing_and_says_why(tmp_path: Path, policies: Path) -> None:
    result = _run(tmp_path, policies, text=HEAD + "虚构甲,3,昨天,乙客户,7,0,7,有效发票\n")

    assert result.exit_code == 3
    assert "第 2 行 开票日期" in result.output
    assert not (tmp_path / "out").exists()


def test_no_file_at_all_is_a_usage_error(tmp_path: Path) -> None:
    result = CliRunner().invoke(facts, ["invoices", "--output", str(tmp_path / "out")])

    assert result.exit_code == 2
    assert "--sales" in result.output
