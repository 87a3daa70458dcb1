"""More tables of phrasings for requests of several steps; chain_phrases.py says how they are read."""

from __future__ import annotations

from llmasos.models.nano import chain_phrases_more_fourth as fourth
from llmasos.models.nano import chain_phrases_more_third as third
from llmasos.models.nano.chain_phrases import AND, Table

# Numbers in a file: (form, pattern, operator).
_NUMBERS = "[the numbers|all the numbers|all numbers|the values|the figures|everything|all the figures|every number|all values]"
_IN = "[in|from|of|listed in|stored in|inside|found in|that are in|given in]"
FILE_SUMS = (
    *third.FILE_SUMS_THIRD,
    *fourth.FILE_SUMS_FOURTH,
    ("do", f"[add up|sum|sum up|total|add|add together|calculate the sum of|compute the total of|work out the sum of|find the sum of|tot up|get the sum of] {_NUMBERS} {_IN} <a>", "+"),
    ("do", "[read <a>|read the numbers in <a>|get the numbers from <a>|open <a>|take the numbers from <a>|look into <a>|go through <a>] [and|and then|, then] [add the numbers up|sum up the numbers|add the numbers|calculate the sum of the numbers|total the numbers|add up the numbers|work out the total|find the sum of the numbers]", "+"),
    ("do", "[read the numbers in|get the numbers from|take the numbers in|go through the numbers in] <a> [and|and then|, then] [add them up|sum them|sum them up|calculate their sum|total them]", "+"),
    ("noun", f"the [sum|total|grand total] of {_NUMBERS} {_IN} <a>", "+"),
    ("do", f"[multiply|calculate the product of|compute the product of|multiply together|work out the product of|find the product of] {_NUMBERS} {_IN} <a>", "*"),
    ("do", "[read <a>|read the numbers in <a>|get the numbers from <a>|take the numbers from <a>|open <a>] [and|and then|, then] [multiply the numbers|calculate the product of the numbers|multiply all the numbers]", "*"),
    ("do", "[read the numbers in|get the numbers from|take the numbers in] <a> [and|and then|, then] [multiply them|calculate their product]", "*"),
    ("noun", f"the product of {_NUMBERS} {_IN} <a>", "*"),
    ("say", "<a> [holds|contains|has|is full of|is a list of|lists] [|some ]numbers[: |, |; |. |, so ][please |][add them up|sum them up|work out their sum|calculate the total|total them]", "+"),
    ("say", "there are [some |a few |]numbers in <a>[: |, |; |. ][please |][add them up|sum them up|calculate their sum|work out the total]", "+"),
    ("say", "<a> [holds|contains|has|lists] [|some ]numbers[: |, |; |. ][please |][multiply them|multiply them all|calculate their product]", "*"),
    ("say", "once you have read <a>, [add up its numbers|sum up the numbers|add the numbers|calculate the sum of its numbers]", "+"),
    ("say", "once you have read <a>, [multiply its numbers|calculate the product of its numbers]", "*"),
    ("say", "read <a>. [then |after that, |now |][add up the numbers|sum up the numbers|calculate the sum|work out the total]", "+"),
    ("say", "read <a>. [then |after that, |now |][multiply the numbers|calculate the product]", "*"),
    ("say", "i [need|want|would like] [the numbers|all numbers|the figures|the values] in <a> [added up|summed up|added together|totalled]", "+"),
    ("say", "i [need|want|would like] [the numbers|all numbers|the figures|the values] in <a> [multiplied|multiplied with each other|multiplied together]", "*"),
    ("say", "the [numbers|figures|values] in <a> [should|must|have to|need to] be [added up|summed up|added together]", "+"),
    ("say", "the [numbers|figures|values] in <a> [should|must|have to|need to] be multiplied", "*"),
)  # fmt: skip
# The same as questions, nothing after them.
FILE_QUESTIONS = (
    *third.FILE_QUESTIONS_THIRD,
    *fourth.FILE_QUESTIONS_FOURTH,
    ("question", "what do the [numbers|figures|values] in <a> [add up to|sum up to|come to|make together|amount to]", "+"),
    ("question", "how much are the [numbers|figures|values] in <a> [together|in total|altogether|all together]", "+"),
    ("question", "what do [you|we] get [if|when] [you|we] add up the [numbers|figures|values] in <a>", "+"),
    ("question", "what do you get [if|when] you multiply the [numbers|figures|values] in <a>", "*"),
    ("question", "what is the [sum|total] of the [numbers|figures|values] in <a>", "+"),
    ("say", "read <a>. [what is|what's] the [sum|total] of [its|the|those] numbers?", "+"),
    ("say", "<a> [has|holds|contains] numbers, [what is their sum?|how much is that in total?|what do they add up to?|what's the total?]", "+"),
    ("say", "<a> [has|holds|contains] numbers, [what is their product?|what do you get if you multiply them?]", "*"),
    ("say", "[would|do] you mind [adding up|summing up|totalling] the numbers in <a>?", "+"),
    ("say", "[would|do] you mind multiplying the numbers in <a>?", "*"),
    ("say", "i [wonder|want to know|need to know|am curious] what the numbers in <a> [add up to|come to|sum up to]", "+"),
    ("say", "[how about|what about] adding up the numbers in <a>?", "+"),
)  # fmt: skip

