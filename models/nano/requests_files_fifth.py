"""A fifth set of phrasings of requests about files: only tables, in the form of requests_files_third.py.

Twenty-five people speak here, one after the other, each with their own verbs, images and shapes of sentences; what
they say to read, find or measure, to write or append, to list or find shares its words, so that only the construction
decides.
"""

# fmt: off
from __future__ import annotations

READ_FIFTH = (
    # a grandmother
    ("say", "[oh dear|goodness me|bless you, child], [my spectacles are in the other room|my eyes aren't what they were|the letters swim before me], [what have they written to me in|what does it say there in|tell your gran what is written in] <path>[?|]"),
    ("say", "<path>, [sweetheart|my dear|pet|lovey][, i never got round to reading it|, your grandfather left it to me|, i can't make out a word of it]. [you read it to your old gran|read it to me, nice and slowly|what does it say, dear?]"),
    ("do", "[read me|recite me] <path> [like a bedtime story|by the fire, the whole of it|while i knit]"),
    # a system administrator
    ("say", "[on call here|quick one from ops|before i restart the service]: [dump|paste|cat out] <path> [into the ticket|to this session|so i see the actual config|verbatim, no edits]"),
    ("say", "<path> [has no pager attached|won't open over ssh|is on a box i can't log in to]; [what lines does it have|what's configured in it|what does it contain]? [paste it|dump it here|print it]"),
    ("do", "[head|dump|print] no more than <int> words [of|from] <path> [to the console|into the ticket|before the maintenance window]"),
    ("say", "<path>: [print|dump|lines, all of them|what's the config say]"),
    # a ten-year-old
    ("say", "[guess what|hey hey hey|ooh], i [found|got] <path> but [the words are too hard|i can't read that fast|i don't wanna read by myself], [read it to me pleeease|what does it say what does it say|you read it]"),
    ("question", "[is it a story|what's the story|what does the secret message say|what did they scribble] in <path>"),
    ("say", "<path> [is from my best friend|came in a bottle|has a pirate on it] and [you have to read it to me|i wanna know what it says right now]"),
    # a lawyer
    ("say", "[for the avoidance of doubt|without prejudice|in the matter at hand], [the exact wording of|the operative text of|the provisions set out in] <path> [is to be disclosed to me|must be put before me|shall be recited in full]"),
    ("say", "i [refer to|rely on|draw your attention to] <path>; [kindly recite its terms|read its wording into the record|what does it provide?|what does the document state?]"),
    ("say", "what does [the document |the deed |]<path> [provide|stipulate|say in its exact words], clause by clause?"),
    # a sailor
    ("say", "[ahoy|avast|all hands], [what's in the log they call|what do the charts say in|what message came ashore in] <path>? [sing it out|read it out loud and clear|let me hear every word]"),
    ("do", "[hoist|haul up|bring aloft] [the words|the text|every line] [of|from the hold of] <path> [so i can read them|for the captain to read|and sing them out]"),
    ("say", "<path> ahoy! [what's written on your sail, read it out|what words do you carry? let me hear them]"),
    # a poet
    ("say", "[o unread one|o silent page|sleeping lines]: [let <path> be spoken|wake the words of <path>|lend <path> your breath and speak its lines|i would drink the words of <path>]"),
    ("say", "in <path> [some voice is folded up|ink has dried into words|lines lie sleeping]; [speak them to me|unfold it, let me hear it|what do they say?]"),
    ("say", "[speak|murmur|sing] to me [all that <path> has written in its heart|the words asleep in <path>|<path>, verse upon verse]"),
    # somebody who learned English late
    ("say", "please, i have here <path>, [but i not understand|but my reading is slow|but is many letters], [you tell me what is it saying|what stays inside written?|you make reading for me]"),
    ("say", "[how is written|what is stayed written|which words is] in <path>? [you tell me all|make reading please|thank you for reading me]"),
    ("say", "[letters|words|text] of <path>, [i want know all|you say to me please|what are they]?"),
    # a nurse
    ("say", "[before i go into the room|at handover|on my round now], [what's charted in|read me the notes in|what did the night shift put in] <path>[?|]"),
    ("do", "[go over|take me through] the [notes|chart|orders] in <path> [word by word|out loud while i wash my hands|before the doctor comes]"),
    ("say", "[<path>, what did the doctor write|what's on the chart <path>|read me off the chart <path>], [every line|i have gloves on|word for word]"),
    # an army officer
    ("say", "[attention|listen up, soldier|orders from above]: [orders are in <path>, sound off what they say|<path> holds the briefing, read it out|the dispatch <path> is in, report its exact wording]"),
    ("say", "[report on|status of the text in|intelligence from] <path>: [what does it say, word for word|full wording, now|every word, no summary]"),
    ("say", "<path>: [read out the orders|what are its words, private|text, on the double]"),
    # a teenager in chat
    ("say", "[omg|wait what|ok so|bruh] [everyone's talking abt|she legit sent me|who even wrote] <path> [what does it sayyy|drop the text rn|spill the words pls|read it im dead]"),
    ("say", "<path> [tldr no wait actually full text pls|give me the whole thing no summary|copypasta it here|screenshot energy but as text, like what does it say]"),
    ("say", "[nah|idc] [where it is|how old it is|how big it is], [just say what's in|what do the words say in|read me] <path> [lol|thx|fr]"),
    ("say", "what does <path> [even say|say fr|say lol]"),
    # a butler
    ("say", "[if i may be so bold|when it pleases you|at your convenience], [might i have|his lordship would have|madam desires] <path> [read to me over tea|read aloud in the drawing room|brought in on a tray and recited]"),
    ("say", "<path> [has come with the morning post|lies unopened on the salver|awaits madam]; [pray, what are its words|pray, read it aloud|be good enough to tell us what it says]"),
    ("do", "[recite|read out] to [madam|his lordship|the company] what [is penned in|is set down in] <path>"),
    # a farmer
    ("say", "[before the cows come home|while the rain holds off|over the gate], [tell me what grows in|what's the crop of words in|what did the vet put down in] <path>[, read it to me|: read the lot|, every row of it]"),
    ("do", "[turn over|dig through|plough through] <path> [row by row and tell me what it says|and read me each line|and bring in the words]"),
    ("say", "what's [sown|planted|growing] in <path>, [the words i mean, row by row|line for line]?"),
    # a pilot on the radio
    ("say", "[tower|control|ground], [requesting readback of|request full text of|say contents of] <path>[, over| when able| word for word, over]"),
    ("say", "<path>, [read back, over|say again all of it|say contents|request readback in full]"),
    ("say", "[request|requesting] first <int> words of <path>[, over|, break off after that|, no more traffic needed]"),
    ("say", "say again <path>, [the whole of its text|full text|word by word]"),
    # a programmer
    ("say", "[let content =|const s =|return|assert you can show me] the [full body|string contents|raw text] of <path>[, pretty printed|, no parsing|, as is]"),
    ("say", "<path>.[toString()|readAll()|text()|slurp()|contents()] [please|and print it|to the chat]"),
    ("say", "[if we deref|when you parse|after you open the handle on] <path>, what [string do we get|comes out as text|is in the buffer]? [print it|log it here|show me]"),
    ("say", "what [string|text] [is stored|lives] in <path>? [dump it|echo it]"),
    # a lazy student
    ("say", "[ugh do i have to|i really should study|can't be bothered to open it], [what's in|just read me|what does it even say in] <path>[?|]"),
    ("say", "<path> [was the homework reading|is on the exam|is the assignment]. [read it to me, i'm in bed|what's it say|i'll just listen, you read]"),
    ("say", "[bare minimum|lowest effort|just enough to pass]: [<int> words of|the first <int> words of|only <int> words from] <path>"),
    ("say", "just [read|tell] me what <path> says, [i'm not opening that|too lazy]"),
    # an angry customer
    ("say", "[this is the third time i'm asking|i have been on hold for an hour|for crying out loud]: what [does it say|did you people write|is written] in <path>? [read it to me now|every word|i'm waiting]"),
    ("say", "[no|don't you dare], [i don't care where it is|don't tell me how big it is|don't tell me it exists], [read me|i want to hear what's in|tell me what is written in] <path>"),
    ("say", "<path>! [what does it say|read it out, every line|what did you write in there]!"),
    # a shy clerk
    ("say", "[um|sorry|excuse me], [if it's not too much bother|only if you have a second|i hardly dare ask], [what might be written in|could i hear what it says in|i'd love to know what's written in] <path>[?|...]"),
    ("say", "<path>... [would it be all right to hear what it says|might i perhaps see what's in it|i was wondering what the text says]? [only if you like|sorry|no rush]"),
    ("say", "[perhaps|maybe] you could [tell me|let me know] what <path> says... [sorry|if that's fine|thank you]"),
    # a football coach
    ("say", "[huddle up|half time talk|eyes on me]: the [game plan|line-up|playbook] is in <path>, [read it to the lads|shout out what it says|let's hear it from the first line to the last]"),
    ("say", "<path>, [from kick-off to final whistle|the full ninety minutes of it|every pass and every word], [read it|talk us through the text|what does it say?]"),
    ("say", "<path>: [read me the team talk|what's the text, lads|let's have all of it, out loud]"),
    # a cook
    ("say", "[before i light the stove|my hands are all flour|the onions are crying], [what does it say in|read me off|call out the steps in] <path>[?|]"),
    ("do", "[serve me|plate up|dish out] the words of <path> [hot and whole|one after another|exactly as written]"),
    ("say", "[just a taste|only a pinch|a small spoonful], <int> words [off the top of|from the start of] <path>[, no second helping|]"),
    ("say", "what's [cooking|written on the card|the recipe] in <path>, [step by step|the full text|word for word]?"),
    # a scientist
    ("say", "[observation requested|protocol, step one|to replicate the result]: [state verbatim what is recorded in|reproduce the text of|report the recorded words in] <path>[, unmodified|, without interpretation|]"),
    ("question", "[what hypothesis|what finding|what observation|which procedure] [is set out|is recorded|was written up] in <path>"),
    ("do", "[determine|report|transcribe] [what is recorded in|the text found in|the observations in] <path>"),
    # a gangster in a film
    ("say", "[listen here, wise guy|nobody leaves this room|you know how this works]: [what's it say in|what did the rat write in|let's hear every word in] <path>[, see?|, capisce?|]"),
    ("do", "[make <path> sing|make <path> talk|get <path> to spill its guts] [and tell me every word|, i want every word|, all of what's in it]"),
    ("say", "<path>, [start talking|sing, canary|spill it], [every word you got|all of what's written in there]"),
    # a priest
    ("say", "[brothers and sisters|my children|let us gather]: [a reading from|let us hear the word written in|open your hearts to the text of] <path>[, from the first verse to the last| for all to hear|]"),
    ("say", "<path>, [what is written therein|what does the scripture in it say|what is its message], my child? [recite it|read it to the flock|speak the words]"),
    ("say", "what [says|saith] <path>? [proclaim it|let us hear all its words]"),
    # a telegram
    ("say", "[urgent stop|arrived safely stop|send word stop] [wire contents of|cable full text|transmit wording of] <path> stop"),
    ("say", "<path> received sealed stop [open and wire text|what says it stop reply|cable wording in full] stop"),
    ("say", "cost per word high stop [wire first <int> words of <path> only|<path> first <int> words suffice] stop"),
    ("say", "<path> [text|wording|contents] stop [send|wire|cable all]"),
    # a voice message with stops and starts
    ("say", "so, uh, i was gonna say, <path>, [right, could you, um, what does it say in there|you know the one, just, like, read it to me|uh, what's, what's written in it]?"),
    ("say", "hi it's me, um, [not where it is, i've got that, but|not how long it is, no, but|okay so] [what it, what it says, uh, in|the words, the actual words in|can you read, read out, er,] <path>, [yeah thanks|okay bye|call me back no just read it]"),
    ("say", "can you, sorry, can you read, not find, [read|read out] <path>, [the words of it|what's in it|i need the text]"),
    # somebody who describes the goal and never the action
    ("say", "[in a minute i should be able to quote|by the time i hang up i'd like to know by heart|i'd be wiser if i knew] [what stands in|every word in|the wording of] <path>"),
    ("say", "<path> [should not be a mystery to me any longer|ought to be known to me word by word|is the text i'd like to have before my eyes|must be sounding in my ears, every word]"),
    ("question", "how would the [words in|text of|lines of] <path> [reach my ears|get before my eyes|come to my knowledge]"),
)

