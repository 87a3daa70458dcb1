"""Tables of phrasings for requests of several steps (chains.py).

- An entry is (form, pattern). `{}` stands for a thing ("the sum of 3 and 4") or for a first imperative, `%` for a
  second one, `§` for the thing's pronoun, `@` for "the" or "my". `<q>` and `<T>` are always quoted.
- Tables named PUT replace what a file says, tables named ADDED add to its end.
"""

from __future__ import annotations

from typing import TypeAlias

from llmasos.models.nano import chain_phrases_fourth as fourth
from llmasos.models.nano import chain_phrases_third as third
from llmasos.models.nano.words import Words

Table: TypeAlias = tuple[tuple[str, str], ...]

AND = "[and|and then|then|, then|, and then|, and|and after that|and afterwards|; then|and also|, after that|; after that|, afterwards]"
AND = f"{AND[:-1]}|{fourth.AND_FOURTH[1:]}"
IT = "[the result|the answer|it|the outcome|what comes out|that|what you get|whatever comes out|the number you get]"
IT = f"{IT[:-1]}|{fourth.IT_FOURTH[1:]}"
PUT_VERB = "[write|save|put|store|record]"
PUT_VERB = f"{PUT_VERB[:-1]}|{fourth.PUT_VERB_FOURTH[1:]}"
INTO = "[to|into|in|to the file|in the file|to a file called]"
INTO = f"{INTO[:-1]}|{fourth.INTO_FOURTH[1:]}"
ADD = "[append|add]"
ADD = f"{ADD[:-1]}|{fourth.ADD_FOURTH[1:]}"
ONTO = "[to|to the end of|at the end of|at the bottom of|to the file]"
ONTO = f"{ONTO[:-1]}|{fourth.ONTO_FOURTH[1:]}"