# Write or add <t>, then read the file again. <q> is quoted.
READ_IT = "[read it back|read it|show me the file|read the file|show it to me|show me what it says|tell me what it says|read it to me|check what it says|read the file back|display it|show the file|let me see the file|let me see it|open the file|print it|read out what is there|show me what is in there|read me the file|check the file by reading it|look at what it says]"
READ_IT = f"{READ_IT[:-1]}|{third.READ_IT_THIRD[1:]}"
READ_IT = f"{READ_IT[:-1]}|{fourth.READ_IT_FOURTH[1:]}"
WRITE_TEXT = "[[write|save|put|store] <t> [to|in|into] <b>|[write|save|put|store] <t> [to|in|into] the file <b>|[enter|type] <t> into <b>|[set|change] <b> to <q>|[create|make] <b> with the [text|words|content] <q>|[fill|overwrite] <b> with <q>|[write|save] the [line|text|words] <q> [to|in|into] <b>]"
WRITE_TEXT = f"{WRITE_TEXT[:-1]}|{third.WRITE_TEXT_THIRD[1:]}"
WRITE_TEXT = f"{WRITE_TEXT[:-1]}|{fourth.WRITE_TEXT_FOURTH[1:]}"
ADD_TEXT = "[[append|add] <t> to <b>|[append|add] <t> to the end of <b>|put <q> at the [end|bottom] of <b>|[append|add] the [line|text|words] <q> to <b>|extend <b> with <q>]"
ADD_TEXT = f"{ADD_TEXT[:-1]}|{third.ADD_TEXT_THIRD[1:]}"
ADD_TEXT = f"{ADD_TEXT[:-1]}|{fourth.ADD_TEXT_FOURTH[1:]}"
SEEN: Table = (
    *third.SEEN_THIRD,
    *fourth.SEEN_FOURTH,
    ("say", "once <q> is in <b>, [read the file|show me the file|read it back|show me what it says]"),
    ("say", "after [writing|saving|putting] <q> [in|into] <b>, [read it back|show it to me|read it to me|show me the file]"),
    ("say", "<b> should [say|hold|contain|read] <q>. [then |after that |][read it back|check it by reading it|show it to me|show me the file]"),
    ("say", "i [want|need] <q> in <b>, and [then |afterwards ]i [want to see|need to see|would like to read] the file"),
    ("say", "<q> [goes|should go|must go] into <b>[; then|. then|, and then|. after that] [read it back|show me the file|show it to me]"),
    ("say", "[write|save|put] <q> [in|into] <b>. what does it say [now|then]?"),
    ("say", "[in|into] <b> [please |][write|put] <q>, [then|and then|and] [read it back|show me the file|tell me what it says]"),
    ("say", "[would|do] you mind [writing|saving|putting] <q> into <b> and [reading it back|showing me the file|reading it to me]?"),
    ("say", "i'd like to [see|read|know] what <b> says after you [write|put] <q> into it"),
    ("say", "the [text|content] of <b> should be <q>. [write it|put it there] and [read it back|show me the file]"),
)  # fmt: skip
SEEN_ADDED: Table = (
    *third.SEEN_ADDED_THIRD,
    *fourth.SEEN_ADDED_FOURTH,
    ("say", "after [adding|appending] <q> to <b>, [read it back|show it to me|read it to me|show me the file]"),
    ("say", "<b> should end with <q>. [add it|append it] and [read the file back|show me the file]"),
    ("say", "[add|append] <q> to <b>. what does it say [now|then]?"),
    ("say", "i'd like to [see|read|know] what <b> says after you [add|append] <q> to it"),
    ("say", "to <b> [please |]add <q>, [then|and then|and] [read it back|show me the file|tell me what it says]"),
    ("say", "[would|do] you mind [adding|appending] <q> to <b> and [reading it back|showing me the file]?"),
)  # fmt: skip

