"""Requests of several steps: a fourth set of phrasings for every table of chain_phrases.py.

- Tables and strings named *_FOURTH are further choices for the table or string of that name, read as there.
- COPY_LIMIT_FOURTH and COPY_ADDED_LIMIT_FOURTH say <n>, the most words to read, inside the sentence.
"""

from __future__ import annotations

from typing import TypeAlias

Table: TypeAlias = "tuple[tuple[str, str], ...]"

AND_FOURTH = "[and next|, next|, and next|, and subsequently|; next|, whereafter you|, and finally|; finally|, then go on and|, and then please]"
IT_FOURTH = "[the result you get|the number|the figure|the value|that number|the final figure|what it makes|what results|this result|the solution]"
PUT_VERB_FOURTH = "[place|enter|log|keep|note|deposit|file|set down|drop|export]"
INTO_FOURTH = "[inside|within the file|inside the file|in the file called|in the file named|in a file by the name of|in a new file|in]"
ADD_FOURTH = "[attach|tack|join|tag|stick|affix|hang]"
ONTO_FOURTH = "[at the foot of|onto the end of|at the very end of|as the last line of|below the last line of|onto the bottom of|at the tail of]"

# A thing goes into the file <b>.
PUT_FOURTH: Table = (
    ("do", "[open|prepare|take] <b>, [clear it|empty it|delete its text], and [enter|write|put in] {}"),
    ("do", "let <b> be the file [for|with|that gets|that holds] {}"),
    ("do", "[turn|make] {} into [the text|the content|the only line] of [|the file ]<b>"),
    ("do", "[set|use] <b> as the [target|destination|output file] for {}"),
    ("do", "[redirect|pipe|route|channel|print] {} [to|into] [|the file ]<b>"),
    ("do", "[persist|materialise|archive|document] {} in [|the file ]<b>"),
    ("do", "[spell out|put in writing|lay down|set out] {} in [|the file ]<b>"),
    ("do", "[tee|echo|flush|post|pour] {} into <b>"),
    ("do", "[have|get] {} [written|saved|stored|recorded|put] [in|into] <b>"),
    ("do", "put [in|into] <b>, [in place of what it says now|instead of the old text|as a fresh start], {}"),
    ("say", "in [|the file ]<b> there [should|must|shall|ought to] be {}"),
    ("say", "to <b> [should go|must go|shall go] {}"),
    ("say", "<b> [please|, please]: {}, [nothing more|and that's all|no more and no less|in plain text]"),
    ("say", "the file is <b>, the [text|content|line] is to be {}"),
    ("say", "the [target|destination|output|output file] is <b>, and what [goes there|it should hold|belongs there] is {}"),
    ("say", "[i made|i've reserved|i'm keeping|we use] <b> for {}; [write|put|save|enter] § there"),
    ("say", "[where to put|where to save|where should we keep] {}? [in|into] <b>, please"),
    ("say", "should anyone [open|read] <b>, they [ought to|should|must] find {} [there|in it]"),
    ("say", "[could|may|might] <b> be [filled|overwritten|loaded] with {}?"),
    ("say", "for [the file |]<b> i have nothing but {}, so [write|put|save] § there"),
)  # fmt: skip
ADDED_FOURTH: Table = (
    ("do", "[open|take] <b>, go [to its end|below the last line|to the bottom], and [enter|write|add] {}"),
    ("do", "let <b> grow by one [line|entry|row], {}"),
    ("do", "put in <b>, [below what it says now|after the old text|without erasing anything|under the last entry], {}"),
    ("do", "[make|turn] {} [into |][the newest entry|the next line|the closing line|the tail] of <b>, [below the rest|under the old ones]"),
    ("do", "[echo|print|pipe|tee] {} [to|onto] the end of <b>"),
    ("do", "[have|get] {} [added|appended|attached] to [|the end of ]<b>"),
    ("do", "[carry on|go on with|continue] <b> by [adding|appending|writing] {} [at the end|below]"),
    ("do", "[log|record|enter|register] {} as [one more line|a new line|the latest entry] at the end of <b>"),
    ("do", "[round off|conclude|close|complete] <b> with {}, [appended at the end|added below the rest]"),
    ("say", "at the [foot|end|bottom|tail] of <b> there [should|must|shall] be {}, [added|appended] to the rest"),
    ("say", "the file is <b>, the line to [add|append] is {}"),
    ("say", "what <b> says now [stays|is fine|is to remain], but {} [should follow|has to be added|must come after it]"),
    ("say", "<b> [is a growing list|grows line by line|is our logbook|is a running list]; [add|append] {} [to it|at its end|as the next line]"),
    ("say", "[could|may|might] <b> be [extended|continued|lengthened] with {}?"),
    ("say", "for the end of <b> there is {}, so [add|append] § there"),
    ("say", "[where to add|where should i append|where shall we add] {}? at the end of <b>, please"),
    ("say", "not instead of but after the text of <b>, [please |][write|put|add] {}"),
)  # fmt: skip