# A thing goes into the file <b>.
PUT: Table = (
    *third.PUT_THIRD,
    *fourth.PUT_FOURTH,
    *[("do", f"{PUT_VERB} {{}} {INTO} <b>")] * 14,
    ("do", "[create|make|set up] [|the file |a file called ]<b> and [put|write|save] {} [in it|inside|there|into it]"),
    ("do", "[create|make|produce|generate] [|a file called |a file named |the file ]<b> [with|containing|that contains|that holds] {}"),
    ("do", "fill [|the file ]<b> with {}"),
    ("do", "[set|change] the [content|contents|text] of <b> to {}"),
    ("do", "[let|make|have] [|the file ]<b> [contain|hold] {}"),
    ("do", "use [|the file ]<b> to [store|keep|save|hold] {}"),
    ("do", "[overwrite|replace] [|the file |what is in |the text of ]<b> with {}"),
    ("do", "[jot down|note down|write down|put down|set down] {} in <b>"),
    ("do", "[jot|write|put|note] {} down in [|the file ]<b>"),
    ("do", "[dump|drop|export|output|enter|type|place|stash|deposit|print] {} [to|into] [|the file ]<b>"),
    ("do", "[get|bring] {} into <b>"),
    ("do", "[keep|leave|preserve] {} in [|a file called |the file ]<b>[| for me| for later]"),
    ("do", "[get|take|fetch] {} and [write|save|put|store] § [to|in|into] [|the file ]<b>"),
    ("do", "[make sure|see to it|take care|ensure] that <b> [contains|holds|has] {}"),
    ("say", "[into|in|to] [|the file ]<b>[|,] [please |][write|put|save|store] {}"),
    ("say", "[|the file ]<b> [should|must|has to|ought to|is to|needs to|is supposed to|shall|is meant to] [hold|contain|have|show|store] {}"),
    ("say", "i [need|want|would like] [|the file ]<b> to [hold|contain|have|show] {}"),
    ("say", "i [need|want|would like|must have] {} [in|inside|saved in|written to|stored in|put into|kept in|recorded in] [|the file |a file called ]<b>"),
    ("say", "[could|can|may|might] i [have|find|get|see] {} in [|the file ]<b>?"),
    ("say", "[could|can] [|the file ]<b> [get|hold|contain|have|receive] {}?"),
    ("say", "[could|can] {} be [written to|saved in|put into|stored in|placed in] <b>?"),
    ("say", "{} [should|must|ought to|can|shall] [go into|be written to|be saved in|be in|end up in|land in|be stored in|be put into] [|the file ]<b>"),
    ("say", "[would|do] you mind [writing|saving|putting|storing|recording] {} [in|into] [|the file ]<b>?"),
    ("say", "[how about|what about] [writing|saving|putting|storing] {} [in|into] <b>?"),
    ("say", "i'd [like|love|be happy|be glad] to [have|find|see] {} in <b>"),
    ("say", "it would be [great|nice|good|helpful|lovely|handy] [to have|if i had|if i could find|to find] {} in <b>"),
    ("say", "there [should|must|needs to|has to] be a file [|called |named ]<b> with {} in it"),
    ("say", "the [content|text] of <b> [should|must|ought to|has to] be {}"),
    ("say", "what [|the file ]<b> [needs|should hold|must contain|has to contain] is {}"),
    ("say", "i'd rather not lose {}, so [put|save|write|keep] § [in|into] <b>"),
    ("say", "i [always forget|might lose|keep losing|want to keep|will need|have to keep] {}, so [please |][put|save|write|store] § [in|into] <b>"),
    ("say", "[my boss|my colleague|my teacher|my team|the customer|the office|somebody] [wants|needs|asked for] {} in <b>"),
    ("say", "so that [i don't lose §|nobody has to ask|we have § at hand|i can look § up later|i find § again], [save|put|write|store] {} [in|into] <b>"),
    ("say", "[i need|get me|get|i want|take|fetch] {}. [then |please |after that |afterwards |][save|write|put|store] § [in|to|into] [|the file ]<b>"),
    ("say", "[i need|get me|get|i want|take] {}, and [i need|i want|i'd like to have|i expect] § in <b>"),
    ("say", "{}: [write|save|put|store] § [in|into] <b>"),
    ("say", "{}, [written to|saved in|stored in|put into|in] a file [called|named] <b>[, please| please|]"),
    ("say", "<b> is [where|the file where|the place where] {} [should go|should be written|ought to be|must go]"),
    ("say", "take [|the file ]<b> and let it [hold|contain] {}"),
    ("say", "[when i open|once i open|if i open|whenever i open] <b>, i [want|need|would like|expect] to [see|find|read] {}"),
    ("say", "i'm [counting on you|relying on you|asking you] to [write|save|get|put] {} into <b>"),
    ("say", "[nothing but|only|just] {} should be in <b>"),
    ("say", "[new file|file] <b>[, please|]: it should [hold|contain|have] {}"),
)  # fmt: skip
ADDED: Table = (
    *third.ADDED_THIRD,
    *fourth.ADDED_FOURTH,
    *[("do", f"{ADD} {{}} {ONTO} <b>")] * 14,
    ("do", "[put|write|place|stick|insert|set|type] {} [at the end of|at the bottom of|on the last line of|as the last line of] [|the file ]<b>"),
    ("do", "write {} [under|below|after|underneath] [what is already in|what is in|everything in|the rest of|the text in|the last line of] <b>"),
    ("do", "[extend|continue|complete|supplement] [|the file ]<b> with {}"),
    ("do", "[add|append|attach] [a line|one more line|another line|a new line] with {} to [|the file ]<b>"),
    ("do", "[write|put] [one more line|another line|an extra line|a new last line] with {} at the end of <b>"),
    ("do", "make {} the last line of [|the file ]<b>"),
    ("do", "[tack|attach|tag|stick|glue] {} [onto|on to] [|the end of ]<b>"),
    ("do", "[let|make|have] <b> end with {}"),
    ("do", "[leave|keep] <b> as it is and [add|append|write] {} [below|at the end|at the bottom|underneath]"),
    ("do", "keep [what <b> has|what is in <b>|the text in <b>] and [put|add|write] {} [after it|below it|at the end]"),
    ("do", "[get|take|fetch] {} and [append|add|attach] § to [|the end of |the bottom of ]<b>"),
    ("do", "go to the end of <b> and add {} there"),
    ("say", "to [|the file |the end of |the bottom of ]<b>[|,] [please |][add|append] {}"),
    ("say", "at the [end|bottom] of [|the file ]<b>[|,] [please |][put|write|add|append] {}"),
    ("say", "[below|under|after] [everything|all that is|what is] in <b>, [please |][put|write|add] {}"),
    ("say", "[|the file ]<b> [should|must|has to|is to|needs to|ought to] [end with|be extended by|have one more line with|get one more line with|be continued with] {}"),
    ("say", "i [need|want|would like] {} [appended to|added to|at the end of|at the bottom of|attached to|as the last line of|below what is in] <b>"),
    ("say", "{} [should|must|ought to|can|shall] [be added to|be appended to|go to the end of|come at the end of|be the last line of|go below the rest of|be attached to] <b>"),
    ("say", "[could|can] {} be [added|appended] to [|the end of |the bottom of ]<b>?"),
    ("say", "[could|can] <b> [get|have|be given] {} as its last line?"),
    ("say", "[would|do] you mind [adding|appending|attaching] {} to [|the end of ]<b>?"),
    ("say", "[how about|what about] [adding|appending] {} to [|the end of ]<b>?"),
    ("say", "[|the file ]<b> [is missing|still lacks|lacks|is still missing|does not have] {}, [so |please |][add|append] § [at the end|at the bottom|below the rest]"),
    ("say", "<b> [needs|wants] {} [added|appended|at its end|at the bottom|as one more line]"),
    ("say", "[don't overwrite|do not replace|don't touch what is in|don't erase] <b>, [just |only |][add|append] {} [at the end|to it|at the bottom]"),
    ("say", "i keep [a list|a log|notes|a record|a diary] in <b>; [please |][add|append] {} [to it|at the end]"),
    ("say", "i'd [like|love] to [see|have|find] {} at the [end|bottom] of <b>"),
    ("say", "it would be [great|nice|good|helpful] to have {} at the [end|bottom] of <b>"),
    ("say", "[get me|get|i need|take|fetch] {}. [then |please |after that |afterwards |][append|add] § to [|the end of ]<b>"),
    ("say", "the [last|final|bottom] line of <b> should [be|become] {}, [added|appended] to the rest"),
    ("say", "the end of <b> is where {} should [go|be added]"),
    ("say", "{}: [append|add] § to [|the end of ]<b>"),
    ("say", "[something more|one more thing] for <b>: append {} to it"),
    ("say", "so that [i don't lose §|nothing gets lost|we keep track|i find § again], [add|append] {} to <b>"),
)  # fmt: skip