# Ask <q> and keep the reply. <T> is the question in quotes.
ASK_FIRST = "ask [me|the user|the human|the person] <q>"
ASK_QUOTED = "[ask [me|the user|the human|the person] <T>|[pose|put] the question <T> to [me|the user|the human]|ask [me|the user] the question <T>|ask [me|the user] this: <T>|question [me|the user|the human] with <T>|get an answer to <T> from [me|the user|the human]]"
ASK_QUOTED = f"{ASK_QUOTED[:-1]}|{third.ASK_QUOTED_THIRD[1:]}"
ASK_QUOTED = f"{ASK_QUOTED[:-1]}|{fourth.ASK_QUOTED_FOURTH[1:]}"
REPLY = "[the answer|the reply|the response|what i say|my answer|my reply|whatever i say|what i answer]"
REPLY = f"{REPLY[:-1]}|{third.REPLY_THIRD[1:]}"
REPLY = f"{REPLY[:-1]}|{fourth.REPLY_FOURTH[1:]}"
ASKED_KEPT: Table = (
    *third.ASKED_KEPT_THIRD,
    *fourth.ASKED_KEPT_FOURTH,
    ("say", "ask [me|the user] <q>. [remember|memorise|keep in mind] [the answer|the reply|what i say|my answer]"),
    ("say", "ask me <q>, and whatever i [say|answer|reply], [remember it|keep it in mind|memorise it]"),
    ("say", "[remember|memorise|keep in mind] what i [say|answer|reply] when you ask me <T>"),
    ("say", "i [want|need|would like] you to remember what i [say|answer] when you ask me <T>"),
    ("say", "<T> is what you should ask [me|the user]. [remember|memorise] the [reply|answer|response]"),
    ("say", "once [i have|the user has] answered <T>, which you should ask, [remember the answer|keep the answer in mind]"),
    ("say", "ask [me|the user] <q>. the [answer|reply] is worth remembering, so [remember it|keep it in mind]"),
)  # fmt: skip
ASKED_REPLY_PUT: Table = (
    *third.ASKED_REPLY_PUT_THIRD,
    *fourth.ASKED_REPLY_PUT_FOURTH,
    ("say", "ask [me|the user] <q>. [my|the] [answer|reply|response] [should go into|goes into|belongs in|should be saved in] <b>"),
    ("say", "ask [me|the user] <q>. i [want|need|would like] the [answer|reply] in <b>"),
    ("say", "[into|in] <b>[,|] [please |][write|put|save] what i [answer|say|reply] when you ask me <T>"),
    ("say", "<b> should [hold|contain] what i [answered|said|replied] to <T>[, so ask |, so go and ask ]me"),
    ("say", "<T> is what you should ask [me|the user]. [write|save|put] the [reply|answer] [in|into] <b>"),
    ("say", "<b> needs [my|the user's] answer to <T>, [please |so ][ask and write it there|ask and save the reply there]"),
    ("say", "[would|do] you mind asking [me|the user] <T> and [saving|writing|putting] the [answer|reply] [in|into] <b>?"),
    ("say", "i [want|need] the [answer|reply] to <T> in <b>: ask [me|the user] for it"),
)  # fmt: skip
ASKED_REPLY_ADDED: Table = (
    *third.ASKED_REPLY_ADDED_THIRD,
    *fourth.ASKED_REPLY_ADDED_FOURTH,
    ("say", "ask [me|the user] <q>. [my|the] [answer|reply|response] should be [added|appended] to <b>"),
    ("say", "[to|at the end of] <b>[,|] [please |]add what i [answer|say|reply] when you ask me <T>"),
    ("say", "<T> is what you should ask [me|the user]. [append|add] the [reply|answer] to <b>"),
    ("say", "[would|do] you mind asking [me|the user] <T> and [adding|appending] the [answer|reply] to <b>?"),
)  # fmt: skip

