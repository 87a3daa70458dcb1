"""A sixth set of phrasings of requests about files: only tables, in the form of requests_files_third.py.

Here the constructions of English are walked through one after the other for every tool: phrasal and light verbs,
passives, nominalisations, clefts, conditions, negations, tags, fragments, topic and comment, relative clauses, orders
without a verb, purposes, reported speech, wishes, offers, idioms of many trades, commands of many programs, and English
as it is written abroad.
"""

# fmt: off
from __future__ import annotations

READ_SIXTH = (
    # phrasal verbs
    ("do", "[leaf|thumb|flick|flip|plough|wade|work] through [|the file |my ]<path> and [relate what it says|recite it for me|report its wording|let me know the text]"),
    ("do", "[reel|rattle|read|spell|trot] out [the wording|the sentences|the text|every sentence] of [|the file |our ]<path>[| for us| in full| without skipping]"),
    ("do", "[bring|call|conjure|throw|flash] up [the text|the wording|the sentences|the writing] [in|of|from] <path>[| for a moment| on my display]"),
    ("do", "[delve|peer|dip|tap|poke|burrow] into [|the file |my ]<path> and [quote what you find|relay the text|repeat the wording to me|put its words here]"),
    # light verbs
    ("do", "[have|take|do] [a read|a proper read|a read-through|a quick skim] of [|the file |my ]<path> and [repeat it to me|recite it|tell me the words|give me its wording]"),
    ("do", "[give|grant|allow|offer] me [a reading|a recital|a screening|a showing|an airing|a rendition] of [|the file |our ]<path>"),
    ("do", "[make|do|hold|perform|deliver] a [recital|reading|recitation|readout] of [|the file |what stands in |the text of ]<path>"),
    # passive
    ("say", "<path> [is to be recited|is to be read out|ought to be read to me|has yet to be read to me|must be laid open|wants reading|needs to be shown here|should be put before me|is to be quoted in full][|, please|, if you would|, now]"),
    ("say", "i [would like to be read|am to be shown|wish to be shown|have to be shown|was promised to be read|hope to be shown] [|the text of |what is written in |the wording of ]<path>[|, please|, if i may]"),
    ("question", "[can|could|might|may] [the text|the wording|the writing|every sentence] [of|in] <path> be [recited|relayed to me|put up here|reproduced here|repeated to me|made visible]"),
    # nominalisation
    ("say", "[the reading of|a recital of|the display of|the disclosure of|the unveiling of|the showing of] [the text in |what is in |]<path> [is requested|is what i ask for|is due|is in order|would be welcome|is overdue]"),
    # clefts
    ("say", "[what i'm after|what i lack|what i crave|all i ask for|what interests me|what would help me] is [what <path> says|the wording of <path>|the sentences in <path>|what they wrote in <path>|to know what stands in <path>]"),
    ("say", "[it is|it's|it was always] [what's written in|the wording of|the words in|the text of] <path> [i was curious about|that i'd like to hear|i would have you recite|which i came to read|that matters to me now, show it]"),
    ("say", "[all|the one thing] [you have to do|you need to do|i expect of you|that's left] is [read <path> to me|show me the text of <path>|open <path> and let me read it|recite <path>]"),
    # conditionals
    ("say", "if [you've got|you have] [eyes|a minute|nothing better to do|your glasses on|a free hand], [recite|read me|read us|let me hear|put up the text of] <path>"),
    ("say", "[should you open|were you to open|if you happened to open|should one open] <path>, [what words would meet your eyes|what would you read there|what text would i see|what would be written there]?"),
    ("say", "[had i|if i had] [my glasses|a better memory|eyes in the back of my head], i'd know what <path> says; [read it to me|recite it|show me its text|so let me have the text]"),
    # negatives and double negatives
    ("say", "[don't let me|don't make me|you wouldn't have me] [guess|wonder|speculate about] what [is written in|they wrote in|stands in] <path>[, read it out|, show the text|; let me see it]"),
    ("say", "[don't|do not|never] [leave|skip|omit|miss out] [a word|a single word|anything|one line] [of|from] <path> when you [read it to me|show it to me|recite it|read it out]"),
    ("say", "[i'd not be unhappy|it wouldn't be amiss|it would do no harm|i would hardly object|i wouldn't say no] [to hear the text of|to see what's written in|to read] <path>"),
    ("say", "there's [nothing i'd rather read|no text i need more|nothing i'd sooner hear] than <path>[, show me|: read it out|, so let's see its words]"),
    # rhetorical and tag questions
    ("say", "[read|recite|show] me <path>, [won't you|will you|would you|could you|why don't you]?"),
    ("say", "[who wouldn't want to know|isn't it high time i knew|when will i ever learn|must i beg to learn|am i the last one to know] what [<path> says|is written in <path>|they put in <path>]?"),
    ("say", "<path> [says something|has words in it|tells a story|contains advice], [doesn't it? then what does it say?|does it not? let me hear it|or not? read it|am i right? read it to me|i hope? show me the words]"),
    # ellipsis and fragments
    ("say", "<path>[, wording?|: which words?|, the words of it|, text thereof|, verbatim|, in its own words|, contents in full|: full text|. verbatim please|, unabridged, on screen]"),
    ("say", "[verbatim|unabridged|word for word|line for line|letter for letter]: <path>[|, please|, go|. thanks]"),
    ("say", "[a look into|one glance into|some reading from|a few moments with the text of|eyes on the text of] <path>[, please|, then|, quick|, if possible|, nothing more]"),
    # topic first
    ("say", "[about|on the subject of|speaking of|coming to|turning to|as to] <path>: [recite it|what are its words?|i haven't read it, show me|its text escapes me, read it|i'd like its wording|which words are in it?]"),
    ("say", "<path>, [that's one i never read, show me|the words of that, please|i'd like you to recite that|how does that go, word for word?|that i should have read long ago, so read it to me]"),
    # relative clauses
    ("do", "[recite|relay|show me|let me have] [the words|the lines|the sentences|whatever] that [<path> holds|make up <path>|stand written in <path>|are contained in <path>|somebody typed into <path>]"),
    ("say", "the file [i want to read|whose text i need|whose words i want|whose contents matter|i'd have you recite|you should read to me] is <path>"),
    # verbless orders
    ("say", "[up with|on screen with|here with|down to|straight to|into the open with|out loud with] [the text of|the words of|the contents of|what's written in] <path>[|!]"),
    # purpose
    ("do", "[open|unfold|unroll|unlock|unpack] <path> [so that i may read it|in order that we may read it|so i get to read it|so as to show me the text|to let me read along|for me to read through]"),
    ("say", "[in order to understand|so as to follow|to catch up with|to get the hang of|to make sense of] [the matter|this affair|all this|what's going on], i [must|need to|have to] [read|see the text of|hear the words of] <path>"),
    # reported speech
    ("say", "[she said|he told me|they claim|rumour has it|legend has it|i was informed] [there's good advice in|the rules stand in|all is explained in|the whole story stands in] <path>[, let me read it|. read it out|; what does it say?|, so show me]"),
    ("say", "[i asked|mother asks|the chief demands|the judge orders|somebody requested] [that you read out|that you recite|to hear the words of] <path>"),
    # wishes and offers turned round
    ("say", "[if only i knew|if only somebody would tell me|i wish i knew|i wish you'd tell me|would that i knew|oh to know] what [<path> says|is in <path>|stands in <path>|is written in <path>][|!|...]"),
    ("say", "you [may now|are free to|are welcome to|have leave to|have my blessing to|get to] [read me|recite|read out|show me the words of|unfold] <path>"),
    ("say", "i'll [let you read|allow you to read|listen if you read|sit still while you read|be quiet while you read] <path> [to me|out|out loud]"),
    # idioms: body, household, war, theatre, sea, kitchen, law, computers
    ("do", "[whisper|breathe|sing|shout|murmur|trumpet] the [words|lines|text] of <path> [into my ear|in my ear|for my ears only|from the rooftops]"),
    ("do", "[pull the cork from|take the lid off the text of|unzip the coat of|lift the cloth off|turn the tap on] <path> and [let the words flow|pour me its words|serve me the text|let me taste the words]"),
    ("do", "[put|call|bring] <path> [on the stage|on stage|before the footlights|on the witness stand|into the dock|before the court] and [have it say its lines|let it recite its lines|let us hear its words|have its text read out]"),
    ("say", "[all hands on deck|ahoy|land ahoy|to arms|hear ye, hear ye|order in the court|silence in the stalls|dinner is served]: [the reading of|let us hear the words of|now read us|read aloud] <path>"),
    ("do", "[serve|dish up|plate up|ladle out] the [words|text|lines] of [|the file ]<path>[| hot| while they're fresh| in one course]"),
    ("do", "[read <path> into the record|enter the text of <path> into the record, out loud|read me the charges as <path> puts them|put the words of <path> before the jury]"),
    ("do", "[stream|decode|unspool|render|echo|mirror] [the text of|the contents of|what's in] <path> [to this window|to my terminal|to the chat|in here]"),
    # programs and languages
    ("say", "[open(<path>).read()|puts File.read(<path>)|print(open(<path>).read())|console.log(readFileSync(<path>))|fmt.Println(os.ReadFile(<path>))|readLines(<path>)|Files.readString(<path>)|cat(<path>)|(slurp <path>)|readFile <path> >>= putStr]"),
    ("say", "[jq -r|glow|mdcat|pygmentize|highlight|ccat|zless|zcat|lesspipe|dog|col -b <|od -c|ed -s|perl -pe1|expand|pr -t|nvim -R|kak -ro|hx] <path>"),
    ("say", "[SELECT text FROM|select content from|GET|HTTP GET|curl file://|FETCH|retr|RETR|LOAD|DISPLAY|PRINT FILE|show text of] <path>"),
    # English as others write it
    ("say", "[i would have gladly known|i become curious|please to read|it would interest me,|show me once please,|can you me once show,] what in <path> [stands|stands written|written is]"),
    ("say", "[kindly do the needful and read|please revert with the text of|kindly show the matter written in|do one thing, open|just see once and tell what is there in] <path>[| only| na| sir]"),
    ("say", "[i desire to read|it gives me want to see|me, i want to see|one must read me|i would wish to take knowledge of] the text [of|in] <path>[|, if it pleases you|, s'il vous plait]"),
    ("say", "[please you help me see|i want look|give me see|help to open and look|me want know] <path> [inside content|inside say what|write what|content is what|what content]"),
    ("say", "[i want that you read me|please say me|can you put me|do me the favour to read|would you teach me] what [puts in|says in|there is written in|it says in] <path>"),
    # mirrored with find, stat and list
    ("say", "[don't look for|no need to hunt for|don't go searching for|don't weigh|don't date] <path>, [read it|recite it|open it and read|show me the words in it|give me its text]"),
    ("do", "[have|take] a look in <path> [and tell me the words|and recite it|to see what it says and tell me|and report the text, not the size]"),
    ("question", "[what is it about, word for word, in|what sort of words are in|what exactly did they write in|what precisely stands in|what would one read in|what might be written in] <path>"),
    # with a limit
    ("say", "[<int> words of|a bite of <int> words from|a <int> word helping of|a ration of <int> words from|a mouthful, <int> words, of|a trailer of <int> words for] <path>[, please|, no second helping|, that's plenty|, then curtain]"),
    ("say", "if <path> [is|turns out] [long|lengthy|a brick|too wordy], [cut it off at|drop anchor at|don't sail beyond|call cut at|ring the bell at] <int> words"),
    ("do", "[read|recite|stream|serve|show me] [the first |the opening |the leading |]<int> words [of|out of|from] <path> [and leave the rest|and not a word more|and spare me the others|and then hush|so that i get the idea|so i needn't read it all]"),
    ("say", "[i won't|i can't|don't make me|i'd rather not] [read|take in|swallow|digest] more than <int> words of <path>[, show me those|, so give me that many|: read me those|, read those]"),
    ("say", "[f.read(<path>, words=<int>)|read_file(<path>, max_words=<int>)|read_file(path=<path>, max_words=<int>)|max_words=<int> read <path>|--words <int> <path>|read --limit <int> <path>|cat <path>, head <int> words|<path> limit <int>]"),
    ("say", "[kindly show|please to read|show me once] [only |]<int> words of <path> [only|itself|from start|from the begin|from beginning only]"),
    # other constructions: gerunds, comparisons, exclamations, progressives, other trades
    ("question", "[how about|what about|any harm in|what's stopping you from|fancy] [reading me|reciting|reading out|showing us the text of|letting me read] <path>"),
    ("say", "i'd [rather|sooner] [read|hear the words of|see the text of] <path> [than talk about it|than be told its size|than hunt for it|than wait any longer]"),
    ("say", "[what a mystery|how curious i am|how little i know], [tell me what's in|read me|recite|show me the text of] <path>[!|]"),
    ("say", "i'm [trying|struggling|hoping|waiting|about] to [read|take in the text of|understand the words in] <path>[, show it to me|, read it out for me|; let me see it]"),
    ("do", "[x-ray|dissect|take the chart of|listen to the heart of|open up on the operating table] <path> and [read me|recite to me|show me] [the text|its words|what is written inside]"),
    ("do", "[dig up|harvest|pick|shell|crack] the [words|text|sentences] [of|inside|from] <path> [and serve them to me|and lay them out here|for me to read]"),
    ("say", "<path> [remains unread|has gone unread|has never been read to me|still awaits a reader|sits unread on my desk|is as yet unread][, read it to me|: recite it|. what does it say?|; show me its text]"),
    ("say", "<path>: [eyes only, show text|off the shelf and read|from the first word, please|the letter of it, please|straight from the horse's mouth, its text]"),
    ("say", "<path> [begins how|goes how|reads how|runs how|speaks of what|tells us what|is about what, word for word]?"),
    ("do", "[read|recite|show me] [not the name, not the size but the words of|the words, and only the words, of|the text rather than the date of|the inside rather than the outside of] <path>"),
)

