"""Requests of several steps: a fourth set of phrasings for every table of chain_phrases_more.py.

Tables and strings named *_FOURTH are further choices for the table or string of that name, read as there.
"""

from __future__ import annotations

from typing import TypeAlias

Table: TypeAlias = "tuple[tuple[str, str], ...]"

# Numbers in a file: (form, pattern, operator).
_NUMBERS = "[the numbers|all the numbers|the values|the figures|every figure|all entries|the sums of money|the items]"
_IN = "[in|from|out of|contained in|to be found in|standing in|listed in]"
FILE_SUMS_FOURTH: tuple[tuple[str, str, str], ...] = (
    ("do", f"[aggregate|accumulate|count up|pool|tally up|throw together|work out the total of] {_NUMBERS} {_IN} <a>", "+"),
    ("do", f"[multiply out|multiply through|build the product of|calculate the product of] {_NUMBERS} {_IN} <a>", "*"),
    ("do", "[open|read|load] <a>, [where the numbers are|which holds numbers|full of numbers], and [add them up|sum them|total them]", "+"),
    ("do", "[open|read|load] <a>, [where the numbers are|which holds numbers|full of numbers], and [multiply them|work out their product]", "*"),
    ("do", "use <a> as the source and [add up|sum up|total] the [numbers|figures|values]", "+"),
    ("do", "read <a> so that you can [add up|sum|total] [its numbers|the numbers in it]", "+"),
    ("do", "read <a> so that you can multiply [its numbers|the numbers in it]", "*"),
    ("do", "[sum|add|total] what [stands in|you find in|is listed in|you read in] <a>", "+"),
    ("do", f"[do|make|carry out] [an addition|a sum|a tally] of {_NUMBERS} in <a>", "+"),
    ("do", f"[do|make|carry out] a multiplication of {_NUMBERS} in <a>", "*"),
    ("noun", "the [sum|total] of what [is|stands|is listed] in <a>", "+"),
    ("noun", f"the [tally|aggregate|final total|full sum] of {_NUMBERS} {_IN} <a>", "+"),
    ("noun", f"the [result|value] of [multiplying|a multiplication of] {_NUMBERS} {_IN} <a>", "*"),
    ("noun", f"the [result|value] of [adding up|summing] {_NUMBERS} {_IN} <a>", "+"),
    ("say", "<a> [gives|has] the [numbers|figures|amounts]; [add|sum|total] them", "+"),
    ("say", "<a> [gives|has] the [numbers|figures|factors]; multiply them", "*"),
    ("say", "from <a> you get the numbers, [which you should add up|which are to be added up|to be summed up]", "+"),
    ("say", "[my bills|the hours|the weights|our costs|the scores] are in <a>[: |, |; ][add them up|sum them up|get me the total|work out the total]", "+"),
    ("say", "i [need|want] you to [go through|open|read] <a> and [add up|total|sum up] [the numbers|what you find]", "+"),
    ("say", "the numbers are in <a>, and they should be [added up|summed|totalled]", "+"),
    ("say", "the numbers are in <a>, and they should be multiplied", "*"),
)  # fmt: skip
# The same as questions, nothing after them.
FILE_QUESTIONS_FOURTH: tuple[tuple[str, str, str], ...] = (
    ("question", "what [total|sum] does <a> [make|give|come to|arrive at]", "+"),
    ("question", "what's the [bottom line|grand total|overall sum] of <a>", "+"),
    ("question", "what do all the [lines|rows|numbers|entries] of <a> [come to|make|sum up to] [together|in total|]", "+"),
    ("question", "is there [a way to|an easy way to] [add up|total|sum] the numbers in <a>", "+"),
    ("question", "what product [do|would] the [numbers|figures|values] in <a> [give|make|have]", "*"),
    ("question", "what do the numbers in <a> make when [multiplied|multiplied together|you multiply them]", "*"),
    ("question", "how much [money|time|weight] is that in all, going by the [numbers|figures|amounts] in <a>", "+"),
    ("question", "where do we [land|end up] when we [add up|sum|total] <a>", "+"),
    ("question", "[will|would|could] you tell me the [sum|total] of the numbers in <a>", "+"),
    ("say", "open <a>. [and the total?|what's the sum?|what do the figures add up to?|total of all that?]", "+"),
    ("say", "open <a>. [and the product?|what's the product of the numbers?|what do you get if you multiply all that?]", "*"),
    ("say", "[there are|we have] numbers in <a>. [and together?|what do they make together?|what's their sum?|what's the total?]", "+"),
    ("say", "[i am curious|let me know|i'd like to hear] what <a> [adds up to|comes to in total|totals]", "+"),
)  # fmt: skip