# Another agent does <t>, and its answer is waited for. <T> is the task in quotes.
_AGENT = "[an agent|another agent|a new agent|a helper agent|a subagent|one more agent|a second agent]"
SPAWN_FIRST = f"[[start|spawn|launch|run|create|use|fire up] [an agent|another agent|a new agent|a helper agent|a subagent|a process|one more agent] [to|to|on:|with the request:|for:] <t>|[have|let|make] {_AGENT} <t>|[get|tell|instruct|send|order] {_AGENT} to <t>|[start|spawn|launch] {_AGENT} [with the request|on|with the task|for the job] <T>|[hand|give|pass] [the task|the job|the request] <T> to {_AGENT}|delegate <T> to {_AGENT}]"
SPAWN_FIRST = f"{SPAWN_FIRST[:-1]}|{fourth.SPAWN_FIRST_FOURTH[1:]}"
AWAIT = "[wait for it|wait for its answer|tell me its answer|give me its answer|tell me what it says|wait until it is done|wait for the result|show me the result|report its answer|wait for its reply|bring me its answer|let me know what it says|report back what it says|show me what it answers|tell me what it found|wait till it answers|hold on until it is done]"
AWAIT = f"{AWAIT[:-1]}|{third.AWAIT_THIRD[1:]}"
AWAIT = f"{AWAIT[:-1]}|{fourth.AWAIT_FOURTH[1:]}"
SPAWNED: Table = (
    *third.SPAWNED_THIRD,
    *fourth.SPAWNED_FOURTH,
    ("say", f"{_AGENT} [should|must|has to|shall] <t>[; |. then |. |, and then ]{AWAIT}"),
    ("say", f"i [need|want|would like] {_AGENT} to <t>, and i [need|want] [its answer|the answer|to hear what it says|to know the result]"),
    ("say", f"[could|can] {_AGENT} <t>? [then |please |]{AWAIT}"),
    ("say", f"what does {_AGENT} [answer|say|reply] to <T>?"),
    ("say", f"i'd [like|love] to [hear|know|see] what {_AGENT} [answers|says|replies] to <T>"),
    ("say", f"[once|as soon as] {_AGENT} has been started on <T>, [wait for its answer|wait for it|wait until it is done]"),
    ("say", f"i [need|want] the [answer|reply|result] of {_AGENT} to the request <T>"),
    ("say", f"i'm [too busy|too tired|not able to do it myself|in a meeting], so [let|have] {_AGENT} <t> and {AWAIT}"),
    ("say", f"[would|do] you mind [starting|spawning|launching] {_AGENT} to <t> and [waiting for it|telling me its answer|waiting for its answer]?"),
    ("say", f"with the help of {_AGENT}, <t>, and {AWAIT}"),
)  # fmt: skip

