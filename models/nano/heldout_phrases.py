"""Hand-written phrasings for evaluation only: no training pattern makes any of them.

SINGLES: tool -> patterns (slots as in requests_files.py and requests_other.py); SUMS: pattern -> expression;
STEPS: plan -> patterns, the plans are functions of heldout.py; REFERENCES: (plan, pattern) of second turns.
"""

from __future__ import annotations

SINGLES: dict[str, tuple[str, ...]] = {
    "read_file": (
        "Would you mind reading <path> to me?",
        "I'm curious what <path> has to say.",
        "run through <path> for me",
        "could <path> be put on my screen please",
        "whatever is inside <path>, I want to hear it",
        "Just the first <int> words of <path> will do.",
    ),
    "write_file": (
        "pls jot down 'call <name>' in <path>{content=call $name}",
        "Let's have a fresh file <path> whose text is <q>.",
        "I want <q> to be all that <path> contains.",
        "Get <q> written into <path>, would you?",
        "Drop the text <q> into <path>, replacing the old one.",
    ),
    "append_file": (
        "Could the end of <path> get the line <q>?",
        "<q> belongs on the last line of <path>, add it please.",
        "Keep what <path> has and add <q> underneath.",
        "Please also put <q> at the very end of <path>.",
        "My <path> is missing the line <q>, append it.",
    ),
    "list_files": (
        "Which documents live in the folder <folder>?",
        "Give me an overview of the files in <folder>.",
        "I'd like to see everything the folder <folder> holds.",
        "so what files do we have around here?",
        "Run ls in <folder> for me.",
    ),
    "find_files": (
        "Any idea where <file> might be?{p=$}",
        "I need every file that ends with .<ext>.{p=*.$}",
        "Go hunting for files whose names start with <word>.{p=$*}",
        "Somewhere there must be a file called <file>, find it.{p=$}",
        "Could you dig up all <ext> files?{p=*.$}",
    ),
    "stat_file": (
        "Is <path> large? Give me its size.{d=size}",
        "how many bytes does <path> weigh{d=size}",
        "When did <path> change for the last time?{d=time}",
        "I'd love to know when <path> was last touched.{d=time}",
        "Let me have the size of <path> in bytes.{d=size}",
    ),
    "remove_file": (
        "<path> is of no use to me now, please delete it.",
        "Make sure <path> is gone.",
        "We can do without <path>, throw it out.",
        "Mind deleting <path> for me?",
        "I'd be glad if you could get rid of <path>.",
    ),
    "clock": (
        "Is it late already? What's the time?{d=time}",
        "The clock on my wall is broken, what time is it?{d=time}",
        "My watch stopped, what time do we have?{d=time}",
        "Which day of the week is today?{d=date}",
        "What date should I put on this letter?{d=date}",
    ),
    "remember": (
        "Please keep it in your head that <line>",
        "Something you must not forget: <line>",
        "Put this into your memory: <line>",
        "I'm telling you so that you remember it: <line>",
        "Would you remember for me that <line>",
    ),
    "recall": (
        "I once told you about <topic>, what was it?",
        "Can you still recall what I said regarding <topic>?",
        "What do you have in memory concerning <topic>?",
        "I seem to have forgotten <topic>, you surely know it.",
        "Help me out, what did I tell you about <topic>?",
    ),
    "forget": (
        "Please drop everything you know about <topic>.",
        "Could you let <topic> slip your mind?",
        "There's no reason to remember <topic>, forget it.",
        "I'd prefer that you forget <topic>.",
        "Let go of what I said about <topic>.",
    ),
    "spawn": (
        "Hire another agent to <task>",
        "This is a job for a second agent: <task>",
        "Can somebody else, a new agent, <task>",
        "Put a fresh agent to work on this: <task>",
    ),
    "processes": (
        "Who is busy on this system? List the processes.",
        "Could I get an overview of everything that's running?",
        "Which of my agents are still at work?",
        "what processes have we got",
    ),
    "kill": (
        "Process <pid> has to die.",
        "Would you put process <pid> to sleep for good, kill it.",
        "I've had enough of process <pid>, stop it please.",
        "Pull the plug on process <pid>.",
    ),
    "wait": (
        "I'm waiting for the answer of process <pid>, get it for me.",
        "Hold on until process <pid> has its result.",
        "What has process <pid> come up with?",
        "Stay here till process <pid> finishes.",
    ),
    "ask": (
        "I want you to ask me this question: <quest>",
        "Please get an answer from the user to this: <quest>",
        "Here is a question you should ask the user: <quest>",
        "Ask the visitor <q>.",
    ),
    "tell": (
        "Please make the user aware that <line>",
        "Give the user this message: <line>",
        "Could you pass on to the user that <line>",
        "The user needs to know that <line>",
    ),
}
SUMS: tuple[tuple[str, str], ...] = (
    ("Do you happen to know the value of <a> plus <b>?", "$a+$b"),
    ("I bet you know <a> times <b>.", "$a*$b"),
    ("suppose we take <a> and subtract <b>, what remains?", "$a-$b"),
    ("Please do the division <a> / <b> for me", "$a/$b"),
    ("my homework says <a> multiplied by <b>, help", "$a*$b"),
    ("Put <a> and <b> together, how much is that?", "$a+$b"),
    ("What would <a>% of <b> come to?", "$a*$b/100"),
    ("is there a quick answer to sqrt(<a>)?", "sqrt($a)"),
    ("my sum is <a>-<b>+<c>, what comes out?", "$a-$b+$c"),
    ("Work this out for me please: (<a>+<b>)*<c>", "($a+$b)*$c"),
)
STEPS: dict[str, tuple[str, ...]] = {
    "copy": (
        "Whatever <a> says should also stand in <b>.",
        "Grab the text of <a> and drop it into <b>.",
        "I need the content of <a> in a second file, <b>.",
        "Could you clone <a> into <b>?",
        "Open <a>, then save what you find in it to <b>.",
    ),
    "copy_limited": (
        "Put the first <n> words of <a> into <b>, please.",
        "Take <a> and write its first <n> words to <b>.",
        "Copy <a> into <b>, <n> words and no more.",
    ),
    "copy_append": (
        "Stick the content of <a> onto the end of <b>.",
        "Whatever <a> says, add it at the end of <b>.",
        "Read <a> first and then append its text to <b>.",
    ),
    "sum_write": (
        "I'd like the result of <x> times <y> saved in <b>.",
        "Figure out <x> plus <y> and put what you get into <b>.",
        "What is <x> minus <y>? Write the answer to <b>.",
        "Do <x>*<y> and leave the result in <b>.",
    ),
    "sum_append": (
        "The end of <b> should show the result of <x> times <y>.",
        "Calculate <x> plus <y> and tack the result onto <b>.",
    ),
    "sum_remember": (
        "Compute <x> times <y> and keep the result in mind as the <t>.",
        "Work out <x> plus <y>; remember it as the <t>.",
        "What's <x> minus <y>? Remember the result as the <t>.",
    ),
    "recall_write": (
        "Everything I told you about <f> should go into <b>.",
        "Write into <b> what you know about <f>.",
        "Look into your memory for <f> and put that in <b>.",
    ),
    "clock_write": (
        "Leave the current time in <b>.",
        "Stamp <b> with the current date and time.",
        "What time is it? Save that to <b>.",
    ),
    "list_write": (
        "I want a list of all files in <d> saved in <b>.",
        "See which files are in <d> and write their names to <b>.",
        "Look at the files in the folder <d> and put their names into <b>.",
    ),
    "find_write": (
        "Track down all <e> files and write their names into <b>.",
        "I want the names of all <e> files in <b>.",
    ),
    "sum_file": (
        "There are numbers in <a>, what do they add up to?",
        "What's the sum of the numbers in <a>?",
        "Read the numbers from <a> and tell me their sum.",
    ),
    "sum_file_write": (
        "Total the numbers in <a> and leave the result in <b>.",
        "The numbers in <a> need adding up; save the sum in <b>.",
    ),
    "write_read": (
        "Write <q> to <b>, then let me see the file.",
        "Save <q> in <b> and afterwards show me what the file says.",
    ),
    "ask_write": (
        "Ask me <q> and put my answer into <b>.",
        "Find out from me <q>, then save the reply in <b>.",
    ),
    "sum_sum": (
        "Multiply <x> by <y>, then take <z> away from the result.",
        "First add <x> and <y>, then divide the result by <z>.",
    ),
    "spawn_wait": (
        "Let a new agent <k> and bring me its answer.",
        "Get an agent to <k>, then wait till it has the answer.",
    ),
    "two_removes": ("Both <a> and <b> can be deleted.", "Please throw away <a> as well as <b>."),
    "find_read": ("Where is <g>? Find it and read it.", "Find <g> for me and show what it says."),
}
REFERENCES: tuple[tuple[str, str], ...] = (
    ("read", "and what does it hold?"),
    ("read", "open that one again"),
    ("remove", "you can delete that file now"),
    ("remove", "that file is useless, delete it"),
    ("size", "tell me its size too"),
    ("append", "it also needs the line <q>"),
    ("other", "<path> as well please"),
    ("other", "<path> deserves the same treatment"),
    ("times", "make that <n> times as much"),
    ("plus", "and <n> more?"),
    ("minus", "take <n> off that"),
    ("keep", "that number belongs in <path>, write it"),
    ("wait", "wait until it has finished"),
    ("kill", "I changed my mind, stop that agent"),
)
