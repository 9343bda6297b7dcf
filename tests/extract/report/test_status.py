"""What is planned, what is laid down and what is: many fields, published in July 2024."""

from __future__ import annotations

import pytest

from etl.extract.report import extract_report
from etl.model import Document, ManifestEntry

OBSERVED, TARGET, STANDARD = "observed", "target", "standard"

CASES = [
    # a plan of which a part is done, and what was really done
    ("上半年植树3.2万亩,完成年度目标任务5万亩的64%。", [OBSERVED, TARGET, OBSERVED]),
    ("到位资金86.5亿元,完成年度计划80亿元的108.1%,同比增长7.2%。", [OBSERVED, TARGET, OBSERVED, OBSERVED]),
    ("去年,全市计划培训1.2万人,实际培训1.5万人。", [TARGET, OBSERVED]),
    ("全年完成投资40亿元,比计划增加3亿元。", [OBSERVED, OBSERVED]),
    # a limit beside what was measured
    ("城镇调查失业率5.1%,低于5.5%左右的控制目标。", [OBSERVED, TARGET]),
    ("居民消费价格涨幅2.1%,控制在3%以内。", [OBSERVED, TARGET]),
    ("失业率控制在4.5%以内。", [OBSERVED]),
    # words of a plan hold through their sentence
    ("要确保全年粮食播种面积220万亩以上,高标准农田建设15万亩以上。", [TARGET, TARGET]),
    ("确保如期完成3.6万名学生的视力筛查任务。", [TARGET]),
    ("年内,还将改造老旧小区18个,惠及居民6200户。", [TARGET, TARGET]),
    ("年初安排救灾资金500万元,拟对120个村实施改造。", [OBSERVED, TARGET]),
    # to make sure of something is no plan
    ("财政投入资金300万元,确保2000名职工受益。", [OBSERVED, OBSERVED]),
    ("确保了全区3.5万群众安全过冬。", [OBSERVED]),
    # 计划 as a verb and as a noun
    ("县总工会计划走访困难职工1260户。", [TARGET]),
    ("今年计划办45场招聘会", [TARGET]),
    ("卫健系统计划招聘医师85名,已按计划发放疫苗2万剂。", [TARGET, OBSERVED]),
    ("职工医疗互助保障计划为4872名患病职工支付互助金836万元。", [OBSERVED, OBSERVED]),
    ("实施计划生育特殊家庭帮扶,惠及260户。", [OBSERVED]),
    ("按照三年行动计划,全市已建成书屋120家。", [OBSERVED]),
    # years still to come, and years that are over
    ("到2028年,让每个街道都有健身中心,总数不少于60个。", [TARGET]),
    ("明年,我们再新增托位800个,财政补助增加到120万元以上。", [TARGET, TARGET]),
    ("到2022年底,全市建成充电桩1.2万个。", [OBSERVED]),
    # tariffs, awards and thresholds
    ("县教育局规定,省级名师奖励1.5万元,市级、县级名师分别奖励8000元和5000元。", [STANDARD, STANDARD, STANDARD]),
    ("津贴标准可最高上浮25%。", [STANDARD]),
    ("医保报销比例为70%,退休人员提高到85%。", [STANDARD, STANDARD]),
    ("实际报销比例达到68.5%,比上年提高3个百分点。", [OBSERVED, OBSERVED]),
    ("单位缴费比例由20%降至16%。", [STANDARD, STANDARD]),
    ("对人均收入低于当地低保标准1.5倍的家庭,一次性救助不低于3000元。", [STANDARD, STANDARD]),
    ("对月用电量高于平均水平50%的企业,不再给予补贴。", [STANDARD]),
    ("大赛一等奖奖励2万元,二等奖奖励1万元。", [STANDARD, STANDARD]),
    ("第一名奖金5万元,第二、三名各3万元。", [STANDARD, STANDARD]),
    ("稳岗返还比例最高提至90%,已返还资金3200万元。", [STANDARD, OBSERVED]),
    ("科研人员可获得不低于70%的收益。", [STANDARD]),
    ("公积金最高贷款额度由60万元提高到80万元。", [STANDARD, STANDARD]),
    ("最高赔付10万元,已有13人获赔8.4万元。", [STANDARD, OBSERVED, OBSERVED]),
    ("对超标排放的企业处10万元以上罚款,全年共罚款12万元。", [STANDARD, OBSERVED]),
    ("大赛奖金总额30万元,各工种第一名奖励1万元,第二名至第三名奖励5000元。", [OBSERVED, STANDARD, STANDARD]),
    ("明年计划新建工作室15个,给予每个10万元一次性补助。", [TARGET, STANDARD]),
    ("参保费由每人每年60元提高到80元。", [STANDARD, STANDARD]),
    ("单笔最高赔付6.8万元,惠及213户。", [OBSERVED, OBSERVED]),
    ("对优秀成果按创效额的1%至5%给予奖励。", [STANDARD]),
    ("市总每年评选10家示范驿站,各补助5万元。", [OBSERVED, STANDARD]),
    # what one item of a list plans says nothing of the next
    ("一是求职补贴,今年预计有900人受益;二是留用率达50%以上的单位给予每人每月200元奖励。", [TARGET, STANDARD, STANDARD]),
    ("一是求职补贴,今年预计有900人受益;二是就业补贴,惠及260人。", [TARGET, OBSERVED]),
    ("今年共奖励优秀教师120名,发放奖金36万元。", [OBSERVED, OBSERVED]),
    ("全年向420户企业返还失业保险费1.2亿元。", [OBSERVED, OBSERVED]),
]


@pytest.mark.parametrize(("text", "statuses"), CASES, ids=[text[:14] for text, _ in CASES])
def test_status(text: str, statuses: list[str]) -> None:
    entry = ManifestEntry("a.txt", None, "发布单位", "411300", "2024-07-18")
    found = extract_report(Document(text, "txt", "txt/1"), entry)
    assert [f.status for f in found.figures] == statuses


def test_a_year_is_to_come_only_where_the_day_of_publication_is_known() -> None:
    found = extract_report(Document("到2028年,让每个街道都有健身中心,总数不少于60个。", "txt", "txt/1"))
    assert [f.status for f in found.figures] == ["observed"]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("2023年工作回顾\n\n过去的一年成绩来之不易。预计实现财政收入52亿元。", "observed"),
        ("一、2023年工作总结\n\n预计粮食总产量31.5万吨,连续六年丰收。", "observed"),
        ("一、2023年工作总结\n\n该项目预计明年投产,力争产值达到8亿元。", "target"),
        ("二、2024年重点工作\n\n预计实现财政收入55亿元。", "target"),
    ],
)
def test_what_is_expected_of_a_year_that_a_section_looks_back_on_is_its_outcome(text: str, status: str) -> None:
    entry = ManifestEntry("a.txt", None, "县政府", "430522", "2024-01-09")
    (figure, *_) = extract_report(Document(text, "txt", "txt/1"), entry).figures
    assert figure.status == status


def test_news_behind_a_rule_tells_what_happened() -> None:
    text = "第一条 对新建驿站给予5万元补助。\n第二条 每年评选先进10名。\n\n又讯 半年来,发放资金218万元,新建驿站36座。"
    found = {f.text: f.status for f in extract_report(Document(text, "txt", "txt/1")).figures}
    assert found == {"5万元": "standard", "10名": "standard", "218万元": "observed", "36座": "observed"}