# An imperative, and a second one after it.
THEN_FOURTH: Table = (
    ("do", "{}, [and then, with that done,|then, without delay,|and immediately|and straight away|and right after that|and at once] %"),
    ("do", "{}, [with the aim to|your aim being to|the point being to|so that you are able to|which lets you] %"),
    ("do", "[begin by doing this|start with this|do this first|this comes first]: {}. [then|and then|after that|now] %"),
    ("do", "{} and, [as a follow-up|as the next thing|in the next step|in step two|as a second job|in a second step], %"),
    ("do", "{} [first, then|first and then|to begin with, then|first; afterwards] %"),
    ("say", "[could|can|would|will] you [please |]{}? [when you have that|when that's done|if that works|once it's done|with that], [please |]%"),
    ("say", "[might i ask you to|may i ask you to|do you mind if i ask you to] {}, and [then|after that] to %?"),
    ("say", "[i'd be glad if you would|it would be good if you could|i'd appreciate it if you would] {}, [and then|then|and afterwards] %"),
    ("say", "[part one: {}. part two: %|phase one: {}. phase two: %|job one: {}. job two: %|task one: {}. task two: %|number one: {}. number two: %|first job: {}. second job: %]"),
    ("say", "[first thing|to do first|right now]: {}; [second thing|to do next|after it|and then]: %"),
    ("say", "[i|we] [would like|want|need] two things done: {}, and [then |after that |]%"),
    ("say", "it takes two steps: {}[, then|; then|. then|, and then] %"),
    ("say", "[nothing simpler|easy|no big deal|a small thing]: {}, [then|and then] %"),
    ("say", "before you %, [please |]{}[; that comes first|. that is step one|; in that order, please|. do both, please]"),
    ("say", "[last of all|in the end|as the final step|to finish], %, but [first|before that|to start with] {}[; that's the order|. both please|, that is the first step]"),
    ("say", "{}. [is that done?|done?|ready?|got it?|all set?] [then|next,|now] %"),
    ("say", "[remember the order|mind the order|in this order|two steps, in order]: {} -> %"),
    ("say", "{} > [then |]%"),
    ("say", "[as soon as you've managed to|once you were able to|when you have managed to] {}, [please |][go on and |]%"),
)  # fmt: skip

