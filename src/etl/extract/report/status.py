"""Whether a figure is observed, a target (planned or still to come) or a standard (a tariff, threshold or limit)."""

from __future__ import annotations

import re

from etl.extract.report import lexicon
from etl.extract.report.scan import Number
from etl.model import Status
from etl.normalise.units import load_units

_REACH = 160
"""How far back in its sentence, in characters, a figure looks for a plan."""
_MONEY_OR_SHARE = ("money", "percent", "multiple")

# ---------------------------------------------------------------- plans

_NEW_ITEM = re.compile(
    r"[;:](?=[一二三四五六七八九十]是|[(（][一二三四五六七八九十\d][)）]|其[一二三四五六]|第[一二三四五六],)"
)
_OF_PLAN = re.compile(r"完成[^,。;]{0,14}(?:目标|计划|任务|预算)[^,。;]{0,14}$")
_PLAN_ITSELF = re.compile(r"(?:目标|计划|任务|预算)(?:任务|数|值|量)?[^,。;\d]{0,6}$")
_SHARE_OF_IT = re.compile(r"[))]?的(?:\d[\d.]*\s?%|百分之|[一二三四五六七八九]成|[\d.]+倍)")
"""完成年度目标任务4.8万人的59.2%: the 4.8万人 are the plan."""
_AS_PLAN = re.compile(r"(?:左右|以[上下内])?的(?:[^,。;\d]{0,6})(?:目标|计划|任务|指标|预期)(?![^,。;]{0,4}的?\d)")
"""低于5.5%左右的控制目标"""
_HELD_IN = re.compile(r"控制在[^,。;\d]{0,4}$")
_MEASURED = re.compile(r"\d[\d.]*\s?(?:%|‰|元|万元|亿元)[^。;]{0,40}$")
_REALLY = re.compile(r"实际[^,。;\d]{0,10}$")
_PLANNING = re.compile(
    r"(?<![按照据比超动度作养展训升资持定订写列入施产坚才生育程点成案型期代项目标准种计智才优先试造血能网障助险护康惠富学爱心保”》」日])"
    r"(?<![^今明去全当来]年)计划"
    r"(?!的|完成|书|内|外|单列|生育|经济|任务|目标|指标|数|总额|总数|执行|[》”」])[^,。;]{0,20}$|(?:项目|工程)计划[^,。;]{0,12}$"
)
"""县总工会计划走访1260户, but not 按计划, 行动计划."""
_AHEAD = re.compile(r"(?:^|[,。;:“”‘’、(\s]|[到至于在])(?:(20\d\d)年|(明年|后年|下一?年度?))(?!之?前)")
_BY_YEAR = re.compile(r"力争|目标|达到|将|建|突破|实现|超过|以上")
_BY_PAST_YEAR = re.compile(r"力争|目标|将|计划")
_PAST = re.compile(r"过去一年|去年|全年|一年来")
_DONE = re.compile(r"(?:完成|实现|超过|达到)[^,。;]{0,10}$")
"""完成年度目标任务的120%: no plan for what follows."""
_NOW = re.compile(r"目前|已(?!经?计划)|去年|今年以来|截至|实际|提前")
_FUTURE = re.compile(
    r"力争|目标(?:为|是|达|任务)|(?:到|至)(?:20\d\d年|[“「]?十[四五六]五[”」]?)[^,。;]{0,4},|(?:达产|投产|建成|全部建成)后,?|预计|预期目标|规划到|计划[用到在于]|未来[一二三五\d]"
    r"|年底前|(?:下一步|接下来|后续|今后)[^。;]{0,30}?(?:将|要|计划|拟)"
    r"|(?:今年|明年|下一步|接下来|下半年|年内|后续)[^。;]{0,30}?(?:将|计划|拟|要)(?:再|新|建|培|投|实施|推|开展|举办|组织|完成|达|实现|继续|安排|发放|选树|打造|确保|力争|改造|招|争取|发展)"
    r"|(?:还将|拟)(?=[对在于向新再建投改招培选安举组引])"
)

# ---------------------------------------------------------------- rules