# Write or add <t>, then read the file again. <q> is quoted.
READ_IT_FOURTH = "[read out the file|have the file read back|repeat it to me from the file|show what the file holds now|tell me how the file reads|let me hear what it says|read over what you wrote|prove it by reading it|bring up the file|read the whole of it|view the file|show me the outcome in the file|quote the file]"
WRITE_TEXT_FOURTH = "[enter <q> in <b>|[log|set down|type] <t> in <b>|make <b> [say|read|hold] <q>|make <q> the text of <b>|put into <b> the [words|text|line] <q>|give the file <b> the [content|words|line] <q>|[write|save] in <b>: <q>|open <b> and [enter|write|put] <q>]"
ADD_TEXT_FOURTH = "[put <q> below the last line of <b>|[tack|stick|join] <q> onto <b>|make <q> the last line of <b>|let <q> follow the text of <b>|[add|append] in <b> the line <q>|add to <b>: <q>|open <b> and append <q>]"
SEEN_FOURTH: Table = (
    ("do", "[write|put|save] <q> [in|into] <b> and [let|have] me [see|read|hear] it"),
    ("do", "[enter|log|set down] <q> in <b>; [for control|as a check|to verify], read the file"),
    ("do", "let <q> be the text of <b>, [then|and then|and afterwards] [show|read] me the file"),
    ("do", "[read|show] me <b>, but not before you [wrote|have written|have put] <q> into it"),
    ("say", "<b> [gets|is given|is to get] the [text|line|words] <q>; [then|after that] [read it back|read it to me|show it]"),
    ("say", "into <b> [goes|should go] <q>. [read it back|show me the file|let me see it] [then|afterwards]"),
    ("say", "it is time <b> said <q>. [write it|put it] there and [read the file|show me the file]"),
    ("say", "what i want to [read|see] in <b> is <q>: [write it|put it there] and [then |]read the file"),
    ("say", "two things: <q> [in|into] <b>, and [then |]read the file [back|to me]"),
    ("say", "[could|can|would] <q> be [written|put|saved] [to|into|in] <b> and [then |]read back?"),
    ("say", "once you have [written|put|saved] <q> [in|into] <b>, what does [it|the file] say?"),
    ("say", "<q> into <b>, then [read it|show it|read it back][, please| please|]"),
)  # fmt: skip
SEEN_ADDED_FOURTH: Table = (
    ("do", "[append|add] <q> to <b> and [let|have] me [see|read|hear] [all of it|the file]"),
    ("do", "[read|show] me <b>, but not before you [added|have added|have appended] <q> to it"),
    ("do", "[log|enter] <q> as one more line of <b>; [for control|as a check|to verify], read the file"),
    ("do", "let <q> follow the text of <b>, [then|and then] [show|read] me the file"),
    ("say", "<b> [gets|is given|is to get] one more line, <q>; [then|after that] [read it back|read it to me|show it]"),
    ("say", "<b> should go on with <q>. [add|append] it and [read the file|show me the file]"),
    ("say", "two things: <q> at the end of <b>, and [then |]read the file [back|to me]"),
    ("say", "[could|can|would] <q> be [added|appended] to <b> and the file [then |]read back?"),
    ("say", "once you have [added|appended] <q> to <b>, what does [it|the file] say?"),
    ("say", "after the last line of <b> [comes|should come] <q>: [append it|add it] and [read the file|show me the file]"),
)  # fmt: skip