# A sum, as an imperative, whose result goes to <b>.
SUM_PUT_FOURTH: Table = (
    ("do", "{}, [target|destination|output|output file]: <b>"),
    ("do", "{} [straight|directly] into [|the file ]<b>"),
    ("do", "{}, and let the [result|answer|number] be [written|saved|put|stored] [in|into] <b>"),
    ("do", "{} and [export|dump|deliver|hand|transfer] the [result|answer|number] to <b>"),
    ("do", "[open|create|take] <b>, {}, and [enter|write|put] the [result|answer|number] [there|in it]"),
    ("say", "<b> is to [hold|get|receive|show] a number: {} and [you have it|write it there|that's it]"),
    ("say", "[in|into] <b>, please, with the [result|answer|number] [when you|after you|once you] {}"),
    ("say", "{}? [then |and then ][write|save|put] the [result|answer|number] [in|into] <b>"),
    ("say", "{}, [will you|would you|please]? the [number|result|answer] [is for|belongs in|is wanted in|has its place in] <b>"),
    ("say", "i [have|need|want] to [fill|write|update] <b>: {} and [use|take|enter] the [result|answer|number]"),
    ("say", "what <b> [should say|has to say|must hold|is to contain] is the [result|answer|number] you get: {}"),
    ("say", "the [number|result] for <b> is not [there|known] yet, so {} and [enter it|write it there|save it there]"),
)  # fmt: skip
SUM_ADDED_FOURTH: Table = (
    ("do", "{} and [let|have] the [result|answer|number] be [added|appended] to [|the end of ]<b>"),
    ("do", "[open|take] <b>, {}, and [enter|write|put] the [result|answer|number] below the last line"),
    ("do", "{} and [log|record|enter] the [result|answer|number] as one more line of <b>"),
    ("do", "{}, and [continue|extend|lengthen] <b> by the [result|answer|number]"),
    ("do", "{} and [tack|stick|hang|join] the [result|answer|number] onto the end of <b>"),
    ("say", "{}? [then |and then ][add|append] the [result|answer|number] to <b>"),
    ("say", "<b> [needs|wants|is to get] one more line: {} and [append|add] the [result|answer]"),
    ("say", "{}, [will you|would you|please]? the [number|result|answer] [comes at|goes to|is wanted at] the end of <b>"),
    ("say", "[under|below|after] what <b> says, [write|put|add] the [result|answer|number] [when you|after you|once you] {}"),
    ("say", "i keep such results in <b>: {} and [append|add] [it|the result|the answer]"),
    ("say", "[nothing in|no line of] <b> should be lost: {} and [append|add] the [result|answer|number]"),
)  # fmt: skip
# The same with the sum in a subordinate clause: "what you get when you add 3 and 4".
WHEN_PUT_FOURTH: Table = (
    ("do", "[enter|deposit|set down|export|log] the [result|answer|number] you [get|arrive at|end up with] when you {} [in|into] <b>"),
    ("do", "[open|take|create] <b> and [enter|write|put] there what [you get|comes out|results] [when|if] you {}"),
    ("do", "make <b> the [place|file] for what [you get|comes out] when you {}"),
    ("do", "[put|write|save] [in|into] <b> [what|the number that] comes out [when|if] you {}"),
    ("say", "[into|in] <b> [goes|should go|must go] what [you get|comes out] [when|if] you {}"),
    ("say", "suppose you {}: [write|save|put] what [comes out|you get] [in|into] <b>"),
    ("say", "[after|once|when] you {}, the [number|result|answer] [is to go|belongs|should be saved] in <b>"),
    ("say", "you {}, and what comes out [goes into|is written to|is saved in|lands in] <b>"),
    ("say", "the [text|content] of <b> is to be what [you get|comes out] when you {}"),
    ("say", "what do you [get|end up with|arrive at] when you {}? i want [that|the answer|it] in <b>"),
    ("say", "the [answer|number|result] when you {} is [what i want|what should stand|what has to be] in <b>"),
)  # fmt: skip
WHEN_ADDED_FOURTH: Table = (
    ("do", "[open|take] <b> and [add|write|put] at its end what [you get|comes out] [when|if] you {}"),
    ("do", "[log|record|enter] the [result|answer|number] you get when you {} as [one more line|the last line|a new line] of <b>, below the rest"),
    ("do", "[lengthen|complete|continue] <b> by what [you get|comes out] when you {}"),
    ("say", "you {}, and what comes out [is appended to|goes to the end of|is added to] <b>"),
    ("say", "suppose you {}: [append|add] what [comes out|you get] to <b>"),
    ("say", "[after|once|when] you {}, the [number|result|answer] should be [added|appended] to <b>"),
    ("say", "what do you [get|end up with|arrive at] when you {}? i want [that|the answer|it] at the end of <b>"),
    ("say", "the [answer|number|result] when you {} is what [should follow|comes after|should be added to] the text of <b>"),
    ("say", "<b> [continues|should go on] with what [you get|comes out] when you {}"),
    ("say", "one more [line|entry] for <b>: what [you get|comes out] when you {}, [appended|added at the end]"),
)  # fmt: skip
# A sum, as a thing, asked for and then kept.
ASKED_PUT_FOURTH: Table = (
    ("do", "[solve|evaluate|crunch|settle] {} and [enter|export|log|write] the [answer|result|number] [in|into] <b>"),
    ("do", "[open|create|take] <b>, [work out|calculate|compute] {} and [enter|write|put] it there"),
    ("do", "[have|get] {} [calculated|worked out|computed] and [written|saved|put] [in|into] <b>"),
    ("say", "<b> [waits for|asks for|is short of|needs] one number, {}: [calculate it|work it out|compute it] and [enter it|write it there]"),
    ("say", "[how much|what] is {}? [when|once|as soon as] you know, [write|save|put] it [in|into] <b>"),
    ("say", "[how much|what] is {}? the answer, please, [in|into] <b>"),
    ("say", "[in|into] <b>, [write|save|put] [how much|what] {} is"),
    ("say", "<b> should [tell|show|say] me [how much|what] {} is"),
    ("say", "[nobody|no one] [here |]knows {}; [work it out|compute it] and [put|write|save] it [in|into] <b>"),
    ("say", "{} has to be [calculated|worked out|computed] and [written to|saved in|put into] <b>"),
    ("say", "the file <b> gets a number, namely {}, so [calculate|work out|compute] it and [write|put] it there"),
)  # fmt: skip
ASKED_ADDED_FOURTH: Table = (
    ("do", "[solve|evaluate|crunch|settle] {} and [log|enter|put] the [answer|result|number] at the end of <b>"),
    ("do", "[have|get] {} [calculated|worked out|computed] and [added|appended] to <b>"),
    ("do", "[open|take] <b>, [work out|calculate|compute] {} and [add|append] it [there|at the end]"),
    ("say", "[how much|what] is {}? [when|once|as soon as] you know, [add|append] it to <b>"),
    ("say", "[how much|what] is {}? the answer, please, at the end of <b>"),
    ("say", "at the end of <b>, [write|add|note] [how much|what] {} is"),
    ("say", "the last line of <b> should [tell|show|say] [how much|what] {} is, [below|after] the rest"),
    ("say", "{} has to be [calculated|worked out|computed] and [added|appended] to [|the end of ]<b>"),
    ("say", "<b> gets one more number, namely {}, so [calculate|work out|compute] it and [append|add] it"),
    ("say", "[nobody|no one] [here |]knows {}; [work it out|compute it] and [append|add] it to <b>"),
)  # fmt: skip