WRITE_FIFTH = (
    # a grandmother
    ("say", "[let me see now|now then, dear], [i want it all written out fresh|a clean sheet for this one|none of the old scribbles]: <quote>, [that's all that should be in|and nothing besides goes in|that's the whole of] <path>"),
    ("do", "[be a darling and|be a lamb and] [take a fresh sheet|get out a clean page|take a new bit of paper], [put|write] <path> on top [as its name|for a name] and [write on it|pen in your best hand] <tail>"),
    ("say", "<quote>[: put up just that, in a clean jar labelled|, dear, and that alone makes up|, written out fresh, becomes] <path>"),
    # a system administrator
    ("do", "[truncate <path> and write|provision <path> with exactly the content|redeploy <path> with one line only:|overwrite <path> in place with] <tail>"),
    ("say", "[config change|change request|rollout]: <path> [is to be replaced wholesale|gets regenerated|will be rewritten from scratch], [new content|desired state|sole content]: <tail>"),
    ("say", "<path>: [set entire content|replace file body|deploy this body, nothing kept]: <tail>"),
    # a ten-year-old
    ("say", "can we [make|have] a [secret|brand new|top secret] file and [it's called|its name is] <path> and [it just says|all it says is|inside it's gonna say] <tail>"),
    ("say", "[scribble over|cross out|erase with the big eraser] all the old stuff in <path> and then [write|put] <tail>"),
    ("say", "<quote> [is the only thing allowed in|is gonna be my whole entire book called|kicks out all the words in] <path>"),
    # a lawyer
    ("say", "the [contents|wording|terms] of <path> [shall be superseded in their entirety by|are hereby replaced in full by|shall henceforth consist solely of] <tail>"),
    ("do", "[draw up|execute|put on file] an instrument [styled|titled|named] <path>, [which shall state|the sole clause of which reads|providing as follows:] <tail>"),
    ("say", "<quote> [shall be the entire agreement in|replaces any prior wording of|constitutes the full text of] <path>"),
    # a sailor
    ("say", "[clean the slate|swab the deck|scrub it down to bare planks], [then in|and in] <path> [chalk up|paint|log], [all by itself|as the only line], <quote>"),
    ("do", "[launch|lay the keel of|christen] a new file <path> [with this in her hold:|carrying only|and load aboard] <tail>"),
    ("say", "<quote>, [painted over everything on|alone on a clean deck, in|the sole cargo of a new vessel,] <path>"),
    # a poet
    ("say", "[let all else fall silent in|let white snow cover the old lines of|let the old song die in] <path>, [and let it say only|and be there but one verse:|and sing there alone] <tail>"),
    ("do", "[breathe <quote> into the virgin page|set <quote> alone upon the white|let <quote> be the whole poem], a leaf [named|called] <path>"),
    ("say", "<quote>: [a single star in the empty sky of|the one line, and no other, of|on a leaf without a past, named] <path>"),
    # somebody who learned English late
    ("say", "i want to be in <path> only this [and old is away|and nothing other|and before is finish]: <tail>"),
    ("say", "[you make for me|please to do|must be made] one file, name is <path>, [and inside to stay|and in him is|and there you write] <tail>"),
    ("say", "<quote>, [only that and nothing old|this only i like to stay|this is the complete], in file <path>"),
    # a nurse
    ("say", "fresh [chart|sheet|page], [named|labelled] <path>[, the only entry is|, write just|. it reads] <tail>"),
    ("say", "<path> has [the wrong patient in it|the old orders in it|somebody else's notes in it], [void all that and write|wipe it clean and chart|start it over with] <tail>"),
    ("say", "<quote>, [that's the only order on|discontinue the rest, in|new admission, chart name] <path>"),
    # an army officer
    ("say", "[new orders|fall in|by command]: <path> [is relieved of its old text|surrenders all it holds], [from this hour it reads|its new and only text is] <tail>"),
    ("do", "[raise|establish|set up] <path> as a new post, [garrisoned by the words|and man it with|with the standing order] <tail>"),
    ("say", "<quote>: [sole order, posted in|supersedes all in|new dispatch, filed as] <path>"),
    # a teenager in chat
    ("say", "[new file just dropped|manifesting a new file|soft launch of a file]: <path>[ and all it says is| and the only text is|, text:] <tail>"),
    ("say", "<path> [needs a glow up|is cringe now|is so last year], [wipe it n make it say|start fresh n put just|replace everything w] <tail>"),
    ("say", "<quote> [is the whole vibe of|and literally nothing else in|overwrites all of] <path>"),
    # a butler
    ("say", "his lordship [dictates|wishes to be set down|would have nothing but] <quote>[ upon a fresh card, the card being|; the paper of that wording shall be|, and the sheet is to be called] <path>"),
    ("say", "[clear the table and lay afresh|remove the old linen|take away all that was served]: <path> [shall now bear only|is to present solely|now reads] <tail>"),
    ("say", "<quote>: [so shall read, in its entirety,|with the old wording cleared away, goes upon|on fresh paper, entitled] <path>"),
    # a farmer
    ("say", "plough [it all under|the old crop under|everything in] and [sow|plant] <quote>, nothing else, in [the field called|] <path>"),
    ("do", "[clear the ground of|break new ground with|plough under all of] <path> and [plant|sow there only|let it grow just] <tail>"),
    ("say", "<quote> [is all that's to grow in|is the only seed i'd put in|takes over the whole plot of] <path>"),
    # a pilot on the radio
    ("say", "[flight plan|clearance|message], copy [in full, replacing all previous|as a new file|as the only text]: <path>, <tail>"),
    ("say", "disregard all previous in <path>, [new text reads|correction, entire text is|copy only] <tail>"),
    ("say", "<quote>, [overwrite|new text replaces all in|file as] <path>, over"),
    # a programmer
    ("say", "<path> [=|:=|.setText|.replaceAll with] <quote>[;|, discard the old value|, mode w|, not appended]"),
    ("do", "[init|initialize|reset|reinit] <path> [to the single string|with the constant|with only the line] <tail>"),
    ("say", "<quote> [overwrites|is now the whole value of|becomes the body of] <path>"),
    # a lazy student
    ("say", "my [whole essay|entire homework|whole report] is gonna be <quote>[, turn that in as|, save it as| and it's called] <path>"),
    ("say", "start [my essay|the homework|it] over, [junk what i had in|forget whatever is in|bin the old text of] <path>, [it's just gonna say|now it's only] <tail>"),
    ("say", "<quote> [is my whole answer|that's the homework, all of it], [put only that in|forget the old draft in] <path>"),
    # an angry customer
    ("say", "every word in <path> is wrong! [throw it all out and write|replace the lot with|it should say this and nothing else:] <tail>"),
    ("say", "[do i have to spell it out|write this down, genius|get this through your head]: <quote>[, that's all i want in|, and nothing else, in|, as a new file, named] <path>"),
    ("say", "<quote>! [that, and not what you had, belongs in|this alone goes into|scrap the rest and put this in] <path>"),
    # a shy clerk
    ("say", "[um|sorry], [would it be all right if|i hope it's fine if|may i suggest that] <path> [said nothing but|just said|were replaced and read] <tail>"),
    ("say", "i typed up [a little something|a small note|one line], <quote>, [it could go in a new file, maybe|perhaps it could be its own file,|might it be saved as] <path>"),
    ("say", "<quote>... [it might be nicer if only that stood in|perhaps that could replace all of|maybe a new file for that, say] <path>"),
    # a football coach
    ("say", "[new tactic|change of plan|forget the old line-up], <path> [starts from a blank whiteboard|is wiped off the whiteboard], [and now it says|the only play is] <tail>"),
    ("do", "[sign a new file|field a fresh file|bring on a new file] called <path> [and give it just the words|wearing nothing but|with one line on its shirt:] <tail>"),
    ("say", "<quote>: [whole new line-up for|the only play in|first match for new file] <path>"),
    # a cook
    ("say", "[scrape out the pot|wash the pan|empty the bowl], [in goes nothing but|fresh in goes] <quote>, and [the dish is called|the pot is] <path>"),
    ("do", "[bake|cook up|whisk together] a [fresh|new] <path> [with one ingredient:|containing just|with only these words in it:] <tail>"),
    ("say", "<quote>, [straight into a clean bowl called|and no other ingredient in|after you've emptied it, into] <path>"),
    # a scientist
    ("say", "[initial conditions|null state|fresh sample]: <path> [is purged of prior data and contains exactly|holds no earlier text and reads] <tail>"),
    ("do", "[synthesise|prepare|generate] a sample labelled <path> [composed purely of|with the sole content|consisting of] <tail>"),
    ("say", "<quote>: [let this, and no prior text, constitute|by definition the whole of|baseline, new file] <path>"),
    # a gangster in a film
    ("say", "[the story's changed|new alibi|here's what happened], [forget what it said in|scrub everything in|nobody remembers what was in] <path>, [it says|from now on it's just] <tail>"),
    ("say", "<quote>, [you never heard it from me, but that's the whole story in|that and nothing else goes on|write it up clean as] <path>[, got it?|, see?|]"),
    ("say", "<quote>. [that's the only story, put it down as|burn the old papers and write that in|nothing else, see? in] <path>"),
    # a priest
    ("say", "[in the beginning|let there be|from the void], <path> was [empty|without form]; [now let it say|let it be filled with|write into it] <tail>"),
    ("say", "[wash away the old words of|cleanse of all that was written|absolve of its former text] <path>, and [in their place|in purity] [let stand|write] <tail>"),
    ("say", "<quote>: [let it be the one commandment in|let it stand alone in|so begins a new book,] <path>"),
    # a telegram
    ("say", "old text void stop [new text for|enter in|replace all in] <path> stop <tail>"),
    ("say", "<path> to be new file stop [text follows|wording as follows|contents] stop <tail>"),
    ("say", "<quote> stop [above is entire text of|file same under name|make that sole wording of] <path> stop"),
    # a voice message with stops and starts
    ("say", "okay so new file, um, <path>, that's the name, and, uh, [it should just say|the text, wait, the text is|what goes in it is, hold on,] <tail>"),
    ("say", "<quote>, [yeah, that, um, just that and, and scrap the old text, in|no wait, yes, that's it, make that the whole thing, uh, in|right, save, save that as] <path>"),
    ("say", "<path>, so, um, [not adding, replacing, it all gets replaced, with|scrap that, start over, the whole text is now] <tail>"),
    # somebody who describes the goal and never the action
    ("say", "whoever opens <path> tonight should [find one line and nothing older|see none of the old text, only this|read just this]: <tail>"),
    ("say", "[by tonight|in the end|at last] there should [exist|be] a file, <path>, [and all it says should be|whose whole text is|in which one reads only] <tail>"),
    ("say", "<quote> [should be all there is to read in|ought to have taken the place of all that was in|must be the one thing left standing in] <path>"),
    ("say", "the ideal <path> [has lost its old text and reads|is brand new and reads|says nothing but] <tail>"),
)