# An imperative, and a second one after it.
THEN: Table = (
    *third.THEN_THIRD,
    *fourth.THEN_FOURTH,
    *[("do", f"{{}} {AND} %")] * 8,
    ("do", "{}, and [when that is done|once that is done|when you have it|as soon as you have it|with that done|once you're done|in the end], %"),
    ("do", "{}; [when that's done|once done|when ready|as a second step], %"),
    ("say", "{}. [then|then,|after that|after that,|afterwards|next,|now|and then|when you are done,|when that is done,|once you have it,|having done that,|as soon as you have that,|finally,] [please |]%"),
    ("say", "[please |first |first, |to begin with, |start like this: |]{}. [then|then,|after that,|afterwards,|next,|second,] %"),
    ("say", "first {}[, then|, and then|, second|; after that|, next] %"),
    ("say", "[could|can|would|will] you [please |]{}? [then|after that,|and then|and|afterwards,|next,] [please |]%"),
    ("say", "[two|a couple of] [things|steps|tasks|jobs]: {}, [and |then |and then |]%"),
    ("say", "i [need|want] you to {} [and then|and|, then|, and after that|and afterwards] [to |]%"),
    ("say", "step one: {}. step two: %"),
    ("say", "i'd like you to {}. [then|afterwards|after that] i'd like you to %"),
    ("say", "your [job|task|work]: {}[, then|, and then|; afterwards|; after that] %"),
    ("say", "would you be so kind and {}, then %?"),
    ("say", "the plan: {}, [then|and then|after that] %"),
    ("say", "what i need is this: {}[, then|, and then|; after that] %"),
)  # fmt: skip

# How a sum that is a thing may begin, and the verbs that stand well after "when you".
NAMED = ("the ", "half ", "twice ", "double ", "two times ", "three times ", "triple ", "thrice ", "a ", "one ")
CLAUSE = frozenset(
    "multiply divide split share subtract add sum total square cube double triple halve increase decrease raise reduce lower calculate compute work evaluate".split()
)