# A sum that is remembered as @ <n>: after an imperative, and as a thing.
SUM_KEPT_FOURTH: Table = (
    ("do", "{} and [file|log|enter|retain|keep] the [result|answer|number] in [your memory|memory] as @ <n>"),
    ("do", "{} and [learn|memorise|retain] that @ <n> is [the result|the answer|what comes out|this number]"),
    ("do", "{} and [save|store|keep] as @ <n>, in your memory, [the result|the answer|what comes out]"),
    ("do", "{} and [let|have] @ <n> in your memory be [the result|the answer|what comes out]"),
    ("do", "{}, and don't [forget|ever forget|let go of] the [result|answer|number], which is @ <n>"),
    ("say", "{}? the [result|answer|number] is @ <n>; [remember|memorise] it"),
    ("say", "{}. [for your memory|to be remembered|please remember|keep in mind]: that is @ <n>"),
    ("say", "for @ <n>, {}, and [remember|memorise|keep in mind] the [result|answer|number]"),
    ("say", "you are to [remember|memorise|keep in mind] @ <n>: {}[; the result is it|; that's it|; what comes out is it]"),
    ("say", "first {}[. then|; then|, then] the [result|answer] should be [remembered|kept in mind|memorised] as @ <n>"),
    ("say", "as @ <n> you should [remember|keep in mind] the [result|answer|number] [when|after|once] you {}"),
)  # fmt: skip
SUM_NAMED_FOURTH: Table = (
    ("do", "[enter|log|file|record|retain] {} in [your memory|memory] as @ <n>"),
    ("do", "[bear|hold|have] in mind, as @ <n>, {}"),
    ("do", "[solve|evaluate|compute] {} and [let|have] [it|the result] be @ <n> in your memory"),
    ("do", "[have|get] {} [calculated|worked out] and [remembered|memorised] as @ <n>"),
    ("do", "[learn|retain|memorise] that @ <n> is {}, [after working it out|once you have worked it out|calculated first]"),
    ("say", "[what|how much] is {}? [when|once] you know, [remember|memorise] it as @ <n>"),
    ("say", "{} [is going to be|shall be|will be|becomes] @ <n>, so [calculate|work out|compute] it and remember it"),
    ("say", "in your memory, @ <n> should be {}"),
    ("say", "you must not forget @ <n>, which is {}: [work it out|calculate it] and remember it"),
    ("say", "when i [ask for|want to know|ask you about] @ <n>, i mean {}, so [calculate|work out|compute] and remember it"),
    ("say", "[may|could] {} be [committed to memory|kept in your memory|remembered] as @ <n>?"),
)  # fmt: skip

# What happens to a result next: (imperative, operator); `{}` is the result.
STEPS_FOURTH: Table = (
    ("put <n> more to {}", "+"),
    ("[enlarge|expand|boost|extend] {} by <n>", "+"), ("give {} <n> more", "+"), ("[sum|add up] {} and <n>", "+"), ("add {} to <n>", "+"),
    ("[diminish|shorten|cut|shrink] {} by <n>", "-"), ("[remove|strip] <n> from {}", "-"), ("take <n> from {}", "-"), ("let {} lose <n>", "-"), ("[withdraw|discount] <n> from {}", "-"),
    ("[scale|blow] {} up <n> times", "*"), ("multiply {} and <n>", "*"), ("[repeat|count] {} <n> times", "*"), ("use <n> as a factor on {}", "*"),
    ("[portion|deal|share] {} out among <n>", "/"), ("[slice|saw|break up] {} into <n>", "/"), ("distribute {} over <n>", "/"), ("use <n> as the divisor of {}", "/"), ("[cut|scale] {} down <n> times", "/"),
)  # fmt: skip
# After a first sum, as an imperative or as a thing.
GO_ON_FOURTH: Table = (
    ("do", "{}, [and with the result|and with that|and from there|then, on top of that,|and after this first step] %"),
    ("do", "{}, [and next|and immediately|and straight away|and subsequently] %"),
    ("do", "[do this first|begin like this|start here]: {}. [then|and then|after that] %"),
    ("say", "{}, [what's the end result if you then|where do you end up if you then|what remains if you then] %?"),
    ("say", "{}. [done?|got it?|have you got it?|ready?] [then|now|next] %"),
    ("say", "[part one: {}. part two: %|first operation: {}. second operation: %|operation one: {}. operation two: %|move one: {}. move two: %]"),
    ("say", "[a two-step sum|a little chain|a sum in two parts|two operations]: {}, [then|and then|after that] %"),
    ("say", "[two moves|two steps|two operations, in turn]: {}; %"),
    ("say", "what will i [have|see|get] [after|once] you {} and [then |]%?"),
    ("say", "[when you|once you|after you] {}, [please |][then |]%"),
    ("say", "i [can't|could not|won't] do it in my head: {}[, then|, and then|; then] %"),
    ("say", "[first you|initially you|to begin with you] {}, [then you|after that you|next you] %[; what comes out?|; and the result?|. what is it?|]"),
)  # fmt: skip
GO_ON_FROM_FOURTH: Table = (
    ("do", "[set out from|go from|build on|proceed from] {} and %"),
    ("do", "[figure out|settle|evaluate|solve] {}, [and with that|and then|and next|then] %"),
    ("do", "[let|have] {} be your [start|first number|basis][, then|; then|. then|, and] %"),
    ("say", "{}, [got it?|ready?|right?|okay?] [then|now] %"),
    ("say", "[what|how much] is {}? [with the answer|with that|from there|when you know], %"),
    ("say", "[what|how much] is {}? and [if|when] you [then |]%?"),
    ("say", "[step one: {}. step two: %|part one: {}. part two: %|first: {}. second: %|start: {}. next: %]"),
    ("say", "there is {}, and [now|then] you %"),
    ("say", "take this as a start: {}. [then|next|now] %"),
    ("say", "[to|in order to] %, you need {} first[, so do both|; do both|, so work that out too]"),
    ("say", "{} [is only the beginning|is not the end|is just step one]: [then|now|after it] %"),
    ("say", "where do you [end up|land|get to] [if|when] you start from {} and [then |]%?"),
)  # fmt: skip