# Ask <q> and keep the reply. <T> is the question in quotes.
ASK_QUOTED_FOURTH = "[quiz [me|the user] on this: <T>|request an answer to <T> from [me|the user]|find out from [me|the user]: <T>|bring the question <T> to [me|the user]|hear what [i say|the user says] to <T>|ask [me|the user], word for word, <T>|present [me|the user] with the question <T>|get [me|the user] to answer <T>|refer <T> to [me|the user]|submit <T> to [me|the user]]"
REPLY_FOURTH = "[the reply you hear|the answer you get|what the answer is|the answer given|what you are told|my response to it|the user's response|the user's reply|whatever the answer is|what was answered]"
ASKED_KEPT_FOURTH: Table = (
    ("do", "[find out from|hear from|learn from] [me|the user] <T> and [remember|memorise|keep in mind] [it|the answer|what you hear]"),
    ("do", "ask [me|the user] <T>, [since|because|as] the [answer|reply] [is to be remembered|should be kept in mind]"),
    ("do", "[let|have] [me|the user] answer <T>, and [retain|remember|don't forget] the [answer|reply]"),
    ("do", "[remember|memorise|keep in mind] the [answer|reply] that [i give|the user gives] when asked <T>"),
    ("say", "what do i say to <T>? [ask me|find out by asking] and [remember it|keep it in mind]"),
    ("say", "<T> [has to be asked|should be asked|must be put to me], and the [answer|reply] [remembered|kept in mind|memorised]"),
    ("say", "[ask|pose] <T>. the [answer|reply] [i give|i type|you get from me] [should be remembered|is for your memory|has to stay in your memory]"),
    ("say", "your memory [lacks|needs|should hold] [my|the user's] answer to <T>, so ask and [remember it|keep it]"),
    ("say", "two things: ask [me|the user] <T>, and [remember|memorise|keep in mind] the [answer|reply]"),
    ("say", "[could|can|may] [my|the user's] answer to <T> be remembered? ask [for it|first]"),
    ("say", "before you can [remember|memorise] it, ask [me|the user] <T>; [then |]keep the [answer|reply] in mind"),
)  # fmt: skip
ASKED_REPLY_PUT_FOURTH: Table = (
    ("do", "[find out from|hear from|learn from] [me|the user] <T> and [write|save|put] [it|the answer|what you hear] [in|into] <b>"),
    ("do", "[let|have] [me|the user] answer <T>, and [enter|log|write|save] the [answer|reply] in <b>"),
    ("do", "[write|save|put] [in|into] <b> the [answer|reply] that [i give|the user gives] when asked <T>"),
    ("do", "[open|create|take] <b>, ask [me|the user] <T>, and [enter|write|put] the [answer|reply] there"),
    ("do", "[let|make|have] <b> [hold|show|contain] [my|the user's] [answer|reply] to <T>, after asking"),
    ("say", "<b> gets [my|the user's] [answer|reply] to <T>, so ask [and write it there|for it and put it there]"),
    ("say", "<T> [has to be asked|should be asked], and the [answer|reply] [written to|saved in|put into] <b>"),
    ("say", "what do i say to <T>? [ask me|find out by asking] and [write|save|put] it [in|into] <b>"),
    ("say", "two things: ask [me|the user] <T>, and [write|save|put] the [answer|reply] [in|into] <b>"),
    ("say", "[could|can|may] [my|the user's] answer to <T> be [written to|saved in|put into] <b>? ask [for it|first]"),
    ("say", "<b> can't be [filled|written] before you ask [me|the user] <T>; [put|write|save] the [answer|reply] there"),
    ("say", "[to|in order to] fill <b>, ask [me|the user] <T> and [use|take|write down] the [answer|reply]"),
)  # fmt: skip
ASKED_REPLY_ADDED_FOURTH: Table = (
    ("do", "[find out from|hear from|learn from] [me|the user] <T> and [append|add] [it|the answer|what you hear] to <b>"),
    ("do", "[let|have] [me|the user] answer <T>, and [append|add] the [answer|reply] to <b>"),
    ("do", "[append|add] to <b> the [answer|reply] that [i give|the user gives] when asked <T>"),
    ("do", "[open|take] <b>, ask [me|the user] <T>, and [append|add] the [answer|reply]"),
    ("say", "<b> gets one more line, [my|the user's] [answer|reply] to <T>, so ask [and append it|for it and add it]"),
    ("say", "<T> [has to be asked|should be asked], and the [answer|reply] [added|appended] to <b>"),
    ("say", "what do i say to <T>? [ask me|find out by asking] and [append|add] it to <b>"),
    ("say", "two things: ask [me|the user] <T>, and [append|add] the [answer|reply] to <b>"),
    ("say", "[could|can|may] [my|the user's] answer to <T> be [added|appended] to <b>? ask [for it|first]"),
    ("say", "the text of <b> is to stay, but [append|add] what i [answer|say] when you ask me <T>"),
)  # fmt: skip