# A sum, as an imperative, whose result goes to <b>.
SUM_PUT: Table = (
    *third.SUM_PUT_THIRD,
    *fourth.SUM_PUT_FOURTH,
    ("do", "{}, [writing|saving|storing|putting] the [result|answer|outcome] [in|into] <b>"),
    ("do", "{} and [create|make] <b> with the [result|answer] in it"),
    ("do", "{} and use the [result|answer] as the [content|text] of <b>"),
    ("do", "{} and let <b> [hold|contain] the [result|answer|outcome]"),
    ("say", "{}. the [result|answer|outcome] [should go into|belongs in|goes into|has to be in|must be in|should be saved in|is for] <b>"),
    ("say", "{}. i [need|want|expect|would like] [the result|the answer|it] [in|saved in|written to] <b>"),
    ("say", "{}, and [the result|the answer|the outcome] should [be in|go into|end up in] <b>"),
    ("say", "[could|can|will] you {}? the [answer|result] [should go|goes] into <b>"),
    ("say", "[could|can|would] you {}? i [need|want] the [answer|result] in <b>"),
)  # fmt: skip
SUM_ADDED: Table = (
    *third.SUM_ADDED_THIRD,
    *fourth.SUM_ADDED_FOURTH,
    ("do", "{}, [adding|appending] the [result|answer|outcome] to <b>"),
    ("do", "{} and extend <b> with the [result|answer]"),
    ("do", "{} and make the [result|answer|outcome] the last line of <b>"),
    ("say", "{}. the [result|answer|outcome] [should go to the end of|belongs at the end of|goes to the end of|should be appended to|must be added to] <b>"),
    ("say", "{}. i [need|want|would like] the [result|answer] [at the end of|appended to|added to] <b>"),
    ("say", "{}, and the [result|answer] should be [added|appended] to <b>"),
    ("say", "[could|can|will] you {}? the [answer|result] should be [added|appended] to <b>"),
)  # fmt: skip
# The same with the sum in a subordinate clause: "what you get when you add 3 and 4".
WHEN_PUT: Table = (
    *third.WHEN_PUT_THIRD,
    *fourth.WHEN_PUT_FOURTH,
    ("say", "in <b>, [please |][write|save|put] what [you get|comes out] when you {}"),
    ("say", "<b> should [contain|hold|have] what [you get|comes out] [when|if] you {}"),
    ("say", "i [need|want] <b> to [contain|hold] what [you get|comes out] when you {}"),
    ("say", "[when you|after you|as soon as you] {}, [write|save|put|store] [the result|the answer|what you get] [in|into|to] <b>"),
    ("do", "[write|save|put] what you get when you {} into <b>"),
    ("say", "what do you get when you {}? [write|save|put] [it|the answer] [in|into] <b>"),
)  # fmt: skip
WHEN_ADDED: Table = (
    *third.WHEN_ADDED_THIRD,
    *fourth.WHEN_ADDED_FOURTH,
    ("say", "[when you|after you|as soon as you] {}, [append|add] [the result|the answer|what you get] to <b>"),
    ("say", "[to|at the end of] <b>, add what [you get|comes out] when you {}"),
    ("do", "[append|add] what you get when you {} to <b>"),
    ("say", "what do you get when you {}? [add|append] [it|the answer] to <b>"),
)  # fmt: skip
# A sum, as a thing, asked for and then kept.
ASKED_PUT: Table = (
    *third.ASKED_PUT_THIRD,
    *fourth.ASKED_PUT_FOURTH,
    ("say", "what is {}? [write|save|put|store] [the answer|it|the result] [in|into|to] <b>"),
    ("say", "[how much|what] is {}? the answer [should go|goes|has to go] into <b>"),
    ("say", "how much is {}? [i need it in|save it as the text of] <b>"),
    ("say", "i [wonder|am wondering|don't know] [what|how much] {} is, [please |so ][work it out|calculate it] and [save|write|put] it [in|into] <b>"),
    ("say", "once you [have|know|have got|have worked out] {}, [write|save|put|store] [it|that] [in|into] <b>"),
    ("do", "[find out|work out|calculate|compute|determine|figure out] {} for <b> and [write|save|put] it [there|in that file]"),
    ("say", "<b> is waiting for {}, [work it out|calculate it] and [put|write|save] it there"),
    ("do", "[work out|calculate|compute|determine] {}, which should [go into|be saved in|end up in] <b>"),
)  # fmt: skip
ASKED_ADDED: Table = (
    *third.ASKED_ADDED_THIRD,
    *fourth.ASKED_ADDED_FOURTH,
    ("say", "[how much|what] is {}? [add|append] [the answer|it|the result] to [|the end of ]<b>"),
    ("say", "once you [have|know|have worked out] {}, [append|add] [it|that] to [|the end of ]<b>"),
    ("say", "i [wonder|don't know] [what|how much] {} is, [please |so ][work it out|calculate it] and [append|add] it to <b>"),
    ("do", "[work out|calculate|compute|determine] {}, which should be [added|appended] to <b>"),
)  # fmt: skip