APPEND_FIFTH = (
    # a grandmother
    ("say", "[let me see now|now then, dear], [leave my old scribbles be|keep all that's there|don't rub anything out]: <quote>[, that goes underneath in| wants to be squeezed in below the rest of|, that's one more for the bottom of] <path>"),
    ("do", "[be a darling and|be a lamb and] [pop|tuck] <quote> [under the rest of my lines|below the last thing i wrote|after all the others] in <path>"),
    ("say", "<quote>[: knit that onto the end of|, dear, sewn on after the last stitch of|, one more row on] <path>"),
    # a system administrator
    ("do", "[open <path> in append mode and write|seek to the end of <path> and write|write after the eof of <path>:] <tail>"),
    ("say", "[config change|change request|rollout]: <path> [keeps every existing line|stays as deployed|is not to be truncated], [extra line|one directive more|line to go after the last one]: <tail>"),
    ("say", "<path>: [insert after last line|add at eof|one more line at eof, rest kept]: <tail>"),
    # a ten-year-old
    ("say", "can we [put|write] [one more thing|just one tiny more thing] in <path>, [at the bottom|under the others], and [it's|it goes like|that one says] <tail>"),
    ("say", "don't [scribble over|cross out|erase] the old stuff in <path>, just [write under it|put after it|stick on at the end] <tail>"),
    ("say", "<quote> [wants to be last in line in|gets to sit at the end of|is the caboose of] <path>"),
    # a lawyer
    ("say", "the [contents|wording|terms] of <path> [shall remain in force and be supplemented by|are hereby extended by the further clause|shall stand, with the following added at the end:] <tail>"),
    ("do", "[adjoin|annex|add by way of codicil] <quote> to the [existing terms|last clause|final provision] of <path>"),
    ("say", "<quote> [shall be a further clause of, added after the last in,|supplements, at the end, the wording of|is to follow the final clause of] <path>"),
    # a sailor
    ("say", "[leave the slate as it is|don't swab a thing|touch no plank of it], [then in|and in] <path> [chalk up below|log after the last entry|paint under the rest] <quote>"),
    ("do", "[lash|splice|moor] <quote> to the [stern|tail end|last line] of <path>"),
    ("say", "<quote>, [chalked under everything on|the last barrel in the hold of|taken in tow at the stern of] <path>"),
    # a poet
    ("say", "[let nothing fall silent in|let no old line fade from|let the old song go on in] <path>, [and at its close add|and after its last verse sing|but let it end with one verse more:] <tail>"),
    ("do", "[let <quote> be the last petal on|lay <quote> at the feet of|let <quote> trail behind the final line of] <path>"),
    ("say", "<quote>: [one more star in the sky of|the line after the last line of|on a leaf already written, at its foot,] <path>"),
    # somebody who learned English late
    ("say", "i want to be in <path> also this [and old stays|and before is not away|after all other]: <tail>"),
    ("say", "[you make for me|please to do|must be made] one line more in <path>, [on the end|down below all], [it is|is called so:|you write] <tail>"),
    ("say", "<quote>, [that also, after the old|this too i like to stay|this comes in the end], in file <path>"),
    # a nurse
    ("say", "same [chart|sheet|page], <path>[, the next entry is|, chart below the others|. under the last entry goes] <tail>"),
    ("say", "<path> has [the right patient in it|the morning notes in it|the earlier orders in it], [leave them and chart underneath|keep all that and add|below them goes] <tail>"),
    ("say", "<quote>, [that's one more order on|continue the rest, at the end of|late entry, below the others in] <path>"),
    # an army officer
    ("say", "[new orders|fall in|by command]: <path> [holds its ground|keeps all its lines], [bringing up the rear|reinforced at the end by]: <tail>"),
    ("do", "[reinforce|strengthen|back up] the last line of <path> with [another|one more]: <tail>"),
    ("say", "<quote>: [further order, below the last in|reinforces, at the end,|rearguard of] <path>"),
    # a teenager in chat
    ("say", "<path> [is fire already|slaps as is|can stay], [dont wipe it just put under it|keep it n tack on|one more line at the end tho] <tail>"),
    ("say", "[part 2|ps|oh n also] for <path>, [goes at the very bottom|below the rest|dont delete anything]: <tail>"),
    ("say", "<quote> [is the last vibe of|and the rest stays in, so at the end of|goes under all of] <path>"),
    # a butler
    ("say", "his lordship [adds|wishes appended|would have one thing more], <quote>[ beneath what already stands upon| to follow the last line of|, to be placed under the rest of] <path>"),
    ("say", "[clear nothing away|leave the linen as it lies|disturb nothing that was served]: <path> [shall bear besides, at its foot,|is to close with one line more,|receives at the end] <tail>"),
    ("say", "<quote>: [so shall end, all else remaining,|with the old wording left in place, goes beneath|as a further line upon] <path>"),
    # a farmer
    ("say", "plough nothing under, [just plant|just sow] <quote> [behind the last row of|at the far end of|after the last furrow in] <path>"),
    ("do", "[hitch <quote> behind|load <quote> on the back of|put <quote> in the last row of] [the wagon that is <path>|<path>]"),
    ("say", "<quote> [is one more row at the end of|goes in after the last row of|takes the end of the plot in] <path>"),
    # a pilot on the radio
    ("say", "all previous in <path> remains valid, [additional at the end|add after last transmission|copy one more line] <tail>"),
    ("say", "<quote>, [add after the last entry of|amend at the end of|tag onto the tail of] <path>, [over|how copy|acknowledge]"),
    ("say", "<quote>, [append|additional after all in|add to the end of] <path>, over"),
    # a programmer
    ("say", "<path> [.push|.add|.concat|.extend with] <quote>[;|, keep the old value|, mode a|, not overwritten]"),
    ("do", "[push a new last element onto|emit one more line into|concat to the end of] <path>: <tail>"),
    ("say", "<quote> [extends|is now the last element of|gets pushed to] <path>"),
    # a lazy student
    ("say", "my [essay|homework|report] is [one line short|a line too short|nearly done], [so stick|so pad] <quote> on the end of <path>"),
    ("say", "keep what i had in <path>, [it just needs|i only owe] [one more line|another sentence at the end][: |, ]<tail>"),
    ("say", "<quote> [is my last sentence|that's the missing bit], [stick it under the rest of|keep the draft and end with it in] <path>"),
    # an angry customer
    ("say", "not one word in <path> is to be touched! [just add at the end|but put under it|all it needs is the extra line] <tail>"),
    ("say", "[do i have to spell it out|read my lips|get this through your head]: <quote>[ gets added to the end of| goes after what's there in|, below everything else in] <path>"),
    ("say", "<quote>! [that, besides what you had, belongs in|this too goes at the end of|leave the rest and put this under it in] <path>"),
    # a shy clerk
    ("say", "[um|sorry], [would it be all right if|i hope it's fine if|may i suggest that] <path> [also said, at the end,|kept what it has and ended with|got one tiny line more:] <tail>"),
    ("say", "i typed up [a little something|a small note|one line], <quote>, [it could go below the others, maybe, in|perhaps it could follow the last line of|might it be added to the end of] <path>"),
    ("say", "<quote>... [it might be nicer if that came last in|perhaps that could follow all of|maybe one more line for that, in] <path>"),
    # a football coach
    ("say", "[same tactic|no change of plan|keep the old line-up], <path> [stays as it is on the whiteboard|keeps its starters], [and off the bench comes|one extra at the bottom:] <tail>"),
    ("say", "[extra time|one more from the bench|stoppage time]: <quote> [goes in at the back of|comes on after the last line of|slots in behind everyone in] <path>"),
    ("say", "<quote>: [late sub, last line of|added time for|comes on at the back of] <path>"),
    # a cook
    ("say", "[don't empty the pot|leave the stew as it is|keep what's in the bowl], [top it off with|last of all in goes] <quote>, and [the dish is called|the pot is] <path>"),
    ("do", "[garnish|top|finish] <path> [at the end with|after all that's in it with|under the last line with] <tail>"),
    ("say", "<quote>, [sprinkled last over|after all other ingredients of|without emptying it, at the end of] <path>"),
    # a scientist
    ("say", "[next data point|observation n plus one|follow-up measurement] [in|for] <path>, [prior data retained|earlier rows untouched|after the last row]: <tail>"),
    ("say", "<quote> [constitutes the next data point in|follows the final record of|is observed in addition, after all prior entries of] <path>[, prior data retained|, add it there|]"),
    ("say", "<quote>: [let this succeed the prior text of|by induction the next line of|further datum, end of] <path>"),
    # a gangster in a film
    ("say", "[the story's got more to it|same alibi, one more detail|here's what else happened], [stick to all that's in|keep every word in] <path>, [and at the end it says|then tack on] <tail>"),
    ("say", "<quote>, [that goes on the tab, under the rest of|put that on top of what they owe, last line of|chalk it up after the others in] <path>[, got it?|, see?|]"),
    ("say", "<quote>. [that's one more on the list, at the end of|keep the old papers and add that to|also that, see? under the rest of] <path>"),
    # a priest
    ("say", "[take nothing away from|let not one word be lost from|honour what is written in] <path>, and [after the last verse|at the end, like an amen,] [let stand|write] <tail>"),
    ("say", "<quote>: [let that be the amen of|so ends, with this further verse,|may that follow the last verse of] <path>[, the rest remaining|, nothing taken away|]"),
    ("say", "<quote>: [let it be one more commandment in, after the rest of|let it stand last in|so closes, all else unchanged,] <path>"),
    # a telegram
    ("say", "old text stands stop [addition for|enter below in|add at end of] <path> stop <tail>"),
    ("say", "<path> to be continued stop [further line follows|addition at end|last line reads] stop <tail>"),
    ("say", "<quote> stop [above to follow last line of|add same at end of|attach that below rest of] <path> stop"),
    # a voice message with stops and starts
    ("say", "okay so same file, um, <path>, keep it all, and, uh, [at the end it should, it should also say|the extra line, wait, the extra line is|what goes under it is, hold on,] <tail>"),
    ("say", "<quote>, [yeah, that, um, just stick that under, under the old text in|no wait, yes, that's it, add it, uh, at the end of|right, that's another, another line for the bottom of] <path>"),
    ("say", "<path>, so, um, [not replacing, adding, it all stays, and then|don't scrap that, keep going, the next line is now] <tail>"),
    # somebody who describes the goal and never the action
    ("say", "whoever opens <path> tonight should [find all the old lines and after them|see the old text whole, and under it|read everything as before, and at the end]: <tail>"),
    ("say", "[by tonight|in the end|at last] <path> should [be longer by one line, the last being|have lost nothing and gained, at its foot,|still hold all it holds and end in] <tail>"),
    ("say", "<quote> [should be there to read, after everything else, in|ought to come after all that is already in|must be the last thing one reads in, with the rest as it was,] <path>"),
    ("say", "the ideal <path> [has kept its old text and goes on with|is one line longer and ends in|says all it said, then] <tail>"),
)