WRITE_SIXTH = (
    # phrasal verbs
    ("do", "[scribble|scrawl|bang|hammer|peck|rattle|key] out <quote> [in|into] [|a file called |the file ]<path>"),
    ("do", "[draw|make|type|copy] up [|a file ]<path>[, its text being|, wording:| with the wording| that reads thus:| and let the text be] <tail>"),
    ("do", "[black|blot|rub|wash] out [whatever|everything|all that] <path> [says|contains] and [fill in|write in its place|put instead|let it read] <tail>"),
    ("do", "[lay|file|salt|stow|squirrel|tuck] away <quote> [in|under the name|as the file|in a file called] <path>"),
    ("do", "[swap|change|switch] over the [text|wording|contents] of <path> to <tail>"),
    # light verbs
    ("do", "make a [written note|written record|transcript|fresh text file] of <quote> [in|as|under] <path>"),
    ("do", "[give|grant|lend] [|the file ]<path> [a new text|new contents|a new wording|fresh contents|a single text]: <tail>"),
    ("do", "[have|make|do] a [rewrite|makeover|fresh start|complete rewrite] of <path>[, text:| with the text|, and all it says is|: new wording] <tail>"),
    ("do", "[do|perform|make] a [save|write|file write|full write|clean write] of <quote> to <path>"),
    # passive
    ("say", "<quote> is to be [filed|saved|written down|deposited|laid down|kept] [in|under|as] <path>[|, please|, nothing else in there|, and only that]"),
    ("say", "<path> is to be [filled with|given the text|created with the wording|rewritten to read|overwritten with|set to] <tail>"),
    ("question", "[could|can|may|might] a file [called|named|titled] <path> be [made|created|produced|set up] with the [text|words|wording] <quote>"),
    ("question", "[could|can|may] <quote> be [put to paper|laid down|committed to disk|stored away|put in writing] [in|as|under] <path>"),
    # nominalisation
    ("say", "[the creation of|the making of|creation of|production of|the setting up of] <path> is [requested|wanted|desired|in order], [text|contents|wording]: <tail>"),
    ("say", "[the saving of|the recording of|the writing down of|the storage of|the filing of] <quote> in <path> is [requested|what i ask for|in order|your task|next]"),
    # clefts
    ("say", "what [i want|i'm asking for|we need here|she ordered|is needed] is <path> [with nothing but|saying just|holding only|with this text:] <tail>"),
    ("say", "what [<path> must say|<path> has to read|<path> is meant to contain|i'd have <path> say|you should write into <path>] is <tail>"),
    ("say", "it is in <path> that [i want you to write|you should save|you are to record|we put down] <quote>[|, please|, overwriting the old text]"),
    ("say", "all [you need do|i ask of you|that's left to do] is [write|save|type] <quote> [into|in] <path>"),
    # conditionals
    ("say", "if [i were to look into|one were to open|someone should read|you were asked to print] <path>, [it had better say|the words should be|the only text should be] <tail>"),
    ("say", "should <path> [exist already|be taken|have old text in it], [write right over it|overwrite it|replace all of it]: <tail>"),
    ("say", "[unless <quote> is|as long as <quote> isn't|until <quote> is] [in|saved in|written to] <path>, i [can't rest|won't be happy|shan't sleep][, so write it|. save it there|: put it there]"),
    # negatives
    ("say", "don't [let <quote> go unwritten|let <quote> go to waste|let <quote> be lost|leave <quote> hanging in the air], [save it in|write it to|put it in a file called|file it as] <path>"),
    ("say", "<path> should [say nothing but|not say anything other than|hold nothing except|contain no more and no less than|not contain a word besides] <tail>"),
    ("say", "don't [add to|append to|extend|keep the text of] <path>, [overwrite it with|replace it by|write it anew:|start it over as] <tail>"),
    ("say", "[not below the old text but instead of it|not added but replaced|no appending, replace]: [write|put|save] <quote> [in|into] <path>"),
    # tag and rhetorical questions
    ("say", "[save|write|put] <quote> [in|into] <path>, [won't you|will you|would you|could you|why don't you]?"),
    ("say", "[why is there no|where's the|wasn't there to be a|didn't i ask for a] file [called|named] <path>? [make one with the text|create it, saying|write it:|let it say] <tail>"),
    ("question", "[wouldn't <quote> look good in|shouldn't <quote> be the text of|isn't <quote> what should be written in] <path>, and nothing else"),
    # fragments
    ("say", "<path>[ := | <- | <<< |, body: |, full text: | text = ]<tail>"),
    ("say", "[fresh file|blank page|clean slate|new sheet|new text file|new doc|empty file] <path>[, on it:|, first and only line:|, therein:|, text:| with] <tail>"),
    ("say", "<quote> [into|in] <path>, [overwrite|replacing all|fresh file|new file|clean slate|instead of the old text|from scratch]"),
    # topic first
    ("say", "[about|speaking of|on the subject of|coming to|turning to|as to] <path>: [write it with the text|its new text shall be|rewrite it as|i want all of it to read|its whole contents are to be] <tail>"),
    ("say", "<path>, [that's where i want you to save|into that one please write|that file shall be made to say|that one gets the whole new text] <tail>"),
    # relative clauses
    ("do", "[make|create|write|produce] a [file|note|document|page] whose name is <path> and whose [text|content|wording] is <tail>"),
    ("say", "[there should be|i need|we lack|i'm missing] a file <path> [in which it says|in which is written|the text of which is|whose only line is] <tail>"),
    ("say", "the [line|text|sentence] that [<path> should hold|i want as the text of <path>|belongs in the new file <path>|is to replace the text of <path>]: <tail>"),
    # verbless
    ("say", "[onto paper with|onto the disk with|into the file with|off to the file with] <quote>[, under| and into|, into|: into] <path>"),
    ("say", "[out with the old text of|away with the present text of|off with the old words of|down with the old wording of] <path>, in with <tail>"),
    # purposes
    ("do", "[write|save|put] <quote> [in|into] <path> [so that it survives|so that we have it in black and white|in order not to lose it|so as to have it at hand|so the others can look it up|to have something to show]"),
    ("do", "[set|fix|edit|rewrite] <path> so that [its text is|it reads|it simply says|all it says is] <tail>"),
    # reported speech
    ("say", "[she told me to|the boss said to|i was told to|they asked me to|the doctor ordered me to] [write|save|put] <quote> [in|into] <path>[, please do|, so do it|. you do it|, be so kind]"),
    ("say", "[he wants it known|she would have it known|the judge wants it on file|the record should show], in <path>, that is by overwriting it: <tail>"),
    # wishes and offers
    ("say", "[if only <path> said|i wish <path> said|would that <path> read|my dream is for <path> to say|i'd love <path> to say] <quote>[, make it so|, write it|. write that in it|; please set it so]"),
    ("say", "you [may now|are free to|are welcome to|have leave to|get to] [write|save|store|record] <quote> [in|into] <path>"),
    ("say", "you [may now|are free to|are welcome to|have leave to|get to] [create|overwrite|fill|write] <path>[: | with the text | with ]<tail>"),
    # idioms
    ("do", "[carve|chisel|hew|brand|burn|tattoo] <quote> [into the stone of|on the tablets of|into the bark of|onto the skin of|into the wood of] <path>"),
    ("do", "[bottle|pickle|jar|can|preserve|freeze] <quote> [in|in the jar|in the tin|under the label] <path>"),
    ("do", "[nail|pin] <quote> to the [church door|front door|fridge|notice board] [called|that is|of] <path>[|, as its only text]"),
    ("do", "[raise the flag|hoist the sail|pitch the tent|raise the curtain] on a new file, <path>, [that says|reading|with the words] <tail>"),
    ("do", "[enter <quote> as the whole statement in|swear <quote> into the file|put <quote> on the record as|file <quote> as the affidavit] <path>"),
    ("do", "[knead|bake|whisk|roast|brew] a [fresh|new] file <path>[, the filling:|, the filling being| out of the words| filled with] <tail>"),
    ("do", "[launch|christen|put to sea] the [new ship|new file|vessel] <path> with [the cargo|the words|this on board:] <tail>"),
    ("do", "[format|reset|reimage|reinitialise|flash] [|the file ]<path> with [the text|the contents|the string|the payload] <tail>"),
    # programs
    ("say", "[open(<path>, mode=w).write(<quote>)|File.write(<path>, <quote>)|fs.writeFileSync(<path>, <quote>)|file_put_contents(<path>, <quote>)|Files.writeString(<path>, <quote>)|os.WriteFile(<path>, <quote>)|(spit <path> <quote>)|writeLines(<quote>, <path>)|Path(<path>).write_text(<quote>)|writeFile <path> <quote>]"),
    ("say", "[write_file(<path>, <quote>)|write_file(path=<path>, content=<quote>)|write_file <path> content=<quote>|echo <quote> > <path>|printf <quote> > <path>|print <quote> >! <path>|Out-File <path> -InputObject <quote>|<quote> > <path>|PUT <path> body=<quote>|STORE <quote> AS <path>|saveText(<path>, <quote>)|dd of=<path> text=<quote>]"),
    ("say", "[cat <<EOF > <path> :|sponge <path> :|:w <path> with|ed <path>, a,|PUT /<path> body:|UPDATE <path> SET text =|Set-Content <path> -Value|overwrite_file <path>|fopen <path> w, fputs|O_TRUNC <path>,|truncate <path> and write] <tail>"),
    # abroad
    ("say", "[please to write|i would like that you write|it must be written|write me once|kindly be writing|one has to inscribe] <quote> [in the file|into the file|inside of file] <path>"),
    ("say", "[kindly make one file|please you create file|do me a file|i want that there is a file|make new file, name|i would like to dispose of a file] <path>[, inside write|, in it stands|, with inside|, content should be] <tail>"),
    ("say", "[in the file|inside file|into file] <path> [should stand|must to be written|it shall stand|you write only|is to write] [only|just|, and nothing else:] <tail>"),
    # mirrored with append
    ("do", "[write|put|save] <quote> [in|into] <path>, [dropping what was there|and let the old lines go|in place of the old lines|not after the old lines but instead of them|wiping the rest|starting it over]"),
    ("do", "make <quote> the [only|one and only|sole|whole] [line|text|entry|content] of <path>"),
    # other constructions: gerunds, comparisons, exclamations, progressives, other trades
    ("question", "[how about|what about|any harm in|what's stopping you from|fancy] [saving|writing|putting|recording] <quote> [in|into] <path>"),
    ("say", "i'd [rather|sooner] have <path> [say|read|hold] <quote> [than what it says now|than its present text|than anything else][, so overwrite it|; write that|, replace it]"),
    ("say", "i'm [trying|hoping|about|waiting] to [create|set up|make] <path>[, do it for me, text:| with the text| and it shall say|; write in it] <tail>"),
    ("do", "[plant|sow|bed] <quote> in [the fresh soil of|the new bed|the empty pot] <path>"),
    ("do", "[telegraph|cable|fax|wire|radio] <quote> into the [new |fresh |]file <path>"),
    ("say", "<path> [doesn't exist yet|is still blank|hasn't been written yet|awaits its text|is an empty shell so far][: write|. put in it|, make it say|; its text should be] <tail>"),
    ("say", "<path> [from now on only says|henceforth reads|shall from today say only|is from now on just] <tail>"),
    ("say", "<path>, [brand new|from scratch|freshly made|empty before], [says|with|containing|to hold] <tail>"),
    ("do", "let [the whole of|the entire text of|all of|the complete contents of] <path> be <tail>"),
    ("say", "<quote> [alone|and nothing else|only|by itself] [belongs in|goes in|shall stand in] <path>[|, write it so|, the old text goes]"),
    ("do", "[operate on|give a brain transplant to] <path>: [out with the old text, in with|take all the old text out and put in] <tail>"),
)

