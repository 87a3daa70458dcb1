"""Invented tools put together from a verb, a noun and parameters, each with several words for the same thing.

The request uses other words than the description, and one prompt may hold tools that differ only in verb or noun.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from llmasos.models.nano import slots
from llmasos.models.nano.dialogue import tool
from llmasos.models.nano.invented import Invented, Parameter, describe, outcome, restyle, value
from llmasos.models.nano.phrase import CLOSE, OPEN
from llmasos.models.nano.requests import Request
from llmasos.models.nano.words import Words

# verb group: words in names | words in descriptions and requests. Groups differ in meaning.
VERBS = {
    "create": "create add make new|create/add/make/set up/register",
    "delete": "delete remove drop erase|delete/remove/erase/get rid of/drop/throw away",
    "get": "get fetch show read lookup view|get/show/fetch/look up/give me/display/tell me",
    "update": "update edit change modify set|update/change/edit/modify/alter/adjust/correct",
    "list": "list all browse|list/enumerate/list all/show all",
    "send": "send dispatch mail deliver|send/dispatch/forward/ship/deliver",
    "cancel": "cancel revoke abort|cancel/call off/revoke/abort",
    "book": "book reserve|book/reserve/secure",
    "count": "count tally|count/tally/count up",
    "copy": "copy duplicate clone|copy/duplicate/clone/make a copy of",
    "move": "move transfer relocate|move/transfer/relocate/shift",
    "lock": "lock block freeze|lock/block/freeze/seal",
    "unlock": "unlock unblock release|unlock/unblock/release/unseal",
    "start": "start run launch begin|start/run/launch/begin/kick off/switch on/turn on/activate",
    "stop": "stop halt end disable|stop/halt/end/switch off/turn off/disable/deactivate",
    "rename": "rename relabel|rename/relabel/give a new name to",
    "print": "print|print/print out",
    "share": "share publish post|share/publish/post/make public",
    "rate": "rate score review|rate/score/review/grade",
    "buy": "buy order purchase|buy/order/purchase/get hold of",
    "sell": "sell|sell/put up for sale",
    "test": "test check verify validate|test/verify/validate/examine/inspect",
    "archive": "archive store backup|archive/back up/store away/put away",
    "approve": "approve accept confirm|approve/accept/confirm/sign off",
    "measure": "measure gauge|measure/gauge/take a reading of",
    "clean": "clean wash tidy|clean/wash/tidy/tidy up",
    "repair": "repair fix mend|repair/fix/mend",
    "open": "open|open/open up",
    "close": "close shut|close/shut",
    "assign": "assign allocate|assign/allocate/hand out",
}
# a noun, and other words for it
NOUNS = (
    "order/purchase invoice/bill product/article employee/worker project/undertaking "
    "device/gadget sensor/detector camera/webcam fan/ventilator "
    "window/pane gate/barrier engine/motor pump truck/lorry car/automobile flight/plane_trip seat/place "
    "parcel/package letter report/summary_document survey/questionnaire contract/agreement loan/credit "
    "payment coupon/voucher refund/repayment subscription/membership album movie/film "
    "video/clip article/piece_of_writing comment/remark channel group/team lesson/class student/pupil exam/test_paper "
    "grade/mark course book/volume meal/dish drink/beverage ingredient menu shop/store "
    "warehouse/depot shelf/rack machine/apparatus robot drone database table column key/secret certificate "
    "domain website/site link backup/safety_copy release/version build/compilation bug/defect patch cluster container/box "
    "router firewall printer scanner battery/accumulator charger antenna satellite telescope patient/sick_person "
    "doctor/physician prescription vaccine/shot pet/animal plant/flower garden/yard tree field/meadow crop/harvest tractor "
    "ship/vessel port/harbour train/railway ticket_office bus/coach road/street bridge tunnel "
    "map/chart route/way address city_tour museum concert/gig match/game player/athlete team_photo league trophy/prize "
    "bet/wager coin/token bond fund/investment budget/spending_plan tax/levy salary/pay shift/work_period "
    "note_card/index_card message_thread/conversation reminder/nudge alarm_zone/security_area "
).split()
# parameter: kind of value, and how it stands in a request. $ is the value.
PARAMETERS: dict[str, tuple[str, str]] = {
    "name": ("name", "called $/named $/by the name of $/with the name $"),
    "id": ("code", "with id $/number $/$/with the id $/id $/#$"),
    "city": ("city", "in $/for $/in the city of $/at $"),
    "date": ("date", "on $/for $/dated $"),
    "time": ("time", "at $/for $"),
    "person": ("person", "for $/of $/belonging to $/on behalf of $"),
    "recipient": ("person", "to $/addressed to $"),
    "email": ("email", "to $/with the email $/for $"),
    "amount": ("number", "for $/worth $/of $/with an amount of $"),
    "count": ("int", "times $/$ times/with a count of $"),
    "quantity": ("int", "in a quantity of $/$ pieces/$ units/quantity $"),
    "title": ("title", "titled $/with the title $/entitled $"),
    "color": ("red|green|blue|yellow|white|black", "in $/coloured $/with $ color/in the colour $"),
    "size": ("small|medium|large", "in $/of size $/size $"),
    "priority": ("low|normal|high", "with $ priority/of $ priority/priority $"),
    "status": ("open|closed|pending", "that are $/with status $/which are $/whose status is $"),
    "level": ("int", "at level $/to level $/level $"),
    "room": ("thing", "in the $/in room $/from the $"),
    "category": ("word", "in the category $/of the category $/from category $"),
    "reason": ("text", "because of $/with the reason $/, reason: $"),
    "note": ("text", "with the note $/and note $/noting $"),
    "language": ("english|german|french|spanish", "in $/in the $ language"),
    "days": ("int", "for $ days/over $ days/during $ days"),
    "hours": ("int", "for $ hours/lasting $ hours"),
    "price": ("number", "at $/for a price of $/costing $"),
    "from_place": ("city", "from $/starting in $"),
    "to_place": ("city", "to $/bound for $"),
    "limit": ("int", "at most $/up to $/no more than $/limit $"),
    "tag": ("word", "tagged $/with the tag $/labelled $"),
    "file": ("path", "from $/using $/with file $"),
    "urgent": ("!", "urgently/and make it urgent/as a matter of urgency"),
    "force": ("!", "by force/forcefully/even if it is in use"),
    "public": ("!", "publicly/and make it public/for everybody to see"),
    "verbose": ("!", "in detail/with all details/verbosely"),
}
_TYPES = {"int": "integer", "number": "number", "pid": "integer", "!": "boolean"}
_ARTICLES = ["the ", "a ", "the ", "my ", "", "our ", "that ", "this ", "one "]


@dataclass(frozen=True)
class Design:
    """What a composed tool is, before it has names."""

    verb: str
    noun: str
    parameters: tuple[tuple[str, bool], ...]  # (name, required)


def design(w: Words, verb: str | None = None, noun: str | None = None) -> Design:
    verb = verb or w.pick(tuple(VERBS))
    if noun is None:
        noun = w.pick(NOUNS) if w.chance(0.6) else w.pick([w.from_list("thing"), w.word(), w.word()])
    names = list(dict.fromkeys(w.pick(tuple(PARAMETERS)) for _ in range(w.pick([0, 1, 1, 1, 2, 2, 2, 3, 4]))))
    flags = [(name, PARAMETERS[name][0] != "!" and w.chance(0.7)) for name in names]
    flags.sort(key=lambda flag: not flag[1])
    return Design(verb, noun, tuple(flags))


def compose(w: Words, made: Design | None = None) -> Invented:
    """A tool of a design (or of any)."""
    made = made or design(w)
    forms = made.noun.replace("_", " ").split("/")
    verb_names, verb_words = VERBS[made.verb].split("|")
    named = f"{w.pick(verb_names.split())}_{forms[0].replace(' ', '_').replace('-', '_')}"
    called = (
        w.made_up() + w.pick(["", "_" + w.made_up(), str(w.integer(1, 9))]) if w.chance(0.15) else restyle(w, named)
    )
    said = w.pick(verb_words.split("/")).replace("give me", "get").replace("tell me", "get")
    article = "all " if made.verb == "list" else w.pick(["a ", "the ", "one ", "a ", ""])
    noun = w.pick(forms) + ("s" if made.verb == "list" else "")
    description = re.sub(r"\ba (?=[aeiou])", "an ", f"{said[0].upper()}{said[1:]} {article}{noun}")
    if made.parameters and w.chance(0.2):
        description += w.pick([" by ", " with ", " given "]) + made.parameters[0][0].replace("_", " ")
    described = describe(w, description + ".") if w.chance(0.97) or called != named else ""
    names = {
        name: (f"{w.made_up()}" if w.chance(0.03) else restyle(w, name) if w.chance(0.2) else name)
        for name, _ in made.parameters
    }
    kinds = {name: _parameter(name) for name, _ in made.parameters}
    required = {names[name]: kinds[name].schema() for name, needed in made.parameters if needed}
    optional = {names[name]: kinds[name].schema() for name, needed in made.parameters if not needed}
    listed = tool(called, described, required, optional)
    return Invented(listed, f"{made.verb} {made.noun}", lambda source: _ask(source, made, names, called))


def compose_alike(w: Words, count: int) -> list[Invented]:
    """Tools that share their noun or their verb."""
    first = design(w)
    designs = [first]
    for _ in range(count):
        designs.append(design(w, noun=first.noun) if w.chance(0.6) else design(w, verb=first.verb))
    return [compose(w, each) for each in designs]


def _parameter(name: str) -> Parameter:
    kind = PARAMETERS[name][0]
    return Parameter(name, True, _TYPES.get(kind, "string"), "" if kind == "!" else kind)


def _ask(w: Words, made: Design, names: dict[str, str], called: str) -> Request:
    """A request in other words than the description may use."""
    pieces: list[str] = []
    arguments: dict[str, Any] = {}
    for name, needed in made.parameters:
        if not needed and w.chance(0.5):
            continue
        piece, arguments[names[name]] = _piece(w, name)
        pieces.append(piece)
    order = list(pieces)
    w.random.shuffle(order)
    noun = w.pick(made.noun.replace("_", " ").split("/"))
    head, form = _head(w, made, noun)
    text = re.sub(r" (?=,)", "", " ".join([head, *order]))
    result = outcome(w)
    return Request(form, text, called, arguments, result, f"Here is the result: {result}", text.endswith(CLOSE))


def _head(w: Words, made: Design, noun: str) -> tuple[str, str]:
    verb = w.pick(VERBS[made.verb].split("|")[1].split("/"))
    if made.verb == "list":
        return w.pick([("all ", "do"), ("the ", "do"), ("", "do"), ("all the ", "do")])[0].join(
            [f"{verb} ", f"{noun}s"]
        ), "do"
    if made.verb == "get" and w.chance(0.4):
        return f"the {noun}", "noun"
    if made.verb == "count" and w.chance(0.4):
        return f"how many {noun}s are there", "question"
    return re.sub(r"\ba (?=[aeiou])", "an ", f"{verb} {w.pick(_ARTICLES)}{noun}"), "do"


def _piece(w: Words, name: str) -> tuple[str, Any]:
    """How a parameter is said, and its value."""
    kind, forms = PARAMETERS[name]
    words = name.replace("_", " ")
    if kind == "!":
        return w.pick(forms.split("/")), True
    shown, made = value(w, _parameter(name))
    if kind == "text" and not shown.startswith(("'", '"', "“", "`", "‘", "«")):
        shown = slots.quoted(w, shown)
    general = [
        f"with {words} $",
        f"with the {words} $",
        f"({words}: $)",
        f"{words} $",
        f"using $ as {words}",
        f", {words} $",
        f"whose {words} is $",
    ]
    form = w.pick(forms.split("/")) if w.chance(0.65) else w.pick(general)
    return form.replace("$", OPEN + shown + CLOSE), made