# Another agent does <t>, and its answer is waited for. <T> is the task in quotes.
_AGENT = "[an agent|another agent|a new agent|a helper agent|a subagent|one more agent|an extra agent|a fresh agent]"
SPAWN_FIRST_FOURTH = f"[[bring up|set up|get|deploy|open] {_AGENT} with the [request|task|order] <T>|[charge|commission|entrust] {_AGENT} with <T>|[assign|pass on|send] <T> to {_AGENT}|[start|launch|spawn] {_AGENT} whose [task|request|job] is <T>|put {_AGENT} to work on <T>|let {_AGENT} handle <T>|hand <T> over to {_AGENT}]"
AWAIT_FOURTH = "[get its answer|be patient till it answers|listen to what it answers|pass me its reply|fetch its result|hand me its answer|wait till it's through|wait to hear from it|see how it ends|read out its answer|stay put until it answers|report what comes of it|tell me once it's done what it said]"
SPAWNED_FOURTH: Table = (
    ("do", f"[commission|charge] {_AGENT} with <T>, [wait|hold on] and {AWAIT_FOURTH}"),
    ("do", f"use {_AGENT} for <T> and {AWAIT_FOURTH}"),
    ("do", f"[get|obtain|bring] me the [answer|result|reply] of {_AGENT} [that you start|that you launch|started] on <T>"),
    ("do", f"[let|have] {_AGENT} [see to|take care of|deal with] <T>; [then|after that|when it is done] {AWAIT_FOURTH}"),
    ("do", f"wait for {_AGENT} [that you start|that you launch|which you start] [on|with|for] <T>"),
    ("do", f"delegate <T> to {_AGENT} and [don't come back without its answer|come back with its answer|bring back its answer]"),
    ("say", f"what would {_AGENT} [answer|say|find|reply] if it [got|was given|were given] <T>? [start one|launch one] and wait for it"),
    ("say", f"<T> [should be done by|goes to|is given to] {_AGENT}, [whose answer i need|and i need its answer|and you wait for it]"),
    ("say", f"[first comes|there should be] {_AGENT} for <T>, [then|and then] [its answer|the wait for its answer|you tell me its answer]"),
    ("say", f"[once|when|after] you have [started|launched|spawned] {_AGENT} [on|with|for] <T>, {AWAIT_FOURTH}"),
    ("say", f"two things: [start|launch|spawn] {_AGENT} [on|with|for] <T>, and {AWAIT_FOURTH}"),
    ("say", f"[could|can|may] <T> be [done|handled] by {_AGENT}? [please |then |]{AWAIT_FOURTH}"),
    ("say", f"before we go on, {_AGENT} [should do|has to deal with|must handle] <T>; [start it|launch it] and wait for it"),
)  # fmt: skip