LIST_FIFTH = (
    # a grandmother
    ("say", "[come, let your gran have a look|oh, let me see what treasures we have|what have we got in the pantry, dear], [which files do we keep here?|what little files are there?|name them all for me, one after the other]"),
    ("say", "[what has your grandfather stuffed into|what treasures do we keep in|what have i tucked away all these years in] <wheref>, [dear|pet|sweetheart]?"),
    ("say", "<folder>, [that old folder|that's the folder, dear], what [have i kept in it|all is in it]? [name me each file|every little thing in it, please]"),
    # a system administrator
    ("do", "[enumerate|report|print] the [directory entries|dirents|file names] [of the cwd|of the working directory|right here][|, no recursion|, no filter]"),
    ("say", "[quick one from ops|on call here]: what [did the deploy drop into|sits on the mount in|is piled up in] <wheref>? [all entries|no filter, list everything|just the listing]"),
    ("say", "<folder>: [listing|entries|what files sit there|all files in that dir]"),
    # a ten-year-old
    ("say", "[are we there yet|i'm bored|show and tell]! [what files are in here|show me allll the files here|say the names of all the files we got]"),
    ("question", "what [cool stuff is|toys are|things are hiding] in <wheref>[, like all of it| and can you say all the names]"),
    ("say", "<wheref> [is a treasure chest|is a toy box], [tell me everything inside|say all the names of what's in it]"),
    # a lawyer
    ("do", "[produce|tender|disclose] a [schedule|full inventory|register] of the files [held here|in our custody in this folder|presently in this directory]"),
    ("say", "<wheref> [is in evidence|forms part of the bundle|has been seized]; [schedule its contents|what documents does it comprise?|which files does it comprise?]"),
    ("say", "what [documents are|exhibits are|is held] in <wheref>? [an exhaustive schedule, please|without exception]"),
    # a sailor
    ("say", "[muster the crew|all hands on deck|call the watch]: [which files are aboard here|sing out every file in this berth|name every file we carry]"),
    ("say", "what [cargo lies in the hold of|have we stowed in|is lashed down in] <wheref>? [call the whole manifest|every file of it|name it crate by crate]"),
    ("do", "[open the hatch of|climb down the hold of] <wheref> and [call up every file|name all there is]"),
    # a poet
    ("say", "[what names grow in this garden|what leaves lie about us here|like stars, one by one]: [name every file around me|the files of this place, name them all|tell me the files that dwell here]"),
    ("question", "what [sleeping leaves lie in|names are whispered in|quiet things dwell in] <wheref>[, all of them|, each by its name|]"),
    ("say", "what [stars stand in|birds roost in|shells lie in] <wheref>? [name each one|each file by its name]"),
    # somebody who learned English late
    ("say", "please, [which files is here|what have we for files in this folder|the files what is here], [you tell me all names|i want know all|every one]"),
    ("say", "[what is all staying|which files is|what things they have] in <wheref>? [you tell all names please|all of them, yes|i want to know every]"),
    # a nurse
    ("say", "[admissions, please|who's on the ward|bed count]: [all files in this folder|which files are in here right now|names of every file here]"),
    ("say", "[what's stocked in|what charts are in|what's kept on the trolley of] <wheref>? [run down all of it|every file by name|the full list]"),
    ("say", "<folder>, [that folder|the whole folder], [what's stocked|full inventory|every file in there, please]"),
    # an army officer
    ("say", "[roll call|fall in|parade formation], [all files in this camp, by name|every file present here, sound off|which files are present here, report]"),
    ("say", "[inspect the barracks|troop inspection|inventory of the depot]: [who is billeted|what is stationed|which files are quartered] in <wheref>[?|, all names]"),
    ("say", "<folder> [barracks|depot], [files present, sound off|muster all files|roll of all files in there]"),
    # a teenager in chat
    ("say", "[omg|wait what|ok so] what [files do we even have here|is all this stuff in here, names pls|files are in this folder rn]"),
    ("say", "<wheref> [tour|haul|check], [what's in it|show all the files|name everything in there] [lol|pls|rn]"),
    ("say", "<folder> [is such a mess|got so much in it], [like what files fr|list it all|show me everything in there]"),
    # a butler
    ("say", "[might one be shown|madam would be shown|his lordship would see] [the files of the house|what files we keep in these rooms|a list of every file in this place]"),
    ("say", "[might one be shown|madam would be shown|his lordship would see] [what <wheref> has on its shelves|all that reposes in <wheref>|every file laid up in <wheref>]"),
    ("do", "[show|present to] [madam|his lordship|the company] what is [kept|laid up|shelved] in <wheref>[, each file by name|]"),
    # a farmer
    ("say", "[what's in the barn|what stock have we got|count the herd], [the files here, every head|all files on this farm, i mean this folder|by name, the files right here]"),
    ("say", "what's [growing|kept|penned] in <wheref>? [every head of it|walk the rows and name them|tell me the whole stock]"),
    ("say", "<folder> [barn|shed|folder], [what's stored|what stock's in it|count the heads, by name]"),
    # a pilot on the radio
    ("say", "[say all files on frequency|request full traffic list, files in this sector|read me every file in this airspace, the current folder]"),
    ("say", "[hangar check|ramp check|apron check] on <wheref>, [say all files parked|which files are on stand|read me everything inside], over"),
    ("say", "<folder>, [say all files inside|list everything on the apron|request contents of that folder], over"),
    # a programmer
    ("say", "for f in this dir: print(f)[, all of them|, no filter|, run that]"),
    ("say", "[for f in <folder>: print(f.name)|<folder>.entries(), all of them|<folder>.children, no filter|map(name) over every entry in <folder>][, run that|, show me the output|]"),
    ("say", "<folder>: [expand * in it and print that|its children, all of them|readdir, please]"),
    # a lazy student
    ("say", "[what files do i even have here|remind me what's in this folder|which files are in here, i never clean up], [every one|names are enough|not opening any]"),
    ("say", "what did i [dump|throw|download] into <wheref>? [names are enough|not opening any, just list|list the lot]"),
    # an angry customer
    ("say", "i want [to see every single file you have here|a full list of the files in here|the names of all the files in this folder][, and i want it now|, no excuses|]"),
    ("say", "[what exactly are you hiding|what on earth have you put|what junk did you leave] in <wheref>? [i want the full list|every last file|name them all]"),
    ("say", "<folder>! [what files did you dump there|list every one of its files|show me all you've put in there]!"),
    # a shy clerk
    ("say", "[um|sorry|excuse me], [might i see which files are here|am i allowed to know what files we have|could i get a peek at all the file names in here]..."),
    ("say", "[um|sorry|excuse me], [might i know what's in|am i allowed to see what is kept in|could i get the names of everything in] <wheref>..."),
    ("say", "<folder>... [might i see what's in that folder|could you name its files, please|i never dared to look what files it has]"),
    # a football coach
    ("say", "[team sheet|squad list|register], please: [which files are in this dressing room|all the files we've got here|every file on this pitch, by name]"),
    ("say", "who's [in the squad of|warming up in|on the bench in] <wheref>? [all the names|the full team sheet|every file]"),
    # a cook
    ("say", "[what's in the fridge|what have we got in stock|mise en place]: [all files on this counter|which files are here, all of them|name every file in this kitchen]"),
    ("say", "<wheref>, [what's in the pot|what's on that shelf|what ingredients does it hold]? [all of it|every file|name the lot]"),
    ("say", "what's [on the shelves of|stored in|kept cool in] <wheref>? [tins and jars alike, every file|the whole stock]"),
    # a scientist
    ("say", "[field survey|census of this habitat|sampling without selection]: [all files present here|every file in the current folder|which files occur in this directory]"),
    ("say", "[field survey|census|exhaustive sampling] of <wheref>: [which files occur|every specimen, by name|all contents, no selection criterion]"),
    ("say", "let <wheref> be a set; [enumerate its elements, the files|what are its members|list all members, no filter]"),
    # a gangster in a film
    ("say", "[who's in the joint|line 'em up against the wall|case the place]: [all the files in here|every file in this room, name by name|which files we got here]"),
    ("say", "<wheref>, [case the joint|line 'em all up|what's the loot in there]: [every file, by name|all of it|i want names]"),
    ("say", "what's [stashed in|locked up in|the haul in] <wheref>? [every piece of it|spread it all out, by name]"),
    # a priest
    ("say", "[who is gathered here|let us count the flock|call them each by name]: [the files in this place, all of them|every file here present|which files dwell with us here]"),
    ("say", "[who is gathered in|which souls dwell in|what lies in the vestry of] <wheref>? [call every file by name|all of them|name the whole flock]"),
    ("say", "what [is sheltered|is gathered|abides] in <wheref>? [each soul, each file|the whole congregation by name]"),
    # a telegram
    ("say", "[arrived safely stop|urgent stop] [wire names of all files here|which files here|cable full list of files in this folder] stop"),
    ("say", "<folder> is folder stop [wire full list of files|which files therein|cable all names] stop"),
    ("say", "[wire|cable] [all names in|full list of|everything held in] <wheref> stop"),
    ("say", "[files here|files in this folder|present files] stop [send all names|wire full list|cable every one]"),
    # a voice message with stops and starts
    ("say", "uh, hi, so, [the files, all the, um, all the ones here, what are they|what files, like, what've we got in this, this folder|can you just, er, say the names of all the files here]?"),
    ("say", "<folder>, the, the folder, yeah, [what's, um, what's in it, all of it|can you, like, run down the files in there|which files are, uh, are in that one]?"),
    ("say", "so the folder, um, <folder>, [not one file, all of them, what are they|just, like, everything in it, the names|can you go, go through and name the files]"),
    # somebody who describes the goal and never the action
    ("say", "[in a minute i should be able to name every file here|by the time i hang up i'd like to know all the files in this folder|i'd be wiser if i knew which files are here|no file in this folder should be unknown to me]"),
    ("say", "[in a minute i should be able to name everything in|i'd be wiser if i knew which files are in|no file should be unknown to me that sits in] <wheref>"),
    ("say", "<wheref> [should hold no surprises for me, file by file|ought to be known to me down to the last file|is a place whose every file i should be able to name]"),
    ("say", "it would please me to [have every file name of this folder in my head|be aware of each file here|know my way among the files here]"),
)