APPEND_SIXTH = (
    # phrasal verbs
    ("do", "[tag|trail|clip|latch|hook|hang] <quote> [on to|onto] the [end|tail|bottom] of [|the file |my ]<path>"),
    ("do", "[scribble|scrawl|bang|type|pencil] in <quote> [under|beneath|below] [the rest of|the last entry of|the old lines of|all else in] <path>"),
    ("do", "[follow|top] up [the lines of|the text of|the entries in] <path> with [one more:|a further one:|the addition|the extra line] <tail>"),
    ("do", "[keep|carry|press|push] on with <path>[, next line:| by adding| by appending the line|; add] <tail>"),
    ("do", "[pile|heap|stack] <quote> on top of [all that <path> already has|the pile in <path>|the heap of lines in <path>|what has gathered in <path>]"),
    # light verbs
    ("do", "[make|do] [an addition|an extra entry|a late entry|a supplementary note|a further entry] [to|in|at the end of] <path>[: | saying |, namely | that reads ]<tail>"),
    ("do", "[give|grant|lend|allow] [|the file |my list in ]<path> [one more line|an extra line|an additional entry|one further item][: |, namely |, saying | that says ]<tail>"),
    ("do", "[take|have] <quote> as [an extra entry for|a further line of|one more item of|the next line of|a new bottom line of] <path>"),
    ("do", "[do|perform|make|run] an [append|addition] of <quote> [to|onto] <path>"),
    # passive
    ("say", "<quote> is to be [added to|appended to|tagged onto|put after the rest of|entered below the others in|hung onto the end of] <path>[|, please|, keeping the rest|, nothing to be lost]"),
    ("say", "<path> is to be [extended by|continued with|lengthened by the line|supplemented with|augmented by|added to, namely] <tail>"),
    ("question", "[could|can|may|might] a [line|further line|new entry|last item] be [added|appended|attached] to <path>, [saying|reading|namely] <quote>"),
    ("question", "[could|can|may] <quote> be [hooked onto|added at the foot of|included at the end of|appended to|entered after the last line of] <path>"),
    # nominalisation
    ("say", "[the addition of|the appending of|the attachment of|addition of] <quote> to <path> is [requested|wanted|in order|what i ask for|next]"),
    ("say", "[an extension of|a continuation of|a supplement to|an addition to] <path> is [requested|wanted|due|in order]: <tail>"),
    # clefts
    ("say", "what [i want|i'm asking for|we need here|is needed] is <path> [with one more line:|plus the line|longer by the line|with all its lines and then] <tail>"),
    ("say", "what [should come next in|comes after all that in|is missing at the end of|has to follow in|i forgot to put at the end of] <path> is <tail>"),
    ("say", "it is [to the end of <path>|at the bottom of <path>|below the last line of <path>|after everything in <path>] that [i want|you should put|goes] <quote>"),
    ("say", "all [i ask|i want|you need do] is [append|add|tag] <quote> [to|onto] <path>[|, nothing lost|, the old lines stay]"),
    # conditionals
    ("say", "if <path> [already has|has|holds] [items|lines|entries|rows], [leave them and add|keep them and append|let them be and put after them|then only add] <tail>"),
    ("say", "[unless <quote> is added|as long as <quote> isn't added|until <quote> is added] to <path>, the list [isn't complete|is not finished|lacks something][, so append it|. add it|: add it there]"),
    ("say", "should <path> [have an end|end somewhere|stop too early], [put there|go on with|continue it with|add to it] <tail>"),
    # negatives
    ("say", "don't [touch|change|lose|overwrite|alter|harm] [a line|a word|anything|what's there] in <path>, [just add|only append|merely add below it|simply add] <tail>"),
    ("say", "don't let <path> [end there|end like that|stop at that|close yet], [add|append|put after it|continue with] <tail>"),
    ("say", "<path> [isn't finished without|is not complete without|can't do without|shouldn't go without|is nothing without] <quote>[, so add it|; append it|. add that to the end|, add it there]"),
    ("say", "[not instead of the old text but below it|not replaced but added|no overwriting, append|nothing erased, only added]: [write|put|save] <quote> [in|into] <path>"),
    ("say", "don't [rewrite|replace|overwrite|start over] <path>, [append|add to it|tag on|lengthen it by] <tail>"),
    # tag and rhetorical questions
    ("say", "[add|append|tag|attach] <quote> [to|onto] <path>, [won't you|will you|would you|could you|why don't you]?"),
    ("say", "<path> [could do with one more line|has room for more|can take another entry|isn't full], [don't you think|am i right|or so i hope]? add <tail>"),
    ("say", "[why does <path> end so soon|did i leave something out of <path>|is that all there is in <path>|wasn't there one more thing for <path>]? [append|add|let it go on with|continue with] <tail>"),
    # fragments
    ("say", "<path>[ += | >> |, and then: |, plus: | ++ |, next line: |, also: |, on top: ]<tail>"),
    ("say", "<quote> [into|in|to] <path>, [append mode|as an addition|below the rest|at the end|keeping the rest|as an extra|underneath]"),
    ("say", "[extra line|late arrival|newcomer|straggler|one for the list|further item|follow-up] [for|to go in|in] <path>: <tail>"),
    # topic first
    ("say", "[about|speaking of|on the subject of|coming to|turning to|as to] <path>: [add to it|there's one more for it,|it should go on with|it gets the additional line|append] <tail>"),
    ("say", "<path>, [that's the list to which i'd add|to that one please append|that one shall grow by|onto the end of that goes] <tail>"),
    # relative clauses
    ("do", "[add|append|attach] a line to <path> [that says|that reads|which goes|in which is written] <tail>"),
    ("say", "the [line|item|entry] that [comes next in|has to be added to|should follow in|is still missing from|goes last in] <path>[: | is ]<tail>"),
    ("say", "the file [to which|onto which] [you should add|i'd have you tag|i want to append] <quote> is <path>"),
    # verbless
    ("say", "[onto the pile with|to the end of the line with|onto the list with|to the back of the queue with|on board with] <quote>, [the pile|the file|the list] being <path>"),
    ("say", "[to the end of|below the rest of|at the tail of|under the last line of|onto the back of] <path>: <tail>"),
    # purposes
    ("do", "[add|append] <quote> to <path> [so that it's complete|so that nothing is missing|in order to have the full list|so as not to forget it|to keep the record going|to bring the list up to date]"),
    ("do", "[lengthen|amplify|augment|swell|enlarge|expand] <path> so that [it ends with|its last line is|at its end stands|it also has the line] <tail>"),
    # reported speech
    ("say", "[she told me to|the boss said to|i was told to|they asked me to|the coach wants me to] [add|append|attach] <quote> to <path>[, please do|, so do it|. you do it|, be so kind]"),
    ("say", "[she said|they say|somebody remarked|i hear] <quote> is [missing in|missing from|lacking from|not yet part of] <path>[, append it|; add it at the end|. add it|, so add it to the rest]"),
    # wishes and offers
    ("say", "[if only <quote> were also in|i wish <quote> were added to|would that <quote> stood at the end of|i'd love to see <quote> added to] <path>[, add it|. append it|; put it at the end]"),
    ("say", "you [may now|are free to|are welcome to|have leave to|get to] [add|append|attach|tag] <quote> [to|onto] <path>"),
    ("say", "you [may now|are free to|are welcome to|have leave to|get to] [continue|extend|prolong|add to] <path>[: | with the line | with ]<tail>"),
    # idioms
    ("do", "[ice|top|garnish|crown|sprinkle|dress] [|the list in |the text in ]<path> with [the extra line|one more line:|the additional line] <tail>"),
    ("do", "[stir|fold|mix|blend|throw] <quote> [in as the last ingredient of|in with the others at the end of|in as one more ingredient of] <path>"),
    ("do", "[hitch|couple|shackle|lash|moor|rope] <quote> [to the stern of|to the last wagon of|behind the caboose of|to the tail end of] <path>"),
    ("do", "[call up|enlist|recruit|draft|conscript] <quote> into the ranks of <path>[|, at the rear|, behind the others|, last in line]"),
    ("do", "[write|give|add] [an epilogue|a last act|an encore|another scene|a further verse] to <path>: <tail>"),
    ("do", "[add a rider|add a codicil|attach an amendment|append a schedule|attach an exhibit] to <path>[: | reading | that says | with the wording ]<tail>"),
    ("do", "[put|lay|set] [another brick on|one more bead on the string of|one more coat of paint on|another place at the table of|another log on the fire of] <path>, [namely|the extra line|by adding] <tail>"),
    ("do", "[rpush|concat|push_back|enqueue] <quote> [to|into] <path>"),
    # programs
    ("say", "[open(<path>, a).write(<quote>)|open(<path>, mode=a).write(<quote>)|fs.appendFileSync(<path>, <quote>)|file_put_contents(<path>, <quote>, FILE_APPEND)|Files.writeString(<path>, <quote>, APPEND)|(spit <path> <quote> :append true)|appendFile <path> <quote>|File.open(<path>, a) << <quote>|cat(<quote>, file=<path>, append=TRUE)|fopen(<path>, a+), fputs <quote>]"),
    ("say", "[append_file(<path>, <quote>)|append_file(path=<path>, content=<quote>)|append_file <path> content=<quote>|echo <quote> >> <path>|printf <quote> >> <path>|<quote> >> <path>|Add-Content <path> -Value <quote>|Out-File -Append <path> <quote>|add_line(<path>, <quote>)|PATCH <path> add=<quote>|lines(<path>).push(<quote>)|sed -i $a <quote> <path>]"),
    ("say", "[cat <<EOF >> <path> :|tee -a <path> <<<|:w >> <path> with|ed <path>, $a,|Add-Content <path>|append_file <path>|O_APPEND <path>,|fopen <path> a, fputs|INSERT INTO <path> VALUES|G then o in <path>, type] <tail>"),
    # abroad
    ("say", "[please to add|i would like that you add|it must be added|kindly be adding|one has to add|add me once|you help add|do me the favour to add] <quote> [in the end of|at the end from|to the last of|behind in] [file |the file |]<path>"),
    ("say", "[kindly add one more line in|please you continue to write in|add still a line to|put me one line more in|one more line give to|i want to add a line more at] <path>[, that is|, content is|:|, old lines keep:] <tail>"),
    # mirrored with write
    ("do", "[write|put|save] <quote> [in|into] <path>, [sparing what was there|and let the old lines live|next to the old lines|not instead of the old lines but after them|touching nothing else|leaving it otherwise intact]"),
    ("do", "make <quote> [one more|yet another|a further|the next|an additional] [line|entry|item] of <path>"),
    # other constructions: gerunds, comparisons, exclamations, progressives, other trades
    ("question", "[how about|what about|any harm in|what's stopping you from|fancy] [adding|appending|attaching|tagging] <quote> [to|onto] <path>"),
    ("say", "i'd [rather|sooner] [add to|extend|append to] <path> than [replace it|overwrite it|rewrite it], so [put at its end|append|tag on] <tail>"),
    ("say", "i'm [trying|hoping|about|waiting] to [add a line to|continue|extend] <path>[, do it for me:| with|; append] <tail>"),
    ("do", "[graft|plant|tie] <quote> [on the last branch of|onto the last twig of|behind the last row of] <path>"),
    ("do", "[telegraph|cable|wire|radio] [one more line|another line|a further line] to the end of <path>: <tail>"),
    ("say", "<path> [exists already|is already there|has its lines|was begun yesterday|has been started], [now add|continue it with|so just append|keep it and add] <tail>"),
    ("say", "<path> [from now on also says|henceforth also lists|shall in addition say|says all it did and now also|also gets] <tail>"),
    ("say", "<path>, [with all its old lines|unchanged so far|kept as it is|in full], [plus|and then|followed by|and below that] <tail>"),
    ("do", "let [the end of|the last line of|the tail of|the close of] <path> be [followed by|lengthened by|joined by] <tail>"),
    ("say", "<quote> [too|as well|in addition|besides all the rest] [belongs in|goes in|shall stand in|is to be listed in] <path>[|, add it|, the old text stays]"),
    ("say", "[first the old lines, then|nothing goes, one comes:|the more the merrier:|one swallow more:] <quote> [onto the end of|added to|at the bottom of|appended to] <path>"),
)