# Find <f>, then read or delete it.
FIND_FILE_FOURTH = "[get hold of|fetch|come up with|ferret out|pinpoint|detect|scan the folders for|see where you can find] [|the file |a file called |a file named ]<f>"
SHOW_IT_FOURTH = "[bring up its text|let me hear what it says|put its text on the screen|quote it|cite what it says|tell me its text|look what it says|view it|cat it|type out what it says|share its content with me|read all of it]"
DROP_IT_FOURTH = "[kill the file|send it to the bin|dump it|rm it|get it out of the way|clear it|obliterate it|chuck it out|free its space|remove it for good|delete what you find|cast it away]"
FOUND_READ_FOURTH: Table = (
    ("do", "[get|fetch|bring] me the text of <f>, [wherever it is|which must be found first|after locating it|from whatever folder]"),
    ("do", "[read|show|quote] <f>, for which you must [search first|first find it|look around first]"),
    ("do", f"[see|find out|discover] [where|in which folder] <f> is, and {SHOW_IT_FOURTH}"),
    ("say", f"<f> [has gone missing|is hidden somewhere|lies in some folder|turned up somewhere]: [find|locate|trace] it and {SHOW_IT_FOURTH}"),
    ("say", "[once|when|after] it has been [found|located], i [want|need|would like] to [read|see] <f>, so [search for it|find it|look for it] and show me"),
    ("say", f"is there a file called <f>? [find|locate] it and {SHOW_IT_FOURTH}"),
    ("say", "what is written in <f>? [you must find it first|search for it first|it has to be found first]"),
    ("say", f"two things: find <f>, and {SHOW_IT_FOURTH}"),
    ("say", "i can't say which folder <f> is in; [find|locate|search for] it and [read it|show me what it says]"),
    ("say", f"<f> has to be [found|located|tracked down] and read, so find it and {SHOW_IT_FOURTH}"),
    ("say", f"[could|can|may] <f> be found? [then|if so,] {SHOW_IT_FOURTH}"),
)  # fmt: skip
FOUND_DROP_FOURTH: Table = (
    ("do", "[delete|remove|erase] <f>, for which you must [search first|first find it|look around first]"),
    ("do", f"[see|find out|discover] [where|in which folder] <f> is, and {DROP_IT_FOURTH}"),
    ("do", "[see to it|make sure] that <f> is [found|located] and [deleted|removed|erased]"),
    ("say", f"<f> [is hidden somewhere|lies in some folder|turned up somewhere] and [it is useless|nobody wants it]: [find|locate] it and {DROP_IT_FOURTH}"),
    ("say", f"is there a file called <f>? [find|locate] it and {DROP_IT_FOURTH}"),
    ("say", f"two things: find <f>, and {DROP_IT_FOURTH}"),
    ("say", "i can't say which folder <f> is in, but it [must go|should be deleted|has to be removed], so [find|locate] it and delete it"),
    ("say", "<f> has to be [found|located|tracked down] and [deleted|removed|erased]"),
    ("say", f"[could|can|may] <f> be found? [then|if so,] {DROP_IT_FOURTH}"),
    ("say", "[once|when|after] it has been [found|located], <f> should be [deleted|removed|erased], so [search for it|find it] and do that"),
)  # fmt: skip