# A file's text goes to another file.
TEXT_OF_FOURTH = "[each word of|every line in|every word in|the entire text of|the complete content of|the writing in|the words you find in|all text from|the material in|the body of] <a>"
SAYS_FOURTH = "[whatever text <a> has|the text <a> holds|what <a> tells|what <a> reads|the words <a> contains|all <a> has to say|what <a> has in it]"
COPY_FOURTH: Table = (
    ("do", "[mirror|photocopy|xerox|reprint|echo] <a> [to|into|as] <b>"),
    ("do", "[cat|type|dump|pipe|stream] <a> into <b>"),
    ("do", "[import|load|pull|bring] <a> into <b>, [replacing what is there|so that both are the same|overwriting it|in place of the old text]"),
    ("do", "[export|transfer|forward|pass on|hand over] the [text|content|words] of <a> to <b>"),
    ("do", "[let|have] <b> [mirror|match|repeat|reproduce] <a>"),
    ("do", "[put|write|save|set down] in <b> what [you read in|stands in|is to be read in|you find in] <a>"),
    ("do", "[make|create|produce] <b> [from|out of] <a>, [as a copy|with the same text|word for word|without changes]"),
    ("do", "[make|create] a file <b> that [says the same as|repeats|has the same text as|mirrors] <a>"),
    ("do", "copy, to the file <b>, [the file |what is in |the whole of ]<a>"),
    ("do", "[secure|preserve|safeguard|keep] <a> by [copying it to|saving its text as|putting its text into] <b>"),
    ("do", "[snapshot|save a snapshot of|take a snapshot of] <a> as <b>"),
    ("do", "[fetch|grab|collect] what is in <a> and [leave|deposit|place|drop] it in <b>"),
    ("say", "<b> [gets|is to get|should be given|receives] [the text of|what is in|everything in] <a>"),
    ("say", "[the target|the destination] is <b>, the [source|original] is <a>: [copy|copy it|copy the text]"),
    ("say", "[the source|the original] is <a>, the [target|destination|copy] is <b>[, so copy it|: copy it|. copy]"),
    ("say", "[what|whatever] stands in <a> [is to stand|should stand|must also stand] in <b>"),
    ("say", "<a> [exists|is there] only once; [make|create] a second one, <b>"),
    ("say", "one <a> is not enough, [make|i want|i need] another one called <b>"),
    ("say", "<b> [must|should] not differ from <a>, so [copy it|copy the text]"),
    ("say", "in <b> i [want|need|expect] to [read|find|see] what is in <a>"),
    ("say", "it is time <a> was copied to <b>"),
    ("say", "<a> should [live on|exist a second time|have a double|have a twin] in <b>"),
)  # fmt: skip
COPY_ADDED_FOURTH: Table = (
    ("do", "[concatenate|join|chain] <a> [onto|to] the end of <b>"),
    ("do", "[cat|dump|pipe|stream|load] <a> onto the end of <b>"),
    ("do", "[bring|import|pull] the [text|content] of <a> into <b>, [below what is there|after the last line|at the end, nothing lost]"),
    ("do", "[let|have] <b> [go on|continue|end] with the [text|content|words] of <a>"),
    ("do", "[put|write|set down] [under|below|after] the text of <b> what [you read in|stands in|you find in] <a>"),
    ("do", "[lengthen|enlarge|supplement] <b> by [all of|the text of|what is in] <a>"),
    ("say", "<b> [gets|is to get|should be given], [at its end|below the rest|as an addition], [the text of|what is in] <a>"),
    ("say", "[the source|the original] is <a>; [append|add] its text to <b>"),
    ("say", "first [comes|stands] what <b> says, then should [come|stand|follow] what <a> says, so append it"),
    ("say", "what <a> says [should|must|is to] [follow|come after|be added below] what <b> says"),
    ("say", "to <b>, [not in its place but at its end|leaving the rest alone|at the end], [add|append] the [text|content] of <a>"),
    ("say", "it is time the text of <a> was [appended|added] to <b>"),
)  # fmt: skip
LIMIT_FOURTH = "[, reading at most <n> words|, without reading more than <n> words|, that is, <n> words at the most|, <n> words max|; limit: <n> words|, with <n> words as the limit|, never more than <n> words|; read only <n> words|, in all no more than <n> words|, <n> words and no more|, but <n> words of it will do|, stopping after <n> words|, <n> words or fewer|, not above <n> words]"
# The limit inside the sentence: <a> is read with at most <n> words, its text goes to <b>.
COPY_LIMIT_FOURTH: Table = (
    ("do", "copy [at most|no more than|up to|a maximum of|not more than] <n> words [from|of|out of] <a> [to|into] <b>"),
    ("do", "[read|take|get] [at most|no more than|up to] <n> words [from|of] <a> and [write|save|put] [them|it|what you read] [in|into|to] <b>"),
    ("do", "read <a>, [at most|up to|no more than|limited to|stopping after] <n> words, and [write|save|put] [it|them|what it says] [in|into|to] <b>"),
    ("do", "read <a> with [a limit of|at most|an upper limit of|a maximum of] <n> words and [write|save|put] [it|the text|what it says] [in|into|to] <b>"),
    ("do", "[write|save|put] into <b> [at most|no more than|up to] <n> words [of|from] [|the text of ]<a>"),
    ("do", "[write|save|put] into <b> what <a> says, [at most|no more than|up to|limited to] <n> words"),
    ("do", "[fill|overwrite] <b> with [at most|the first|up to|no more than] <n> words [of|from] <a>"),
    ("do", "[make|create] <b> [from|out of] the first <n> words of <a>"),
    ("do", "[excerpt|extract|quote|lift] [at most|up to|the first] <n> words from <a> into <b>"),
    ("do", "[let|have] <b> [hold|say|contain] the first <n> words of <a>"),
    ("do", "copy <a>, [but only|though only|limited to|just] [the first |]<n> words, to <b>"),
    ("do", "copy to <b> [the first|at most|up to|no more than] <n> words of <a>"),
    ("do", "[open|look into|go through] <a>, stop after <n> words, and [write|save|put] them [in|into] <b>"),
    ("say", "<n> words of <a>, [no more|not more|at most], should [go into|be in|be copied to|be written to] <b>"),
    ("say", "at most <n> words: [read|take] <a> and [write|save|put] it [in|into] <b>"),
    ("say", "[with|within] a limit of <n> words, [read|take] <a> and [write|save|put] [its text|what it says] [in|into|to] <b>"),
    ("say", "the first <n> words of <a> [should|must|have to|are to] [go into|be in|end up in|be copied to] <b>"),
    ("say", "<b> should [hold|get|contain|be filled with] [at most|no more than|only] <n> words [of|from] <a>"),
    ("say", "i [need|want|would like] [only |just |]the [first|opening] <n> words of <a> in <b>"),
    ("say", "<a> is long, so [read|take] [at most|only|no more than] <n> words of it and [write|save|put] them [in|into] <b>"),
    ("say", "[into|in|to] <b>, [please |][write|copy|put] [at most|no more than|the first] <n> words of <a>"),
    ("say", "what are the first <n> words of <a>? [write|save|put] them [in|into] <b>"),
    ("say", "[no more than|at most] <n> words, [please|if you will], from <a> [to|into] <b>"),
    ("say", "[could|can|would] you [copy|put|write] [up to|at most|no more than|the first] <n> words of <a> [into|to] <b>?"),
    ("say", "read <a>, but [stop after|not more than|only] <n> words. [then |]that [goes into|should go into|is for] <b>"),
)  # fmt: skip
COPY_ADDED_LIMIT_FOURTH: Table = (
    ("do", "[append|add] [at most|no more than|up to|the first] <n> words [from|of] <a> to [|the end of ]<b>"),
    ("do", "[read|take|get] [at most|no more than|up to] <n> words [from|of] <a> and [append|add] [them|it|what you read] to [|the end of ]<b>"),
    ("do", "read <a>, [at most|up to|no more than|stopping after] <n> words, and [append|add] [it|them|what it says] to <b>"),
    ("do", "[append|add] to <b> [at most|no more than|up to|the first] <n> words of <a>"),
    ("do", "[extend|continue|lengthen] <b> with [at most|the first|up to] <n> words [of|from] <a>"),
    ("do", "read <a> with [a limit of|at most|a maximum of] <n> words and [append|add] [it|the text] to <b>"),
    ("say", "<n> words of <a>, [no more|at most], should be [added|appended] to <b>"),
    ("say", "at most <n> words: [read|take] <a> and [append|add] it to <b>"),
    ("say", "the first <n> words of <a> [should|must|are to] be [added|appended] to [|the end of ]<b>"),
    ("say", "at the end of <b>, [please |][add|write|put] [at most|the first|no more than] <n> words of <a>"),
    ("say", "<a> is long, so [read|take] [at most|only|no more than] <n> words of it and [append|add] them to <b>"),
    ("say", "what are the first <n> words of <a>? [append|add] them to <b>"),
)  # fmt: skip