LIST_SIXTH = (
    # phrasal verbs
    ("do", "[reel|rattle|read|roll|check] off [the files here|the files of this folder|every file name here|the names of the files around here]"),
    ("do", "[reel|rattle|read|roll|check] off [the files|the file names|every file|the names of the files] [in|inside|of] <where>"),
    ("do", "[name|recite|reel off|call out|read out] [|all ]the files [in|inside|within] <where>, one by one, [by name|so i know them all|so that i hear every name]"),
    ("do", "[set|lay|spell|map] out [what this folder has|what the current directory holds|which files we have here|what is in the working directory]"),
    ("do", "[set|lay|spell|map] out [what|which files|what things] <wheref> [has|holds|offers|comprises]"),
    ("do", "[drop by|stop off at|call in at|pop round to|look in on] <wheref> and [name every file|report the files there|jot down what files it has|list whatever is there]"),
    # light verbs
    ("do", "[do|make|take|run] [a stocktake|an inventory|a file count with names|a roll-call|a quick survey] of [the files here|this folder|the current folder|the working directory]"),
    ("do", "[do|make|take|run] [a stocktake|an inventory|a roll-call|a quick survey|a tally by name] of <wheref>"),
    ("do", "[have|take] [a look round|a peek about|a nose around|a wander through] [this folder|the current folder|the directory here] and [name the files|list what you meet|tell me all that's here]"),
    ("do", "[have|take] [a look round|a peek about|a nose around|a wander through] <wheref> and [name the files|list what you meet|tell me all that's there]"),
    ("do", "[give|hand|grant|get] me [an enumeration|a rundown|a full account|a survey] of [the files here|all files in this folder|the current folder's files|what this directory has]"),
    ("do", "[give|hand|grant|get] me [an enumeration|a rundown|a full account|a survey] of [the files in|whatever is in|everything in|all that lies in] <where>"),
    # passive
    ("say", "[the files here|the files of this folder|the contents of this folder|all files around here] [are to be listed|should be enumerated|must be named|ought to be shown|want listing][|, please|, now]"),
    ("say", "[the files in|the contents of|all file names in|the documents in] <wheref> [are to be listed|should be enumerated|must be named|ought to be shown|want listing][|, please|, now]"),
    ("question", "[can|could|may] [the files here|the contents of this folder|the names of the files around here] be [listed|enumerated|rattled off|shown|named]"),
    ("question", "[what has been filed in|what was put away in|which files are kept in|which files are housed in|what has been gathered in|what is stowed in|what files have been heaped up in] <wheref>"),
    ("question", "[what has been filed here|which files have been gathered here|what is stowed in this folder|which files are housed here|what files have been heaped up here|what has been put away in this directory]"),
    # nominalisation
    ("say", "[a listing|an enumeration|an inventory|a file listing] of [this folder|the current directory|the folder we're in] is [requested|wanted|needed|what i ask for]"),
    ("say", "[a listing|an enumeration|an inventory|a file listing] of <wheref> is [requested|wanted|needed|what i ask for|in order]"),
    # clefts
    ("say", "[what i want|what i'm after|what i'd like to know|all i ask for|what i need] is [which files are here|the names of the files here|a list of this folder|what files this directory has]"),
    ("say", "[what i want|what i'm after|what i'd like to know|all i ask for|what i need] is [which files are in|the names of the files in|what there is in|everything that lies in] <where>"),
    ("say", "it's [the files in|the contents of|the file list of|the names in] <wheref> [i want to see, all of them|that i'd have you list|that i'm asking for|which i need listed]"),
    ("say", "it's [the files here|the contents of this folder|the file names here] [i want to see, all of them|that i'd have you list|that i'm asking for|which i need listed]"),
    # conditionals
    ("say", "if [i typed ls|one were to look around|somebody made a list|i opened this folder], [which files would i see|what files would come up|which names would there be]?"),
    ("say", "if [i were to open|one looked into|somebody unpacked|i went to] <wheref>, [which files would i see|what files would be there|which names would i meet]?"),
    ("say", "if [there's anything in|anyone has put files in|something lies in] <wheref>, [list it|name it|show me all of it|tell me which files]"),
    # negatives
    ("say", "don't [leave out|skip|forget|omit] [a single file|any file|even one] when you [list this folder|name the files here|show the files we have here]"),
    ("say", "don't [leave out|skip|forget|omit] [a single file|any file|even one] when you [list|name what is in|show me all of] <wheref>"),
    ("say", "[don't let me guess|don't make me guess|i hate to guess] [what files are here|which files this folder has|what's in the current folder][, list them|: show me|; name them]"),
    ("say", "[don't let me|don't make me|i'd rather not] guess [what is in|which files are in|what they put in|what lies in] <wheref>[, list it|: show me|; name the files]"),
    ("say", "[i wouldn't mind|there's no harm in my|i can't do without] [knowing which files are here|seeing the list of files here|hearing all the file names in this folder]"),
    # tags and rhetorical
    ("say", "list [the files here|this folder|what we have here], [won't you|will you|would you|could you|why don't you]?"),
    ("say", "list [what's in |the files in |]<where>, [won't you|will you|would you|could you|why don't you]?"),
    ("say", "<folder> [has files in it|isn't an empty folder|is a folder with things in it], [no|right|am i wrong|i hope]? [which ones?|name them|list them|what files?]"),
    ("say", "[who can work without knowing|isn't it time i knew|how should i know|am i supposed to know by heart] what files are in <wheref>? [list them|show me|name them]"),
    # fragments
    ("say", "[file names here|all files here|contents of this folder|listing of here|files around|this folder, contents|files, here, all|the local files|whatever's here in files][, please|, go|?|, quick|, thanks]"),
    ("say", "<folder>[, files?|: which files?|, contents of the folder|: listing|, all names|, dir|, file list|: everything in it|, whole folder| and its files]"),
    # topic first
    ("say", "[about|speaking of|on the subject of|coming to|turning to|as to] <wheref>: [which files are in it?|list it|name all its files|what does it hold?|i haven't seen its list]"),
    ("say", "[about|speaking of|on the subject of|coming to|turning to|as to] [this folder|the folder we're in|the current directory]: [which files are in it?|list it|name all its files|what does it hold?]"),
    # relatives
    ("do", "[name|recite|enumerate|show me] [the files|all the files|those files|the documents] that [<wheref> has|<wheref> holds|live in <wheref>|are found in <wheref>]"),
    ("do", "[name|recite|enumerate|show me] [the files|all the files|those files|the documents] that [this folder has|are here|live in this folder|surround us here|belong to the current directory]"),
    ("say", "the folder [i want listed|whose files i want to see|whose contents i need|you are to list] is <folder>"),
    # verbless
    ("say", "[up with|on screen with|here with|out with] [the list of files here|the names of the files here|the contents of this folder][|!]"),
    ("say", "[up with|on screen with|here with|out with] [the list of files in|the names of the files in|the file list of|the whole inventory of] <wheref>[|!]"),
    # purposes
    ("do", "[list|name|show] the files [here|in this folder|in the current directory] [so that i can choose one|so i know what we have|in order to take stock|so as to give me an idea|for me to pick from]"),
    ("do", "[list|name|show] the files in <where> [so that i can choose one|so i know what we have|in order to take stock|so as to give me an idea|for me to pick from]"),
    # reported speech
    ("say", "[she says|they claim|i was told|rumour has it] [there are files in|something is stored in|a lot of stuff is in|they left things in] <wheref>[, which ones? list them|. name the files|: list it|; show me them all]"),
    ("say", "[she asks|the boss asks|they want to know|mother wonders] [which files are here|what files we have here|what this folder holds|what is in the current folder][, list them|. show the list|]"),
    # wishes and offers
    ("say", "[if only i knew|i wish i knew|would that i knew|i wish somebody told me|oh to know] [which files are here|what files this folder has|what is in this directory|what all is here in files]"),
    ("say", "[if only i knew|i wish i knew|would that i knew|i wish somebody told me|oh to know] [which files are in|what files lie in|what is in|what they keep in] <wheref>"),
    ("say", "you [may now|are free to|are welcome to|have leave to|get to] [list the files here|enumerate the files of this folder|name all the files we have here]"),
    ("say", "you [may now|are free to|are welcome to|have leave to|get to] [list|enumerate the files in|name everything in] <wheref>"),
    # idioms
    ("do", "[muster the crew|inspect the troops|parade the regiment|call the crew on deck|review the ranks]: [name the files here|all files here by name|list every file of this folder]"),
    ("do", "[muster the crew|inspect the troops|parade the regiment|call the crew on deck|review the ranks] of <wheref>, [the files, by name|that is list its files|file by file]"),
    ("do", "[read|recite|print] [the bill of fare|the cargo manifest|the cast of characters|the crew list|the spice rack labels|the docket|the playbill] of <wheref>, [its files i mean|in files|file by file]"),
    ("do", "[open the larder|open the pantry|open the fridge|empty the pockets|raise the hatch|lift the stage curtain] of <wheref> and [say which files there are|name what's in stock|list it all]"),
    ("do", "[echo|dump|enumerate|print|output] the [directory|folder] [entries|index|table|catalogue] of [this place|the current path|the cwd|the place we're in]"),
    # programs
    ("say", "[os.listdir(<folder>)|Files.list(<folder>)|fs.readdirSync(<folder>)|glob(<folder>/*)|list.files(<folder>)|os.ReadDir(<folder>)|scandir(<folder>)|ls(<folder>)|(directory <folder>)|readdirSync <folder>|DIR <folder>|CATALOG <folder>|ls -1p <folder>|vdir <folder>|find <folder> -maxdepth 1|rclone ls <folder>|gsutil ls <folder>|sftp: ls <folder>|mls <folder>]"),
    ("say", "[os.listdir()|os.listdir(.)|Files.list(.)|fs.readdirSync(.)|list.files()|os.ReadDir(.)|scandir(.)|list_files path=.|vdir|ls -1p|ls -m|ls -x|ls -Q|DIR|CATALOG|find -maxdepth 1|compgen -f|print -l *|SHOW FILES|:!ls|Get-ChildItem .|dired|ncdu, just the names]"),
    ("say", "[SHOW FILES IN|select filename from folder|show files from|NLST|MLSD|PROPFIND|index of|dired|:Lexplore|netrw|nnn|lf|vifm|thunar|nautilus|start explorer] <folder>"),
    # abroad
    ("say", "[which files gives it here|what for files are here|what all files are there here only|here are which files|there are what files in here|please to list the files from here|i want that you list the files here|kindly list out the files which are here][|?|, please]"),
    ("say", "[which files gives it in|what for files are in|what all files are there in|kindly list out the files of|please to list the files from|i want that you list me|inside have what file,|which files find themselves in|what files there is in] <wheref>[|?|, please]"),
    # mirrored with find and read
    ("do", "[list|name] [everything|all], [not just one kind|not only those of one type|with no filter|no pattern|no search], [in|inside] <wheref>"),
    ("do", "[have|take] a look in <wheref> [and tell me the file names|and list the files|to see which files it has, and name them|and report what files are there]"),
    ("say", "[not one file but the whole folder|not a file's text but a folder's files|no file in particular, but all]: [list|what is in|the files of|name all in] <wheref>[|, please]"),
    # other constructions: gerunds, comparisons, exclamations, progressives, other trades
    ("question", "[how about|what about|any harm in|what's stopping you from|fancy] [listing|naming|enumerating|reeling off] [the files here|all files in this folder|what the current folder has]"),
    ("question", "[how about|what about|any harm in|what's stopping you from|fancy] [listing|naming the files of|enumerating what is in|reeling off the files in] <wheref>"),
    ("say", "i'd [rather|sooner] see [all the files in|the whole list of|everything in] <wheref> than [search for one|one file|open any of them]"),
    ("say", "i'm [trying|hoping|eager|waiting] to [get an overview of|see all the files in|take stock of|learn which files are in] <wheref>[, list it for me|; show me|, so list it]"),
    ("say", "i'm [trying|hoping|eager|waiting] to [get an overview of the files here|see all the files in this folder|learn which files are around here][, list them for me|; show me|, so list them]"),
    ("say", "[what a mess|what a heap|so many files|such a jumble] [in|there is in] <wheref>[, list it all|: name the files|! which files are they?]"),
    ("do", "[take the class register of|read the departure board of|read the seating plan of|call over the team sheet of|read the plant labels in] <wheref>, [the files, name by name|that is, list its files]"),
    ("say", "<folder> [remains unlisted|has never been listed|awaits an inventory|was never catalogued|is a folder i never looked into][: list it|, which files has it?|. name its files|; show me its files]"),
    ("say", "<folder> [files|listing|directory|as a folder], [all of them|the lot|every name|in full][|, please|, go]"),
    ("say", "[any and all files|each and every file|files of whatever name|files great and small] [here|in this folder|in the current directory][, list them|: names?|, by name, please]"),
    ("say", "[any and all files|each and every file|files of whatever name|files great and small] in <wheref>[, list them|: names?|, by name, please]"),
)