# A file's text is remembered; a file is read and then deleted.
FILE_KEPT_FOURTH: Table = (
    ("do", "[transfer|copy|import|enter] [the text of|what is in|what is written in] <a> into [your memory|memory]"),
    ("say", "[never forget|don't forget] what <a> [says|tells you], [read it now|so read it]"),
    ("do", "[find out|see|look] what <a> says and [remember|memorise|retain|keep in mind] it"),
    ("do", "[let|have] [what <a> says|the text of <a>] be [remembered|kept in your memory|memorised]"),
    ("do", "[memorise|retain|remember] <a>[, that is, its text| by reading it|, word for word]"),
    ("say", "what does <a> say? [remember|memorise|keep in mind] [it|the answer|that]"),
    ("say", "<a> is [where the fact is|what you should know|something to memorise]; [read it and remember it|read and memorise it]"),
    ("say", "two things: read <a>, and [remember|memorise|keep in mind] [it|what it says]"),
    ("say", "when <a> is gone, you should still know what it said, so [read it and remember it|read and memorise it]"),
    ("say", "you will be [asked|tested|quizzed] on <a>[: |; |, so ][read it and remember it|memorise what it says|remember what it says]"),
    ("say", "into your memory [goes|should go|must go] what <a> [says|contains]"),
    ("say", "it is time you [remembered|memorised] what <a> says, so read it"),
)  # fmt: skip
FILE_DROPPED_FOURTH: Table = (
    ("do", "[find out|see|tell me] what <a> says, and [then|afterwards|after that] [delete|remove|erase] [it|the file]"),
    ("do", "[read|recite|quote] <a> to me [and bin it|and then shred it|and have it deleted after that]"),
    ("do", "[delete|remove|erase] <a>, [not without reading it first|though not before reading it to me|having read it first]"),
    ("do", "[let|have] me [see|read] <a>, [then|and then|and afterwards] [delete|remove|erase] it"),
    ("say", "two things: read <a>, and [then |]delete it"),
    ("say", "<a> should be [read|shown to me] and then [deleted|removed|erased]"),
    ("say", "[i want|i need] <a> [read out|read to me|shown to me] and [then |afterwards ][deleted|removed|gone]"),
    ("say", "this message will self-destruct: read <a> and [then |]delete it"),
    ("say", "[once|when|after] i've [seen|heard|read] it, <a> [can go|should be deleted|is to be removed], so [show it to me|read it to me] and delete it"),
    ("say", "<a> is of no use [after|once] it is read: [read it to me|show it to me] and [delete|remove] it"),
    ("say", "what is written in <a>? [then |after that |afterwards ][delete|remove|erase] it"),
)  # fmt: skip
MOVED_FOURTH: Table = (
    ("do", "[relabel|rebrand|retitle] <a> as <b>"),
    ("do", "[transplant|transfer|migrate|rehouse|carry over] <a> to <b>"),
    ("do", "[put|place|take] <a> [under the name|under the new name] <b>, [leaving nothing under the old one|and delete the old one]"),
    ("do", "[change|switch|alter] <a> to <b>, [the name, i mean|only the name|as for its name]"),
    ("do", "[write|save|put] the text of <a> [in|into|to] <b>, [after which <a> should be deleted|and then delete <a>|and get rid of <a>]"),
    ("do", "[let|have] <b> [take the place of|replace|succeed] <a>, with the same text, and [delete|remove] <a>"),
    ("do", "cut <a> and paste it as <b>"),
    ("do", "[turn|make] <a> into <b> by [renaming|moving] it"),
    ("say", "<b> should be what <a> is called [now|from now on|in future]"),
    ("say", "the file is called <a>, but [should be|must be|i want it] [called|named] <b>"),
    ("say", "where <a> was, there should be <b> instead: [rename|move] it"),
    ("say", "[the old name|so far the name] is <a>, the new [name|one] is <b>[, so rename it|: rename|. rename it]"),
    ("say", "[to|in|into] <b> with <a>, and [delete|remove] the [old|first] one"),
    ("say", "two things: copy <a> to <b>, and [then |]delete <a>"),
    ("say", "can't <a> be [called|named] <b>? [rename it|please rename it|move it]"),
)  # fmt: skip