_CONDITION = re.compile(
    r"(?:^|[。;])[^。;]{0,20}?对[^。;]{2,60},[^,。;]{0,12}(?:奖励|补助|补贴|资助|给予)[^,。;]{0,6}$"
    r"|(?:^|[。;,])[^。;,]{0,12}?对(?:(?!\d)[^。;,]){2,40}(?:给予|奖励|补助|补贴)(?:不超过|最高|一次性)?$"
)
_BOUND = re.compile(
    r"(?:[(（]含[)）])?(?:及|或)?(?:以[上下内]|之内)?的(?!\d)(?:[^,。;\d]{0,10}"
    r"(?:企业|单位|公司|工会|项目|机构|职工|人员|家庭|学校|村|社区|园区|市场|对象|户))?"
    r"[^。;\d]{0,16}(?:给予|单独|联合|应当?|须|可以?|实行|返还|补助|补贴|奖励|发放|计发|缴纳|不得|免[征除缴]|减[半征免])"
)
"""职工25人以上的企业单独建会, 不超过1万元的全额返还: whom the rule is for."""
_THAN = re.compile(r"(?:低于|高于|超过|不足|未达到?|达不到|不低于|不高于|少于|多于)[^,。;\d]{2,18}$")
_WHOM = re.compile(
    r"(?:以[上下])?的[^,。;\d]{1,24}[,可]?[^。;\d]{0,24}"
    r"(?:给予|补助|救助|补贴|奖励|资助|不得|不再|可以?申请|减免|享受)"
)
"""低于当地平均工资70%的困难职工,给予补助: a threshold, too."""
_CONDITIONAL = re.compile(r"[^,。;]{0,12}的[^,。;]{0,12},[^。;]{0,16}(?:奖励|补助|补贴|资助|给予)")
_PAID = re.compile(r"今年已|目前已|已为|已向|已有|[单一]笔")
_POLICY = re.compile(
    r"(?:罚款|封顶线|起付线|起征点|门槛费|缴费标准|补助标准|补贴标准|奖励标准|上限|下限|限额|最低工资标准|最低生活保障标准|低保标准|最高(?:贷款|提取|授信)额度)[^,。;]{0,6}$"
)
_TIER = re.compile(
    r"(?:等奖|第[一二三四五六、第]{1,8}名|[冠亚季]军|[金银铜]奖)(?:获奖者|获得者|选手|项目|者|的)?(?:可?获得?|分别|各)?"
    r"(?:奖励|奖金|补助|给予|各)[^,。;\d]{0,6}$"
)
"""一等奖奖励2万元, 第二、三名各3万元"""
_EACH_GETS = re.compile(r"各(?:补助|奖励|奖补|资助|奖)[^,。;\d]{0,4}$")
_LAID_DOWN = re.compile(r"(?:规定|约定|办法|细则|条例|新规|章程)(?:了|明确|提出)?[,:]")
_MAY = re.compile(r"可(?:以)?(?:获得?|享受|提取|申请|领取|贷款?|抵扣|上浮|下浮|按)[^,。;\d]{0,10}$")
_EACH = re.compile(r"每(?:[名人个户家村亩座条项]|所|人每[月年天])[^,。;\d]{0,8}$")
_AIM = re.compile(r"力争|目标|提高到|达到")
_FINE = re.compile(r"(?:以[上下])?(?:的|\d[\d.]*万?元以[上下]的?)?罚款")
_CHANGED_RATE = re.compile(r"(?:上浮|下浮|减免|返还|补贴|补助|贴息|报销|给予|奖励|优惠|让利)[^,。;\d]{0,4}$")
_BOUNDS = frozenset({"最高", "不超过", "最低", "最多", "不低于", "不少于"})
_BY = re.compile(r"按(?:照)?[^,。;\d]{0,20}$")
_PAID_BY = re.compile(
    r"(?:的(?:标准|比例))?(?:给予|予以|进行)?(?:一次性)?(?:发放|计发|缴纳|奖励|返还|补贴|补助|提取|报销|计提|贴息|资助)"
)
_MEAN = re.compile(r"实际|平均|综合|总体")
_SUMMED = re.compile(r"(?<!公)共|累计|合计|总计|先后|总额")


def status_of(number: Number, unit: str, text: str, place: tuple[int, int, int], year: int | None) -> Status:
    """Whether the figure is planned, laid down or observed, by the words of its sentence.

    ``place``: where its sentence starts, and where its clause starts and ends; ``year``: that of publication.
    """
    sentence_start, clause_start, clause_end = place
    before = text[max(clause_start, number.start - 24) : number.start]
    after = text[number.end : min(clause_end, number.end + 24)]
    if _SHARE_OF_IT.match(after) and _PLAN_ITSELF.search(before):
        return "target"
    if ("完成" in before and _OF_PLAN.search(before)) or ("实际" in before and _REALLY.search(before)):
        return "observed"
    told = text[max(sentence_start, number.start - _REACH) : number.start]
    if (";" in told or ":" in told) and (items := list(_NEW_ITEM.finditer(told))):
        told = told[items[-1].end() :]  # what one item of a list plans says nothing of the next
    if _is_tariff(unit, before, told):
        return "standard"
    if _is_planned(number, unit, before, after, told, text[number.end : clause_end], year):
        return "target"
    if _is_laid_down(number, unit, text, before, after, told):
        return "standard"
    return "observed"