# Find <f>, then read or delete it.
FIND_FILE = (
    "[find|locate|look for|search for|track down|hunt down|go and find] [|the file |a file called |a file named ]<f>"
)
FIND_FILE = f"[{FIND_FILE}|{third.FIND_FILE_THIRD}]"
FIND_FILE = f"[{FIND_FILE}|{fourth.FIND_FILE_FOURTH}]"
SHOW_IT = "[read it|show it to me|open it|tell me what it says|show me its content|print it|read it to me|let me see it|let me know what it says|show me what is in it|display it|read out its text]"
SHOW_IT = f"{SHOW_IT[:-1]}|{third.SHOW_IT_THIRD[1:]}"
SHOW_IT = f"{SHOW_IT[:-1]}|{fourth.SHOW_IT_FOURTH[1:]}"
DROP_IT = "[delete it|remove it|erase it|get rid of it|trash it|throw it away|wipe it|discard it]"
DROP_IT = f"{DROP_IT[:-1]}|{third.DROP_IT_THIRD[1:]}"
DROP_IT = f"{DROP_IT[:-1]}|{fourth.DROP_IT_FOURTH[1:]}"
FOUND_READ: Table = (
    *third.FOUND_READ_THIRD,
    *fourth.FOUND_READ_FOURTH,
    ("say", f"[where is|where's] <f>? find it and {SHOW_IT}"),
    ("say", f"i [lost|can't find|misplaced|don't see] <f>[, |; |. ][please |]find it and {SHOW_IT}"),
    ("say", "i don't know where <f> is, but i [want|need|have] to [read it|see what it says|know what it says], so find it"),
    ("say", f"[somewhere there is|there must be|there is somewhere] a file [|called |named ]<f>[. |; |, ][please |][find|locate] it and {SHOW_IT}"),
    ("say", f"once you [have found|have located|know where to find|find] <f>, {SHOW_IT}"),
    ("say", f"[search|look] for <f>. when you [have|find|have found] it, {SHOW_IT}"),
    ("say", "[could|can] you [look for|find|locate] <f>? i [want|need] to [know what it says|read it|see its text]"),
    ("say", "[would|do] you mind [finding|locating|looking for] <f> and [reading it to me|showing it to me|telling me what it says]?"),
    ("say", "[read me|show me|let me see] <f>, but you have to [find|look for|search for|locate] it first"),
    ("say", "what does <f> say? [you have to find it first|i don't know where it is, find it|look for it first]"),
    ("say", f"wherever <f> is, [find it|look for it|search for it] and {SHOW_IT}"),
)  # fmt: skip
FOUND_DROP: Table = (
    *third.FOUND_DROP_THIRD,
    *fourth.FOUND_DROP_FOURTH,
    ("say", f"i don't [need|want|use] <f> any more, [find it|locate it|look for it] and {DROP_IT}"),
    ("say", f"once you [have found|have located|find] <f>, {DROP_IT}"),
    ("say", f"wherever <f> is, [find it|look for it|search for it] and {DROP_IT}"),
    ("say", f"[somewhere there is|there must be] a file [|called ]<f>[. |; |, ][please |][find|locate] it and {DROP_IT}"),
    ("say", f"[search|look] for <f>. when you [have|find] it, {DROP_IT}"),
    ("do", "[get rid of|delete|remove] <f>, but [find it first|look for it first|locate it before that]"),
    ("say", "<f> [should|must|has to] go[, |; ]but [i don't know where it is|you must find it first|it is hidden somewhere], so find it and delete it"),
    ("say", "[would|do] you mind [finding|locating|looking for] <f> and [deleting|removing|erasing] it?"),
)  # fmt: skip