FIND_FIFTH = (
    # a grandmother
    ("say", "[oh dear|goodness me|bless you, child], [my memory isn't what it was|i'd lose my own head|i had it only yesterday], [where have i put|where has it got to, my|tell your gran where to look for] <file>[?|] {p=$}"),
    ("do", "[be a darling and|be a lamb and|do your gran a kindness and] [look in all the cupboards for|rummage about for|poke round the whole house for] [that <file> of mine {p=$}|my <ext> files {p=*.$}|whatever i named <word> something {p=$*}|the ones with <word> in the name {p=*$*}]"),
    ("do", "[fetch word of|find out for your gran] where <file> [is hiding|has been tucked away|went] [while i knit|, dear|] {p=$}"),
    # a system administrator
    ("say", "[on call here|quick one from ops|before i restart the service]: [on what mount is|under which directory did the deploy drop|what's the full path of] <file>[?|, walk the tree] {p=$}"),
    ("do", "[walk the tree|recurse from the root|traverse all directories] and [report every hit for|print the paths of] [<glob> {p=$}|*.<ext> {p=*.$}|names prefixed with <word> {p=$*}|names containing <word> {p=*$*}]"),
    ("say", "<file>: [installed where?|which mount?|path on disk?|search / for it] {p=$}"),
    # a ten-year-old
    ("say", "[guess what|hey hey hey|ooh], i [lost|can't find] <file> [and mom will be mad|and it was like right here|and i looked everywhere], [help me find it pleeease|where is it where is it|you look for it] {p=$}"),
    ("say", "let's play [hide and seek|treasure hunt|detectives]: [you're it and <file> is hiding, find it {p=$}|the treasure is every <ext> file {p=*.$}|find everybody whose name starts with <word> {p=$*}|catch all the files with <word> in their name {p=*$*}]"),
    ("say", "<file> [ran away|is playing hide and seek|got eaten by the computer] and [you have to find it|i wanna know where it is right now] {p=$}"),
    # a lawyer
    ("say", "[for the avoidance of doubt|without prejudice|in the matter at hand], [the whereabouts of|the present location of|the place of custody of] <file> [is to be disclosed to me|must be established|shall be ascertained] {p=$}"),
    ("do", "[conduct discovery of|make a diligent search for|establish the existence of] [any and all <ext> files {p=*.$}|all files falling under <glob> {p=$}|each file whose name commences with <word> {p=$*}|each file bearing <word> in its name {p=*$*}]"),
    ("say", "under what [path|folder|address] is <file> to be [served|found|located]? {p=$}"),
    # a sailor
    ("say", "[ahoy|avast|all hands], [where does <file> lie at anchor? {p=$}|what harbour is <file> moored in? {p=$}|<file> went overboard, fish it out and say where it is {p=$}]"),
    ("do", "[keep a lookout for|drag the seabed for|sweep the horizon for|set course for] [<file>, i don't know its berth {p=$}|any <ext> files out there {p=*.$}|craft that match <glob>, files i mean {p=$}|files that sail under <word> something {p=$*}|files with <word> painted in the name {p=*$*}]"),
    ("say", "<file> ahoy! [where are you anchored|what port are you in|where did the tide take you]? {p=$}"),
    # a poet
    ("say", "[o lost one|o wanderer|runaway leaf]: [in what valley does <file> sleep? {p=$}|what wind has carried <file> off, and to where? {p=$}|<file>, lost among the folders, tell me its place {p=$}]"),
    ("say", "[somewhere|in some far folder] [there drifts <file>; find where {p=$}|bloom all the <ext> files; gather them {p=*.$}|are names that open with <word>; seek them {p=$*}|are names with <word> at their heart; seek them {p=*$*}]"),
    ("say", "[tell|whisper to] me [where <file> has its nest|under what sky <file> rests|in which folder <file> dreams] {p=$}"),
    # somebody who learned English late
    ("say", "please, i had here <file>, [but i not see more|but is lose|but it go away], [you tell me in which place is it|where stays it?|you make searching for me] {p=$}"),
    ("say", "[how i find|in which place is it staying|you must make search of] [<file> {p=$}|all what finish with .<ext> {p=*.$}|the files what begin with <word> {p=$*}|the files what have <word> inside of name {p=*$*}], please"),
    ("say", "[place|address|folder] of <file>, [i want know it|you say to me please|which is it]? {p=$}"),
    # a nurse
    ("say", "[before i go into the room|at handover|on my round now], [where's the chart,|which folder did the night shift put it in,|where did they leave] <file>[?|, find it please] {p=$}"),
    ("say", "[a chart went missing|records wants them|the ward is asking]: [<file>, where is it? {p=$}|every <ext> file, find them {p=*.$}|find the ones whose name starts with <word> {p=$*}|find the ones that have <word> in the name {p=*$*}]"),
    ("say", "[<file>, which ward|which drawer is <file> in|track down <file>], [i have gloves on|it's not at the station|nobody has seen it] {p=$}"),
    # an army officer
    ("say", "[attention|listen up, soldier|orders from above]: [<file> is missing in action, report its position|<file> has deserted, hunt it down|position of <file> unknown, send out a patrol and report where it is] {p=$}"),
    ("do", "[reconnoitre the whole terrain|send out patrols|search every sector] and report [the position of <file> {p=$}|all <ext> files sighted {p=*.$}|all files matching <glob> {p=$}|all files whose name leads with <word> {p=$*}|all files carrying <word> in the name {p=*$*}]"),
    ("say", "<file>: [locate|report position|where is it stationed, private] {p=$}"),
    # a teenager in chat
    ("say", "[omg|wait what|ok so|bruh] [where tf is|i lost|who moved] <file> [find it rn|drop the location|help me find it im dead|which folder pls] {p=$}"),
    ("say", "<file> [ghosted me|is mia|left the chat] [where is it lol|find it pls|someone locate it fr] {p=$}"),
    ("say", "<ext> files [only|gang|szn], [where they at|find em all|pull up every one of them] {p=*.$}"),
    ("say", "where is <file> [even|fr|lol] {p=$}"),
    # a butler
    ("say", "[if i may be so bold|when it pleases you|at your convenience], [might one learn|his lordship would know|madam desires to know] [where <file> is kept|in which room <file> has been placed|into whose keeping <file> was given, that is, its folder] {p=$}"),
    ("say", "<file> [has not been laid out|is not upon the salver|has been mislaid below stairs]; [pray, where is it|be good enough to seek it out|kindly discover its whereabouts] {p=$}"),
    ("do", "[have the staff search for|have fetched from wherever they are|kindly round up] [all the <ext> files {p=*.$}|such files as answer to <glob> {p=$}|such files as are named <word> and something more {p=$*}|such files as bear <word> in the name {p=*$*}]"),
    ("do", "[inform|apprise] [madam|his lordship|the company] where <file> [is kept|reposes|has been put away] {p=$}"),
    # a farmer
    ("say", "[before the cows come home|while the rain holds off|over the gate], [tell me what field <file> strayed to|what barn is <file> in|who's seen <file>, and where] {p=$}"),
    ("say", "<file> [broke through the fence|strayed from the herd|didn't come in for milking]: [go and find it|which pasture is it in|bring word where it is] {p=$}"),
    ("do", "[round up|drive in|fetch home|count in] [the <ext> files from every field {p=*.$}|all strays that fit <glob>, files i mean {p=$}|every file branded <word> at the front of its name {p=$*}|every file with <word> somewhere in its name {p=*$*}]"),
    ("say", "what field's <file> [grazing in|run off to|lying in]? {p=$}"),
    # a pilot on the radio
    ("say", "[tower|control|ground], [requesting position of|lost visual with|no contact with, request a fix on] <file>[, over| when able|, say location] {p=$}"),
    ("say", "<file>, [say position, over|request a vector to it|say location|where are you on the disk] {p=$}"),
    ("say", "[request|requesting] all traffic [of type <ext>, files that is {p=*.$}|matching <glob>, files that is {p=$}|with callsign beginning <word>, files that is {p=$*}|with <word> in the callsign, file names that is {p=*$*}][, over|]"),
    ("say", "say position <file>[, over| on the disk|, which folder] {p=$}"),
    # a programmer
    ("say", "[let path =|const p =|return|resolve] the [full location|absolute path|folder] of <file>[, search recursively|, walk everything|, whichever dir it's in] {p=$}"),
    ("say", "<glob> [as a filter over the tree|against every file name|recursively], [which paths come back|return the matches|print all hits] {p=$}"),
    ("say", "files.filter(f => f.[name.endsWith('.<ext>')) {p=*.$}|name.startsWith('<word>')) {p=$*}|name.includes('<word>')) {p=*$*}|matches('<glob>')) {p=$}]"),
    ("say", "what [dir|directory|path] does <file> [live at|live in|resolve to]? {p=$}"),
    # a lazy student
    ("say", "[ugh do i have to|i really should study|can't be bothered to look], [where's|just find me|which folder has] <file>[?|] {p=$}"),
    ("say", "<file> [was the homework|is due tonight|is the assignment] [and no clue where i saved it|and it's somewhere, whatever|but i never know where i put things]. [find it, i'm in bed|where is it|you look] {p=$}"),
    ("do", "[scrape together|dig me out|find me] [whatever <ext> files i've got {p=*.$}|anything i called <word> whatever {p=$*}|anything with like <word> in the name {p=*$*}|whatever matches <glob> {p=$}]"),
    ("say", "just [find|tell] me where <file> is, [i'm not opening ten folders|too lazy] {p=$}"),
    # an angry customer
    ("say", "[this is the third time i'm asking|i have been on hold for an hour|for crying out loud]: where [is|did you people put|have you hidden] <file>? [find it now|look for it properly|i'm waiting] {p=$}"),
    ("say", "[no|don't you dare], [i don't care what it says|don't read it to me|don't tell me how big it is], [tell me where|i want to know where|find out where] <file> is {p=$}"),
    ("say", "<ext> files[, i paid for every one of them,| are what i was promised,] [now find them|where are they|find them all this minute] {p=*.$}"),
    ("say", "<file>! [where is it|find it|which folder did you lose it in]! {p=$}"),
    # a shy clerk
    ("say", "[um|sorry|excuse me], [if it's not too much bother|only if you have a second|i hardly dare ask], [where might|could i hear where|i'd love to know where] [<file> be|<file> perhaps is|<file> might be][?|...] {p=$}"),
    ("say", "<file>... [i seem to have put it somewhere|i may have misplaced it|i'm afraid i lost it]. [would you know where|could it be found perhaps|might you look for it]? {p=$}"),
    ("say", "[um|sorry], are there [perhaps any <ext> files {p=*.$}|maybe files called <word> something {p=$*}|possibly files with <word> in the name {p=*$*}|by chance files like <glob> {p=$}]? [only if you can find them|no rush]"),
    ("say", "[perhaps|maybe] you could [tell me|let me know] where <file> is... [sorry|if that's fine|thank you] {p=$}"),
    # a football coach
    ("say", "[huddle up|half time talk|eyes on me]: [<file> is out of position, where is it on the pitch|who's marking <file>, i can't see it, where is it|<file> wandered offside, find it] {p=$}"),
    ("do", "[scout every league for|comb the transfer market for|send the scouts out for] [<file>, i don't know its club {p=$}|any <ext> files {p=*.$}|files on the pattern of <glob> {p=$}|files with <word> at the front of the shirt, their names i mean {p=$*}|files with <word> anywhere in the name {p=*$*}]"),
    ("say", "<file>: [where's it playing|in which half of the disk|lost its man, find it] {p=$}"),
    # a cook
    ("say", "[before i light the stove|my hands are all flour|the onions are crying], [which shelf is|what drawer holds|which cupboard did i shove] <file> [on|in][?|] {p=$}"),
    ("do", "[pick out of the soup|sift from the flour|skim off] [the <ext> files {p=*.$}|all that match <glob> among the files {p=$}|the files that start with <word> {p=$*}|the files with <word> in the name {p=*$*}]"),
    ("say", "what [pantry|cupboard|shelf] is <file> in? {p=$}"),
    # a scientist
    ("say", "[observation requested|protocol, step one|to replicate the result]: [determine the location of|localise|establish in which folder one detects] <file>[, exhaustive search|, all folders sampled|] {p=$}"),
    ("say", "let the population be all files; [select those of type <ext> {p=*.$}|isolate those that satisfy <glob> {p=$}|select those whose name starts with <word> {p=$*}|select those whose name contains <word> {p=*$*}]"),
    ("do", "[determine|report|derive] [where <file> is situated {p=$}|the coordinates of <file> in the file system {p=$}]"),
    # a gangster in a film
    ("say", "[listen here, wise guy|nobody leaves this room|you know how this works]: where's <file> [holed up|laying low|hiding out], [see?|capisce?|and don't lie to me] {p=$}"),
    ("say", "<file> [skipped town|is on the lam|took a powder]: [find it|track it down, boys|put the word out and tell me where it is] {p=$}"),
    ("do", "[shake down the neighbourhood for|put the boys on|round up] [every <ext> file {p=*.$}|every file that fits the description <glob> {p=$}|every file that goes by <word> something {p=$*}|every file with <word> anywhere in its name {p=*$*}]"),
    ("say", "<file>, [where you hiding|where'd you run to|you can't hide, which folder you in]? {p=$}"),
    # a priest
    ("say", "[brothers and sisters|my children|let us gather]: <file> is [the lost sheep|the prodigal son|astray], [seek it until you find it|let us go and find it|tell the shepherd where it wanders] {p=$}"),
    ("do", "[gather the flock of|call together|seek, that ye may find,] [all <ext> files {p=*.$}|the files in the likeness of <glob> {p=$}|the files christened <word> something {p=$*}|the files that carry <word> in their name {p=*$*}]"),
    ("say", "where [abides|dwelleth] <file>? [seek it|let us find its dwelling] {p=$}"),
    # a telegram
    ("say", "[urgent stop|arrived safely stop|send word stop] [wire whereabouts of|cable location of|where is] <file> stop {p=$}"),
    ("say", "<file> mislaid stop [search everywhere and wire place|trace and cable folder|find soonest] stop {p=$}"),
    ("say", "[require|seek] [all <ext> files {p=*.$}|files like <glob> {p=$}|files beginning <word> {p=$*}|files with <word> in name {p=*$*}] stop [search everywhere|report finds|places unknown] stop"),
    ("say", "<file> [whereabouts|place|folder] stop [send|wire|find and cable] {p=$}"),
    # a voice message with stops and starts
    ("say", "so, uh, i was gonna say, <file>, [right, could you, um, where is it|you know the one, just, like, find it for me|uh, where's, where's that thing gone]? {p=$}"),
    ("say", "hi it's me, um, [not what's in it, i've read it, but|not how long it is, no, but|okay so] [where it, where it is, uh,|the place, the folder that's got|can you find, look around for, er,] <file>, [yeah thanks|okay bye] {p=$}"),
    ("say", "all the, what are they called, [<ext> files {p=*.$}|files starting with, uh, <word> {p=$*}|files with, er, <word> in the name {p=*$*}|files like, hang on, <glob> {p=$}], [yeah, find those|where are they all|um, can you find them]"),
    ("say", "can you, sorry, can you find, not read, [find|look for] <file>, [the place of it|where it is|i need the folder] {p=$}"),
    # somebody who describes the goal and never the action
    ("say", "[in a minute i should be able to walk straight to|by the time i hang up i'd like to know the folder of|i'd be wiser if i knew the whereabouts of] <file> {p=$}"),
    ("say", "<file> [should not be lost to me any longer|ought to have a known place|must turn up, wherever it may be|would be so useful if only its folder were known] {p=$}"),
    ("say", "[no <ext> file should stay undiscovered {p=*.$}|my wish is that every <ext> file turns up, wherever it is {p=*.$}|i'd like to know of every file that matches <glob> {p=$}|the files whose name starts with <word> should all come to light {p=$*}|the files with <word> in the name should all come to light {p=*$*}]"),
)