# A sum that is remembered as @ <n>: after an imperative, and as a thing.
SUM_KEPT: Table = (
    *third.SUM_KEPT_THIRD,
    *fourth.SUM_KEPT_FOURTH,
    *[("do", f"{{}} {AND} [remember|keep in mind|memorise|memorize|note] {IT} as @ <n>")] * 4,
    ("do", "{} and [keep|store|save] [the result|the answer|it] in [your |]memory as @ <n>"),
    ("do", "{} and remember that [this|the result|the answer] is @ <n>"),
    ("do", "{}, remembering the [result|answer] as @ <n>"),
    ("say", "{}. [then |after that |please |afterwards |next, |][remember|keep in mind|memorise] [the result|the answer|it|what you get] as @ <n>"),
    ("say", "{}. [that|the result|the answer] is @ <n>, [so |please |][remember it|keep it in mind|don't forget it]"),
    ("say", "{}. i want [the result|the answer] [remembered|kept in mind|memorised] as @ <n>"),
    ("say", "[could|can|would] you {}? [then |please |and then |][remember|memorise|keep in mind] [the result|the answer] as @ <n>"),
    ("say", "first {}, then [remember|memorise] [it|the result|the answer] as @ <n>"),
)  # fmt: skip
SUM_NAMED: Table = (
    *third.SUM_NAMED_THIRD,
    *fourth.SUM_NAMED_FOURTH,
    ("do", "[remember|memorise|memorize|keep in mind|note] {} as @ <n>"),
    ("do", "[keep|store|save] {} in [your memory|memory|mind] as @ <n>"),
    ("do", "[work out|calculate|compute] {} for @ <n> and [remember it|keep it in mind|memorise it]"),
    ("say", "i'd like [|to have ]{} remembered as @ <n>"),
    ("say", "i [want|need|would like] you to [remember|keep in mind|memorise] {} as @ <n>"),
    ("say", "[would|do] you mind [remembering|memorising|keeping in mind] {} as @ <n>?"),
    ("say", "[how much|what] is {}? [please |][remember|memorise|keep in mind] [it|the answer|that] as @ <n>"),
    ("say", "@ <n> is {}. [work it out|calculate it] and [remember it|keep it in mind|memorise it]"),
    ("say", "@ <n> [should be|has to be|will be] {}, so [work it out|calculate it] and [remember it|keep it in mind]"),
    ("say", "i will need {} [later|again|tomorrow|some time], [calculate|work out|compute] it and remember it as @ <n>"),
    ("say", "once you [know|have|have worked out] {}, [remember|memorise] it as @ <n>"),
    ("say", "{} should be [remembered|memorised|kept in mind] as @ <n>"),
    ("say", "[can|could] {} be [remembered|kept in memory] as @ <n>?"),
    ("say", "as @ <n>, [please |][remember|memorise] {}"),
)  # fmt: skip

# What happens to a result next: (imperative, operator); `{}` is the result.
STEPS: Table = (
    *third.STEPS_THIRD,
    *fourth.STEPS_FOURTH,
    ("multiply {} by <n>", "*"), ("divide {} by <n>", "/"), ("add <n> to {}", "+"), ("subtract <n> from {}", "-"),
    ("take <n> away from {}", "-"), ("add <n>", "+"), ("multiply by <n>", "*"), ("subtract <n>", "-"), ("divide by <n>", "/"),
    ("[increase|raise] {} by <n>", "+"), ("[decrease|reduce|lower] {} by <n>", "-"), ("multiply {} with <n>", "*"),
    ("[deduct|remove] <n> from {}", "-"), ("add another <n>", "+"), ("[put|add] <n> on top", "+"), ("take [off|away] <n>", "-"),
    ("split {} [into|by] <n>", "/"), ("take {} times <n>", "*"),
)  # fmt: skip
# After a first sum, as an imperative or as a thing.
GO_ON: Table = (
    *third.GO_ON_THIRD,
    *fourth.GO_ON_FOURTH,
    *[("do", f"{{}} {AND} %")] * 8,
    ("do", "{} and % [as a second step|at the end|to finish|after that]"),
    ("say", "{}. [then|after that|after that,|now|next,|afterwards|and then] %"),
    ("say", "{}. what do you get [if|when] you %?"),
    ("say", "[could|can|would] you {}? [then|and then|after that,] %"),
    ("say", "first {}[, then|, and then|; after that] %"),
    ("say", "in two steps: {}, [then|and then] %"),
    ("say", "i [want|need] you to {}, and [then|after that] to %"),
)  # fmt: skip
GO_ON_FROM: Table = (
    *third.GO_ON_FROM_THIRD,
    *fourth.GO_ON_FROM_FOURTH,
    ("do", "[take|start with|begin with|get|find|work out|calculate] {}[ and|, and| and then|, then] %"),
    ("say", "once you [have|know|have got|have found] {}, %"),
    ("say", "what do [you|we] get [if|when] [you|we] [take|start with] {} and [then |]%?"),
    ("say", "i [need|want] {}. [then|after that|now|next,] %"),
    ("say", "[what|how much] is {}? [then|now|next,|and then] %"),
    ("say", "[what|how much] is {}, and what do you get if you then %?"),
    ("say", "with {} as a start, %"),
    ("say", "i have {}; [now|then|please] %"),
)  # fmt: skip