# A file's text is remembered; a file is read and then deleted.
FILE_KEPT: Table = (
    *third.FILE_KEPT_THIRD,
    *fourth.FILE_KEPT_FOURTH,
    ("do", "[remember|memorise|memorize|keep in mind] [what <a> says|what is in <a>|the content of <a>|the text of <a>|what is written in <a>|whatever <a> says]"),
    ("do", f"read <a> {AND} [remember|memorise|keep in mind] [it|what it says|its content|the text|what you read]"),
    ("do", "commit [what <a> says|the text of <a>|the content of <a>] to memory"),
    ("do", "[store|save|keep|put] [the content of <a>|the text of <a>|what <a> says] in [your |]memory"),
    ("do", "[learn|learn] <a> by heart"),
    ("do", "[read|look at|open|go through] <a> and [never forget|don't forget|bear in mind] [what it says|its text|what you read]"),
    ("say", "[what <a> says|the text of <a>|the content of <a>|what is written in <a>] [should|must|has to|ought to] be [remembered|memorised|kept in mind|kept in memory]"),
    ("say", "<a> says something [important|useful|i will need|i keep forgetting][, |; |. |, so ][please |][remember it|keep it in mind|memorise it]"),
    ("say", "read <a>. [then |after that |and then |afterwards |][remember|memorise|keep in mind] [it|what it says|the text]"),
    ("say", "once you have read <a>, [remember what it says|keep it in mind|memorise it|remember it]"),
    ("say", "i will need [what is in <a>|what <a> says|the text of <a>] [later|tomorrow|again|some day], [so |please ][remember it|keep it in mind]"),
    ("say", "[would|do] you mind [remembering|memorising|keeping in mind] what <a> says?"),
    ("say", "[can|could] what <a> says be [remembered|kept in memory]?"),
    ("say", "[the text of|the content of|what is in] <a> is worth remembering, so [read it and remember it|remember it|keep it in mind]"),
    ("say", "i want [the text of <a>|what <a> says] [in your memory|remembered|kept in mind]"),
    ("say", "after reading <a>, [remember|keep in mind|memorise] [it|what it says]"),
)  # fmt: skip
FILE_DROPPED: Table = (
    *third.FILE_DROPPED_THIRD,
    *fourth.FILE_DROPPED_FOURTH,
    ("do", f"read <a> {AND} [delete|remove|erase|trash|get rid of] [it|the file]"),
    ("do", f"[show me|open|print|look at|let me see] <a> {AND} [delete|remove|erase|trash|get rid of] [it|the file]"),
    ("do", "[delete|remove|erase] <a>, but [read it first|show it to me first|read it before that]"),
    ("say", "read <a>. [then |after that |after that, |afterwards |when you're done, |][delete|remove|erase|get rid of] it"),
    ("say", "once you have [read|seen|looked at] <a>, [delete it|remove it|you can delete it|it can be deleted|get rid of it]"),
    ("say", "after reading <a>, [delete it|remove it|get rid of it|throw it away]"),
    ("say", "before you [delete|remove|erase] <a>, read it"),
    ("say", "<a> can [go|be deleted] once you have read it"),
    ("say", "[would|do] you mind reading <a> and [deleting|removing|erasing] it [then|afterwards|after that]?"),
    ("say", "let me [read|see] <a> one last time, then [delete|remove] it"),
    ("say", "i need to [see|read] <a>, and then it [can be deleted|should be removed|has to go]"),
)  # fmt: skip
MOVED: Table = (
    *third.MOVED_THIRD,
    *fourth.MOVED_FOURTH,
    *[("do", "[move|rename] [|the file ]<a> [to|to|as|into] <b>")] * 3,
    ("do", f"copy <a> to <b> {AND} [delete|remove|erase] [<a>|the original|the old file|the first one|the old one]"),
    ("do", "give [|the file ]<a> the [name|new name] <b>"),
    ("do", "change the name of <a> to <b>"),
    ("do", "[relocate|shift] <a> to <b>"),
    ("do", "transfer <a> to <b> and [delete|remove] the [original|old file|old one]"),
    ("do", "move [what is in <a>|the text of <a>|everything in <a>] to <b> and [delete|remove] [<a>|the old file]"),
    ("do", "save <a> [under the name|as] <b> and [delete|remove] the [original|old file|old one]"),
    ("say", "<a> [should|must|has to|needs to] be [moved|renamed] to <b>"),
    ("say", "<a> should be [called|named] <b> [from now on|instead|in future]"),
    ("say", "from now on[|,] <a> [should be|is to be|shall be] [called|named] <b>"),
    ("say", "i [want|need|would like] <a> [moved|renamed] to <b>"),
    ("say", "[could|can] <a> be [moved|renamed] to <b>?"),
    ("say", "[would|do] you mind [moving|renaming] <a> to <b>?"),
    ("say", "<b> is the [new|right|better] name [of|for] <a>, [so |please ]rename it"),
    ("say", "<a> has the wrong name, [rename it to|it should be called] <b>"),
    ("say", "<a> [belongs|should be] at <b>, [so |please ]move it there"),
    ("say", "copy <a> to <b>. [then |after that, |afterwards |][delete|remove|erase] <a>"),
    ("say", "once <a> [is|has been] copied to <b>, [delete|remove|erase] [<a>|the original|the old file]"),
    ("say", "to <b>[|,] [please |]move <a>"),
    ("say", "mv <a> <b>"),
    ("say", "i don't like the name <a>, [rename it to|let's rename it to] <b>"),
)  # fmt: skip