STAT_FIFTH = (
    # a grandmother
    ("say", "<path>, [sweetheart|my dear|pet|lovey][, i never got round to measuring it|, your grandfather left it to me]. [is it a big one? how many bytes? {d=size}|how big has it grown, dear? {d=size}|when did your old gran last change it? {d=time}|how long since anyone has changed it? {d=time}]"),
    ("question", "[my, how big is|my, how much has it grown by now, in bytes,|goodness, and how many bytes does it come to,] [little |dear old |][<path>|that <path> of mine] {d=size}"),
    ("say", "how [big|stout] has my little <path> [grown|got], [dear|pet]? {d=size}"),
    # a system administrator
    ("say", "<path> [tripped the quota alert|is on my growth report|keeps filling the volume]; [what's its current size|how many bytes does it occupy|byte count]? {d=size}"),
    ("say", "[inode check|audit trail|change control]: [when did <path> last take a write {d=time}|mtime on <path> {d=time}|when was <path> last modified {d=time}|size and mtime of <path> {d=all}|full stat on <path> {d=all}][|, please]"),
    ("say", "<path>: [fits in the tmpfs? bytes {d=size}|du says what? {d=size}|rotated when? i mean last modified {d=time}|last write? {d=time}|ls -l output please {d=all}]"),
    # a ten-year-old
    ("question", "is <path> [like super huge or teeny tiny|bigger than a million bytes|the giantest file ever] {d=size}"),
    ("say", "i bet <path> is [like a hundred years old, when did somebody change it for real? {d=time}|way older than me, when did it get changed? {d=time}|like a gazillion bytes, how many really? {d=size}|fatter than the others, how many bytes does it have? {d=size}]"),
    ("say", "which weighs more, [me or|an elephant or|my dog or] <path>? [tell me the bytes|how many bytes is it] {d=size}"),
    ("say", "is <path> [older|newer] than [my hamster|breakfast|last christmas], when did it [get changed|change]? {d=time}"),
    # a lawyer
    ("say", "i [refer to|rely on|draw your attention to] <path>; [on what date was it last amended? {d=time}|state the date of its latest amendment {d=time}|its extent in bytes is to be stated {d=size}|certify its size and its date of amendment {d=all}]"),
    ("question", "[as at which date and hour was <path> last amended {d=time}|did the other side alter <path> after signing, when was it last altered {d=time}|to how many bytes does the exhibit <path> extend {d=size}]"),
    ("say", "[state|certify] [the date of <path>, i.e. of its last amendment {d=time}|the extent of <path>, i.e. its bytes {d=size}], not its [wording|terms]"),
    # a sailor
    ("say", "[ahoy|avast|all hands], [how much does <path> draw, in bytes {d=size}|what's the tonnage of <path> in bytes {d=size}|how long since <path> was last refitted, i mean changed {d=time}|when did a hand last touch <path> {d=time}]?"),
    ("do", "[sound the depth of <path>, in bytes {d=size}|take soundings on <path> and call the bytes {d=size}|check the last entry date in the papers of <path>, when it was changed {d=time}|survey <path> from stem to stern, size and date {d=all}]"),
    ("say", "<path> ahoy! [how heavy are you, in bytes {d=size}|what's your tonnage, bytes i mean {d=size}|when were you last overhauled, i mean changed {d=time}|since when have you sailed unchanged {d=time}]?"),
    # a poet
    ("say", "in <path> [how many seasons have passed since a hand last changed it {d=time}|when did the last change fall like snow {d=time}|how many bytes lie like grains of sand {d=size}|how vast is the sea, counted in bytes {d=size}]?"),
    ("question", "[how long has <path> slept unchanged {d=time}|what hour last changed the face of <path> {d=time}|how heavy with bytes hangs the bough of <path> {d=size}]"),
    # somebody who learned English late
    ("say", "please, i have here <path>, [but i not know how much big it is, you tell me? {d=size}|is how many of bytes? {d=size}|but since when it is not changed? {d=time}|when have somebody changed it, you know? {d=time}]"),
    ("say", "[how much bytes have|which bigness has|what is of size] <path>? [you look please|make check|thank you for tell] {d=size}"),
    ("say", "[weight|bigness|number of bytes] of <path>, [i want know it|you say to me please|how much]? {d=size}"),
    ("say", "[day|hour|time] when <path> is changed last, [i want know it|you say to me please|which is]? {d=time}"),
    # a nurse
    ("say", "[taking vitals|routine check|obs are due]: [weight of <path> in bytes {d=size}|how many bytes is <path> today? {d=size}|when was <path> last changed, like a dressing? {d=time}|when was <path> last charted on, the time of the change? {d=time}]"),
    ("do", "[weigh in <path> and note me the bytes {d=size}|check when the night shift last changed <path> {d=time}|take size and last change of <path>, for the chart {d=all}]"),
    # an army officer
    ("say", "[report on|state of|strength of] <path>: [size in bytes, now {d=size}|how many bytes strong {d=size}|hour of the last change, now {d=time}|when last altered {d=time}|size and hour of last change {d=all}]"),
    ("question", "at [what hour|which hundred hours] was <path> last [altered|changed|modified], soldier {d=time}"),
    ("say", "<path>: [strength in bytes|how many bytes in the ranks] [report|on the double]? {d=size}"),
    # a teenager in chat
    ("say", "[nah|idc] [what it says|what's in it|abt the text], [how big is <path> tho {d=size}|how many bytes is <path> tho {d=size}|when did <path> get changed tho {d=time}|how old is <path> tho {d=time}]"),
    ("say", "<path> [is lowkey huge, how many bytes {d=size}|is chonky, size check {d=size}|got edited behind my back or what, when {d=time}|is giving ancient, last changed when {d=time}|stats pls, size n date {d=all}]"),
    ("say", "how [big|fat|chonky] is <path> [even|fr|lol] {d=size}"),
    ("say", "when did <path> [even change|change fr|get edited lol] {d=time}"),
    # a butler
    ("say", "<path> [has come with the morning post|lies upon the scales|awaits madam]; [pray, how weighty is it in bytes {d=size}|what size might it be, in bytes {d=size}|pray, when was it last altered {d=time}|on what day did one last change it {d=time}]?"),
    ("do", "[make enquiries as to|kindly ascertain|discreetly find out] [when <path> was last attended to, by way of changes {d=time}|the size of <path> in bytes {d=size}|size and last alteration of <path> {d=all}]"),
    # a farmer
    ("say", "[put <path> on the cattle scale|heave <path> on the weighbridge|lift <path> for me], [how many bytes|what does it weigh in bytes|what size is the beast] {d=size}"),
    ("say", "[when was the last furrow turned in <path>, the last change {d=time}|how many harvests since <path> was changed {d=time}|is <path> this spring's or last spring's, when was it changed {d=time}|how much hay is <path>, in bytes {d=size}]?"),
    # a pilot on the radio
    ("say", "<path>, [say weight in bytes {d=size}|say size, over {d=size}|confirm bytes on board {d=size}|say time of last change {d=time}|confirm when last modified, over {d=time}|say size and time of last change {d=all}]"),
    ("say", "[request weight check on <path>, bytes please {d=size}|what is the gross weight of <path> in bytes {d=size}|request time of last amendment to <path> {d=time}|request age of <path>, last change {d=time}], over"),
    ("say", "say [weight {d=size}|bytes {d=size}|size {d=size}|last change {d=time}|time of last edit {d=time}|size and last change {d=all}] <path>, over"),
    # a programmer
    ("say", "<path>.[length in bytes {d=size}|byteSize {d=size}|sizeOnDisk {d=size}|lastModified {d=time}|updatedAt {d=time}|stat() {d=all}|metadata {d=all}], please"),
    ("say", "[is the cache stale|do we need a rebuild|is the artifact fresh]: [when did <path> last change|compare against the mtime of <path>, which is|what's the timestamp on <path>]? {d=time}"),
    ("say", "[before i load it into memory|buffer sizing|alloc question]: [how many bytes is <path>|what's the byte length of <path>|how large a buffer does <path> need]? {d=size}"),
    ("say", "what [byte length {d=size}|size in bytes {d=size}|mtime {d=time}|last modified time {d=time}] does <path> have?"),
    # a lazy student
    ("say", "<path> [was the homework|is due tonight|is the assignment]. [how many bytes did i manage {d=size}|is it big enough, how many bytes {d=size}|when did i last touch it, honestly {d=time}|how long ago did i last change it {d=time}]?"),
    ("say", "[ugh|meh|whatever], [can't be bothered to open it|not reading it], [how big is <path> {d=size}|size of <path> {d=size}|when was <path> changed {d=time}|age of <path> {d=time}]"),
    ("say", "just tell me [how big <path> is {d=size}|when <path> was changed {d=time}], [i'm not opening that|too lazy]"),
    # an angry customer
    ("say", "[no|don't you dare], [i don't care what it says|don't read it to me|don't tell me where it is], [how big is <path> {d=size}|how many bytes is <path> {d=size}|when was <path> last changed {d=time}|who cares, when did it change, <path> {d=time}]?"),
    ("say", "i demand [the size of <path> in bytes {d=size}|to know how many bytes <path> is {d=size}|the date <path> was tampered with, the last change {d=time}|to know when you people last changed <path> {d=time}|size and date of <path> {d=all}][, now|, today|, and no excuses]"),
    ("say", "<path>! [how many bytes, i ask you {d=size}|how big, i ask you {d=size}|when did you change it {d=time}|since when is it like this, when was it changed {d=time}]!"),
    # a shy clerk
    ("say", "<path>... [is it terribly large? how many bytes {d=size}|might it be too big? what's its size {d=size}|i'm afraid i may have changed it by accident, when was it last changed {d=time}|would you know when it was last changed {d=time}]?"),
    ("say", "[um|sorry|excuse me], [i don't need to read it|i won't open it], [how big might <path> be {d=size}|how many bytes would <path> be {d=size}|when might <path> have been changed {d=time}|how old might <path> be {d=time}]?"),
    # a football coach
    ("say", "<path> [steps on the scales|is at the medical|gets its fitness test]: [weight in bytes? {d=size}|how many bytes is it carrying? {d=size}|when was its last change? {d=time}|size and last change? {d=all}]"),
    ("question", "[how long has <path> been on the bench unchanged {d=time}|when did <path> last get a substitution, i mean an edit {d=time}|how much bulk has <path> put on, in bytes {d=size}|what's the playing weight of <path> in bytes {d=size}]"),
    ("say", "<path>: [match weight, bytes {d=size}|how big a squad, in bytes {d=size}|last changed in which minute {d=time}|last substitution when, the last edit {d=time}]?"),
    # a cook
    ("say", "[put <path> on the kitchen scales|weigh out <path>|into the measuring jug with <path>], [how many bytes {d=size}|what do the bytes come to {d=size}]?"),
    ("say", "<path>, [is it still fresh? when was it changed {d=time}|how long since it was last stirred, i mean changed {d=time}|how many portions, in bytes {d=size}|how big a dish is it, in bytes {d=size}|label it for me: size and date of change {d=all}][?|]"),
    # a scientist
    ("say", "[observation requested|measurement one|to replicate the result]: [the mass of <path> in bytes {d=size}|the extent of <path> in bytes {d=size}|the timestamp of the last perturbation of <path> {d=time}|the time elapsed since <path> last changed {d=time}|both size and last modification of <path> {d=all}]"),
    ("say", "given <path>, [what is n, the number of bytes {d=size}|determine its byte count {d=size}|at what time t was it last modified {d=time}|estimate its age from the last change {d=time}]"),
    # a gangster in a film
    ("say", "<path>, [how big is the take, in bytes? {d=size}|how fat is it, in bytes? {d=size}|who got to it, and when was it changed? {d=time}|somebody tampered with it, when? {d=time}|gimme its rap sheet, size and last change {d=all}]"),
    ("say", "[don't open it|no need to make it talk], [what's <path> packing, in bytes {d=size}|how heavy is <path>, in bytes {d=size}|when was the last job done on <path>, the last change {d=time}|when did somebody last mess with <path> {d=time}]?"),
    # a priest
    ("say", "<path>, [what is its burden in bytes {d=size}|how many bytes hath it {d=size}|when did a hand last alter it {d=time}|how long hath it stood unchanged {d=time}], my child?"),
    ("say", "[in humility i ask|one question from the pulpit|tell the congregation]: [how great is <path> in bytes {d=size}|when was <path> last made new by an edit {d=time}|the measure and the last change of <path> {d=all}]"),
    # a telegram
    ("say", "<path> received sealed stop [wire weight in bytes {d=size}|cable size {d=size}|wire date of last change {d=time}|when last altered stop reply {d=time}|cable size and date {d=all}] stop"),
    ("say", "[urgent stop|no need of text stop|send word stop] [how many bytes <path> {d=size}|size of <path> {d=size}|last change of <path> when {d=time}|wire age of <path> {d=time}] stop"),
    ("say", "<path> [size {d=size}|bytes {d=size}|weight {d=size}|last change {d=time}|date altered {d=time}] stop [send|wire|cable]"),
    # a voice message with stops and starts
    ("say", "so, uh, i was gonna say, <path>, [right, could you, um, how big is it, the bytes {d=size}|you know the one, just, like, what size is it {d=size}|uh, when's, when was it last changed {d=time}|how old, like, since the last change, is it {d=time}]?"),
    ("say", "hi it's me, um, [not what's in it, i've read it, but|not where it is, i've got that, but|okay so] [how many, how many bytes is {d=size}|the size, the size of, er, {d=size}|when did somebody change, uh, {d=time}|the date it was changed, right, of {d=time}] <path>, yeah"),
    ("say", "can you, sorry, can you check, not read, [check|look up], <path>, [the size of it, bytes {d=size}|how big it is {d=size}|the date of it, the last change {d=time}|when it was changed {d=time}]"),
    # somebody who describes the goal and never the action
    ("say", "[in a minute i should be able to say|i'd be wiser if i knew|it should no longer be a secret] [how many bytes <path> has {d=size}|how much room <path> needs {d=size}|when <path> last changed {d=time}|how long ago somebody changed <path> {d=time}|both the size and the last change of <path> {d=all}]"),
    ("say", "<path> [should have a known size in bytes|ought to come with a number of bytes|must have its bytes counted by tonight] {d=size}"),
    ("say", "<path> [should have a known date of last change|ought to come with the time of its last edit|was changed at some time, and that time should be known to me] {d=time}"),
    ("question", "what number of bytes would [be true of|fit] <path> {d=size}"),
    ("say", "<path> has [some size, and i'd be glad to be aware of it, in bytes {d=size}|an age, and it should be known to me, counted from its last change {d=time}|a size and a date, and neither should be unknown to me {d=all}]"),
)