# A file's text goes to another file.
TEXT_OF = "[the text of|the content of|the contents of|everything in|what is in|what is written in|the words in|the lines of|the text in|the text from|whatever is in|all that is in|the whole text of|the full content of] <a>"
TEXT_OF = f"[{TEXT_OF}|{fourth.TEXT_OF_FOURTH}]"
SAYS = "[what <a> says|whatever <a> says|what <a> contains|what <a> holds|all that <a> says]"
SAYS = f"{SAYS[:-1]}|{fourth.SAYS_FOURTH[1:]}"
COPY: Table = (
    *third.COPY_THIRD,
    *fourth.COPY_FOURTH,
    ("do", "copy <a> [to|into|over to|as] <b>"),
    ("do", "make a copy of <a> [called|named|as|in] <b>"),
    ("do", "[duplicate|clone|replicate|reproduce] <a> [as|in] <b>"),
    ("do", "let <b> have the same [text|content] as <a>"),
    ("do", "make <b> [a copy|a duplicate|an exact copy|a clone|the double] of <a>"),
    ("do", "[back up|backup|save|mirror] <a> [as|to] <b>"),
    ("do", "make a [backup|duplicate|second copy|safety copy] of <a> [called|named|in|under the name] <b>"),
    ("do", "make <b> [identical|equal] to <a>"),
    ("do", "copy [from <a> to <b>|to <b> from <a>|everything from <a> into <b>]"),
    ("do", "save <a> [under the name|as|once more as|also as|a second time as] <b>"),
    ("do", "[open|take|go to] <a>, [copy|grab|take] its [text|content] and [paste|put|write] it into <b>"),
    ("do", "[go through|look at|look into|open] <a> and [write|put|save] what it says [into|to|in] <b>"),
    ("do", "[have|let|make] <b> say [what <a> says|the same as <a>]"),
    ("say", "i [need|want|would like|could use] a [copy|duplicate|backup|second copy] of <a> [named|called|in|under the name] <b>"),
    ("say", "a [copy|duplicate|backup] of <a> [named|called|in] <b>[, please|, that's what i need| please| is what i need]"),
    ("say", "[would|do] you mind [copying|duplicating|cloning] <a> [to|into|as] <b>?"),
    ("say", "[how about|what about] [copying|duplicating] <a> to <b>?"),
    ("say", "<b> [should|must|has to|is to] be [a copy|an exact copy|a duplicate] of <a>"),
    ("say", "<b> [should|must|has to] [say|read|contain] [the same as|exactly what is in|exactly the text of] <a>"),
    ("say", "i [want|need|would like] <a> [copied|duplicated|backed up|cloned] [to|in|as] <b>"),
    ("say", "<a> [should|must|has to|needs to] be [copied|duplicated|backed up] [to|into] <b>"),
    ("say", "[could|can] <a> be [copied|backed up|duplicated] to <b>?"),
    ("say", "[could|can] <b> [get|have|hold|receive] [whatever|what] <a> [says|contains]?"),
    ("say", "[can|could] i [have|get] [a copy|a duplicate] of <a> [in|called|named] <b>?"),
    ("say", "[into|to] <b>[|,] [please |]copy <a>"),
    ("say", "from <a>, copy [everything|the text|all words] [into|to] <b>"),
    ("say", "what <a> [says|contains] should [also be|be] in <b>[| too| as well]"),
    ("say", "<a> is [too important to lose|precious|the only one we have|important], so [please |][make a copy called|copy it to|back it up as] <b>"),
    ("say", "i'm [afraid of losing|afraid i will lose|about to change|going to edit] <a>, [so |please ][copy it to|back it up as|make a copy called] <b>"),
    ("say", "once you [have read|are done reading|have seen] <a>, [save|write|put|copy] [its text|its content|what it says|the text] [to|in|into] <b>"),
    ("say", "after reading <a>, [write|save|put] [its text|its content|what it says|the words] [to|in|into] <b>"),
    ("say", "read <a>. [then|after that,|afterwards,|now] [save|write|put|copy] [it|the text|what it says] [to|in|into] <b>"),
    ("say", "[first |]read <a>. [then |]save [it|the text] as <b>"),
    ("say", "[whatever|what] is written in <a>, write it to <b> [too|as well]"),
    ("say", "i [need|want] the same [text|words|content] in <b> as in <a>"),
    ("say", "there should be [a copy|a duplicate] of <a>, [called|named] <b>"),
    ("say", "[cp|copy] <a> <b>"),
    ("say", "[open|read] <a>: its text should [go into|be written to|be in] <b>"),
    ("say", "<b> is [empty|new|out of date|outdated|still blank], [put|write|copy] the text of <a> into it"),
)  # fmt: skip
COPY_ADDED: Table = (
    *third.COPY_ADDED_THIRD,
    *fourth.COPY_ADDED_FOURTH,
    ("say", "once you [have read|are done reading] <a>, [add|append] [its text|its content|what it says] to [|the end of ]<b>"),
    ("say", "after reading <a>, [append|add] [its text|what it says|its content] to [|the end of ]<b>"),
    ("say", "[first |]read <a>. [then |after that, |afterwards |][add|append] [it|its text|what it says] to [|the end of ]<b>"),
    ("do", "[open|look into|go through] <a> and [append|add] what it says to [|the end of ]<b>"),
    ("do", "[merge|fold] the [text|content] of <a> into <b>, at the end"),
    ("say", "<b> should [continue|go on|end] with what <a> says"),
    ("say", "<b> should [keep its text and get|stay as it is but get] the text of <a> [at the end|below]"),
    ("say", "the text of <a> [belongs|should come|should stand] at the end of <b>"),
    ("say", "[don't replace|do not overwrite|keep the text of] <b>, only add what is in <a> [to it|at the end]"),
)  # fmt: skip
LIMIT = "[, at most <n> words|, upper limit <n> words|, but no more than <n> words|, <n> words at most|, only the first <n> words|, maximum <n> words|, with a limit of <n> words| (at most <n> words)|, up to <n> words|, <n> words are enough|, but stop after <n> words|, just the first <n> words|, not more than <n> words]"
LIMIT = f"{LIMIT[:-1]}|{third.LIMIT_THIRD[1:]}"
LIMIT = f"{LIMIT[:-1]}|{fourth.LIMIT_FOURTH[1:]}"
# The limit inside the sentence.
COPY_LIMIT, COPY_ADDED_LIMIT = fourth.COPY_LIMIT_FOURTH, fourth.COPY_ADDED_LIMIT_FOURTH