# One verb, two objects.
PAIRS: dict[str, Table] = {
    "remove_file": (
        *third.PAIRS_THIRD["remove_file"],
        *fourth.PAIRS_FOURTH["remove_file"],
        ("do", "[delete|remove|erase|get rid of|trash|discard|throw away|wipe] [|the files |both ]<a> and <b>"),
        ("do", "[delete|remove|erase|get rid of] <a> [as well as|and also|and then|plus|together with] <b>"),
        ("say", "[both |the files |]<a> and <b> [should be deleted|can go|must go|have to be removed|can be deleted|are to be erased|should go]"),
        ("say", "i don't need <a> and <b> any more[, |; |. |, so ][please |][delete them|remove them|get rid of them|delete both]"),
        ("say", "[delete|remove|erase] <a>. [then |and |after that, |]delete <b>[| too| as well]"),
        ("say", "<a> should be deleted, and so should <b>"),
        ("say", "not only <a> but also <b> [should|must|has to] be [deleted|removed]"),
        ("say", "[would|do] you mind [deleting|removing] <a> and <b>?"),
        ("say", "<a> and <b>: [delete|remove|erase] [them|both]"),
        ("say", "first <a>, then <b>: [delete|remove] both"),
    ),
    "read_file": (
        *third.PAIRS_THIRD["read_file"],
        *fourth.PAIRS_FOURTH["read_file"],
        ("do", "[read|show me|open|print|display|let me see|look at] [|the files |both ]<a> and <b>"),
        ("do", "[read|show me|open|print] <a> [as well as|and also|and then|first, then|, then] <b>"),
        ("do", "[tell|show] me what [<a> and <b> say|is in <a> and <b>|is written in <a> and in <b>]"),
        ("question", "what do [|the files |both ]<a> and <b> say"),
        ("question", "what is [in|written in] <a> and [in |]<b>"),
        ("nouns", "the [contents|texts] of <a> and <b>"),
        ("say", "i [need|want|have|would like] to [see|read] [both |]<a> and <b>"),
        ("say", "read <a>. [then |and |after that, |]read <b>[| too| as well]"),
        ("say", "<a> and <b>: [what do they say?|read them|show me both|read both]"),
        ("say", "[would|do] you mind reading <a> and <b>[| to me]?"),
        ("say", "first <a>, then <b>: [read|show me] both"),
    ),
    "stat_file": (
        *third.PAIRS_THIRD["stat_file"],
        *fourth.PAIRS_FOURTH["stat_file"],
        ("question", "[how big are|how large are|what are the sizes of] <a> and <b>"),
        ("question", "how [big|large] [is <a> and how big is|is <a>, and] <b>"),
        ("question", "what size do <a> and <b> have"),
        ("question", "how many bytes [do <a> and <b> have|are in <a> and in <b>|do <a> and <b> take up]"),
        ("nouns", "the sizes of <a> and <b>"),
        ("do", "[tell me|find out|check|see|look up] how [big|large] <a> and <b> are"),
        ("do", "[check|look up|compare|get] the sizes of <a> and <b>"),
        ("say", "i [need|want] to know how [big|large] <a> and <b> are"),
        ("say", "<a> and <b>: how [big|large] are they?"),
    ),
    "kill": (
        *third.PAIRS_THIRD["kill"],
        *fourth.PAIRS_FOURTH["kill"],
        ("do", "[stop|kill|terminate|end|abort|shut down] [processes|the processes|process|pids|agents] <a> and <b>"),
        ("do", "[stop|kill|end|terminate] process <a> [as well as|and also|and then|and] process <b>"),
        ("say", "[processes|agents|the processes] <a> and <b> [should be stopped|must be killed|have to end|are stuck, kill them|can be terminated|are not needed any more, stop them]"),
        ("say", "i [want|need] [processes|agents] <a> and <b> [stopped|killed|ended|gone|terminated]"),
        ("say", "[stop|kill|end] process <a>. [then |and |after that, |][stop|kill|end] [process |number ]<b>[| too| as well]"),
        ("say", "[would|do] you mind [stopping|killing|ending] [processes|agents] <a> and <b>?"),
        ("say", "processes <a> and <b>: [stop|kill] [them|both]"),
    ),
    "wait": (
        *third.PAIRS_THIRD["wait"],
        *fourth.PAIRS_FOURTH["wait"],
        ("do", "[wait for|await|wait on] [processes|the processes|process|agents|both] <a> and <b>"),
        ("do", "wait [until|till] [processes|agents|the agents] <a> and <b> [are done|are finished|have finished|have answered|answer]"),
        ("do", "[get|fetch|give me|tell me|show me|collect] the [answers|results|replies] of [processes|agents] <a> and <b>"),
        ("question", "what do [processes|agents|the agents] <a> and <b> [answer|say|report|reply]"),
        ("nouns", "the [answers|results|replies] of [processes|agents] <a> and <b>"),
        ("say", "[once|when|as soon as] [processes|agents] <a> and <b> are [done|finished|ready], [tell me|give me|show me] their [answers|results]"),
        ("say", "wait for process <a>. [then |and |after that, |]wait for [process |number ]<b>[| too| as well]"),
        ("say", "i [need|want] the [answers|results] of [processes|agents] <a> and <b>"),
    ),
    "calculate": (
        *third.PAIRS_THIRD["calculate"],
        *fourth.PAIRS_FOURTH["calculate"],
        ("question", "[what is|what's|how much is] <a> and <b>"),
        ("do", "[calculate|compute|tell me|work out|solve|evaluate|figure out] <a> and <b>"),
        ("question", "[what is|what's|how much is] <a>, and [what is|how much is|what about] <b>"),
        ("do", "[calculate|compute|work out|solve] <a> [as well as|and also|and then|, then] <b>"),
        ("say", "i [need|want] <a> and <b> [calculated|worked out|computed|solved]"),
        ("say", "i [need|want] to know what <a> is and what <b> is"),
        ("say", "[calculate|compute|work out|solve] <a>. [then |and then |after that, |now ][calculate|compute|work out] <b>"),
        ("say", "[how much|what] is <a>? and [how much|what] is <b>?"),
        ("say", "both <a> and <b> [need to|should|have to|must] be [calculated|worked out|computed]"),
        ("say", "first <a>, then <b>: [calculate|work out|solve] both"),
        ("do", "[give me|tell me|get|find] the [results|answers|values] of <a> and [of |]<b>"),
    ),
}  # fmt: skip