# What is remembered goes to a file.
TOLD_FOURTH = "[what has stayed in your memory about|the details i gave you about|what you have on record from me about|what is on your mind about|your recollection of|what you retained about|all i ever told you about|what i let you know about|my words about|what is remembered about] <t>"
RECALL_FIRST_FOURTH = "[query your memory for|recollect what i said about|retrieve from memory what i told you about|think of what i told you about|go back in your memory to|remind yourself of|fetch from memory what there is about|look up what i said about|find out from memory about|cast your mind back to] <t>"
FOUND_FOURTH = "[what you recollect|what was said|the remembered fact|what comes to mind|what is there|what you retrieve|the details|what your memory says]"
TOLD_PUT_FOURTH: Table = (
    ("do", "[transfer|export|copy|move] from [memory|your memory] to [|the file ]<b> what i [told you|said] about <t>"),
    ("do", "[open|create|take] <b> and [enter|write|put] there what you [remember|recall|know from me] about <t>"),
    ("do", "[make|let] <b> [say|tell|show] what you [remember|recall] about <t>"),
    ("do", "[recall|look up] <t>, and [let|have] it be [written|saved|put] [in|into] <b>"),
    ("do", "[turn|put] your memory of <t> into writing, in <b>"),
    ("say", "<b> is [for|meant for|the place for|waiting for] what i told you about <t>"),
    ("say", "i [mentioned|brought up|spoke of] <t> [once|earlier|some time ago]; [write|save|put] that [in|into] <b>"),
    ("say", "[in|into] <b> [should go|must go|belongs] what i [told you|said] about <t>"),
    ("say", "<t>, [as far as you remember|from your memory|as i told you], [should|must|is to] be [written to|saved in|put into] <b>"),
    ("say", "[what was that|how was that|what did we say] about <t>? [once you recall it|when you have it], [write|save|put] it [in|into] <b>"),
    ("say", "you were told about <t>; <b> should [know it too|hold it|say it|contain it]"),
    ("say", "it is time that what i told you about <t> was [written to|saved in|put into] <b>"),
)  # fmt: skip
TOLD_ADDED_FOURTH: Table = (
    ("do", "[open|take] <b> and [add|append] at the end what you [remember|recall|know from me] about <t>"),
    ("do", "[recall|look up] <t>, and [let|have] it be [added|appended] to <b>"),
    ("do", "[let|have] <b> end with what you [remember|recall] about <t>, [below the rest|added to the rest]"),
    ("do", "[log|note|enter] as one more line of <b> what i [told you|said] about <t>"),
    ("say", "i [mentioned|brought up|spoke of] <t> [once|earlier|some time ago]; [append|add] that to <b>"),
    ("say", "<t>, [as far as you remember|from your memory|as i told you], should be [added|appended] to <b>"),
    ("say", "[what was that|how was that|what did we say] about <t>? [once you recall it|when you have it], [append|add] it to <b>"),
    ("say", "one more [line|entry] for <b>: what i [told you|said] about <t>, [appended|added at the end]"),
    ("say", "what <b> says should stay, but what i [told you|said] about <t> should [follow|be added]"),
    ("say", "you were told about <t>; at the end of <b> [it should be noted|i want it added|it has to be added]"),
)  # fmt: skip