# What is remembered goes to a file.
TOLD = "[what you remember about|what you know about|what i told you about|what i said about|what you recall about|the facts about|everything you remember about|whatever i told you about|everything i said about|what your memory holds about|all you remember about|what i once told you about|whatever you remember about|your memories of|what i mentioned about] <t>"
TOLD = f"[{TOLD}|{third.TOLD_THIRD}]"
TOLD = f"[{TOLD}|{fourth.TOLD_FOURTH}]"
RECALL_FIRST = "[recall|look up in memory|look up in your memory|search your memory for|check your memory for|think back to|try to recall|look through your memory for] <t>"
RECALL_FIRST = f"[{RECALL_FIRST}|{third.RECALL_FIRST_THIRD}]"
RECALL_FIRST = f"[{RECALL_FIRST}|{fourth.RECALL_FIRST_FOURTH}]"
FOUND = "[it|that|the fact|what you find|the answer|what you know|what comes up]"
FOUND = f"{FOUND[:-1]}|{third.FOUND_THIRD[1:]}"
FOUND = f"{FOUND[:-1]}|{fourth.FOUND_FOURTH[1:]}"
TOLD_PUT: Table = (
    *third.TOLD_PUT_THIRD,
    *fourth.TOLD_PUT_FOURTH,
    ("say", "[what did i tell you|what did i say|what do you remember|what do you know|what do you recall] about <t>? [please |][write|save|put|store] [it|that] [in|into|to] <b>"),
    ("say", "do you [remember|recall] [what i said about |what i told you about |]<t>? [write|save|put] [it|that] [in|into|to] <b>"),
    ("say", "i [told you|once told you|said] something about <t>. [i need it in|put it into|save it in|write that to|it should go into] <b>"),
    ("say", "i told you about <t>, [now |so |please ][write|put|save] [that|it] [in|into] <b>"),
    ("say", "you know [something|a thing or two|a bit] about <t>; [write|save|put] it [in|into] <b>"),
    ("say", "[have a look|look] in your memory for <t>. what you find should [go into|be written to|be saved in] <b>"),
    ("say", "once you [recall|have recalled|have looked up] <t>, [write|save|put] it [in|into] <b>"),
    ("say", "before i forget, what i told you about <t> should [be|be written down] in <b>"),
)  # fmt: skip
TOLD_ADDED: Table = (
    *third.TOLD_ADDED_THIRD,
    *fourth.TOLD_ADDED_FOURTH,
    ("say", "[what did i tell you|what did i say|what do you remember|what do you know] about <t>? [please |][append|add] [it|that] to [|the end of ]<b>"),
    ("say", "i [told you|once told you|said] something about <t>. [append it to|add it to|it should be added to] <b>"),
    ("say", "do you [remember|recall] [what i said about |]<t>? [append|add] [it|that] to <b>"),
    ("say", "once you [recall|have recalled|have looked up] <t>, [append|add] it to <b>"),
)  # fmt: skip