# Between two requests that have nothing to do with each other.
JOINTS = "[ and | and then | and |, then |, and then |; | and also | and after that |. then |. also |. and please |, and |. after that, |. afterwards |; after that |. next, |. when that is done, |, and when you are done, |. and then |. second, |. the other thing: |. one more thing: |; also, |, afterwards |. besides, |. finally, |, and once that's done, |. once you're done, |. apart from that, |. in addition, |. i also need you to |. i also want you to |, and i need you to |. please also ]"
JOINTS = f"{JOINTS[:-1]}|{third.JOINTS_THIRD[1:]}"
JOINTS = f"{JOINTS[:-1]}|{fourth.JOINTS_FOURTH[1:]}"
AFTER_QUESTION = (
    "[ and | also, | then | next: | and another thing: | besides, | and also, | and then | second question: |]"
)
AFTER_QUESTION = f"{AFTER_QUESTION[:-1]}|{third.AFTER_QUESTION_THIRD[1:]}"
AFTER_QUESTION = f"{AFTER_QUESTION[:-1]}|{fourth.AFTER_QUESTION_FOURTH[1:]}"
LINKS = (
    "",
    "",
    "",
    "also, ",
    "then ",
    "and ",
    "next, ",
    "after that: ",
    "one more thing: ",
    "besides, ",
    "and also: ",
    *fourth.LINKS_FOURTH,
)