# The time goes to a file.
NOW_FOURTH = "[the moment we have now|the time and day of now|the time of this moment|the day and hour|the date and the hour|the clock time|what the date is|the time as the clock gives it|a fresh time stamp|the time of writing|the present hour|today's day and date]"
CLOCK_FIRST_FOURTH = "[query the clock|take the time|see what the clock says|look what time it is|fetch the time|fetch today's date|get today's date|have the clock tell you the time|note what the clock says|find out today's date|determine the time]"
NOW_PUT_FOURTH: Table = (
    ("do", "[record|log|register|note down] in <b> [what time it is|what day it is|when this was|the hour and the day]"),
    ("do", "[open|create|take] <b> and [enter|write|put] there [the time|the date|what time it is|today's date]"),
    ("do", "[let|make|have] <b> [say|show|tell] [the time|what time it is|what day it is|today's date]"),
    ("do", "[date|time-stamp] <b>[, as its only text|: write the date and time into it|, that is, put the time in it]"),
    ("do", "[transfer|export|send] what the clock says to [|the file ]<b>"),
    ("say", "<b> [gets|is to get|needs|wants] the [time|date|current time|date and time], [nothing else|as its text|read from the clock]"),
    ("say", "[in|into] <b> [should go|must go|belongs] the [time|date|current time|date and time]"),
    ("say", "[what's the hour|how late have we got|what's the date today|which day have we]? [in|into] <b> with it, please"),
    ("say", "the time of this moment is needed in <b>: [read the clock and write it there|check the clock and save it there]"),
    ("say", "[i start|i finish|the test begins|the guests arrive|the rain starts] [now|this minute]: [note|write|put] the time [in|into] <b>"),
    ("say", "when you [read|check|look at] the clock, [write|save|put] what it says [in|into] <b>"),
    ("say", "the [time|date|current time] has to be [written to|saved in|put into|noted in] <b>"),
)  # fmt: skip
NOW_ADDED_FOURTH: Table = (
    ("do", "[record|log|note] at the end of <b> [what time it is|what day it is|when this was|the hour and the day]"),
    ("do", "[open|take] <b> and [add|append] [the time|the date|what time it is|today's date]"),
    ("do", "[let|have] <b> end with [the time|the date and time|today's date], [added to the rest|below the old lines]"),
    ("do", "[date|sign] <b> at the [bottom|end] with [the current date|today's date|the time]"),
    ("say", "<b> [gets|is to get|needs] one more line, the [time|date|current time|date and time]"),
    ("say", "[what's the hour|how late have we got|what's the date today]? at the end of <b> with it, please"),
    ("say", "[i start|i finish|the test begins|the guests arrive|the rain starts] [now|this minute]: [append|add] the time to <b>"),
    ("say", "when you [read|check|look at] the clock, [append|add] what it says to <b>"),
    ("say", "the [time|date|current time] has to be [added|appended] to [|the end of ]<b>"),
    ("say", "after the last line of <b> should [come|stand|follow] the [time|date|date and time]"),
    ("say", "the text of <b> is to stay, but please [append|add] the [time|date|date and time]"),
)  # fmt: skip