# The time goes to a file.
NOW = "[the [current time|time|date|current date|date and time|current date and time|time and date|timestamp|present time|exact time|time of day|time right now|date of today]|today's date|what time it is|the time on the clock|what the clock says|a timestamp|the day and the time|the present date]"
NOW = f"{NOW[:-1]}|{third.NOW_THIRD[1:]}"
NOW = f"{NOW[:-1]}|{fourth.NOW_FOURTH[1:]}"
CLOCK_FIRST = "[[check|look at|read] the [time|clock|date]|[see|check|find out|look up] what time it is|find out [the date|the time|what day it is]|have a look at the clock|get the current time]"
CLOCK_FIRST = f"{CLOCK_FIRST[:-1]}|{third.CLOCK_FIRST_THIRD[1:]}"
CLOCK_FIRST = f"{CLOCK_FIRST[:-1]}|{fourth.CLOCK_FIRST_FOURTH[1:]}"
NOW_PUT: Table = (
    *third.NOW_PUT_THIRD,
    *fourth.NOW_PUT_FOURTH,
    ("say", "what time is it? [write|save|put|note] it [in|into] <b>"),
    ("say", "[how late is it|what's the time|what day is it|what is the date]? [it should go into|save it in|put the answer into|write that to] <b>"),
    ("say", "once you [know|have checked|have looked up] [the time|the date], [write|save|put] it [in|into] <b>"),
    ("say", "i [need|want] to know later when this was, so [put|write|save] the [time|date and time] [in|into] <b>"),
    ("do", "put a [timestamp|time stamp] [in|into] <b>"),
)  # fmt: skip
NOW_ADDED: Table = (
    *third.NOW_ADDED_THIRD,
    *fourth.NOW_ADDED_FOURTH,
    ("say", "what [time|day] is it? [append|add] it to [|the end of ]<b>"),
    ("say", "once you [know|have checked] the [time|date], [append|add] it to <b>"),
    ("do", "put a [timestamp|time stamp] at the [end|bottom] of <b>"),
    ("say", "<b> needs a [timestamp|time stamp] at the [end|bottom]"),
)  # fmt: skip

# The names of files go to a file: (thing or first imperative); "#" stands for the place or the kind of files.
LISTED = (
    "[the list of|a list of|a listing of|an overview of|the listing of] [the|all|all the] #",
    "[the names of|all the names of|just the names of] [the|all|all the] #",
    *fourth.LISTED_FOURTH,
)
LIST_FIRST = "[list|list all|show|go through|look through|collect|look up|enumerate] [the|all|all the] #"
LIST_FIRST = f"[{LIST_FIRST}|{third.LIST_FIRST_THIRD}]"
LIST_FIRST = f"[{LIST_FIRST}|{fourth.LIST_FIRST_FOURTH}]"
FIND_FIRST = "[find|search for|look for|find all|collect|locate|hunt for|look up] [the|all|all the] #"
FIND_FIRST = f"[{FIND_FIRST}|{third.FIND_FIRST_THIRD}]"
FIND_FIRST = f"[{FIND_FIRST}|{fourth.FIND_FIRST_FOURTH}]"
THEIR = "[their names|the names|the list|them|the result|the names you find|the file names]"
THEIR = f"{THEIR[:-1]}|{third.THEIR_THIRD[1:]}"
THEIR = f"{THEIR[:-1]}|{fourth.THEIR_FOURTH[1:]}"
WHICH_PUT: Table = (
    *third.WHICH_PUT_THIRD,
    *fourth.WHICH_PUT_FOURTH,
    ("say", "[which|what] # [do we have|are there|do i have|exist]? [write|save|put] [their names|the names|the list|the answer] [in|into|to] <b>"),
    ("say", "[do we have|are there|do i have] any #? [write|save|put] their names [in|into|to] <b>"),
    ("say", "i [can't remember|don't know|forgot] which # [we have|there are], [so |please ][write|put|save] their names [in|into] <b>"),
    ("say", "for [every one|each|all] of the #, [write|save|put] the name [in|into] <b>"),
)  # fmt: skip
WHICH_ADDED: Table = (
    *third.WHICH_ADDED_THIRD,
    *fourth.WHICH_ADDED_FOURTH,
    ("say", "[which|what] # [do we have|are there|do i have|exist]? [append|add] [their names|the names|the list] to [|the end of ]<b>"),
    ("say", "[do we have|are there] any #? [append|add] their names to <b>"),
)  # fmt: skip


def ending(w: Words, what: str) -> tuple[str, bool]:
    """A pattern that puts something into <b>, and whether it is added at the end."""
    append = w.chance(0.4)
    if append:
        return f"{ADD} {what} {ONTO} <b>", True
    return f"{PUT_VERB} {what} {INTO} <b>", False


def take(w: Words, table: Table, what: str = "", second: str = "", pronoun: str = "it") -> tuple[str, str]:
    """(form, pattern) out of a table, with its thing (or first imperative) and its second imperative put in."""
    form, pattern = w.pick(table)
    return form, pattern.replace("§", pronoun).replace("%", second).replace("{}", what)


def either(w: Words, append: bool, added: Table, put: Table, what: str = "", pronoun: str = "it") -> tuple[str, str]:
    return take(w, added if append else put, what, pronoun=pronoun)


def kept(w: Words, what: str, first: str, what_next: str, added: Table, put: Table) -> tuple[str, str, bool]:
    """(form, pattern, whether it is added) of a thing that goes to <b>: in one clause, in two, or its own way."""
    share = w.random.random()
    if share < 0.25:
        second, append = ending(w, what_next)
        return *take(w, THEN, first, second), append
    append = w.chance(0.4)
    if share < 0.42:
        return *either(w, append, added, put), append
    return *either(w, append, ADDED, PUT, what), append