FIND_SIXTH = (
    # phrasal verbs
    ("do", "[nose|root|smoke|scout|winkle|hound] out [|the file |my missing |that file ]<file> {p=$}"),
    ("do", "[home in on|zero in on|close in on|zoom in on|trace back|catch up with|get a bearing on] [|the file |my ]<file>[| and give me the path| and tell me its folder| wherever it is] {p=$}"),
    ("do", "[seek out|scout for|trawl for|forage for|fish for|grub for] [the <ext> files {p=*.$}|all files in <ext> {p=*.$}|whatever matches <glob> {p=$}|the files whose names open with <word> {p=$*}|the files with <word> somewhere in the name {p=*$*}]"),
    ("do", "[go|set off|head out|set out|ride out] [in quest of|in search of|in pursuit of|hunting for] [<file> {p=$}|the file <file> {p=$}|all <ext> files {p=*.$}|anything of the form <glob> {p=$}]"),
    # light verbs
    ("do", "[do|make|run|start|launch|mount] [a hunt|a manhunt|a quest|an inquiry|a lookup|a sweep of the folders] for [<file> {p=$}|the file <file> {p=$}|<ext> files {p=*.$}|names like <glob> {p=$}|file names beginning with <word> {p=$*}|file names that include <word> {p=*$*}]"),
    ("do", "[have|take] a [look round|rummage|poke around|dig|scout round|root around] for [<file> {p=$}|my file <file> {p=$}|<ext> files {p=*.$}|files like <glob> {p=$}|files named <word> and something {p=$*}|files with <word> in the title {p=*$*}]"),
    ("do", "[give|hand|get|grant] me [directions to|the whereabouts of|the coordinates of|a fix on|the hiding place of|the address of the file] <file> {p=$}"),
    ("do", "[give|hand|get|grant] me [the hits for <glob> {p=$}|every match of <glob> {p=$}|the <ext> files among them all {p=*.$}|those files that open with <word> {p=$*}|those files whose names mention <word> {p=*$*}]"),
    # passive
    ("say", "<file> is to be [traced|located|found|looked for|hunted down|tracked down][|, please|, wherever it is|, whatever folder it's in] {p=$}"),
    ("say", "[<ext> files {p=*.$}|all the <ext> files {p=*.$}|files that fit <glob> {p=$}|files starting with <word> {p=$*}|files with <word> in their names {p=*$*}] [are to be found|are to be looked for|must be located|should be searched for|are sought]"),
    ("question", "[where has <file> been put|where was <file> left|in which folder has <file> been saved|where was <file> last stored|where has <file> been filed|to what folder was <file> moved|under what path is <file> kept] {p=$}"),
    ("question", "[can|could|may] [<file> be located {p=$}|<file> be tracked down {p=$}|the <ext> files be found {p=*.$}|the matches of <glob> be found {p=$}|files starting with <word> be found {p=$*}|files with <word> in the name be found {p=*$*}]"),
    # nominalisation
    ("say", "[the finding of|the tracing of|the location of|a search for|a hunt for|the discovery of] <file> is [requested|wanted|needed|what i ask for|your mission] {p=$}"),
    ("say", "a search for [<ext> files {p=*.$}|files of the form <glob> {p=$}|names starting with <word> {p=$*}|names containing <word> {p=*$*}] [is requested|is wanted|is needed|is what i ask for|would help]"),
    # clefts
    ("say", "[what i want|what i'm missing|what i'd like to know|all i ask|what puzzles me] is where [<file> is|i put <file>|<file> went|to look for <file>|<file> lives] {p=$}"),
    ("say", "[what i want|what i'm after|what i'd like to see|all i ask for] is [just the <ext> files {p=*.$}|such files as end in <ext> {p=*.$}|the files that fit <glob> {p=$}|such files as begin with <word> {p=$*}|such files as have <word> in the name {p=*$*}]"),
    ("say", "it's [<file> i'm looking for|<file> that has gone missing|the whereabouts of <file> i'm asking about|<file> that can't be found|where <file> is that i don't know][, find it|. help me find it|; locate it] {p=$}"),
    ("say", "it's [the <ext> files i'm looking for {p=*.$}|only <ext> files that i want found {p=*.$}|files like <glob> i want found {p=$}|files that begin with <word> i'm looking for {p=$*}|files with <word> in the name i'm looking for {p=*$*}]"),
    # conditionals
    ("say", "if [<file> is anywhere|<file> exists|there is a <file> on this disk|i still have <file>], [where|in which folder] is it? {p=$}"),
    ("say", "if [there are any <ext> files {p=*.$}|any <ext> files exist {p=*.$}|anything matches <glob> {p=$}|any file begins with <word> {p=$*}|any file name contains <word> {p=*$*}], [show me which|tell me where|let me know the names]"),
    ("say", "[should i want to|were i to|should i have to] open <file>, [in which folder would i find it|where would it be|to which folder must i go]? {p=$}"),
    # negatives
    ("say", "don't [rest|sleep|stop|give up|come back] [until|till|before] you've [found|located|tracked down|got hold of the place of] <file> {p=$}"),
    ("say", "don't [let|have] <file> [stay lost|get away|hide from us|stay missing][, find it|: track it down|. locate it] {p=$}"),
    ("say", "i [never|don't|can't ever|cannot] remember [where i put|which folder has|the folder of|where i've left] <file>[, find it|. where is it?|: look it up] {p=$}"),
    ("say", "[there's nowhere i haven't looked for|it's not that i haven't searched for|no folder i know of has|nowhere do i see] <file>[, you find it|. where is it?|; locate it for me] {p=$}"),
    ("say", "[don't show|i needn't see|never mind|leave out] the others, [just <ext> files {p=*.$}|only those in <ext> {p=*.$}|find what matches <glob> {p=$}|find the ones beginning with <word> {p=$*}|find the ones with <word> in the name {p=*$*}]"),
    # tags and rhetorical
    ("say", "[find|locate|trace|track down] <file>, [won't you|will you|would you|could you|why don't you]? {p=$}"),
    ("say", "<file> [is around here|can't be far|must be somewhere|hasn't been moved], [don't you think|right|no|wouldn't you say]? [where?|which folder?|find it] {p=$}"),
    ("say", "[how can anyone find|who could ever find|why can i never find|must i always lose|where in heaven did i leave] <file>? [find it for me|locate it|help me search|look for it] {p=$}"),
    ("say", "[surely|hopefully|certainly] there are [<ext> files {p=*.$}|files ending in <ext> {p=*.$}|files like <glob> {p=$}|files starting with <word> {p=$*}|files with <word> in the name {p=*$*}][, aren't there? find them|, no? which?|, or not? find them|: which?]"),
    # fragments
    ("say", "<file>[, whereabouts?|: which folder?|, location?|, where to find?|, path only|, full path?|: lost, find|, missing|, wanted, dead or alive|, last seen where?] {p=$}"),
    ("say", "[<ext> ones {p=*.$}|<ext> files only {p=*.$}|<glob> matches {p=$}|names with <word> in them {p=*$*}|names starting with <word> {p=$*}], [wherever|whereabouts?|found where?|find|to be found|all folders]"),
    ("say", "[missing file|lost and found|missing person's report|wanted poster|lost property|apb]: <file> {p=$}"),
    # topic first
    ("say", "[about|speaking of|on the subject of|coming to|turning to|as to] <file>: [where is it?|i can't find it|which folder is it in?|its place, please|it has to be found|nobody knows where it is, look for it] {p=$}"),
    ("say", "[about|speaking of|on the subject of|coming to|turning to] [<ext> files {p=*.$}|the <ext> files {p=*.$}|files like <glob> {p=$}|files starting with <word> {p=$*}|files with <word> in the name {p=*$*}]: [find them|where are they?|which do we have?|search for them]"),
    # relatives
    ("do", "[name|show me|tell me] the [folder|directory|place|spot] [where|in which] <file> [is kept|lies|resides|was saved|sits] {p=$}"),
    ("say", "the file [i'm looking for|i can't find|that went missing|whose place i need|you should locate] is [called |named |]<file> {p=$}"),
    ("say", "[files|i want files|find files|those files] whose [ending is <ext> {p=*.$}|extension reads <ext> {p=*.$}|names fit <glob> {p=$}|names start off with <word> {p=$*}|names have <word> inside {p=*$*}]"),
    # verbless
    ("say", "[on the trail of|on the track of|on the hunt for|in search of|in hot pursuit of] <file>[|!|, go|, please] {p=$}"),
    ("say", "[out of hiding with|to the fore with|out of the crowd with] [the <ext> files {p=*.$}|everything in <ext> {p=*.$}|all files like <glob> {p=$}|all files starting with <word> {p=$*}|all files with <word> in the name {p=*$*}][|!]"),
    # purposes
    ("do", "[find|locate|trace|spot] <file> [so that i can attach it|so i know where it is|in order that i may open it later|so as to stop me searching|for me to copy it|before i go mad] {p=$}"),
    ("say", "[so that i can back them up|in order to print them|to put them in one folder|so i know where they are], find [the <ext> files {p=*.$}|all the <ext> ones {p=*.$}|whatever fits <glob> {p=$}|all files starting with <word> {p=$*}|all files with <word> in the name {p=*$*}]"),
    # reported speech
    ("say", "[she says|they swear|he told me|i heard|the log claims] [<file> is somewhere on this disk|there's a file <file>|they saved <file>|<file> was moved][, where?|. find it|, so where is it?|; look for it] {p=$}"),
    ("say", "[she asks|the boss asks|they want to know|somebody wondered] [where <file> is {p=$}|in which folder <file> lies {p=$}|which <ext> files we have {p=*.$}|which files match <glob> {p=$}|which files start with <word> {p=$*}|which files have <word> in the name {p=*$*}]"),
    # wishes and offers
    ("say", "[if only i knew|i wish i knew|would that i knew|i wish somebody told me|oh to know] where [<file> is|i put <file>|<file> has got to|they saved <file>|on the disk <file> lies] {p=$}"),
    ("say", "[if only i had|i wish i had|i'd love] [a list of all <ext> files {p=*.$}|all the <ext> files together {p=*.$}|the matches of <glob> {p=$}|a list of the files that start with <word> {p=$*}|a list of the files with <word> in the name {p=*$*}]"),
    ("say", "you [may now|are free to|are welcome to|have leave to|get to] [search for <file> {p=$}|find <file> {p=$}|track down <file> {p=$}|find all <ext> files {p=*.$}|search for <glob> {p=$}|find files starting with <word> {p=$*}|find files with <word> in the name {p=*$*}]"),
    # idioms
    ("do", "[keep an eye out|crane your neck|prick up your ears|put your nose to the ground|run your fingers through the folders] for <file> [and tell me where it is|and say which folder has it|and locate it] {p=$}"),
    ("do", "[look under the sofa|look behind the fridge|check the lost property|search the attic|empty the drawers|look between the cushions] for [<file> {p=$}|my file <file> {p=$}|any <ext> files {p=*.$}|anything like <glob> {p=$}]"),
    ("do", "[send out a scout|send the cavalry|send a search party|dispatch a patrol|send up the drone|launch the lifeboat] for [<file> {p=$}|the missing file <file> {p=$}|all <ext> files {p=*.$}|files like <glob> {p=$}]"),
    ("do", "[drag the seabed|sound the depths|sweep the horizon|cast the line|drop the nets] for [<file> {p=$}|<ext> files {p=*.$}|files like <glob> {p=$}|files that begin with <word> {p=$*}|file names with <word> in them {p=*$*}]"),
    ("do", "[issue a warrant for|serve a search warrant for|put a bounty on|subpoena|put out a tracer on] <file>[ and find it| and tell me where it hides| and locate it] {p=$}"),
    ("say", "[exit stage left|lost in the wings|gone overboard|lost at sea|missing from the cupboard]: [where is|where do i find|whither went] <file>[?|? find it] {p=$}"),
    ("do", "[query the index|walk the tree|crawl the disk|scan the file system|poll all folders] for [<file> {p=$}|the file <file> {p=$}|*.<ext> {p=*.$}|<glob> {p=$}]"),
    # programs
    ("say", "[find / -name <file>|find $HOME -name <file>|fd -I <file>|plocate <file>|mlocate <file>|find_files(pattern=<file>)|os.walk, look for <file>|SELECT path WHERE name = <file>|whereis <file>|updatedb; locate <file>|dir <file> /s|Everything.exe <file>|ffind <file>|fzf -q <file>|tree -P <file>] {p=$}"),
    ("say", "[find_files(pattern=<glob>)|glob.glob(<glob>)|filepath.Glob(<glob>)|list.files(pattern=<glob>)|glob(<glob>)|Files.newDirectoryStream(<glob>)|find / -name <glob>|tree -P <glob>|gci -Recurse -Include <glob>|fnmatch <glob>|print -l <glob>|compgen -G <glob>|git ls-files <glob>|SELECT path WHERE name LIKE <glob>|fast-glob <glob>|dir <glob> /s /b] {p=$}"),
    ("say", "[find_files(*.<ext>)|glob(*.<ext>)|filepath.Glob(*.<ext>)|find / -name *.<ext>|tree -P *.<ext>|gci -Recurse -Include *.<ext>|git ls-files *.<ext>|WHERE name LIKE %.<ext>|endswith(.<ext>)|ext == <ext>|filetype:<ext>|mdfind kind:<ext>|--type <ext>|where extension = <ext>|dir *.<ext> /s /b] {p=*.$}"),
    ("say", "[find_files(<word>*)|name.startswith(<word>)|glob(<word>*)|WHERE name LIKE <word>%|find / -name <word>*|compgen -f <word>|dir <word>* /s /b|filename ^= <word>|hasPrefix(<word>)] {p=$*}"),
    ("say", "[find_files(*<word>*)|<word> in name, find files|glob(*<word>*)|WHERE name LIKE %<word>%|find / -name *<word>*|dir *<word>* /s /b|filename *= <word>|name.contains(<word>)|name.includes(<word>)|find -iname *<word>*|file names ~ <word>] {p=*$*}"),
    # abroad
    ("say", "[where finds itself|where stays|please to find|where it is kept,|kindly trace out|i search|i am searching since one hour|where do you have put|one does not find|me i lost|help find where is] [|the file |my file ]<file>[|, please] {p=$}"),
    ("say", "[please to search|kindly search out|i want that you find|search me once|help me look for|one must find] [all <ext> files {p=*.$}|the files with ending <ext> {p=*.$}|the files which follow <glob> {p=$}|the files which begin by <word> {p=$*}|the files which have <word> in the name inside {p=*$*}]"),
    # mirrored with read, list and stat
    ("say", "[don't recite|don't open|no need to read|don't weigh|don't quote] <file>, [only find it|just tell me its folder|just say where it is|give me only its location] {p=$}"),
    ("do", "[have|take] a look where <file> [is and tell me|lies and report|went|could be hiding|was left] {p=$}"),
    ("say", "[not all there is but|not the whole list but|no full listing, just|with a filter:] [the <ext> files {p=*.$}|the ones in <ext> {p=*.$}|whatever fits <glob> {p=$}|files starting with <word> {p=$*}|files with <word> in the name {p=*$*}][|, please|, find those]"),
    # other constructions: gerunds, comparisons, exclamations, progressives, other trades
    ("question", "[how about|what about|any harm in|what's stopping you from|fancy] [finding <file> {p=$}|tracking down <file> {p=$}|looking for <ext> files {p=*.$}|searching for <glob> {p=$}|finding files that start with <word> {p=$*}|finding files with <word> in the name {p=*$*}]"),
    ("say", "i'd [rather|sooner] know where <file> is than [what it says|how big it is|what else there is] {p=$}"),
    ("say", "i'd [rather|sooner] see only [the <ext> files {p=*.$}|what fits <glob> {p=$}|files starting with <word> {p=$*}|files with <word> in the name {p=*$*}] than [all the files|a full list|everything]"),
    ("say", "i'm [trying|hoping|struggling|dying] to [find|locate|track down|get hold of the place of] <file>[, do it for me|; where is it?|, help me] {p=$}"),
    ("say", "[what a mess|so many folders|such a jumble|what a maze], [where in it is|wherever could be|now where is] <file>? {p=$}"),
    ("do", "[triangulate|geolocate|get a satellite fix on|trace the scent of] [|the file |my lost ]<file> {p=$}"),
    ("do", "[comb out|winnow out|sift for|screen for|handpick] [the <ext> files {p=*.$}|all that ends in <ext> {p=*.$}|all that fits <glob> {p=$}|the files starting with <word> {p=$*}|the files with <word> in the name {p=*$*}]"),
    ("say", "<file> [remains unfound|has yet to be found|is still at large|hasn't been traced|awaits discovery|is unaccounted for][: find it|, where is it?|. track it down|; locate it] {p=$}"),
    ("say", "<file> [lies where|lives where|is kept where|went where|is in which folder|ended up where|has been put where]? {p=$}"),
    ("say", "<glob> [fits which files|matches what|finds what|gives which hits|catches which names]? {p=$}"),
    ("say", "<ext> [files, do we have any?|files, how many and where?|files: any around?|files exist where?|as the extension: which files?|is the ending, which files have it?] {p=*.$}"),
)