# The names of files go to a file; "#" stands for the place or the kind of files.
LISTED_FOURTH = (
    "[a complete list of|an inventory of|a register of|the full list of|a roll of|a record of] [the|all|all the] #",
    "[the file names of|the titles of|the complete names of|the bare names of|the names, one and all, of] [the|all|all the] #",
)
LIST_FIRST_FOURTH = (
    "[ls|read off|count off|itemise|catalogue|register|view|have a look at|inventory] [the|all|all the] #"
)
FIND_FIRST_FOURTH = (
    "[seek|detect|scan for|look around for|pick out|bring together|get hold of|identify] [the|all|all the] #"
)
THEIR_FOURTH = (
    "[the names found|each name|every name|what you listed|the file list|the inventory|those names|what comes up]"
)
WHICH_PUT_FOURTH: Table = (
    ("do", "[open|create|take] <b> and [enter|write|put] there [the names of|a list of] [the|all] #"),
    ("do", "[catalogue|inventory|index|register] [the|all] # in <b>"),
    ("do", "[let|make|have] <b> [be|become|serve as] [a list|an index|an inventory|a catalogue] of [the|all] #"),
    ("do", "[list|name|enumerate] in <b> [the|all|all the] #"),
    ("do", "[find|collect|gather] [the|all] #, and [let|have] their names be [written|saved|put] [in|into] <b>"),
    ("say", "<b> [gets|is to get|should be filled with|has to hold] the names of [the|all] #"),
    ("say", "[the names of|a list of] [the|all] # [should|must] [be in|go into|be found in] <b>"),
    ("say", "[i'd like to know|i want to see|i must report] which # [we have|there are]; [write|save|put] the [answer|names|list] [in|into] <b>"),
    ("say", "which are [the|all the] #? [write|save|put] their names [in|into] <b>"),
    ("say", "what are [the|all the] # called? [in|into] <b> with the names, please"),
    ("say", "it is time <b> [listed|named|showed] [the|all the] #"),
)  # fmt: skip
WHICH_ADDED_FOURTH: Table = (
    ("do", "[open|take] <b> and [add|append] at the end [the names of|a list of] [the|all] #"),
    ("do", "[list|name|enumerate] at the end of <b> [the|all|all the] #"),
    ("do", "[find|collect|gather] [the|all] #, and [let|have] their names be [added|appended] to <b>"),
    ("do", "[let|have] <b> end with [the names of|a list of] [the|all] #, [below the rest|added to the rest]"),
    ("say", "<b> [gets|is to get|needs] one more line with the names of [the|all] #"),
    ("say", "which are [the|all the] #? [append|add] their names to <b>"),
    ("say", "[i'd like to know|i want to see|i must report] which # [we have|there are]; [append|add] the [names|list] to <b>"),
    ("say", "the names of [the|all] # should [follow|come after|be added to] what <b> says"),
    ("say", "what are [the|all the] # called? at the end of <b> with the names, please"),
    ("say", "the text of <b> is to stay, but [append|add] the names of [the|all] #"),
)  # fmt: skip