# One verb, two objects.
PAIRS_FOURTH: dict[str, Table] = {
    "remove_file": (
        ("do", "[unlink|rm|kill off|zap|purge|obliterate|shred] [|the files |both ]<a> and <b>"),
        ("do", "[delete|remove|erase] both: <a> and <b>"),
        ("do", "[see to it|make sure] that <a> and <b> are [deleted|removed|gone|erased]"),
        ("do", "[take|wipe] <a> and <b> [away|off the disk|out of the folder]"),
        ("do", "[delete|remove|erase] <a>, then it's the turn of <b>"),
        ("question", "what are <a> and <b> still doing here, can you delete them"),
        ("say", "<a> [has to|must|should] be [deleted|removed], [the same goes for|likewise|and] <b>"),
        ("say", "<a>, <b>: [both are to be deleted|both can go|delete both|away with them]"),
        ("say", "[along with|besides|together with] <a>, [delete|remove|erase] <b> [too|as well]"),
        ("say", "[the first to go is|the one to delete is|one victim is] <a>, the [other|second|next] <b>; delete them"),
        ("say", "i'm done with <a> and <b>[, delete them|; remove both|: away with them|. get rid of them]"),
    ),
    "read_file": (
        ("do", "[cat|view|load|bring up|quote|type out] [|the files |both ]<a> and <b>"),
        ("do", "[read|show|quote] both: <a> and <b>"),
        ("do", "[put|bring] the texts of <a> and <b> [on the screen|before me|side by side]"),
        ("do", "[read|show me] <a>, then it's the turn of <b>"),
        ("do", "[have|take] a look at <a> and at <b> and tell me what they say"),
        ("question", "what [can be read|stands|is to be found] in <a> and in <b>"),
        ("question", "[would|could] you [read|show] me <a> and also <b>"),
        ("nouns", "the [full texts|words|messages] of <a> and <b>"),
        ("say", "<a> [has to|must|should] be read, [the same goes for|likewise|and] <b>"),
        ("say", "[along with|besides|together with] <a>, [read|show me|open] <b> [too|as well]"),
        ("say", "<a>, <b>: [both to be read|let me see both|read them to me|what's in them?]"),
        ("say", "what does <a> say? and [what does|what about] <b>?"),
    ),
    "stat_file": (
        ("do", "[size up|weigh|gauge] [the files |both ]<a> and <b>, in bytes"),
        ("do", "[tell|give|show] me [two sizes|both sizes]: <a> and <b>"),
        ("do", "[look up|check|report] the size of <a>, then it's the turn of <b>"),
        ("do", "[compare|put side by side] how [big|large] <a> and <b> are"),
        ("do", "[see|check] what <a> and <b> weigh in bytes"),
        ("question", "how many bytes is <a>, and how many <b>"),
        ("question", "which size does <a> have, and which does <b>"),
        ("question", "are <a> and <b> big [files|ones], what are their sizes"),
        ("nouns", "the [dimensions in bytes|lengths in bytes|weights in bytes] of <a> and <b>"),
        ("say", "<a> has a size, and so has <b>: [tell me both|what are they?|find them out]"),
        ("say", "[along with|besides|together with] the size of <a>, [give|tell] me that of <b> [too|as well]"),
        ("say", "how big is <a>? and [how big is|what about] <b>?"),
    ),
    "kill": (
        ("do", "[zap|snuff out|quash|axe|knock out|force-quit] [processes|the agents|the processes|agents|pids] <a> and <b>"),
        ("do", "[stop|kill|end] both: [process|agent] <a> and [process|agent] <b>"),
        ("do", "[see to it|make sure] that [processes|agents] <a> and <b> [stop|end|are stopped|are killed]"),
        ("do", "[stop|kill|end] [process|agent] <a>, then it's the turn of [number |process |]<b>"),
        ("do", "[stop|kill|end] [process|agent] number <a> and also number <b>"),
        ("question", "[would|could] you [stop|kill|end|terminate] [processes|agents] <a> and <b>"),
        ("say", "[process|agent] <a> [has to|must|should] be [stopped|killed], [the same goes for|likewise|and] [process |number ]<b>"),
        ("say", "[along with|besides|together with] process <a>, [stop|kill|end] process <b> [too|as well]"),
        ("say", "<a> and <b> are [the pids|the processes|the two agents] to [kill|stop|end]"),
        ("say", "i'm done with [processes|agents] <a> and <b>[, stop them|; kill both|: end them]"),
        ("say", "process <a>: stop. process <b>: stop."),
    ),
    "wait": (
        ("do", "[wait|hang on|be patient] for both: [process|agent] <a> and [process|agent] <b>"),
        ("do", "[hear|listen to|get] what [processes|agents] <a> and <b> have to say"),
        ("do", "[see to it|make sure] that [processes|agents] <a> and <b> [are finished|have ended] and give me their answers"),
        ("do", "wait for [process|agent] <a>, then it's the turn of [number |process |]<b>"),
        ("do", "don't go on until [processes|agents] <a> and <b> [are through|have answered|are done]"),
        ("question", "[would|could] you wait for [processes|agents] <a> and <b>"),
        ("question", "what [results|answers] do [processes|agents] <a> and <b> have"),
        ("nouns", "the [replies|last words|responses] of [processes|agents] <a> and <b>"),
        ("say", "[along with|besides|together with] the answer of process <a>, [give|get] me that of process <b> [too|as well]"),
        ("say", "[process|agent] <a> has to be waited for, [the same goes for|and so has] [process |number ]<b>"),
        ("say", "i won't leave before [processes|agents] <a> and <b> are done[, so wait for them|: wait for both]"),
        ("say", "what did process <a> answer? and process <b>?"),
    ),
    "calculate": (
        ("do", "[calculate|compute|solve|work out] both: <a> and <b>"),
        ("do", "[calculate|compute|solve|work out] <a>, then it's the turn of <b>"),
        ("do", "[tell|give|show] me [two results|both results]: <a> and <b>"),
        ("do", "[do|solve] <a> for me, and <b> [too|as well]"),
        ("do", "[run|put] <a> and <b> through the calculator[, one after the other|, each by itself|]"),
        ("question", "what comes out of <a>, and what of <b>"),
        ("question", "what results do <a> and <b> have"),
        ("question", "[would|could] you tell me what <a> is, and <b>"),
        ("nouns", "the [outcomes|solutions|two results] of <a> and <b>"),
        ("say", "<a>, and separately, <b>: [what are they?|how much is each?|work out both]"),
        ("say", "on one side <a>, on the other <b>: [how much is each?|calculate both|what do they come to?]"),
        ("say", "what is <a>? [next|same for|and then]: <b>?"),
        ("say", "two numbers i need: <a> and <b>"),
    ),
}  # fmt: skip

# Between two requests that have nothing to do with each other.
JOINTS_FOURTH = "[. there's more: |. another job: |, and while you're about it, |. oh, and |. aside from that, |. second request: |. a further thing: |, and as a separate matter |. then there is this: |. and now for something different: |; and on another note, |. with that done, |. could you also |. and one last thing: |. in the same breath, |, plus |; plus, |. also please |. unrelated to that, |. that aside, |. once that is off the list, |. number two: |. last, ]"
AFTER_QUESTION_FOURTH = "[ on another note, | one more: | separately, | to go on, | and, separately, | a different question: | plus, tell me: | that aside, | also this: | last question: | and then there's this: | and while we're at it, ]"
LINKS_FOURTH = (
    "on another note, ",
    "moreover, ",
    "second: ",
    "another thing: ",
    "finally, ",
    "apart from that, ",
    "oh, and ",
    "that aside, ",
    "in addition, ",
    "one last thing: ",
)