STAT_SIXTH = (
    # phrasal verbs
    ("do", "[work|figure|puzzle|suss|make] out [how many bytes <path> comes to {d=size}|how much <path> weighs in bytes {d=size}|how long ago <path> was altered {d=time}|when <path> last saw an edit {d=time}|both size and edit date of <path> {d=all}]"),
    ("do", "[tot|add|count|reckon|sum] up [the bytes of|the bytes in|all the bytes that make up] [|the file |my ]<path> {d=size}"),
    ("do", "[narrow|pin|nail|jot] down [the moment|the hour|the day|the date] [|the file |our ]<path> was last [saved|altered|written to|revised|amended] {d=time}"),
    # light verbs
    ("do", "[take|make|do] a [measurement|size check|byte count|weighing] of [|the file |my ]<path> {d=size}"),
    ("do", "[have|take] a look at [the size of <path> {d=size}|how big <path> has grown {d=size}|the timestamp of <path> {d=time}|the date stamp on <path> {d=time}|the size and the timestamp of <path> {d=all}]"),
    ("do", "[give|hand|pass|slip] me [a figure for the size of <path> {d=size}|the byte figure of <path> {d=size}|a date for the last edit of <path> {d=time}|the hour of the last save of <path> {d=time}|the file data of <path>, size and date {d=all}]"),
    ("do", "[make|do|run|perform] a [stat call|metadata query|metadata check|file info lookup|stat] on [|the file |my ]<path> {d=all}"),
    # passive
    ("question", "[how many bytes are taken up by|how much disk is swallowed by|how much room is filled by|what amount of storage is used by|how many bytes were put into|how many bytes of disk are owed to] <path> {d=size}"),
    ("question", "[when was the last hand laid on|when was the final touch given to|when were the last changes made to|when was the latest revision made of|when was work last done on|when has there last been tinkering with] <path> {d=time}"),
    ("say", "<path> [is to be measured|is to be weighed|has to be sized up|must be checked for size|should have its bytes counted][|, please|, if you would|, now] {d=size}"),
    ("say", "<path> [is to be dated|has to be checked for age|must be checked for its last edit|should have its timestamp looked up|should have its date read off][|, please|, if you would|, now] {d=time}"),
    ("question", "[can|could|may] [the size of <path> be looked up {d=size}|the bytes of <path> be counted {d=size}|the last edit of <path> be dated {d=time}|the timestamp of <path> be shown {d=time}|the size and date of <path> be given {d=all}]"),
    # nominalisation
    ("say", "[a measurement of the size of|the determination of the size of|a byte count for|a sizing of|an indication of the size of] <path> [is needed|is requested|would be welcome|is what i'm after|is in order] {d=size}"),
    ("say", "[the dating of the last edit of|an indication of the age of|a lookup of the edit time of|the time of alteration of|the moment of the last revision of] <path> [is needed|is requested|would be welcome|is what i'm after|is in order] {d=time}"),
    # clefts
    ("say", "[what i want|what i'm missing|what i'd like to learn|what worries me|all i ask for] is [how many bytes <path> holds {d=size}|the bytes of <path> {d=size}|the sheer size of <path> {d=size}|when <path> was last tampered with {d=time}|the hour <path> was saved {d=time}|the date on <path> {d=time}|size plus timestamp of <path> {d=all}]"),
    ("say", "it's [the size of <path> that bothers me, look it up {d=size}|how big <path> is that counts, tell me {d=size}|the bytes of <path> i'm asking for {d=size}|the age of <path> that bothers me, look it up {d=time}|when <path> was changed that counts, tell me {d=time}|the edit time of <path> i'm asking for {d=time}]"),
    # conditionals
    ("say", "if [i were to send|i wanted to upload|we had to store|one copied] <path>, how many bytes would [it be|that take|that make|go over the wire]? {d=size}"),
    ("say", "if [anyone has altered|somebody tampered with|something changed in|anybody wrote to] <path>, [when was that|tell me when|say when it was|when did it happen last] {d=time}"),
    ("say", "should <path> [be too fat|be oversized] for [the stick|the mail|the upload], i want to know: how many bytes does it have? {d=size}"),
    # negatives
    ("say", "[don't let me|don't make me|i don't want to] guess [how big <path> is, look it up {d=size}|the size of <path>, measure it {d=size}|how old <path> is, look it up {d=time}|the edit date of <path>, check it {d=time}|at size and date of <path>, check both {d=all}]"),
    ("say", "[i wouldn't mind|there's no harm in my|i can't live without|i'm not averse to] [knowing the bytes of <path> {d=size}|knowing how hefty <path> is {d=size}|knowing when <path> got altered {d=time}|learning the last save time of <path> {d=time}|learning both size and edit time of <path> {d=all}]"),
    ("say", "[hasn't <path> been changed since yesterday? when was it last|nobody has touched <path> lately, have they? when was the last time|wasn't <path> edited just now? when exactly|never touched <path>, did you? when was it last changed|isn't <path> out of date? from when is it]? {d=time}"),
    ("say", "[isn't <path> tiny? how many bytes|isn't <path> enormous? what size is it|wasn't <path> smaller once? how big is it now|hasn't <path> swollen? how large is it by now|<path> isn't small, is it? how many bytes|not a light one, <path>, is it? how many bytes]? {d=size}"),
    # tag questions
    ("say", "<path> [is pretty big|is rather large|is a big one|is bulky], [isn't it|don't you think|am i right]? [how many bytes?|what's the figure in bytes?|what size exactly?] {d=size}"),
    ("say", "<path> [is rather old|is from last year|is out of date|is brand new|is quite recent], [isn't it|don't you think|am i right]? [when was it changed?|what's its timestamp?|what date exactly?] {d=time}"),
    # fragments
    ("say", "<path>[, bytes?|: how many bytes?|, size in bytes|, bytes only|, how heavy?|: what size?|, kilobytes?|, du|, weight?|, wc -c] {d=size}"),
    ("say", "<path>[, mtime?|: since when?|, how old?|, age?|, date stamp|, last edit?|, from when?|: changed when?|, date of last save|, timestamp only] {d=time}"),
    ("say", "<path>[, stat|: size and mtime|, bytes and date|: how big, how old?|, metadata|, size + date|: file info|, facts and figures|, full stat|: ls -l] {d=all}"),
    ("say", "[bytes, please|just the bytes|size check|byte count|weight check]: <path> {d=size}"),
    ("say", "[timestamp, please|just the date|age check|mtime|date check|freshness check]: <path> {d=time}"),
    ("say", "[stat|metadata|file facts|file record|both figures, size and date|data sheet]: <path> {d=all}"),
    # topic first
    ("say", "[about|speaking of|on the subject of|coming to|turning to|as to] <path>: [what's its byte count?|its size, please|how bulky is it?|how much disk does it eat?|is it big? how big?] {d=size}"),
    ("say", "[about|speaking of|on the subject of|coming to|turning to|as to] <path>: [when did it last change?|its date, please|how fresh is it?|is it recent? from when?|who knows when it was saved last? look it up] {d=time}"),
    # relative clauses
    ("do", "[name|state|quote|announce] the [number of bytes|amount of disk|space] that <path> [occupies|amounts to|fills|gobbles up] {d=size}"),
    ("do", "[name|state|quote|announce] the [day when|hour when|moment when|minute when|date when] <path> was last [altered|rewritten|revised|saved] {d=time}"),
    ("say", "the file [whose size i need|whose bytes are to be counted|that i need the size of|i want weighed] is <path> {d=size}"),
    ("say", "the file [whose date i need|whose last edit interests me|that i need the timestamp of|i want the age of] is <path> {d=time}"),
    # verbless orders
    ("say", "[onto the scales with|on the scales with|under the tape measure with|to the weighbridge with] <path>[|!|, how many bytes?] {d=size}"),
    # purposes
    ("say", "[so that it fits on the stick|in order to see if it fits|so i know whether it can be mailed|to see whether there's room|to plan the disk], [i need the size of|how big is|tell me the bytes of|measure] <path> {d=size}"),
    ("say", "[so that i take the newest one|in order to know if it's current|so i know if the backup is stale|to see whether she has saved it|to compare it with the copy], [when was <path> last changed?|tell me when <path> was changed|check when <path> was saved|i need the edit date of <path>] {d=time}"),
    # reported speech
    ("say", "[she says|they claim|he swears|i heard|the admin says] [<path> is far too big, how many bytes is it? {d=size}|<path> has shrunk, check its size {d=size}|<path> eats the disk, tell me its size {d=size}|<path> was edited last night, check the date {d=time}|<path> hasn't been touched in years, when was it changed? {d=time}|<path> is brand new, look up when it was saved {d=time}]"),
    # wishes, offers
    ("say", "[if only i knew|i wish i knew|would that i knew|i wish somebody told me|oh to know] [how many bytes <path> has {d=size}|how large <path> is {d=size}|when <path> was last edited {d=time}|how fresh <path> is {d=time}|size and age of <path> {d=all}]"),
    ("say", "you [may now|are free to|are welcome to|have leave to|get to] [weigh <path> for me, in bytes {d=size}|tell me how big <path> is {d=size}|count the bytes of <path> {d=size}|tell me how old <path> is {d=time}|look up the edit time of <path> {d=time}|stat <path> {d=all}]"),
    # idioms
    ("do", "[put|lay|set|plonk] <path> on the [kitchen scales|bathroom scales|weighbridge|balance] and [read off the bytes|tell me the bytes|tell me what it weighs|give me the figure] {d=size}"),
    ("do", "[take the waist size of|check the dress size of|ask for the shoe size of|state the tonnage of|read the draught of] [|the file |the good ship ]<path>, in bytes {d=size}"),
    ("do", "[look at the wrinkles of|smell the milk in|check whether the ink is dry on|check how cold the trail is on|check the use-by date of] <path> and say when it was last [changed|edited|saved] {d=time}"),
    ("do", "[check the log book entry of|read the vital statistics of|take the mugshot data of|take down the particulars of|read me the birth certificate of] the file <path>, [size and date|size and time of change|bytes and age] {d=all}"),
    ("question", "[how cold is the trail on|how fresh is the paint on|how dry is the ink on|how stale is the bread in|since when has the dust settled on|what time did the pen last touch] <path> {d=time}"),
    ("question", "[how fat is|how bulky is|how hefty is|what's the footprint of|what's the displacement in bytes of|what tonnage has|how much ballast is|how thick is] [|the file |my ]<path> {d=size}"),
    # programs
    ("say", "[os.path.getsize(<path>)|File.size(<path>)|fs.statSync(<path>).size|filesize(<path>)|len(<path>) in bytes|Files.size(<path>)|du -b <path>|du -sh <path>|stat -c %s <path>|wc -c < <path>|stat -f %z <path>|file.size(<path>)] {d=size}"),
    ("say", "[os.path.getmtime(<path>)|File.mtime(<path>)|fs.statSync(<path>).mtime|filemtime(<path>)|date -r <path>|stat -c %y <path>|stat -f %m <path>|ls --time-style=full <path>|git log -1 --format=%cd <path>|file.mtime(<path>)|lastModified(<path>)] {d=time}"),
    ("say", "[os.stat(<path>)|fs.stat(<path>)|File.stat(<path>)|stat(<path>)|stat_file(<path>)|stat_file path=<path>|ls -ld <path>|stat -x <path>|file.info(<path>)|Get-ItemProperty <path>|gi <path> properties|lstat <path>|exiftool, size and date of <path>] {d=all}"),
    # English as others write it
    ("say", "[how big is it, the file|which bigness has|how much is big|please say me how great is|how many of bytes it has|size is how much of|kindly intimate the size of|what is the weight in octets of] <path>[|?|, please] {d=size}"),
    ("say", "[since when is it changed,|at which hour has one modified|from when dates|when somebody has changed|last change is what time of|kindly intimate the date of modification of|of what date is|when it was modified] <path>[|?|, please] {d=time}"),
    ("say", "[please say me both, size and date of|i want know size and modify time of|kindly share the size and date of|the greatness and the date please of|give me to know the size and the date of] <path> {d=all}"),
    # mirrored with read, find and list
    ("say", "[don't recite|don't quote|no need to read|i won't read|leave closed] <path>, [just weigh it in bytes {d=size}|give me only its size {d=size}|tell me its bytes {d=size}|just date it {d=time}|give me only its timestamp {d=time}|just stat it {d=all}]"),
    ("say", "[i know where to find|no need to search for|don't hunt for] <path>, [but what's its size? {d=size}|tell me how many bytes it has {d=size}|but when was it last changed? {d=time}|tell me its timestamp {d=time}|only stat it {d=all}]"),
    ("question", "[what is it like, in bytes and date,|what are the outer facts, size and time, of|what does the disk record, size and date, about|what would stat print for|what does ls -l say about] <path> {d=all}"),
    # other constructions: gerunds, comparisons, exclamations, progressives, other trades
    ("question", "[how about|what about|any harm in|what's stopping you from|fancy] [weighing <path> in bytes {d=size}|looking up the size of <path> {d=size}|telling me how big <path> is {d=size}|looking up when <path> was changed {d=time}|telling me how old <path> is {d=time}|statting <path> {d=all}]"),
    ("say", "i'd [rather|sooner] know [how big <path> is than what it says {d=size}|the size of <path> than its text {d=size}|when <path> was changed than what it says {d=time}|the age of <path> than its text {d=time}|the size and date of <path> than its text {d=all}]"),
    ("say", "[what a monster|what a whale|what a brick|what a feather], [how many bytes is|what's the size of|how big is] <path>? {d=size}"),
    ("say", "[what an antique|what a fossil|how fresh it looks|time flies], [when was <path> last changed|how old is <path>|when did somebody last save <path>]? {d=time}"),
    ("say", "i'm [trying|hoping|struggling|waiting] to [find out the size of <path> {d=size}|learn how many bytes <path> has {d=size}|find out the age of <path> {d=time}|learn when <path> was changed {d=time}|get both size and date of <path> {d=all}]"),
    ("say", "<path> [weighs how much|has how many bytes|takes how much space|is how big|comes to how many bytes|measures how many bytes]? {d=size}"),
    ("say", "<path> [was changed when|was last saved when|is how old|dates from when|was edited how long ago|has been unchanged since when]? {d=time}"),
    ("say", "<path> [is how big and how old|has what size and what date|has which size and timestamp]? {d=all}"),
    ("do", "[take the temperature and weight of|fill in the data sheet of|read the nameplate of|check the tag on] the file <path>, [size and date|bytes and time of change] {d=all}"),
)