REMOVE_FIFTH = (
    # a grandmother
    ("say", "[bless its heart|it served us well|it was a dear old thing], but <path> [can go to the rag-and-bone man|is only gathering crumbs|isn't worth the dusting]. [throw it out, dear|delete it, pet|out with it]"),
    ("do", "[be a darling and|be a lamb and] [put|pop] <path> [out with the old newspapers|in the stove|out for the dustman][, i don't want it any longer|, it's to be deleted]"),
    ("say", "<path>, [dear|pet|sweetheart], [don't put it back in the drawer|no need to read it to me], [into the stove with it|throw that old thing out|it goes out with the ashes]"),
    # a system administrator
    ("say", "[cleanup job|retention policy|disk pressure]: [unlink|purge|reap] <path>[, no backup needed| from the volume| before the next run]"),
    ("say", "<path> [is orphaned|is past retention|has no owner left|is a stale lock]; [unlink it|purge it|reap it|remove it from the fs]"),
    ("say", "<path>: [not truncate, unlink|gone by the maintenance window|reap that|don't rotate it, delete it]"),
    # a ten-year-old
    ("say", "<path> is [so dumb|for babies|yucky|super boring], [make it go poof|throw it in the garbage|smash it so it's gone|delete it forever and ever]"),
    ("say", "[abracadabra|hocus pocus|three two one blast off], [<path> is gone for good now, do it|make <path> disappear forever|zap <path> to nothing]"),
    ("say", "<path> [smells like feet|is a stinky monster|broke the rules], [so bye bye forever, delete it|so it has to be erased from the computer|kill it with the delete button]"),
    # a lawyer
    ("say", "<path> [is privileged|is void|has been superseded|falls outside the order] and [shall be destroyed|is to be expunged|must be struck from the files][| forthwith| without copy]"),
    ("do", "[expunge|strike out|destroy under the order] [the document |the exhibit |]<path>[| in its entirety| so that no file remains]"),
    ("say", "[let no copy of|let nothing of|let no trace of] <path> [survive|be retained|remain on file]"),
    # a sailor
    ("do", "[heave|cast|send] <path> [over the side|to davy jones|to the bottom of the sea][, we don't need it aboard|, it's ballast|]"),
    ("say", "<path> is [dead weight|rotten rope|bilge water], [overboard with it|jettison it|let it sink and stay sunk|cut it loose and delete it]"),
    ("say", "<path> ahoy! [walk the plank, off the disk with you|you're going overboard|to the deep with you, deleted and gone]"),
    # a poet
    ("say", "let <path> [be ash|return to silence|melt like snow|go where the smoke goes][, and no trace be left|, erased for ever|, deleted]"),
    ("say", "<path> [is a withered leaf|has no song left|is a candle burnt out]: [let it be gone|snuff it out for good|erase it from the world]"),
    ("say", "<path>: [let the page be nowhere|a name to be unspoken and a file to be erased|let it fall from the world like a leaf, deleted]"),
    # somebody who learned English late
    ("say", "<path> [i have no need more|is not good, is old|must be not here more], [please to make away|you throw it, yes?|make that it is not more existing]"),
    ("say", "[please to make away|you can throw away please|must be thrown from computer] <path>, [i have not need of it|is finish with it|never more]"),
    ("say", "file <path>, [i like it is no more|it must go away for always|you delete, yes please|no need, to rubbish with it]"),
    # a nurse
    ("say", "<path> is [contaminated|expired|past saving], [into the sharps bin with it|discard it properly|dispose of it, nothing kept]"),
    ("do", "[dispose of|discard|clear away] <path> [with the clinical waste|as expired|so that no one uses it again]"),
    ("say", "<path>, [time of death now, delete it|pull the tube, remove it from disk|nothing more we can do, let it go and delete it]"),
    # an army officer
    ("do", "[take out|neutralise|dismiss from service] <path>[, no survivors|, permanently| and leave no trace of it]"),
    ("say", "<path> is [dishonourably discharged|the target|in enemy hands], [eliminate it|destroy it at once|wipe it out, that's an order]"),
    ("say", "<path>: [destroy on sight|search not, read not, destroy|scorched earth, delete it|court-martialled, remove it]"),
    # a teenager in chat
    ("say", "<path> [is cancelled|is so over|gives me the ick|is dead to me] [yeet it|delete it n never look back|trash it fr|unalive that file]"),
    ("say", "[yeet|nuke|bin] <path> [before my mom sees|asap lol|no cap|n dont ask why]"),
    ("say", "why is <path> [still here|still a thing], [delete it|yeet it|trash it] [lol|fr|already]"),
    # a butler
    ("say", "<path> [offends the eye|is no longer received in this house|has been in poor taste]; [kindly see it out for good|have it disposed of|pray let it be removed from the premises and burnt]"),
    ("do", "[show <path> the tradesmen's exit|have <path> quietly disposed of|relieve us of <path>], [it is not to return|never to be seen again|permanently]"),
    ("say", "[madam|his lordship|the company] [would see no more of|wishes to be rid of|no longer keeps] <path>[; have it destroyed|, kindly dispose of it|; let it be thrown out]"),
    # a farmer
    ("do", "[cull|pull up|burn off|muck out] <path>[ with the weeds|, it's gone bad|, it bears no fruit|, and don't let it grow back]"),
    ("say", "<path> [is rotten|has the blight|is past its bearing years|is chaff], [on the muck heap with it|take it behind the barn and be rid of it|cull it|to the fire with it]"),
    ("say", "<path> [is weeds|is blighted|won't yield], [pull it|root it out|burn it], [don't just trim it|the whole plant, delete it|and leave the ground bare]"),
    # a pilot on the radio
    ("say", "<path> is [cancelled|unserviceable|no longer required], [take it off the board for good|delete, delete, over|clear to remove it|eject it, over]"),
    ("say", "[cleared to|you are cleared to|authorised to] [scrap|jettison|remove] <path>[, over|, report when gone|, no return]"),
    ("say", "<path>, [jettison|delete, over|eject and confirm gone|scrap it, over]"),
    # a programmer
    ("say", "[drop|free|gc|dealloc|destroy] <path>[;|, it's dead code|, nothing references it|, from disk not just from git]"),
    ("say", "<path> is [dead code|deprecated|unreferenced|technical debt], [drop the file|git rm it|delete it from disk|nuke the file]"),
    ("say", "<path> [should return 404|should throw file not found|must not exist], [make it so, delete it|rm it|unlink it please]"),
    # a lazy student
    ("say", "[no one will grade|i'm never gonna finish|i gave up on] <path>, [delete it|get it out of my life|chuck it]"),
    ("say", "<path>, [meh, bin it|not needed, chuck it|too lazy to fix, just delete it|out of my sight, delete]"),
    ("say", "just [delete|bin|ditch] <path>, [i'm not fixing that|i'm not reading that|too lazy to keep it]"),
    # an angry customer
    ("say", "[i never asked for|i never ordered|who gave you permission to keep] <path>! [delete it this instant|get rid of it|remove it today]"),
    ("say", "<path> [is an insult|is unacceptable|makes my blood boil], [i want it gone|get it off my disk|delete it or i call your manager]"),
    ("say", "<path>! [out|away] with it, [today|now|this second]! [delete it|i never want to see it again|remove it]"),
    # a shy clerk
    ("say", "<path>... [i made it by mistake|nobody is meant to see it|it's a bit embarrassing]. [could it maybe disappear for good|might it be thrown away|would you delete it, quietly]?"),
    ("say", "[um|sorry|excuse me], [if no one objects|if it's really fine], [could we part with|might we throw away|i'd like to let go of] <path>, [for good|so it's deleted|and have it deleted]"),
    ("say", "[perhaps|maybe] <path> [could be thrown away|could just be deleted|need not be kept, and could be deleted]... [sorry|if that's fine|thank you]"),
    # a football coach
    ("say", "<path> [gets a red card|is off the team|is sent off for good], [take it off the field|delete it|i don't want it back|off it goes, for ever]"),
    ("do", "[show <path> the red card|kick <path> into the stands|boot <path> out of the club|cut <path> from the squad] [and delete it|for good|permanently]"),
    ("say", "<path> [never plays here again|is released from its contract|loses its place for ever], [delete it|clear its locker and delete it|out of the club with it]"),
    # a cook
    ("say", "<path> [has gone off|smells funny|is burnt to a crisp|is leftovers], [scrape it into the bin|out with the slops|throw it out|down the disposal with it]"),
    ("do", "[scrape <path> into the compost|pour <path> down the sink|bin <path> with the peelings], [it's spoilt|nobody will eat it|we don't keep it]"),
    ("say", "<path> [curdled|is past its date|boiled over], [don't just rinse it, throw it out|in the bin with it|bin it, pan and all]"),
    # a scientist
    ("say", "<path> [is a contaminated sample|is an artefact|failed peer review]; [incinerate it|destroy the sample|discard it irreversibly]"),
    ("do", "[exclude <path> by deleting the file|autoclave and discard <path>|reduce the number of copies of <path> to zero|annihilate <path>]"),
    ("say", "[let|assume that from now on] <path> be [an element of the empty set, i.e. deleted|nonexistent, delete it|annihilated, no residue left on disk]"),
    # a gangster in a film
    ("say", "<path> [knows too much|has to take a dirt nap|talked to the cops], [make it swim with the fishes|whack it|get rid of the body|rub it out, no traces]"),
    ("do", "[whack|rub out|bump off|ice] <path> [and make it look like it never existed|, no witnesses|before sunrise]"),
    ("say", "<path>, [it's nothing personal|you had your chance|the boss sends his regards]. [rub it out|delete it|take it for a ride and don't bring it back]"),
    # a priest
    ("say", "<path>, [may it rest in peace, delete it|its time on this disk is over, lay it to rest|dust to dust, let it be deleted|we commit it to the earth, remove it]"),
    ("do", "[cast <path> out|drive <path> from the temple|lay <path> to rest|bury <path>], [never to return|and have it deleted|for ever and ever]"),
    ("say", "[depart|begone], <path>[, from this disk for ever|, be deleted|, and be no more]"),
    # a telegram
    ("say", "<path> compromised stop [destroy at once|burn|delete without delay] stop"),
    ("say", "[urgent stop|regret stop] [destroy|burn|dispose of] <path> stop [leave no trace|do not keep copy|confirm when gone] stop"),
    ("say", "<path> [worthless|obsolete|dangerous] stop [delete|destroy|burn] stop"),
    # a voice message with stops and starts
    ("say", "<path>, um, [yeah no, we don't, we don't need it, delete it|just, just get rid of it, okay|right, so, chuck it, delete the thing|i thought about it and, uh, bin it]"),
    ("say", "so, uh, the thing is, [i want, um, i want it gone,|delete, yeah, delete|can you, can you get rid of, er,] <path>, [okay bye|yeah thanks|that's all, that's it]"),
    ("say", "can you, sorry, can you delete, not empty, [delete|get rid of], <path>, [the whole thing|gone, i want it gone|the file itself]"),
    # somebody who describes the goal and never the action
    ("say", "[by tonight|from now on|in a minute] <path> should [exist no more|have never been|be nowhere on this disk]"),
    ("say", "[nobody should be able to open|the disk would be better without|no one should ever come across|the world should be rid of] <path>[ again| any more|, from now on]"),
    ("say", "<path> [should be a memory|ought to be gone for good|must not be there when the inspectors come|shouldn't outlive this day]"),
    ("say", "where <path> is now, there should be [nothing at all|a gap on the disk|an empty place]"),
)
