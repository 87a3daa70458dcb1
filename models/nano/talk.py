"""What is said without a tool: small talk, and the answer when no listed tool fits."""

from __future__ import annotations

from functools import cache
from importlib import resources

from llmasos.models.nano import slots
from llmasos.models.nano.dialogue import Tool, name_of
from llmasos.models.nano.invented import form_of
from llmasos.models.nano.phrase import expand, fill
from llmasos.models.nano.phrase import slots as slots_of
from llmasos.models.nano.requests import Request, finish
from llmasos.models.nano.words import Words

REFUSAL = "I cannot do that with the tools I have."
TALK = (
    ("[hi|hello|hey|yo|hiya|good morning|good evening|good afternoon|greetings|howdy|hello there|hi there|hey there|good day|morning][| nano|, nano| there| again| friend]", "Hello! What can I do for you?"),
    ("[hi|hello|hey][,|!] how are you[| today| doing]", "Hello! What can I do for you?"),
    ("[thanks|thank you|thx|many thanks|cheers|ty|thanks a lot|thank you very much|thank you so much|much appreciated|thanks so much|great, thanks|perfect, thank you|that helped, thanks|that's great, thank you][| nano|, nano| for that| for your help| for the help]", "You are welcome."),
    ("[who are you|what are you|what's your name|what is your name|are you a robot|are you human|introduce yourself|tell me who you are|tell me about yourself|who am i talking to|are you an ai|what should i call you|are you a person|who is this|what kind of assistant are you|do you have a name]", "I am nano, a small assistant that acts through tools."),
    ("[bye|goodbye|see you|see you later|good night|that's all|farewell|cya|bye bye|see you tomorrow|so long|talk to you later|i'm off|ciao|that is all for today|i have to go now][| nano|, nano| then| for now]", "Goodbye."),
    ("[yes|no|ok|okay|yes please|no thanks|sure|alright|fine|nope|yep|yeah|never mind|got it|i see|good|great|nice|cool|perfect|very good|well done|understood|all right|good job|no, thank you|that's fine|makes sense|sounds good|not now|maybe later|awesome|right]", "All right."),
)  # fmt: skip
ABILITIES = "[what can you do|what are you able to do|what tools do you have|which tools can you use|how can you help me|help|what are your abilities|what do you know how to do|list your tools|show me your tools|what are your tools|tell me what you can do|what can i ask you|which tools do you have|what can you help me with|what functions do you have]"
INTRODUCTIONS = "[my name is <name>|i am <name>|i'm <name>|call me <name>|you can call me <name>|hi, i'm <name>|hello, my name is <name>|hey, i am <name>|this is <name>|the name is <name>|people call me <name>|my name's <name>]"
NAME_QUESTIONS = "[what is my name|what's my name|do you remember my name|who am i|do you know my name|tell me my name|how am i called|say my name|what was my name again|can you tell me my name|what do people call me|remember my name]".replace(
    "|remember my name", ""
)


@cache
def impossible() -> tuple[str, ...]:
    """Requests that no tool of ours could fulfil."""
    return tuple(resources.files("llmasos.models.nano").joinpath("none.txt").read_text("utf-8").strip().split("\n"))


def small_talk(w: Words) -> tuple[str, str]:
    """(what is said, the answer)"""
    pattern, answer = w.pick(TALK)
    text, _ = expand(w.random, pattern)
    question = text.startswith(("who", "what", "are", "do "))
    text += w.pick(["?", "?", ""]) if question else w.pick(["", "", "!", "."])
    return (text[0].upper() + text[1:] if w.chance(0.5) else text), answer


def abilities(w: Words, tools: list[Tool]) -> tuple[str, str]:
    """A question for the tools, answered from the list."""
    text, _ = expand(w.random, ABILITIES)
    names = [name_of(item) for item in tools]
    listed = ", ".join(names[:8]) + (" and more" if len(names) > 8 else "")
    return finish(w, text + w.pick(["?", "", "?"])), f"I can use these tools: {listed}"


def introduction(w: Words) -> tuple[str, str, str]:
    """(what is said, the answer, the name)"""
    name = w.name()
    text, _ = expand(w.random, INTRODUCTIONS)
    said = text.replace("<name>", name) + w.pick(["", ".", "!"])
    return (said[0].upper() + said[1:] if w.chance(0.6) else said), f"Nice to meet you, {name}.", name


def name_question(w: Words) -> str:
    return finish(w, expand(w.random, NAME_QUESTIONS)[0] + w.pick(["?", ""]))


_KNOWLEDGE = ("who ", "why", "[explain", "[why", "[sing", "how [did", "when was", "[what do you think", "do you [like")


def unanswerable(w: Words, knowledge: bool = False) -> Request:
    """A request that only a tool that is not there could fulfil; `knowledge`: one that hardly any tool could."""
    patterns = [line for line in impossible() if not knowledge or line.startswith(_KNOWLEDGE)]
    text, _ = expand(w.random, w.pick(patterns))
    shown = {slot: slots.make(w, slot.rstrip("2"))[0] for slot in slots_of(text)}
    return Request(form_of(text), fill(text, shown), "", {}, "", REFUSAL)