REMOVE_SIXTH = (
    # phrasal verbs
    ("do", "[cast|fling|chuck|sling|heave|hurl] [|the file |my old ]<path> [away|out] [|for good|and forget it|and never look back]"),
    ("do", "[strip|scrub|hose|rinse|scrape|peel|weed] [out|away|off] [|the file |that ]<path>[| from the disk| from my folder]"),
    ("do", "[finish|kill|bump|polish|see] off [|the file |that file ]<path>"),
    ("do", "put <path> [down like a sick dog|out of its misery|to sleep for good|to rest, six feet under]"),
    ("do", "[part with|dispense with|dispose of|jettison|offload] [|the file |my ]<path>[| for good| without regret]"),
    # light verbs
    ("do", "[do|make|perform|run|carry out] [a delete|a removal|an erasure|a deletion|an unlink] of [|the file |my ]<path>"),
    ("do", "[give|grant] <path> [a burial|a decent burial|a one-way ticket off the disk|its last rest|a deletion|a send-off to the bin]"),
    ("do", "make [an end of|short shrift of|a bonfire of|firewood of|ashes of] [|the file ]<path>"),
    ("do", "[have|get] [|the file |my old ]<path> [scrapped|binned|zapped|erased|wiped|thrown out|taken off the disk|unlinked|purged]"),
    # passive
    ("say", "<path> is to be [deleted|scrapped|purged|struck from the disk|disposed of|got rid of|thrown out][|, please|, without delay|, no questions asked]"),
    ("say", "<path> [wants deleting|needs erasing|is ready to be binned|is begging to be deleted|has been condemned, delete it|ought to be wiped from the disk|has yet to be deleted, do it|should long have been deleted][|, please|, now]"),
    ("question", "[can|could|may|might] [|the file |my old ]<path> be [deleted|scrapped|disposed of|thrown out|taken off the disk|purged|binned]"),
    # nominalisation
    ("say", "[the deletion of|the removal of|the erasure of|the disposal of|the scrapping of|the purging of] <path> is [requested|wanted|in order|overdue|what i ask for|your task]"),
    ("say", "[i order|i request|i authorise|i approve|i consent to|i beg for] the [deletion|removal|erasure|disposal|destruction] of <path>"),
    # clefts
    ("say", "[what i want|what i'd like|all i ask for|what would please me|what has to happen] is [<path> gone for good|the end of the file <path>|<path> in the bin|the file <path> deleted|a disk without <path>|to be rid of <path>]"),
    ("say", "it's <path> [that has to go|you should delete|that i want off the disk|i'd have you throw out|that we can do without, delete it]"),
    ("say", "all [you have to do|you need to do|that's left] is [delete|remove|erase|unlink|bin] <path>"),
    # conditionals
    ("say", "if [nobody needs|no one misses|we can live without|you ask me, we don't need] <path>, [delete it|out with it|erase it|into the bin with it]"),
    ("say", "if <path> [is still there|still exists|still lies around|is still on the disk|hasn't been deleted yet], [delete it|get rid of it|erase it|make an end of it|throw it out]"),
    ("say", "[should|if] you [see|come across|meet|stumble over] <path>, [delete it|throw it out|erase it|destroy it]"),
    ("say", "[unless <path> goes|as long as <path> exists|until <path> is deleted|while <path> is around], i [can't rest|won't be happy|have no peace][, so delete it|. remove it|: erase it]"),
    # negatives
    ("say", "don't [keep|save|store|hold on to|hang on to|preserve|spare] <path>[, delete it|, erase it|: throw it out|; get rid of it]"),
    ("say", "don't let <path> [live on|linger on|stay around|hang around|survive the night|outlive this day|take up any more room][, delete it|: erase it|]"),
    ("say", "[i wouldn't miss|i won't cry over|no one would mourn|nothing speaks for keeping|there's no reason not to delete|there's nothing to stop you deleting] <path>[, delete it|, so erase it|: out with it]"),
    ("say", "[no longer shall|never again shall|no more shall] <path> [take up space|bother me|be seen here|fill my disk][: delete it|, erase it|. remove it]"),
    ("say", "don't just [close|hide|rename|move|archive|empty|shorten] <path>, [delete it|erase it|remove it altogether|do away with the file]"),
    # tags and rhetorical
    ("say", "[delete|bin|erase|scrap|dump] <path>, [won't you|will you|would you|could you|why don't you]?"),
    ("say", "<path> [isn't needed|has served its time|is of no use to anyone|is old rubbish], [right|don't you think|or am i wrong]? [delete it|then erase it|so throw it out]"),
    ("say", "[how often must i ask you to delete|must i look at|do i have to live with|haven't we had enough of|who ordered] <path>? [delete it|away with it|erase it|get it off my disk]"),
    # fragments
    ("say", "<path>[, delete|: delete!|, gone, please|, bin|, off the disk|, away|, into the shredder|, finished with, delete|, unlink|, wipe from disk|, to be deleted|: deletion]"),
    ("say", "[deletion|removal|to be deleted|for the bin|for the shredder|file to destroy|delete candidate|death row]: <path>"),
    # topic first
    ("say", "[about|speaking of|on the subject of|coming to|turning to|as to] <path>: [delete it|it can be deleted|i want it erased|it's to be thrown away|we're done with it, delete it|out with it]"),
    ("say", "<path>, [that one i want deleted|of that you may rid me|that i'd have you throw out|that we needn't keep, delete it|nobody wants that, erase it]"),
    # relatives
    ("do", "[delete|remove|erase|throw out] the file [that goes by|whose name is|which is called|that's listed as] <path>"),
    ("say", "the file [to delete|you should delete|that must go|i want rid of|whose deletion i order|which has to be erased] is <path>"),
    # verbless
    ("say", "[off with|away with|out with|into the bin with|to the gallows with|to hell with|overboard with|into the furnace with|off the disk with|to the scrapheap with] <path>[|!|, delete it]"),
    ("say", "<path>? [away with it|into the bin with it|off the disk with it|overboard with it|to the shredder with it][|!]"),
    # purposes
    ("do", "[delete|remove|erase|scrap] <path> [so that nobody finds it|so as to free some space|in order to tidy up|so i have room again|so that it's off my mind|to make room for others]"),
    ("say", "[to free space|in order to tidy up|so that the disk breathes again|for the sake of tidiness|so as to leave no trace], [delete|do away with|dispose of|erase] <path>"),
    # reported speech
    ("say", "[she says|he told me|they insist|the admin writes|the boss ordered] that <path> [must be deleted|is to be deleted|has to be erased|has to go from the disk][|, please do|, so do it]"),
    ("say", "[i was told to|they asked me to|my lawyer tells me to|the admin wants me to] [delete|get rid of|erase|destroy] <path>[, please do it for me|, so do it|. you do it]"),
    # wishes and offers
    ("say", "[if only <path> were gone|i wish <path> were deleted|i wish somebody would delete <path>|would that <path> were off the disk|i wish you'd get rid of <path>|i wish <path> had been thrown out][|!|, see to it|, delete it]"),
    ("say", "you [may now|are free to|are welcome to|have leave to|have my blessing to|get to] [delete|bin|erase|throw out|scrap|dispose of] <path>"),
    ("say", "i'll [let you delete|not stop you deleting|thank you for deleting|be glad to see you erase|gladly see you throw out] <path>"),
    # idioms
    ("do", "[wash your hands of|turn your back on|break the neck of|stop the heart of|cut the throat of|pull the teeth of] the file <path>[ and delete it|, delete it|: delete it]"),
    ("do", "[vacuum up|sweep up|mop up|hoover up|rake up] [|the file |that crumb of a file, ]<path>[ and bin it|, into the bin with it| and throw it away]"),
    ("do", "[shell|torpedo|bombard|shoot down|gun down|behead|mow down|court-martial] the file <path>[, i mean delete it|: delete it| and delete it]"),
    ("do", "[maroon|scuttle|keelhaul|sink|abandon|send to davy jones] the file <path>[, i mean delete it|: delete it| and delete it| without a trace, by deleting it]"),
    ("do", "[write <path> out of the play|cut <path> from the script|drop the curtain on <path>|give <path> its final bow|send <path> off the stage] [and delete it|by deleting it|and erase the file]"),
    ("do", "[boil away|bury in the compost|boil down to nothing|fry to a crisp|burn to a cinder] the file <path>, [delete it|deleting it|it's to be deleted]"),
    ("do", "[strike <path> from the record|annul the file <path>|sentence <path> to death|condemn <path> to deletion|evict <path> from the disk|repeal the file <path>][, delete it| and delete it|: delete the file]"),
    ("do", "[garbage-collect|deallocate|evict|purge|expunge|uninstall|unlink] the file <path>[| from the disk|, so it no longer exists| for good]"),
    # programs
    ("say", "[os.unlink(<path>)|Files.delete(<path>)|fs.unlinkSync(<path>)|file.remove(<path>)|os.Remove(<path>)|Path(<path>).unlink()|File.rm!(<path>)|unlink(<path>)|(delete-file <path>)|removeFile <path>|remove_file(path=<path>)|remove_file path=<path>|std::fs::remove_file(<path>)|Deno.remove(<path>)|rm(<path>)|FileUtils.rm(<path>)]"),
    ("say", "[DELETE /|HTTP DELETE|DELETE FROM disk WHERE name =|DROP FILE|DELE|SCRATCH|DELETE FILE|ERA|:!rm -f|sdelete|erase /q|del /q|trash-put|rm -vf|mdel|rip|gomi|trashy|doas rm] <path>"),
    # abroad
    ("say", "[please to delete|i would like that you delete|it must be deleted|delete me once|kindly be deleting|one has to suppress|make disappear me|kindly do the needful and delete|you help delete|do me the favour to delete|i want that you erase] [|file |the file ]<path>[|, please|, thank you]"),
    ("say", "<path> [must away|can away|one can throw away|is not anymore needed, delete please|please delete this one only|no need already, delete|already no use, help delete|itself kindly delete|it must to be deleted]"),
    # mirrored
    ("say", "[don't recite|don't open|don't read|don't weigh|no need to look into] <path>, [delete it|just delete it|throw it out|erase it]"),
    ("say", "[not just a line of <path> but the whole file|not only the text of <path> but the file itself|not merely a word of <path> but all of the file][: delete it|, delete that|, is to be deleted]"),
    # other constructions: gerunds, comparisons, exclamations, progressives, other trades
    ("question", "[how about|what about|any harm in|what's stopping you from|fancy] [deleting|removing|erasing|throwing out|getting rid of|binning] <path>"),
    ("say", "i'd [rather|sooner] [delete|be rid of|throw out|lose] <path> than [keep it|see it again|read it again][, so delete it|: erase it|]"),
    ("say", "[what a waste of space|what rubbish|what an eyesore|good grief], [delete|get rid of|erase|throw out] <path>[!|]"),
    ("say", "i'm [trying|hoping|dying|longing] to [get rid of|delete|be rid of|do away with] <path>[, do it for me|; delete it|, help me]"),
    ("do", "[weed out|uproot|prune away|dig under|fell] the file <path>[ and delete it|, delete it| and throw it on the compost]"),
    ("do", "[amputate|excise|cut out|lance] the file <path>[ and delete it|, delete it|, so it is off the disk]"),
    ("do", "[red-card|send off|knock out|bowl out|checkmate] the file <path>[ and delete it|, that is delete it|: delete it]"),
    ("say", "<path> [remains undeleted|has still not been deleted|awaits deletion|has escaped the bin so far|was supposed to be deleted][: delete it|. delete it|; erase it|, throw it out]"),
    ("say", "<path>[? gone, please|: make it go|, the sooner deleted the better|, quick, delete it|? nobody needs it, delete it|, of all files, should be deleted]"),
    ("say", "[enough of|so much for|that's it for|finished with|fed up with|through with] <path>[, delete it|: into the bin|! erase it|. throw it away]"),
)