def _is_tariff(unit: str, before: str, told: str) -> bool:
    """计划新建15个,给予每个10万元补助: what each gets is laid down, however many there will be."""
    parsed = load_units().parse(unit) if "每" in before and _EACH.search(before) else None
    money = bool(parsed and parsed.unit.dimension.startswith("money"))
    return money and bool(lexicon.words("given").search(told[-30:])) and not _AIM.search(told)


def _is_planned(number: Number, unit: str, before: str, after: str, told: str, rest: str, year: int | None) -> bool:
    """``told``: the sentence up to the figure; ``rest``: the clause behind it."""
    if lexicon.words("target").search(before) or ("计划" in before and _PLANNING.search(before)):
        return True
    if _AS_PLAN.match(after) and not (unit == "%" and "完成" in before):
        return True
    if number.qualifier == "le" and _HELD_IN.search(before) and _MEASURED.search(told):
        return True  # 失业率3.4%,控制在4.5%以内: what it was to be held in
    plans = [m for m in _FUTURE.finditer(told) if not _DONE.search(told, max(0, m.start() - 12), m.start())]
    ahead = plans[-1] if plans else None
    if ahead is not None and ahead[0] == "预计" and _PAST.search(told, 0, ahead.start()):
        ahead = None
    if ahead is not None and not _NOW.search(told, ahead.end()):
        named = re.search(r"20\d\d", ahead[0])
        if named is None:
            return True
        past = year is not None and int(named[0]) < year
        if (_BY_PAST_YEAR if past else _BY_YEAR).search(told[ahead.start() :] + rest):
            return True
    sure = list(lexicon.words("plan").finditer(told))
    if sure and not _NOW.search(told, sure[-1].end()):
        return True
    if year is None or "年" not in told:
        return False
    coming = [m for m in _AHEAD.finditer(told) if m[2] or int(m[1]) > year]
    return bool(coming) and not _NOW.search(told, coming[-1].end())


def _is_laid_down(number: Number, unit: str, text: str, before: str, after: str, told: str) -> bool:
    at = number.start
    if number.qualifier in ("ge", "le", "lt", "gt") and _BOUND.match(text, number.end, number.end + 60):
        return True
    parsed = load_units().parse(unit)
    dimension = parsed.unit.dimension if parsed else ""
    if not dimension.startswith(_MONEY_OR_SHARE):
        return (
            number.after in ("及以上", "以上", "或以上")
            and bool(re.match(r"(?:及|或)?以上的", after))
            and bool(re.search(r"(?:条件|标准|达到)[^,。;]{0,6}$", before))
        )
    near = told[-90:]
    near = near[near.rfind(";") + 1 :]
    summed = bool(_NOW.search(near) or _SUMMED.search(near))
    bounded = number.before in _BOUNDS or number.after in ("以内", "之内")
    if not summed:
        if _THAN.search(before) and _WHOM.match(text, number.end, number.end + 80):
            return True
        if _LAID_DOWN.search(told) and lexicon.words("given").search(told[-60:]):
            return True
        if bounded and _MAY.search(before[: len(before) - number.lead] if number.lead else before):
            return True
    if dimension == "percent":
        if _BY.search(before) and _PAID_BY.match(after):
            return True  # 按创效额的1%给予奖励
        if lexicon.words("tariff").search(before) and not _MEAN.search(told[-30:]) and not _NOW.search(before):
            return True
        return number.qualifier in ("le", "ge") and bounded and bool(_CHANGED_RATE.search(before))
    if not dimension.startswith("money"):
        return False
    if (_POLICY.search(before) and not _SUMMED.search(before)) or _FINE.match(text, number.end, number.end + 20):
        return True
    if (_TIER.search(before) or _EACH_GETS.search(before)) and not _NOW.search(before) and not _SUMMED.search(before):
        return True
    if not summed:
        if _CONDITION.search(near):
            return True
        if re.match(r"对[^,]{2,60}$", near) and _CONDITIONAL.match(text, number.end):
            return True
    per = not re.search(r"共计|合计|总计|总额|累计", before[-8:]) and re.search(
        r"每[^,。;]{0,8}$|按[^,。;]{0,10}$", before
    )
    given = lexicon.words("given").search(text, max(at - len(told), at - 60), at) or re.match(
        r"的?[^,。;、]{0,10}(?:补助|津贴|补贴|奖励|标准)", after[:16]
    )
    return bool(given and (per or bounded or re.search(r"一次性", before)) and not _PAID.search(near))
