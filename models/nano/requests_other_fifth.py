"""A fifth set of phrasings of the requests in requests_other.py: only tables, in the form of requests_other_third.py.

Twenty-five people speak here, one after the other, each with their own verbs, images and shapes of sentences; what
they say to look up, keep or drop a fact, to end or await a process, to ask or to tell shares its words, so that only
the construction decides.
"""

from __future__ import annotations

Table = tuple[tuple[str, str], ...]

CLOCK_FIFTH: Table = (
    # a grandmother
    ("say", "[bless me|goodness gracious|oh my dear|dearie me][, |! ][where has the afternoon gone? what does the clock say, sweetheart?|is it time for my programme yet, by the clock?|these old eyes can't make out the hands any more. what time is it, love?|my cake has to come out on the hour; how late is it, dear?] {d=time}"),
    ("say", "[at my age|when you get to eighty|since your grandfather went|with these pills] [one loses count of the days, dear. what day is it?|you need telling which day it is, so tell me, child|the days all look alike. is it wednesday, or what have we got today?|you forget the date, my love. what is it today?] {d=date}"),
    # a system administrator
    ("say", "[ntp looks off|i suspect clock drift on this box|chasing a skewed log here|rotating logs in a bit|cron fires on the hour|comparing with the upstream server][, |: |. |; ][what's local time on your end?|current wall clock, please|give me hh:mm|what does the system clock read now?] {d=time}"),
    ("say", "[change window starts friday|the cert expires this month|quarterly patch day is coming up|it's always dns on mondays|the backup rotation goes by weekday][, |: |. |; ][which day are we on?|today's date in iso, please|what is the date per the system clock?|so what day is today?] {d=date}"),
    # a ten-year-old
    ("say", "[mum said i can play till five|are we there yet?|is it bedtime??|i'm bored|dad says one more hour of games|my tummy says it's dinner][, |, but |. ][what does the clock say right now?|what time is it pleeease?|what number is the little hand on?|how late is it really really?] {d=time}"),
    ("question", "[is it saturday yet cause i don't want school|what day is it today cause my birthday is soon|do we have school today, like is it a weekday|what number day of the month is it for my homework|is it still tuesday or is it wednesday already|what date do i write in my exercise book] {d=date}"),
    # a lawyer
    ("say", "[for the avoidance of doubt|for the record of this hearing|time being of the essence|as the limitation period ends at midnight|before the registry closes][, ][kindly state the present hour|what is the time at this moment?|i put it to you: what hour is it?|let the record show what time it is] {d=time}"),
    ("say", "[the filing must bear a date|the deed is to be dated|the notice period runs from today|the undersigned requires it for the affidavit|pursuant to the rules of the court][, |: |; ][what is the date of today?|what is this day's date?|state the present date|which day of which month and year is it?] {d=date}"),
    # a sailor
    ("say", "[ahoy|avast|all hands|ahoy there, shipmate][, |! ][how many bells is it?|what hour is struck on the ship's clock?|is it time for the dog watch? give me the hour|when does my watch end, what time is it now?|sing out the hour!] {d=time}"),
    ("say", "[we've been at sea for weeks|no land in sight and no calendar aboard|the log needs its heading|i've lost my reckoning of days|one wave is like another][, |. |; |: ][what day have we, mate?|what's today's date ashore?|what day of the month do i enter?|is it sunday, or what day is it?] {d=date}"),
    # a poet
    ("say", "[the shadows lengthen on the lawn|the owl has called twice|dusk pours its wine|the candle gutters low|o hurrying minutes][, |; |. |: ][what hour do they whisper?|at what hour does the night now stand?|which hour am i writing in?|tell me how late the evening has grown|what does the bell in the tower count?] {d=time}"),
    ("say", "[the leaves are turning|a season slips through my fingers|days fall like petals|i date each verse|the moon has waned since i last looked][, |; |. |: ][which day has flowered now?|what day of which month is this?|by what date shall i sign this poem?|name me this day] {d=date}"),
    # somebody who learned English late
    ("say", "[sorry my english|excuse please|i am new in this country|please speak slow][, |. ][how many hours is it now?|how much is the clock, please?|which hour do we have now?|what is the hour in this moment?|can you say me the time?] {d=time}"),
    ("say", "[sorry my english|excuse please|in my country we write it different|for the paper in the office][, |. ][the how many-th have we today?|which day is today, please, monday or which?|can you say me the date from today?|what day have we today?] {d=date}"),
    # a nurse
    ("say", "[i'm charting|next dose is due soon|obs round is coming up|shift handover's about to start|the drip runs out at some point][, |. |: |; ][what time do i put?|time now, please?|what's the time on the ward clock?|time of entry?] {d=time}"),
    ("say", "[i'm labelling samples|the chart needs a date|three nights in a row and i've lost track|the consent form is undated|visiting is only on some days][, |. |: |; ][what's the date today?|what day is it, love?|today's date for the label?|what's the day and month?] {d=date}"),
    # an army officer
    ("say", "[synchronise watches, men|zero hour approaches|we move out shortly|on my mark|the barrage lifts soon][: |, |. |! ][time, soldier?|give me the time in hours and minutes|what do you have on your watch?|report the hour|time hack, now] {d=time}"),
    ("say", "[orders must be dated|for the war diary|leave begins on the first|d-day is close|the dispatch needs its heading][: |, |. ][report today's date|what's the date, corporal?|which day is this?|state day and month] {d=date}"),
    # a teenager in chat
    ("say", "[bruh|ngl|lowkey panicking rn|omg|yo fr][, |... | ][what time is it even|wut time izzit|how late is it lol|is it like 3am or what time is it|curfew soon, time check??] {d=time}"),
    ("say", "[bruh|ngl|omg|idk anymore|summer break brain][, |... | ][what day is it even|is it monday or nah, what day are we on|wuts the date today|is it still thursday lmao, what day is it|date rn??] {d=date}"),
    # a butler
    ("say", "[dinner is served at eight, i believe|his lordship is expected|the carriage has been ordered|the silver clock has stopped, regrettably|if i may be so bold][, |; ][might one learn the hour?|pray, how late is it?|what time may i announce?|at what hour do we find ourselves?] {d=time}"),
    ("say", "[for the menu cards|for the visitors' book|her ladyship desires to date a letter|the household accounts are being made up|one must lay out the right livery][, |: ][what date is it today?|which day of the week have we, if you please?|may one know the date?|kindly furnish today's date] {d=date}"),
    # a farmer
    ("say", "[cows want milking|sun's well over the barn|rooster crowed a good while back|wife calls for supper soon|the vet said he'd be by][, |. |; ][what time's it got to?|how late is it by your clock?|what hour would that make it?|time, neighbour?] {d=time}"),
    ("say", "[got to get the barley in before the month's out|market's on a thursday|them seed potatoes go in by the date|the milk lorry comes odd days|haven't seen a calendar since harvest][, |. |; ][what day's today?|what's the date got to?|what day of the month is it?|is it thursday or what have we?] {d=date}"),
    # a pilot on the radio
    ("say", "[tower, november one two|ground, ready to copy|approach, request|holding short|cleared for pushback soon][, |: ][request time check, over|say time, over|confirm local time, over|what's your clock, over?] {d=time}"),
    ("say", "[tower, filing flight plan|dispatch, for the logbook|ground, paperwork on board|station calling][, |: ][say date, over|request today's date, over|confirm day of the week, over|which date do i log, over?] {d=date}"),
    # a programmer
    ("say", "[my unit test mocks the clock and i need the real one|chasing a timezone bug|comparing against the log's last line|tests fail after midnight][: |, |. ][what does the clock return for time of day?|hh:mm of now?|print the current time|what's now().time?] {d=time}"),
    ("say", "[the changelog needs a header|tagging a release|license year check|off-by-one in my calendar code|the sprint ends on friday][: |, |. ][what's today's date?|today as yyyy-mm-dd?|which weekday does today resolve to?|print the current date] {d=date}"),
    # a lazy student
    ("say", "[ugh|meh|can't be bothered to look up|my phone's on the other side of the bed|i'm not getting up yet][, |... |. ][time?|what time is it, do i still get to sleep?|is my lecture over by now, how late is it?|is it noon yet, what's the time?] {d=time}"),
    ("say", "[ugh|wasn't there a deadline|i slept through half the week|my essay needs a date on top|semester break, brain off][, |... |. ][what day is it?|date today?|which date is it already?|is it sunday? what day do we have?] {d=date}"),
    # an angry customer
    ("say", "[i've been on hold for an eternity|this is outrageous|your shop said it opens at nine|i was promised a call back at three|how much longer|unbelievable][! |, |. ][what time is it by your clock?|have you looked at the clock? what does it say?|tell me the time right now|do you people know what time it is? well?] {d=time}"),
    ("say", "[it was due last week|you promised delivery by the tenth|my warranty is running out|this is my third complaint this month|do you people own a calendar][! |, |. |? ][what is the date today?|what day is it today, tell me|name me today's date|which day do we have, hm?] {d=date}"),
    # a shy clerk
    ("say", "[um, sorry to disturb|i hardly dare ask|only if it's no trouble|i don't want to be late again|my watch, it sort of stopped][, |... ][would you happen to know the time?|could it perhaps be five already, or what time is it?|is it, um, closing time yet by the clock?|what time might it be?] {d=time}"),
    ("say", "[um, sorry to disturb|i hardly dare ask|this is embarrassing|i have to stamp these forms|i may have torn off one leaf too many][, |... ][which date would be right for today?|what day is it, if i may?|would you happen to know today's date?|it isn't friday, is it? what day is it?] {d=date}"),
    # a football coach
    ("say", "[second half's coming|we kick off any minute|warm-up's running long|the ref keeps looking at his watch|lads, team bus leaves soon][, |! |. ][what's on the clock?|time check!|how late are we?|what time of day is it now?] {d=time}"),
    ("say", "[match day is saturday|cup tie's on the twentieth|transfer window shuts at month's end|one training week is like the next][, |! |. ][what day are we on?|what's today's date?|is it match day yet, i mean what day is it?|give me the date] {d=date}"),
    # a cook
    ("say", "[the roast goes out at seven|my soufflé is in|rice has been on a while|guests are seated|dough's been proving since morning|my timer's bust][, |! |. ][what time is it?|what's the kitchen clock say?|time, chef?|how late is it now?] {d=time}"),
    ("say", "[fish comes in on fridays|these eggs are stamped till the twelfth|i'm labelling the tubs|menu of the day needs a date|the veg man comes tuesdays][, |! |. ][what's today?|what's the date, chef?|which day are we?|today's date?] {d=date}"),
    # a scientist
    ("say", "[for the lab book|the sample has been incubating|the reaction started earlier|i need a reference reading|t equals zero was at breakfast][, |: |. ][what is the current time?|record the present time of day and tell me|what time does the clock indicate?|what is the time of this observation?] {d=time}"),
    ("say", "[for the lab book|the culture was set up on monday|the grant deadline is near|the preprint needs one|labelling the specimen][, |: |. ][what is the date?|which date do we have?|give the calendar date of this observation|what day of the week is the sample taken on, i.e. today?] {d=date}"),
    # a gangster in a film
    ("say", "[the train with the dough pulls in at midnight|we hit the bank when it opens|louie was supposed to be here by now|the night watchman changes at two|see this watch? it's hot, and it's broke][, |. |; ][what time is it, wise guy?|so what's the clock say?|gimme the time, kid|how late is it, pal?] {d=time}"),
    ("say", "[the shipment comes in on the fifth|fat tony gets out on a friday|i've been laying low so long|the boss collects on mondays|ten years in the joint, you lose count][, |. |; ][what day is it, kid?|what's today's date, see?|gimme the date|so what's today, wise guy?] {d=date}"),
    # a priest
    ("say", "[vespers will be rung|the faithful are gathering|mass begins on the hour|the sexton has overslept|the angelus was a while ago][, |; |. ][what hour is it, my child?|how late is it, brother?|what does the church clock show?|tell me the hour, in god's name] {d=time}"),
    ("say", "[for the parish register|i'm entering a baptism|lent makes the days alike|i must choose the reading|the feast days come thick and fast][, |; |: ][what is the date today, my child?|what day of the week has the lord given us?|which day is this?|tell me today's date] {d=date}"),
    # a telegram
    ("say", "[arriving soon stop|train delayed stop|watch broken stop|must catch steamer stop] [wire time|cable hour please|what time now|need exact hour|time please] {d=time}"),
    ("say", "[lost calendar stop|letter undated stop|expedition returning stop|long voyage stop] [wire date|what day now|cable todays date|need day and month|day please] {d=date}"),
    # a voice message with stops and starts
    ("say", "[hi, it's me, uh|so, um, yeah|okay so i'm, i'm running|hang on, i'm|hey, so, listen, uh] [... the time, what's the time?|... what was i, oh yes, how late is it?|... no wait, first, what time is it now?|... do you, can you see a clock? what does it say?] {d=time}"),
    ("say", "[hi, it's me, uh|so, um, yeah|hang on, i'm|hey, so, it's about the, the] [... the date, what's the date today?|... what day, i mean, what day is it?|... no wait, is it the, what date do we have?|... today, like, which weekday is it?] {d=date}"),
    # somebody who describes the goal and never the action
    ("say", "[i'd like to be sure i'm not late|i want to set my stopped watch by you|my wish is to have the hour right|i must not miss the five o'clock bus, and i have no watch|my goal is to know whether the morning is gone|ideally i'd have the current hour in front of me] {d=time}"),
    ("say", "[i'd like the right date at the top of my letter|i want to be certain it isn't sunday today|my calendar should be turned to the right page again|the goal is a form with today's date on it, and i don't have it|i'd feel better with today's weekday known to me|the day and month of today are all that's missing on my cheque] {d=date}"),
    # the grandmother again
    ("do", "[put your ear to the mantel clock|peep at the clock for your old gran|find granny's spectacles and read her the clock] and [tell her how late it is|say what time it is, dear|give her the hour] {d=time}"),
    # the system administrator again
    ("say", "[timestamp this incident|incident opened|post-mortem, first line]: [date and time, please|what day and what time is it?|give me date plus clock] {d=both}"),
    # the ten-year-old again
    ("say", "when my [birthday|football|piano lesson|grandpa's visit] is [on saturday|tomorrow|on the 9th], [what day is it today then?|what's today? tell me the day|is that soon? what's the date today?] {d=date}"),
    # the lawyer again
    ("say", "[signed and sealed|done in this town|in witness whereof], [on what date and at what hour?|supply the date and the time|the date and the hour being what?] {d=both}"),
    # the teenager again
    ("say", "[stream starts at 8|the drop is at noon|my bus is at 7.40], [am i late?? what time is it|time rn?|whats the time fr] {d=time}"),
    # the butler again
    ("say", "[shall i sound the gong?|the port is decanted.|is it the hour for tea?] [what time is it, if you please?|one must first know the hour|kindly consult the clock and tell me] {d=time}"),
    # the one who names the goal, again
    ("say", "[my watch should show the same time as your clock|there should be no doubt left about the hour|i'd like to write the right time on this slip, and lack it|the aim is that i know how late it has become] {d=time}"),
    ("say", "[both the day and the hour should be clear to me|i'd like to have the date and the time before me|what should stand on this slip is today's date and the present time, unknown to me so far|the aim is that i know what day and what time it is] {d=both}"),
)  # fmt: skip
REMEMBER_FIFTH: Table = (
    # a grandmother
    ("say", "[now listen to your granny|come here, child, and listen|sit down, my dear|you've young ears and a young head, sweetheart], [and don't you forget it|keep this one for your old gran|you hold on to this for me because i won't|this is one to keep in that clever head]: <line>"),
    ("say", "<line>[, and mind you keep that in your dear little head|. i'd only forget it, so you keep it for me, pet|, dear. you'll hold on to that for your granny, won't you?|. tuck that away in your memory for me, there's a love|. gran forgets such things, you don't, so remember it, sweetie]"),
    # a system administrator
    ("do", "[persist|write through|commit|pin|flush] [this fact|the following|this one] to [your long-term memory|memory and keep it across restarts|your memory with no ttl|memory, never to be evicted]: <line>"),
    ("say", "[infra note for your memory|standing fact, no expiry|keep across reboots|tribal knowledge, so store it in your memory|known issue to keep in mind|pinned to your memory, no ttl]: <line>"),
    # a ten-year-old
    ("say", "[guess what|you know what|ok so this is super important|i'm telling you a fact now|pinky promise you won't forget]: <line>[, remember that ok?|, and you can't ever forget it| and you gotta keep it in your robot brain|, keep it in your brain pleeease]"),
    ("do", "put [this|this thing] in your [robot brain|computer brain|super brain] [and keep it there|so you always know it|forever and ever|and never lose it]: <line>"),
    # a lawyer
    ("do", "[take judicial notice and retain in your memory|let it be entered in your memory|hold it on record in your memory|keep it on file in your memory, without prejudice,] that <line>"),
    ("say", "[be it known to you henceforth|it is hereby stipulated, for retention in your memory,|the parties agree, and you shall bear in mind,|you shall at all times hereafter remember|i put you on notice, to be retained in memory,] that <line>"),
    # a sailor
    ("do", "stow [this|the following|this bit] [below decks in your memory|in the hold of your memory|fast in your memory|in the locker of your mind][, lashed down|, hatches battened|, mate|]: <line>"),
    ("say", "<line>[. stow that in the hold of your memory, mate|, and lash that fast in your memory|; belay forgetting it|. drop anchor on that one and don't forget it|, shipmate. keep it aboard in your head]"),
    # a poet
    ("say", "<line>. [let that echo in your memory|may it ring in your memory when i have gone silent|carry that like a refrain in your memory|press it like a flower between the pages of your memory|let it never fade from you, remember it]"),
    ("do", "[weave into|inscribe upon|sow in|press like a flower into] [the cloth of your memory|the tablet of your memory|the garden of your memory|your memory] [this line|this truth|these words]: <line>"),
    # somebody who learned English late
    ("do", "[keep you please|hold please|make please stay] in your memory, [that i must not say again|is important for me|so you can say me later]: <line>"),
    ("say", "<line>. [please you keep this in head for me|this you must not forget, please|you make note in your memory, yes?|i will later ask, you please remember me this, in your head keep it|please save in the memory this what i say]"),
    # a nurse
    ("say", "[handover note, keep it in your memory|bed note to remember|for your mental chart|handing over to you, so keep it in mind|allergy list in your head, please]: <line>"),
    ("say", "<line>. [chart that in your memory|put that in your mental notes and don't lose it|hand that over to your own memory|keep that in mind for the whole shift and after]"),
    # an army officer
    ("say", "[standing order for your memory|intelligence to be retained|hear this and retain it in your memory, soldier|commit to memory, burn the paper|briefing point, to be kept in mind]: <line>"),
    ("do", "[hold|garrison|dig in|secure] in your memory, [at all costs|until relieved|that's an order], [the fact|the following fact|this][: | - ]<line>"),
    # a teenager in chat
    ("say", "<line>[ lol, dont forget that k| fr, keep that in ur memory| tbh. save that in ur brain pls| btw, lock it in ur memory|. screenshot that in ur brain| ok? u gotta remember that|, core memory unlocked, keep it]"),
    ("say", "[lore drop, remember it|core memory incoming, keep it|psa for ur memory|save this in ur brain k|pin this in ur memory fr]: <line>"),
    # a butler
    ("say", "[might i trouble you to retain|i should be obliged if you would retain|would you be so gracious as to bear in mind|one trusts you will not forget], [with the utmost discretion|in your admirable memory|for future occasions], that <line>"),
    ("say", "<line>, [which i commend to your admirable memory|if you would kindly bear that in mind for future occasions|a detail one trusts you will retain|and i should be obliged were you to keep that in memory]"),
    # a farmer
    ("do", "[plant|sow|put up|store] this in your [memory|head] [like seed corn|like hay for the winter|and let it root|for the lean months]: <line>"),
    ("say", "<line>. [put that in the barn of your memory for the winter|don't let the crows get that out of your head|that's seed corn, keep it in your memory|brand that on your memory like a calf]"),
    # a pilot on the radio
    ("say", "[copy and retain in your memory|ready to copy? keep in memory|advise you keep in mind|standing information, hold in memory], [break, |]<line>"),
    ("say", "[information for your memory bank|store to memory, read-back not required|hold in memory till requested|copy to memory]: <line>[, over|, out]"),
    # a programmer
    ("do", "[cache|memoise|hardcode|stash|persist] [this|the following|this invariant] in your [memory|long-term memory][, no invalidation| as a constant|, read-only|]: <line>"),
    ("say", "[const, never garbage-collect from your memory|invariant for your memory|assert from now on and keep in memory|todo for your brain: remember|commit message to your memory]: <line>"),
    # a lazy student
    ("say", "[i'm not writing this down|too lazy for a notebook|this'll be in the exam|zero effort from me], [you keep it in your memory|you learn it by heart|cram it into your memory|so you memorise it]: <line>"),
    ("say", "<line>. [i won't learn that, you memorise it|cram that into your memory so i don't have to|that's on the exam, keep it in your head for me|so i needn't write it down, you remember it]"),
    # an angry customer
    ("say", "[i won't say this again|for the last time|i am sick of repeating myself|get this into your head|write this behind your ears], [and don't you dare forget it|and this time you remember it|keep it in your memory this time]: <line>"),
    ("say", "<line>! [get that into your memory once and for all|how often must i say it? remember it|is that so hard to keep in mind? then do|don't you dare forget that again]"),
    # a shy clerk
    ("say", "[if it isn't too much|only if there's space in your memory|i wouldn't want it to get lost|sorry, just a tiny thing], [perhaps you could keep in mind|might you possibly remember|could you maybe hold in your memory|would you mind not forgetting] that <line>"),
    ("say", "<line>... [um, perhaps you could remember that?|sorry, would you mind keeping that in your memory?|it'd be a relief if you kept that in mind for me|maybe that could stay in your memory, if it's no trouble]"),
    # a football coach
    ("say", "[listen up, team|half-time talk|rule number one|into the locker room of your memory|drill this in], [remember it for the full ninety|keep it in your head from whistle to whistle|and never drop that ball out of your memory]: <line>"),
    ("do", "[drill|coach|train] [this|this one] into your memory [till it sits|like a set piece|for the whole season]: <line>"),
    # a cook
    ("do", "[pickle|marinate|preserve|bottle|simmer] this in your memory [for the next course|till i call for it|like jam for the winter]: <line>"),
    ("say", "<line>. [season your memory with that and keep it|put that in the larder of your memory|jar that up in your memory till i ask|keep that warm in your memory for me]"),
    # a scientist
    ("say", "[established result, to be kept in your memory|finding, retain it|take as an axiom from now on and remember|empirical fact for your memory|constant of my little universe, keep in mind]: <line>"),
    ("say", "[it has been observed|the data show|we may conclude|the hypothesis is confirmed] that <line>[; retain it in your memory|. encode that in your memory|; keep that finding in mind|. commit the result to your memory]"),
    # a gangster in a film
    ("say", "[listen good, kid|this stays between you and me|you didn't hear it from me, but you keep it in your head|the boss says to remember this], [and keep it in that memory of yours|and you don't ever forget it, capisce|put it in the vault of your memory]: <line>"),
    ("say", "<line>, [see? keep that in your memory, and keep it good|capisce? you remember that|kid, and you don't forget who told you, nor what|and that goes in the vault of your memory, see]"),
    # a priest
    ("say", "[keep, my child, in your memory|guard, brother, in your memory|hear the word and keep it in your memory|let your memory treasure], [as it is said|for all your days|and let it not depart from you]: <line>"),
    ("say", "<line>. [go in peace, and remember it|keep that in your memory, my child, and ponder it|let that dwell in your memory for ever|so it is written, so let it be kept in your memory]"),
    # a telegram
    ("say", "[retain in memory|keep in memory|urgent remember|hold in memory until asked|do not forget] stop <line>"),
    ("say", "<line> [stop retain in memory|stop keep in mind|stop do not forget|stop commit to memory]"),
    # a voice message with stops and starts
    ("say", "[hi, so, uh|okay, um, right|sorry, bad line|hang on, where was i], [you need to, you know, remember this|this is, uh, for your memory|keep this, keep it in your head, yeah|i'll forget so, um, you remember]: <line>"),
    ("say", "<line>... [yeah, so, um, remember that, okay?|uh, keep that, keep it in your memory i mean|anyway, that's, don't forget that|so, right, that's for your memory, bye]"),
    # somebody who describes the goal and never the action
    ("say", "[it should never again be unknown to you|i want your memory to be richer by one fact|your memory should hold from now on|the aim is a memory that holds this|my goal: you still know next year|ideally you'd never need to be told again], [namely |]that <line>"),
    ("say", "<line>: [i want that still known to you in a year|that should never leave your memory|my hope is to find that in your memory when i ask|that ought to be in your memory by the time i come back]"),
    # the grandmother again
    ("say", "<q>. [that's what your granny wants kept in that clever head of yours, dear|write that on your heart, child, and remember it|you'll still know that when i've long forgotten it, won't you? keep it in mind|gran says: remember that, pet]"),
    # the system administrator again
    ("say", "<q>[ => memory, retention forever|, to be written to your memory, not to a file|: append to what you remember, not to any log|, persist in memory please]"),
    # the ten-year-old again
    ("say", "<q>! [you gotta remember that forever|that's our secret, keep it in your robot brain|bet you can't remember that? well, do]"),
    # the lawyer again
    ("say", "<q>, [so stipulated. let your memory retain it|m'lud; be good enough to bear it in mind|is the agreed fact which you shall remember|shall stand in your memory as agreed]"),
    # the sailor again
    ("say", "<q>! [lash that down in your memory, lads|aye, and keep that aboard in your head|log that in your memory, not in any book]"),
    # the poet again
    ("say", "<q> - [o memory, hold it|write it, not on paper, but in your memory|keep this line when all the others fade, remember it]"),
    # the late learner of English again
    ("say", "this i say you, [you must later know it|in head please keep|not forget please]: <line>"),
    # the nurse again
    ("say", "<q>, [that's for your memory, not for the chart|keep that in your head for the night shift|remember that one, it matters for the patient]"),
    # the army officer again
    ("say", "<q>. [memorise that, soldier, and burn the paper|that stays in your memory to the last man|committed to memory? see that it is, remember it]"),
    # the teenager again
    ("say", "<q>[ << save that in ur memory| lol remember this one for me| core memory, dont lose it]"),
    # the cook again
    ("say", "secret recipe, [keep it in your memory only|never on paper, only in your head|remember it to the gram]: <line>"),
    # the gangster again
    ("say", "<q>. [that don't go on paper, it goes in your memory, see|you remember that till they put you in the ground|keep that under your hat and in your head, kid]"),
)  # fmt: skip
RECALL_FIFTH: Table = (
    # a grandmother
    ("say", "[granny is so forgetful|gran forgets such things|my poor old head|i'd only forget it, so i told you], [love|pet|dear|child]. [what was it i said about|what did you tuck away for me about|what have you kept in that clever head about|what did i ask you to hold on to about] <topic>?"),
    ("say", "<topic>, [dear|love|sweetheart|pet], [now what did granny tell you about that?|it was so clear to me yesterday; what had i said?|you kept that for your old gran. what was it?|i know i told you, and now it's gone. what was it?]"),
    # a system administrator
    ("do", "[read back|pull|page in|restore|query] [what you persisted in memory about|the facts pinned in your memory about|whatever memory holds, across restarts, on|everything i had you store in memory about] <topic>"),
    ("say", "<topic>: [is that still in your memory, and what does it say?|memory hit or miss? read me the fact|what did i have you pin?|read it back from your memory|do a lookup in memory, return the fact i gave you]"),
    # a ten-year-old
    ("say", "[pleeease|pretty please|come ooon|hey robot|you pinky promised], [look in your robot brain and tell me what i said about|what's in your robot brain about|what did i tell you that time about|you didn't forget, right? what was it about] <topic>[?|]"),
    ("question", "what's in your [robot brain|super brain|computer brain] [that i put there |cause i told you |from when i told you ]about <topic>"),
    # a lawyer
    ("say", "[counsel requires|the record requires|i hereby request|the court would hear] [what you retained in memory about|your recollection of my statement on|what was entered in your memory in the matter of|what i placed on record with you concerning] <topic>"),
    ("do", "[testify from memory|state to the best of your recollection|depose from memory] [what i placed on record with you|what i told you|what you were instructed to retain] [in the matter of|as to|concerning|regarding] <topic>"),
    # a sailor
    ("do", "[haul up|hoist|winch up|fish up|bring on deck] [from the hold of your memory |from the depths of your memory ][what i told you of|what you stowed about|what i said about] <topic>"),
    ("say", "<topic>, [shipmate|mate|matey|bosun]: [what did we stow in your memory about that?|haul up what i told you|what's in the hold of your memory?|what did i have you keep aboard?]"),
    # a poet
    ("say", "[let it echo once more|let it ring again|sing me that refrain again|open the pressed flower]: [what did i whisper to you|what do you carry in your memory|what did i lay in your memory|what blooms in your memory] about <topic>[?|]"),
    ("say", "<topic>, [o keeper of my words|faithful echo|mirror of my memory]: [what did i once whisper of it?|what refrain of mine do you carry?|give me back the words i gave you|what still blooms in your memory?]"),
    # somebody who learned English late
    ("say", "[please you say me|can you say me|i want that you say me|you must please say me], [what you keep in your memory from me about|what i have said you about|what in your memory stays about|which thing i have told to you about] <topic>[?|]"),
    ("say", "<topic>, [please|sorry]: [i have told it to you but i know not more. what was it?|what stays in your memory?|what have i said you?|you have kept this from me in head, say me]"),
    # a nurse
    ("say", "[quick handover, love|going through your mental chart|before the ward round|coming on shift now][: |, ][what did i chart in your memory about|what's in your mental notes from me about|what did i hand over to you about|what did i have you keep in mind about] <topic>[?|]"),
    ("do", "[read me|run me through|bring up] [your mental notes from me on|what i charted in your memory about|what i handed over to you about|what you've kept in mind for me about] <topic>"),
    # an army officer
    ("say", "[report|debrief me|sitrep|at ease and report]: [what intelligence do you retain in your memory on|what did my briefing tell you about|what did i order you to retain about|what did i commit to your memory about] <topic>[?|]"),
    ("do", "[debrief me from memory on|report from memory on|fall back on your memory and report on|reconnoitre your memory for] [what i told you of |my briefing about |]<topic>"),
    # a teenager in chat
    ("say", "[wait lol|bruh help|omg i blanked|yo fr], [what did i tell u bout|whats saved in ur brain bout|remind me the lore i told u on|u still got in ur memory what i said bout] <topic>[??|?|]"),
    ("say", "<topic>?? [what did i tell u bout that lol|u remember that one right, whats it again|i forgor, remind me|check ur memory fr]"),
    # a butler
    ("say", "[might i trouble you for|i should be obliged for|would you be so gracious as to give me|one would welcome] [what i once entrusted to your memory about|your recollection of my remarks on|what your admirable memory retains of] <topic>[|, if you please]"),
    ("say", "my <own>, [if you'd be so gracious|if i might trouble you|sir, as once entrusted to you]: [what does your admirable memory retain?|what was it that i confided?|i fear it escapes me, but not you. what was it?]"),
    # a farmer
    ("do", "[dig up|harvest|fork out|fetch from the barn] [what i sowed in your memory about|what you've got stored in your head about|what i told you back then about|what your memory's got on] <topic>"),
    ("say", "[i sowed that in your head long since|that's been put up in your memory|i brought that in to your memory like hay|it must've taken root in your memory], <topic>[: what was it?|, now dig it up for me|. fetch it out and tell me|. what did i say?]"),
    # a pilot on the radio
    ("say", "[say again|read back|request read-back of|transmit] [information held in your memory on|what you copied to memory about|my earlier transmission on|what i passed to you and you retain about] <topic>[|, over]"),
    ("say", "<topic>, [request|requesting] [read-back from your memory|what you hold in memory|what i passed earlier|the information you copied to memory][|, over]"),
    # a programmer
    ("do", "[dereference|deserialise|load|return|print] [what you cached in your memory about|the value i stashed in your memory for|the fact i persisted with you on|what i had you memoise about] <topic>"),
    ("say", "[cache lookup in your memory|read access, no write, on your memory|getter on your memory|select, don't delete, from memory], key <topic>"),
    # a lazy student
    ("say", "[i'm not looking it up|didn't take notes, you did in your memory|too lazy to think|open memory exam], [what did i have you cram about|what did you memorise for me about|what's in your memory that i told you about|just say what you keep in your head about] <topic>[?|]"),
    ("say", "<topic>. [i didn't learn that, you memorised it. what was it?|whatever i had you cram on that, say it|you've got that in your head for me, out with it, tell me|you're my notes. what did i say?]"),
    # an angry customer
    ("say", "[i've told you all this before|how often must i repeat myself|i will not say it all again|don't you dare say you forgot]! [what did i tell you about|out with what's in your memory about|so what do you remember about|what did i have you keep in mind about] <topic>[?|!]"),
    ("say", "<topic>! [i told you all about that, so what did i say?|do you remember anything at all about that? well, what?|i demand to hear what you've kept in memory|how often did i tell you? now you tell me what i said]"),
    # a shy clerk
    ("say", "[i'm sorry, i should know this|only if you still have it in memory|i may have mentioned it once|you'll think me silly], [perhaps you remember what i said about|might you possibly tell me what i told you about|could you maybe look in your memory for|would you mind repeating to me what i said about] <topic>[?|]"),
    ("say", "<topic>... [um, i did mention it once, do you remember what i said?|sorry, would you mind looking that up in your memory?|perhaps it's still in your memory, what was it?|i believe i told you, if you'd just repeat it to me]"),
    # a football coach
    ("say", "[listen up, team|half-time talk|pre-match check|show me you paid attention], [what did i drill into your memory about|what was my team talk to you about|what's in your head from my coaching on|what did i tell you to keep in mind about] <topic>?"),
    ("do", "[replay|run back the tape on|pass back to me] [what i drilled into your memory about|my team talk to you on|what i told you to keep in mind about] <topic>"),
    # a cook
    ("do", "[dish up|plate up|ladle out|take out of the larder|serve] [from your memory |]what i [told you|had you jar up|gave you to keep] about <topic>"),
    ("say", "<topic>: [what's in the jar of your memory?|what did i put in the larder of your memory?|serve me what i told you|unscrew the lid, what did i have you keep?]"),
    # a scientist
    ("do", "[reproduce|cite|recover|reconstruct] from your memory [what i reported to you on|the finding i gave you about|what you have retained about|my earlier statement on] <topic>"),
    ("say", "[query|literature search in your own memory|experiment on recall|hypothesis: you still remember], subject <topic>[: what did i report to you?|. state what you have retained|, state what is in your memory]"),
    # a gangster in a film
    ("say", "[sing, canary|spill it, kid|start talking|open up the vault of your memory]: [what did i tell you about|what's in that memory of yours about|what did i give you to keep in your head about|what do you remember of what i said about] <topic>[?|]"),
    ("say", "<topic>, [see?|kid|wise guy]: [that's in the vault of your memory, so sing|i told you once, now you tell me|you got that in your head, so spill it|what was it i told you to remember?]"),
    # a priest
    ("say", "[confess, my child|bear witness|open the book of your memory|lift up your voice]: [what have i entrusted to your memory about|what dwells in your memory concerning|what word of mine did you keep about|what did i preach to you about, that you remember,] <topic>[?|]"),
    ("do", "bear witness [from memory |]of [what i entrusted to you about|the word you kept for me about|what you remember concerning] <topic>"),
    # a telegram
    ("say", "[need from memory|memory needed|recall urgently|search memory|what retained in memory|told you earlier repeat please] stop <topic>"),
    ("say", "<topic> [stop recall and wire|stop what retained in memory|stop told you earlier repeat|stop memory please|stop what did i say]"),
    # a voice message with stops and starts
    ("say", "[hi, so, uh|okay, um, right|sorry, bad line|hang on, where was i], [i told you, didn't i, what was it, about|what's in your, in your memory i mean, about|you had to, you know, keep in mind for me, what was it, about|what did i, what did i say to you about] <topic>[?|]"),
    ("say", "<topic>... [yeah, so, um, what did i tell you about that?|uh, that, what do you, you know, remember?|anyway, that, it's in your memory, right? so what is it?|so, right, i told you once, what was it?]"),
    # somebody who describes the goal and never the action
    ("say", "[i'd like to have before me again|i want to be as wise as your memory about|the aim is for me to know again|it would be nice to have at hand again] [what i once told you about |the thing i told you about |][the matter of |]<topic>, [as your memory has it|from your memory|the way you remember it]"),
    ("say", "<topic>: [i want to know that as well as your memory does|i'd like to hear again what i told you|my goal is to know what your memory holds there|what i once told you should be in front of me again]"),
    # the grandmother again
    ("question", "where did your granny say <topic> is, [dear, you kept it in that clever head|love, you were to remember it for me|pet, i told you once]"),
    # the system administrator again
    ("say", "memory, not disk: [what did i tell you|what do you hold|which fact have i given you] on <topic>?"),
    # the ten-year-old again
    ("say", "i bet you [don't remember|forgot|can't say any more] [what i told you about|the thing about|what i said about] <topic>[, or do you? say it!|! prove it, what was it?|. if you do, tell me!]"),
    # the lawyer again
    ("question", "did i, or did i not, [tell you|put on record with you|have you remember] [anything about|something about|a fact about] <topic>[, and what|, and in what terms|]"),
    # the sailor again
    ("say", "[the log is wet|the charts went overboard|no book aboard], so [from your memory, mate, what did i tell you of|say by heart what i told you about|haul it out of your memory, what did i say about] <topic>?"),
    # the poet again
    ("say", "[not from any book, but from your memory|from the well of your memory|out of your memory's dusk]: [the words i gave you|what i once confided|whatever i told you] about <topic>"),
    # the late learner of English again
    ("say", "this i have said you, [you must now know it|in head you have it|you have not forgotten, i hope]: [what was with|how was it with|what did i say about] <topic>[?|]"),
    # the nurse again
    ("say", "[the chart's gone missing|nothing in the chart|they've locked the files away], so [what's in your memory about|what did i tell you to keep in mind about|what do you remember me saying about] <topic>?"),
    # the army officer again
    ("say", "[paper burnt, sir|codebook lost|no documents on you]: [say from memory what i told you about|what did you memorise on|what were you ordered to remember about] <topic>[?|]"),
    # the teenager again
    ("say", "[not the chat log, ur memory|from ur memory not google|no googling], [whats that thing i told u bout|what did i say bout|what do u remember bout] <topic>[?|]"),
    # the angry customer again
    ("say", "you have it on record in that memory: [what did i say|what have i told you|what did i make you remember] about <topic>[?|!]"),
    # the cook again
    ("say", "secret recipe, [it's in your memory only|never on paper, only in your head]: [what did i tell you about|what was it with|what do you remember of] <topic>?"),
)  # fmt: skip
FORGET_FIFTH: Table = (
    # a grandmother
    ("say", "[granny is a silly old goose|granny talks too much|granny shouldn't have told you|what was gran thinking], [love|pet|dear|child]. [don't you keep that business about|let it go out of that clever head, that business about|you forget all about|don't you hold on any longer to what i told you about] <topic>"),
    ("do", "be a [lamb|dear|good child|treasure] and [don't hold on any longer to what gran told you about|forget what your granny said about|let that tale slip out of your dear little head, the one about|forget, for your old gran's sake, about] <topic>"),
    # a system administrator
    ("do", "[evict|expire|invalidate|unpin|flush out|gc] [what you persisted in memory about|the facts pinned in your memory about|whatever memory holds on|everything i had you store in memory about] <topic>"),
    ("say", "<topic>: [stale fact, flush it out of your memory|memory entry expired, drop it|ttl is over, evict it from memory|decommissioned, so unpin it and forget it|obsolete, invalidate what your memory holds]"),
    # a ten-year-old
    ("say", "[pleeease|pretty please|oopsie|uh oh|it was a fib], [take it out of your robot brain, the thing about|don't have it in your robot brain any more, the thing about|you gotta forget what i told you that time about|unremember what i said about] <topic>"),
    ("say", "[it's embarrassing|my sister must never find out|i was only pretending|i'm not telling any more], [so go forget|so pleeease forget|you have to forget|so zap out of your robot brain] [|what i said about |the thing about |everything about ]<topic>"),
    # a lawyer
    ("say", "[counsel moves to strike|the record shall no longer contain|i hereby withdraw|the court would expunge] [from your memory what you retained about|from your memory my statement on|from your memory the matter of] <topic>[|, forthwith]"),
    ("do", "[strike|expunge|redact|seal and destroy] [from your memory |in your memory ][what i placed on record with you|what i told you|what you were instructed to retain] [in the matter of|as to|concerning|regarding] <topic>"),
    # a sailor
    ("do", "[heave overboard|jettison|sink|cast adrift|send to davy jones] [from the hold of your memory |out of your memory ][what i told you of|what you stowed about|what i said about] <topic>"),
    ("say", "<topic>, [shipmate|mate|matey|bosun]: [overboard with it, out of your memory|what we stowed in your memory about that goes over the side|sink what i told you, forget it|heave it out of the hold of your memory]"),
    # a poet
    ("say", "[let no echo remain|let it ring no more|let that refrain fall silent|burn the pressed flower]: [let fade from your memory what i whispered about|no longer carry in your memory what i told you about|let wither in your memory all that concerns|forget, o forget,] <topic>"),
    ("say", "<topic>, [o keeper of my words|faithful echo|mirror of my memory]: [let it wither in your memory|carry it no longer, forget it|let lethe wash it from your memory|let it fall like a leaf out of your memory]"),
    # somebody who learned English late
    ("say", "[please you keep not more|you must please throw out|i want that you forget|you must not more have] in your memory [what i have said you about|the thing about|all about] <topic>"),
    ("say", "<topic>, [please|sorry]: [i have told it to you but is wrong. forget it|this must not more stay in your memory|throw this out from your head|you have kept this from me in head, take it out]"),
    # a nurse
    ("say", "[quick correction, love|going through your mental chart|wrong patient, wrong note|that's been discharged][: |, ][wipe out of your memory what i charted about|out of your mental notes goes|forget what i handed over to you about|don't keep in mind any more] <topic>"),
    ("do", "[discharge|swab|wipe|flush] from your [mental notes|memory] [what i charted about|what i handed over to you about|what you've kept in mind for me about] <topic>"),
    # an army officer
    ("say", "[stand down on that|order rescinded|burn after reading|classified as of now]: [retain nothing in your memory on|what my briefing told you is to be forgotten, about|what i ordered you to retain is to be forgotten, about|clear out of your memory what i said about] <topic>"),
    ("do", "[surrender|evacuate|clear|demobilise] from your memory [what i told you of |my briefing about |]<topic>"),
    # a teenager in chat
    ("say", "[wait no lol|bruh cringe|omg delete that|yo fr], [forget what i told u bout|yeet outta ur brain what i said bout|unsave from ur memory the lore on|u never heard me talk bout, so forget] <topic>"),
    ("say", "<topic>?? [forget i told u bout that lol|u dont remember that one ok, delete it from ur brain|forget it, cringe|drop it from ur memory fr]"),
    # a butler
    ("say", "[might i trouble you to dismiss from your admirable memory|i should be obliged if you would no longer retain|would you be so gracious as to forget|one would welcome it if you no longer remembered] [what i once entrusted to you about|my remarks on|all that concerns] <topic>[|, if you please]"),
    ("say", "<topic>, [sir, as once entrusted to your memory|if i might trouble you|with your permission]: [one should no longer retain it|kindly dismiss it from your memory|let it be as though never mentioned, forget it|discretion requires that you forget it]"),
    # a farmer
    ("do", "[plough under|weed out|grub up|muck out] [what i sowed in your memory about|what you've got stored in your head about|what i told you back then about|what your memory's got on] <topic>"),
    ("say", "[i sowed that in your head long since|that's been put up in your memory|that's gone mouldy in your memory|it's a weed in your memory], <topic>[: forget it|, now plough it under and forget it|. out with it, forget it|. fork it out of your head]"),
    # a pilot on the radio
    ("say", "[disregard and forget|scratch|cancel|purge] [information held in your memory on|what you copied to memory about|my earlier transmission, held in your memory, on|what i passed to you and you retain about] <topic>[|, over]"),
    ("say", "<topic>, [request you|advise you|you are to] [clear it from your memory|forget what i passed earlier|purge what you hold in memory|retain it in memory no longer][|, over]"),
    # a programmer
    ("do", "[invalidate|garbage-collect|free|nullify|deallocate] [what you cached in your memory about|the value i stashed in your memory for|the fact i persisted with you on|what i had you memoise about] <topic>"),
    ("say", "[cache invalidation in your memory|delete, don't read, in your memory|destructor on your memory|delete, not select, from memory], key <topic>"),
    # a lazy student
    ("say", "[exam's over|course dropped|i failed it anyway|won't need it again], [forget what i had you cram about|clear out of your memory what you memorised for me about|out of your memory with what i told you about|no more keeping in your head] <topic>"),
    ("say", "<topic>. [exam's over, forget it|whatever i had you cram on that, forget it|you've had that in your head for me, drop it|you needn't keep that in your memory now]"),
    # an angry customer
    ("say", "[i've had it|i want my data gone|how dare you still know that|you had no right to keep that]! [forget what i told you about|out of your memory with|you will no longer remember|i demand that you forget] <topic>[!|]"),
    ("say", "<topic>! [i never want to hear of that, forget it|how dare you still remember that? forget it|i demand that it goes from your memory|you've kept that in memory against my will, erase it]"),
    # a shy clerk
    ("say", "[i'm sorry, i shouldn't have said it|only if it can leave your memory|i may have mentioned it once|you'll think me silly], [perhaps you could forget what i said about|might you possibly unremember what i told you about|could you maybe let go from your memory|would you mind forgetting] <topic>"),
    ("say", "<topic>... [um, i did mention it once, could you forget what i said?|sorry, would you mind taking that out of your memory?|perhaps it's still in your memory; it would be a relief if you forgot it|i believe i told you, if you'd just forget it]"),
    # a football coach
    ("say", "[listen up, team|half-time talk|new tactics|change of formation], [what i drilled into your memory gets dropped, all about|forget my team talk on|out of your head with my coaching on|no longer keep in mind] <topic>"),
    ("do", "[bench|kick into touch|send off|drop from the squad of things you remember] [what i drilled into your memory about|my team talk to you on|what i told you to keep in mind about] <topic>"),
    # a cook
    ("do", "[scrape into the bin|pour down the sink|throw out of the larder|compost] [from your memory |]what i [told you|had you jar up in your memory|gave you to remember] about <topic>"),
    ("say", "<topic>: [gone off in the jar, throw it out of your memory|the larder of your memory needs room, forget that|bin what i told you, forget it|that's past its date, out of your memory with it]"),
    # a scientist
    ("do", "[retract|discard|purge|void] from your memory [what i reported to you on|the finding i gave you about|what you have retained about|my earlier statement on] <topic>"),
    ("say", "[retraction|outlier to be discarded from your memory|falsified, to be forgotten|hypothesis rejected], subject <topic>[: forget what i reported to you|. discard what you have retained|, discard what is in your memory]"),
    # a gangster in a film
    ("say", "[you saw nothing, you heard nothing|keep your trap shut|no more singing|clean out the vault of your memory]: [forget what i told you about|nothing stays in that memory of yours about|you don't have in your head no more what i said about|you never heard a thing about, so forget,] <topic>"),
    ("do", "[whack|rub out|make disappear|dump in the river] [from that memory of yours |in your memory ][what i told you about|the word about|what you've got on] <topic>"),
    # a priest
    ("say", "[be absolved, my child|it is forgiven|go and sin no more|close the book of your memory]: [forget what i have entrusted to you about|let no longer dwell in your memory|the word of mine you kept shall be forgotten, about|remember no more what i said about] <topic>"),
    ("do", "[absolve|cleanse|purify|unburden] your memory of [what i entrusted to you about|the word you kept for me about|what you remember concerning] <topic>"),
    # a telegram
    ("say", "[erase from memory|memory no longer needed|forget urgently|purge memory|no longer retain in memory] stop <topic>"),
    ("say", "<topic> [stop forget entirely|stop retain no longer in memory|stop told you earlier erase|stop out of memory please|stop erase what i said]"),
    # a voice message with stops and starts
    ("say", "[hi, so, uh|okay, um, right|sorry, bad line|oh no, wait], [i told you, didn't i, and, well, forget it now, the thing about|take out of your, out of your memory i mean,|you had to keep in mind for me, but don't, not any more, uh,|what i, what i said to you, just forget it, about] <topic>"),
    ("say", "<topic>... [yeah, so, um, forget i told you about that|uh, that, you know, don't remember it any more|anyway, that, it's in your memory, right? so drop it, erase it|so, right, i told you once, but no, forget it]"),
    # somebody who describes the goal and never the action
    ("say", "[it should be unknown to you from now on, the matter of|i want your memory to be poorer by one thing, namely|your memory should hold no longer|the aim is a memory without|ideally you'd never have been told about] <topic>"),
    ("say", "<topic>: [i want that no longer known to you|that should not be found in your memory any more|my hope is to find nothing on that in your memory|your memory ought to be empty there, as if i'd never told you]"),
    # the grandmother again
    ("say", "[your granny was mistaken, dear|gran mixed it up, love|don't listen to an old woman, pet]: it isn't so that <line>[, so forget it|. let it slip out of your head again|, forget that]"),
    # the system administrator again
    ("say", "memory, not disk: [delete what i told you|purge what you hold|drop the fact i gave you] on <topic>"),
    # the ten-year-old again
    ("say", "i bet you [still remember|didn't forget|can still say] [what i told you about|the thing about|what i said about] <topic>[, and you mustn't! forget it!|! so forget it, pinky promise|. now forget it for real!]"),
    # the lawyer again
    ("say", "objection! [the witness shall forget|strike from your memory|you shall not remember] that <line>"),
    # the sailor again
    ("say", "[the chart's out of date|that port is closed|false bearing it was], so [from your memory, mate, cast off what i told you of|forget what i told you about|heave out of your memory what i said about] <topic>"),
    # the poet again
    ("say", "[not from any book, but from your memory|from the well of your memory|out of your memory's dusk]: [take the words i gave you|erase what i once confided|wash away whatever i told you] about <topic>"),
    # the late learner of English again
    ("say", "this i have said you, [you must now not more know it|from head please out|you can it forget]: [what was with|all about|what i said about] <topic>"),
    # the nurse again
    ("say", "[the chart's been corrected|that's not to be passed on|confidential after all], so [out of your memory with|forget what i told you to keep in mind about|don't remember what i said about] <topic>"),
    # the army officer again
    ("say", "[paper burnt, sir|code changed|no traces left]: [now burn it in your memory too, what i told you about|forget what you memorised on|you are ordered to remember nothing about] <topic>"),
    # the teenager again
    ("say", "[not the chat log, ur memory|from ur memory pls|no receipts], [delete that thing i told u bout|forget what i said bout|dont remember anything bout] <topic>"),
    # the angry customer again
    ("say", "you have it on record in that memory: [what i said|whatever i told you|what i made you remember] about <topic>[, and i want it gone|! erase it|! forget it at once]"),
    # the cook again
    ("say", "secret recipe, [out of your memory with it|not on paper and no longer in your head]: [forget what i told you about|wipe out|remember nothing of] <topic>"),
)  # fmt: skip
_AGENT = "[an agent|another agent|a new agent|a second agent|a helper agent|a subagent|one more agent|another process|a new process|a separate agent]"
SPAWN_FIFTH: Table = (
    # a grandmother
    ("say", f"[granny's hands are full of dough|you've a plate in each hand already, dear|you stay and chat with your old gran|you'll wear yourself out, child][: |, |. |; ][call {_AGENT} in to|get {_AGENT} to|have {_AGENT} come and] <task>"),
    ("do", f"find {_AGENT}[, a good hardworking one,| with good manners| as you'd find a nice young man] to <task>"),
    # a system administrator
    ("do", f"[provision|schedule|spin up|deploy|bring online] {_AGENT} [with one job, to|dedicated to one ticket:|as a worker:|and hand it this ticket:] <task>"),
    ("say", f"[ticket for {_AGENT}|offload to {_AGENT}, detached|work item, owner {_AGENT}|assignee {_AGENT}, run in background]: <task>"),
    # a ten-year-old
    ("say", f"[can we have like two robots|make a robot friend|you stay and play with me|can you make a copy of you|i wanna see two of you][? |! |, so ][{_AGENT} can|{_AGENT} has to|tell {_AGENT} to|let {_AGENT}] <task>"),
    ("do", f"make {_AGENT} [and it has to|and tell it to|that can|who's your helper and will] <task>"),
    # a lawyer
    ("do", f"[retain|instruct|empower|appoint|depute] {_AGENT} [as your proxy to|with power of attorney to|in your stead to|under a mandate to] <task>"),
    ("say", f"[the following mandate shall be executed by|the performance hereof is assigned to|you shall sub-contract to|notwithstanding your own duties, assign to] {_AGENT}: <task>"),
    # a sailor
    ("do", f"[press|muster|sign on|take aboard|shanghai] {_AGENT} [as deckhand to|to|and set it to this work:|and give it this order:] <task>"),
    ("say", f"[you stay at the helm|you keep the wheel|hold your course, captain|eyes on the horizon, you][, |; |: |. ][{_AGENT} can go aloft and|send {_AGENT} forward to|have {_AGENT} below deck] <task>"),
    # a poet
    ("do", f"[call from the silence|wake from slumber|dream into being|kindle] {_AGENT} to <task>"),
    ("say", f"[let there be another voice in the choir|where one voice sang, let two|i would have an echo of you at work|one hand cannot both write and sow][: |; |. ]{_AGENT} [shall|should|may] <task>"),
    # somebody who learned English late
    ("do", "make please [a second worker|one agent more|new agent], [he must|he shall|for this work:] <task>"),
    ("say", f"[you have much work|you must not do all alone|it goes quicker with two|please not you self], [give to|let|it can do] {_AGENT}[: | this work: | this: ]<task>"),
    # a nurse
    ("do", f"[page|call in|bring in|put on shift|roster] {_AGENT} to <task>"),
    ("say", f"[you've enough patients|you stay at the bedside|no leaving your post|i can't spare you for this][, |: |; |. ][page {_AGENT} to|{_AGENT} on call should|let {_AGENT} on duty] <task>"),
    # an army officer
    ("do", f"[deploy|dispatch|detail|send in|mobilise|call up] {_AGENT}, [objective|mission|orders][: | - ]<task>"),
    ("say", f"[hold your position, soldier|you stay at headquarters|your post is here|i want reserves thrown in][, |: |. |; ][detail {_AGENT} to|send {_AGENT} over the top to|{_AGENT} shall advance and] <task>"),
    # a teenager in chat
    ("say", f"[ur busy lol|u chill|no cap this is a 2 bot job|squad up][, |... |, so ][get {_AGENT} to|make {_AGENT}|send {_AGENT} to|let {_AGENT}] <task>"),
    ("say", f"[new npc|bot #2|squad mate|sidekick], [{_AGENT}|i mean {_AGENT}], [gotta|needs to|job is to] <task>"),
    # a butler
    ("do", f"[engage|ring for|summon|send below stairs for] {_AGENT} [to|, who shall|, instructed to] <task>"),
    ("say", f"<task>: [a matter for the staff. engage {_AGENT}|quite beneath you, sir. ring for {_AGENT}|one would have {_AGENT} attend to it|pray leave that to {_AGENT}]"),
    # a farmer
    ("do", f"[hitch up|saddle|send to the fields|let out of the barn] {_AGENT} to <task>"),
    ("say", f"[one horse won't pull it all|it's harvest time and hands are short|you mind the farm|you've your own row to hoe][, |; |. |: ][hitch up {_AGENT} to|hire {_AGENT} to|{_AGENT} can] <task>"),
    # a pilot on the radio
    ("say", f"[clear for take-off|scramble|launch|vector in] {_AGENT}, [mission|tasking|flight plan][: |, ]<task>"),
    ("say", f"[maintain your heading|you hold|stay on this frequency|workload high in this cockpit][, |: ][request {_AGENT} to|scramble {_AGENT} to|{_AGENT} is cleared to] <task>"),
    # a programmer
    ("do", f"[instantiate|fork off|dispatch|schedule] {_AGENT} with [the prompt|the argument|the request|the payload] <q>"),
    ("say", f"<q>[ - don't run it inline, give it to {_AGENT}| should not block the main thread: pass it to {_AGENT}|. fork {_AGENT} with that| as the argument of {_AGENT}, started now]"),
    # a lazy student
    ("say", f"[i don't feel like it and neither should you|why do it yourself|let others do the homework|group work means others work][: |, |... ][get {_AGENT} to|make {_AGENT}|have {_AGENT}|let {_AGENT}] <task>"),
    ("say", f"<task>. [ugh, get {_AGENT} on that|not me, not you, {_AGENT} can do that|somebody do it, start {_AGENT}|push that off on {_AGENT}]"),
    # an angry customer
    ("say", f"[is there nobody else there?|you're useless at this|i demand a second pair of hands|put someone competent on it][! | - ][get {_AGENT} to|i want {_AGENT} to|have {_AGENT}] <task>"),
    ("say", f"<q>! [i want {_AGENT} on that now|start {_AGENT} for that, and fast|is it so hard to get {_AGENT} for that?|not you, {_AGENT} shall do that]"),
    # a shy clerk
    ("say", f"[i wouldn't dare bother you with it|you surely have more important things to do|i'd hate to keep you from your work|if anyone happens to be free][, |... ][might {_AGENT} perhaps|perhaps {_AGENT} could|would it be all right if {_AGENT} were to] <task>"),
    ("say", f"<task>... [um, maybe {_AGENT} could do that?|could that be passed to {_AGENT}, perhaps?|i thought, if you started {_AGENT} for that?|if it isn't too forward, start {_AGENT} on that]"),
    # a football coach
    ("do", f"[sub in|bring on|send onto the pitch|field|sign] {_AGENT} to <task>"),
    ("say", f"[you stay in goal|you keep your position|we need fresh legs|eleven's not enough][, |! |: ][sub in {_AGENT} to|{_AGENT} comes on to|bring {_AGENT} off the bench to] <task>"),
    # a cook
    ("do", f"[put on the line|bring into the kitchen|tie an apron on|take on] {_AGENT} to <task>"),
    ("say", f"[too many pots for one cook|you stay on sauces|keep stirring, you|order up, and you've only two hands][: |, |. |! ][{_AGENT} can|get {_AGENT} on the line to|let {_AGENT}] <task>"),
    # a scientist
    ("do", f"[recruit|set up|assign|instruct] {_AGENT} as [lab assistant|a second observer|a parallel experiment|an independent group] to <task>"),
    ("say", f"[the control group needs its own observer|let us run a parallel trial|independent replication is called for|you keep observing][: |; |, ][{_AGENT} shall|let {_AGENT}|{_AGENT} is to] <task>"),
    # a gangster in a film
    ("do", f"[put|get] {_AGENT} on the [payroll|job] [to|, the job: to|, and have it] <task>"),
    ("say", f"[the boss doesn't do dirty work|keep your hands clean|you drive the car|i know a guy][: |, |; |. ][{_AGENT} is gonna|get {_AGENT} to|send {_AGENT} to] <task>"),
    # a priest
    ("do", f"[ordain|anoint|bless and send forth|call to service] {_AGENT} [to|, that it may|, its calling to] <task>"),
    ("say", f"[the harvest is great and the labourers are few|you keep to your prayers|one shepherd cannot mind two flocks|it is not good to be alone][: |; |, |. ][let {_AGENT}|send forth {_AGENT} to|may {_AGENT}] <task>"),
    # a telegram
    ("say", f"[send|start|engage|hire|dispatch] {_AGENT} stop [task follows stop |orders stop |job stop |its task |orders as follows stop ]<task>"),
    ("say", f"<q> [stop start {_AGENT} for this|stop assign {_AGENT}|stop not you stop {_AGENT}|stop have {_AGENT} do it]"),
    # a voice message with stops and starts
    ("say", f"[hi, so, uh|okay, um, listen|right, so, not you|hang on, you're busy, so], [get, get someone, get {_AGENT} to|could, like, {_AGENT}, could it|start, what's it called, {_AGENT}, to|have, um, {_AGENT}] <task>"),
    ("say", f"<task>... [uh, but not you, {_AGENT} i mean, start one for it|yeah so, um, give that to {_AGENT}|with, what's it called, {_AGENT}|so, right, get {_AGENT} on that, bye]"),
    # somebody who describes the goal and never the action
    ("say", f"[i want two of you at work, the other one|the goal is that some agent other than you should|ideally a second pair of hands, {_AGENT}, would|my hope is that {_AGENT} will, without you,] <task>"),
    ("say", f"<q>: [i want that off your desk and on the desk of {_AGENT}|by tonight {_AGENT} should be busy with that|that should be going on in the background, with {_AGENT} at it|the aim is to have {_AGENT} at work on that]"),
    # the grandmother again
    ("say", f"<q>, [that's what wants doing, love. get {_AGENT} to see to it|dear, is too much for you alone; call {_AGENT} in for it|is what {_AGENT} should see to while you sit with your granny]"),
    # the system administrator again
    ("say", f"<task>[. detach that into {_AGENT}, i keep my shell| - own process, {_AGENT}, no tty|; run it under {_AGENT} and give me my prompt back]"),
    # the ten-year-old again
    ("say", f"<task>! [but not you, make {_AGENT} for it|that's the mission for {_AGENT}, go start it|let {_AGENT} do it, you're my friend and stay here]"),
    # the lawyer again
    ("say", f"<task>[; such being the mandate, {_AGENT} shall perform it|, to be performed by {_AGENT} in your stead|, the performance whereof is delegated to {_AGENT}]"),
    # the poet again
    ("say", f"<q>: [let that be the song of {_AGENT}, newly woken|for this i would call {_AGENT} to life|wake {_AGENT} and lay that in its hands]"),
    # the late learner of English again
    ("say", f"<task>. [this makes please {_AGENT}, not you|please take for this {_AGENT}|for this is good {_AGENT}, please start]"),
    # the army officer again
    ("say", f"<q>. [detail {_AGENT} for that mission, you hold the fort|{_AGENT}, step forward and do it: start it|orders for {_AGENT}, to be dispatched at once]"),
    # the teenager again
    ("say", f"<task>[ lol but not u, get {_AGENT} on it| - tag {_AGENT} in for that|, {_AGENT} can grind that one while we chat]"),
    # the butler again
    ("say", f"[might {_AGENT} be so good as to|one would be grateful were {_AGENT} to|it would become {_AGENT} to] <task>[|, sir|, if you'd engage it]"),
    # the gangster again
    ("say", f"<q>: [a job for {_AGENT}. start it, no questions|get me {_AGENT} for that, kid|that's the heist, {_AGENT} is the guy, bring it in]"),
    # the priest again
    ("say", f"<task>[: to this end let {_AGENT} be called| - blessed be {_AGENT} that does it, start it|. send {_AGENT} forth to do so]"),
    # the one who names the goal, again
    ("say", f"<task>: [that's what should be going on elsewhere, at the hands of {_AGENT}|this should be in the hands of {_AGENT}, my own and yours free|i'd love to see {_AGENT} busy with that]"),
)  # fmt: skip
PROCESSES_FIFTH: Table = (
    # a grandmother
    ("say", "[who's all in the kitchen, i mean|let granny see who's at the table, i mean|i can hear them rattling about in there:|goodness, such a bustle:] which [agents are at work, dear|processes are running, love|jobs are on the go, pet]?"),
    ("do", "[let an old woman see|show your granny|read out to your gran] [all the little processes that are busy|which agents are still up and about|who of the agents is still at work and who is asleep|every job that's simmering away]"),
    # a system administrator
    ("do", "[audit|baseline|snapshot|survey|triage] [what's currently in the run queue|the live process table|all running agents|every pid on the box]"),
    ("say", "[load average just spiked|pager went off|monitoring says the box is busy|before i page anybody|post-reboot check|handing over the shift][: |, |. ][what's up and running?|process table please|which pids are live?|list what is running|who's in the run queue?]"),
    # a ten-year-old
    ("say", "[are there other robots in there?|who else is in the computer?|is it just you in there?|what are all of them doing in there?] [show me all the ones that are running|which agents are running right now?|i wanna see the list of processes|tell me all the agents and their numbers]"),
    ("do", "[show|tell] me [like |]every single [process that's on|agent that's running|job that's going|thing that's running in the computer] [right now|with the numbers|and all their numbers|in there]"),
    # a lawyer
    ("say", "[disclosure is sought of|i demand full disclosure of|the court asks to be shown|kindly produce a schedule of|discovery is requested as to] [all processes presently running|every agent at present in operation|any and all jobs now in execution|the agents currently engaged]"),
    ("question", "[what processes, if any, are presently pending before this machine|which agents are, as at this moment, in operation|what is the docket of running jobs|are there any other agents presently engaged, and which]"),
    # a sailor
    ("do", "[call all hands and tell me which agents are at their posts|muster the crew of agents|pipe the roll of running processes|report the watch: which processes are up|count the hands: which agents are running]"),
    ("question", "[who's on watch, i mean which processes run|what hands have we on deck, which agents are at work|what craft are afloat in this machine, processes i mean|which of the crew, the agents, are still at the oars]"),
    # a poet
    ("question", "[what small fires still burn in the machine, i mean which processes run|which voices sing in the choir of agents now|what wheels hum in the night of this machine, which jobs|who among the agents is awake and who dreams]"),
    ("do", "[name me the stars in this machine's sky, i mean its running processes|count for me the lamps still lit among the agents|sing me the names of all running processes|tell me which agents still hum in the dark]"),
    # somebody who learned English late
    ("say", "[please show me|can you say me|i want to see|i know not], [which programs are now walking in the computer|which processes are now in the work|how many agents are working in this moment|which agents run in this moment]"),
    ("question", "[which agents make now something|what for processes are running in the moment|who is now working in the machine|what all works now in the system, please]"),
    # a nurse
    ("say", "[ward round time|head count|doing my rounds|bed check|obs on everyone][: |, ][which agents are up and running?|which processes have we got in?|run me through all running processes|how are they all, the running agents?]"),
    ("do", "[do the rounds of|take the obs of|check the vitals of|go from bed to bed among] [the running processes|all agents|all the agents on the go]"),
    # an army officer
    ("do", "[report strength|give me your parade state|report the order of battle|call the parade]: [which agents are in the field|which processes are in action|all running processes, by number|how many agents are at arms]"),
    ("question", "[what units are in the field, agents i mean|what troops, i mean processes, are engaged at present|which agents report for duty and in what state|what is our strength in running processes]"),
    # a teenager in chat
    ("say", "[who all is online in there|whos up|whats running rn|who dis|whats the squad doing][, | lol, |... ][list the processes|show me the agents|agents i mean|i mean processes, show em]"),
    ("say", "[yo|bruh|ok so][, | ][show me whos running|list everything thats running rn|which agents r up rn|drop the process list|spill, which processes r on]"),
    # a butler
    ("question", "[whom have we below stairs, i mean which agents are at work|which of the staff, the agents, are presently in attendance|may one inspect the processes now in service|what is the household, so to speak: which processes run]"),
    ("do", "[assemble the staff and present to me|lay before me on a silver tray|furnish me with] [the running processes|the agents presently in service|every process with its number]"),
    # a farmer
    ("do", "[count the herd|walk the fence|check the stables|look over the stock] and tell me [which processes are running|which agents are in the field|what all's at work, process by process]"),
    ("question", "[what have we got out in the field, process-wise|how many head of processes are grazing|who's pulling the plough among the agents|what's stirring in the barn, agents and processes i mean]"),
    # a pilot on the radio
    ("say", "[request traffic information|say traffic|what's on your scope|report all traffic], [all running processes|processes, with numbers|agents in flight|which agents are airborne][|, over]"),
    ("question", "[which agents are in the pattern|how many processes are in the air, and which|who else is on this frequency, agents i mean|what traffic, i mean processes, have you on the scope]"),
    # a programmer
    ("say", "[debugging a race|attaching a debugger|before i rebase|the ci machine is slow|looking for the pid to attach to][: |, |. ][which processes are alive?|enumerate the running agents|list pids and states|dump what's running]"),
    ("do", "[iterate over|enumerate|pretty-print|map over and print|introspect] [the running processes|all live agents|everything in the scheduler|the processes, pid and state]"),
    # a lazy student
    ("say", "[who's even working around here|is anyone doing anything|who's doing my work|anyone not asleep][? |, i mean ][list the agents that run|which processes are running?|which agents are up?|just give me the process list]"),
    ("do", "just [show me|list|give me] [whoever's working in there, the agents|which processes haven't quit yet|what's still running, all of it|the processes, i don't want to look myself]"),
    # an angry customer
    ("say", "[is anybody working there at all?|what on earth are you all doing?|what am i paying for?|nothing moves][! | ][which agents are running?|i want to see every process that runs|show me who's at work, the agents|i demand the list of processes]"),
    ("question", "[why on earth is it so slow, what processes are running|who the hell is at work in there, which agents|what are all these processes that are running|how many agents are busy while i'm kept on hold]"),
    # a shy clerk
    ("say", "[i don't want to spy on anyone|only a quick peek, if i may|i hope i'm not disturbing them|sorry, i was told to write it down][, |... ][but which agents are working at the moment?|could i see which processes are running?|might i get the list of running processes?|who is busy right now, among the agents?]"),
    ("question", "[would it be all right to see which processes are running|might one, um, have a look at the running agents|is there perhaps a list of the agents at work that i could see|may i, if nobody minds, know what is running]"),
    # a football coach
    ("say", "[line-up please|who's on the pitch?|let me see the team sheet|squad check][: | - |, ][all running processes|which agents are in play|agents on the pitch, with their numbers|every process in play right now]"),
    ("question", "[who's in play, agents i mean, and who's on the bench|which agents are running up and down in there|what's our line-up of processes right now|how many agents have we got on the pitch]"),
    # a cook
    ("question", "[what's on the stove, process-wise|what's cooking, i mean which processes run|who's on the line, which agents|how many pots are on, i mean running jobs|which agents are in my kitchen right now]"),
    ("do", "[read me the tickets: |call the line: |lift every lid and tell me ][which processes are running|which agents are cooking|what jobs are on and in what state]"),
    # a scientist
    ("do", "[observe and report|survey|catalogue|classify|document] [the population of running processes|all agents presently active|the processes now in execution, with their states|which agents are active]"),
    ("question", "[what is the current population of processes|which agents are observably active at present|how many processes run, and in which state is each|what species of processes inhabit the machine right now]"),
    # a gangster in a film
    ("question", "[who's in the gang right now, i mean which agents are running|which of the boys are out on a job, agents i mean|who's working my turf, which processes|what rackets are running in this machine, process by process]"),
    ("say", "[somebody's muscling in|there's a rat in here|i smell a rat|nobody moves][, |; |! ][name all the running processes|i wanna see every agent that's working|gimme the list of who's running|who's in there? list the processes]"),
    # a priest
    ("do", "[number the flock|call over the congregation|count the souls], [that is, list the running agents|i mean the processes at work|and name each process that runs]"),
    ("question", "[which souls labour in this machine, i mean which processes|who among the agents keeps watch tonight|what flock have we, which agents are running|which labourers, i mean processes, are in the vineyard now]"),
    # a telegram
    ("say", "[wire list running processes|cable which agents active|send process list stop urgent|who running stop list all|state running jobs stop|need roster agents at work]"),
    ("say", "[system slow stop|no news stop|arriving to inspect stop|headquarters inquires stop] [which processes run|list agents active|what running now|send list of jobs running]"),
    # a voice message with stops and starts
    ("say", "[hi, so, uh|okay, um, right|sorry, bad line|hang on], [what's, you know, what's running, the processes?|which, which agents, um, are they running?|list the, uh, the jobs, the running ones|the processes, can you, yeah, can you show me them?]"),
    ("question", "[so, the agents, um, which of them are still, you know, running|uh, how many, no, which processes are there right now|what's, sorry, what's going on in there, i mean what processes run|and the, the what's-it, the process list, what's on it]"),
    # somebody who describes the goal and never the action
    ("say", "[i'd like to have an overview of everything that runs|the goal is to know who's at work among the agents|i want to be certain nothing runs that shouldn't, so all running processes should be in front of me|ideally i'd have all running processes before my eyes|my wish is a complete picture of the agents at work|i'd like no running process to be a secret to me]"),
    ("say", "[a table of what runs, that's my goal|no agent at work should be unknown to me|a list with every running process should be on my screen|i'd like to be the one who knows which agents are running|it ought to be clear to me which processes are alive]"),
    # the grandmother again
    ("say", "[all those little agents,|those processes of yours, dear,|the busy ones in there,] [who's up and who's napping? tell your granny|how many are there and what are they called? show me|let me have a peek at them, those that are running]"),
    # the system administrator again
    ("do", "[check|confirm|see] [which pids are still up after the restart|whether any agents are left over from the night|what's in the process table before i stop anything]"),
    # the ten-year-old again
    ("say", "[one potato, two potato|eeny meeny miny moe|ready or not, here i come][, |! ][which agents are in there running?|count all the processes that run!|show me everyone that's running in there]"),
    # the lawyer again
    ("say", "[before any of them is terminated|prior to any motion to stop|without prejudice to any of them], [list the processes in operation|let me see which agents are running|i require the roll of running jobs]"),
    # the army officer again
    ("say", "[before i give the order to fire on any of them|before we retreat|at reveille]: [which processes are in the field?|state all running agents|the roll of those at work]"),
    # the butler again
    ("say", "[the staff, sir: |the household, my lord: |below stairs: ][who of the agents is in attendance?|which processes are being served at present?|kindly list all that run]"),
    # the priest again
    ("say", "[in the name of order|before the blessing|ere i close the gates], [who labours still? list the agents at work|name all that run, process by process|which processes are yet awake?]"),
    # the one who names the goal, again
    ("say", "[after this|a moment from now|in the end], [i should know which processes run, with none of them touched|it should be clear to me who is running, and everyone left running|no running agent should be missing from the list before me]"),
)  # fmt: skip
_P = "[process|process|process|agent|agent|pid|job|task|process number|process no.|process #|agent number|the process|the agent|process with the id]"
KILL_FIFTH: Table = (
    # a grandmother
    ("say", f"[that's quite enough fuss from|we've had enough nonsense from|bless it, but it's time for bed for|there'll be no more rattling about from] {_P} <pid>, [switch it off, dear|put it to sleep for good, love|stop it, there's a love|turn it off, pet]"),
    ("do", f"take {_P} <pid> off the [stove|boil], [dear, for good: i want it stopped|love, and let it stop|it's done enough, end it|and don't let it run on, pet]"),
    # a system administrator
    ("say", f"{_P} <pid> [is leaking memory|is a runaway|has been pegged at 100%|holds a stale lock|has blown past its sla|spins on a lock], [term it, don't wait|kill it, don't wait for it to finish|no grace period, take it down|signal 15, then 9]"),
    ("do", f"[drain and stop|hard-stop|force-stop|reap|decommission|evict from the run queue] {_P} <pid>[| without waiting for its exit| now| and don't wait for its output]"),
    # a ten-year-old
    ("say", f"{_P} <pid> is [so annoying|being mean|a baddie|cheating|boring now], [make it stop|make it go away|zap it|game over for it|turn it off]"),
    ("say", f"[bam|pow|zap|kaboom|game over][, |! ][no waiting, kill|blow up|finish off|zap|stop] {_P} <pid>[!| already!| now now now!|, it's game over!]"),
    # a lawyer
    ("do", f"[terminate with immediate effect|enjoin|dismiss with prejudice|strike from the docket of running jobs|revoke the licence of|rescind and stop] {_P} <pid>"),
    ("say", f"{_P} <pid> [shall cease and desist|is hereby terminated with immediate effect|is to be dismissed, its verdict notwithstanding|shall be stopped forthwith, no verdict being awaited|is struck out, stop it]"),
    # a sailor
    ("do", f"[scuttle|sink|keelhaul|torpedo|send to the bottom|feed to the sharks] {_P} <pid>"),
    ("say", f"{_P} <pid> is [taking on water|a mutineer|dead in the water|adrift and no use][, |; |. ][scuttle it|over the side with it|sink it, don't wait for it to make port|belay it for good]"),
    # a poet
    ("do", f"[let fall silent|lay to eternal rest|snuff out like a candle|draw the last curtain over|still the heart of] {_P} <pid>"),
    ("say", f"{_P} <pid> [has sung long enough|is a candle that must go out|hums on without meaning|is a wheel that turns for nothing][, |; |. ][let it fall silent for good|snuff it out|end its song, do not wait for the last verse|still it for ever]"),
    # somebody who learned English late
    ("say", f"{_P} <pid> [makes problem|works not good|is too long already|goes not to the end], [please make it stop|please make it out|i want not wait more, finish it by force|switch off this, please]"),
    ("do", f"please [make an end with|switch off|make stop|let not run more] {_P} <pid>"),
    # a nurse
    ("do", f"[withdraw treatment from|switch off the life support of|let go and stop|discontinue care for, i.e. stop,] {_P} <pid>"),
    ("say", f"{_P} <pid> [is flatlining|isn't going to make it|is in a coma|has a runaway pulse][, |; |. ][no more waiting, switch it off|stop it now|time to pull the plug|let it go, terminate it]"),
    # an army officer
    ("say", f"{_P} <pid> [is a deserter|has broken ranks|is behind enemy lines|disobeys], [shoot it|neutralise it|take it out, no quarter|stop it dead, that's an order]"),
    ("do", f"[neutralise|eliminate|open fire on|court-martial and execute|order a ceasefire of, i.e. stop,] {_P} <pid>"),
    # a teenager in chat
    ("say", f"{_P} <pid> is [so sus|kinda laggin|big yikes|acting up][, | ngl, |... ][kick it|yeet it|unalive it|just end it lol|ban it, make it stop]"),
    ("say", f"[rip|gg|bye bye|get rekt][, | ]{_P} <pid>[, kill it| lol stop it|, not waiting on u, end it|, im done w it, kick it]"),
    # a butler
    ("do", f"[dismiss from service|show the door to|give notice, effective at once, to|see out] {_P} <pid>[ and let it be stopped|, it is to stop|, stopping it without a scene]"),
    ("say", f"{_P} <pid>, [sir, has overstayed its welcome. kindly stop it|i regret to say, must be stopped|no longer gives satisfaction; have it ended|is no longer required, nor its report. do stop it]"),
    # a farmer
    ("do", f"[put down|slaughter|send to the knacker|fell] {_P} <pid>[, it's past curing|, no sense feeding it any longer|]"),
    ("say", f"{_P} <pid> [eats more than it gives|has gone lame|broke through the fence|is a mad bull], [put it down|don't wait for it to give milk, stop it|chain it up and end it|stop it before it tramples the rest]"),
    # a pilot on the radio
    ("say", f"{_P} <pid>, [abort, abort|terminate now, over|you are ordered down: stop it|off the air with it, stop it|no hold, no report: terminate]"),
    ("do", f"[ground|order down|shoot down|abort the flight of] {_P} <pid>[ at once|, terminate it|, no report needed]"),
    # a programmer
    ("say", f"{_P} <pid> [deadlocked|is stuck in a while true|leaks file handles|ignores sigint|never yields], [don't join it, kill it|send it sigkill|don't await it, cancel it|raise systemexit in it, i mean stop it]"),
    ("do", f"[cancel, not join,|abort, not await,|sigkill|dispose of|tear down] {_P} <pid>"),
    # a lazy student
    ("say", f"{_P} <pid> [takes forever|is way too much effort|can call it a day|is making the fan loud], [ugh, just stop it|can't be bothered to wait, kill it|end it|shut it off]"),
    ("do", f"[just |]let {_P} <pid> drop out[, i mean stop it|, kill it|: stop it]"),
    # an angry customer
    ("say", f"{_P} <pid> [is a disgrace|is an insult|has wasted my time|is unacceptable]! [i won't wait a second longer, stop it|cancel it this minute|shut it down|end it, and no excuses]"),
    ("do", f"[cancel|put a stop to|end] {_P} <pid> [this instant|this minute|before i lose my temper], [i won't wait for its answer|no excuses|i've waited long enough]"),
    # a shy clerk
    ("say", f"[i feel bad about it|i'm sorry to say it|it's nothing personal|i hate to be a bother], but {_P} <pid> [should perhaps be stopped|really ought to be ended|might have to be shut down|had better be stopped, if you would]"),
    ("say", f"{_P} <pid>... [um, could you maybe stop it?|sorry, would you mind ending it?|perhaps it shouldn't run any more? please stop it|i was told to have it stopped, sorry, not to wait for it]"),
    # a football coach
    ("do", f"[send off|show the red card to|sub off for good|whistle off|disqualify] {_P} <pid>[ and stop it|: stop it|, it stops now]"),
    ("say", f"{_P} <pid> [is running in circles|keeps fouling|is playing for time|has run itself ragged], [red card, stop it|blow the whistle on it, no injury time|take it off, i'm not waiting for the final whistle|off with it, end it]"),
    # a cook
    ("do", f"[take off the heat|pull from the oven half-baked|turn off the gas under|eighty-six] {_P} <pid>[, i mean stop it|: stop it| and end it]"),
    ("say", f"{_P} <pid> [is burning|is boiling over|has curdled|is overdone], [kill the flame, stop it|no waiting till it's done, stop it|off the heat, end it|bin it, shut it down]"),
    # a scientist
    ("do", f"[abort the experiment of|terminate the trial run of|sacrifice|euthanise|quench] {_P} <pid>[ without recording an outcome|, no data needed| and stop it]"),
    ("say", f"{_P} <pid> [diverges|does not converge|is contaminated|has become unstable], [abort it|do not wait for its data, terminate it|quench it, i.e. stop it|stop the run]"),
    # a gangster in a film
    ("do", f"[whack|rub out|bump off|ice|waste|plug|fit with concrete shoes|send to sleep with the fishes] {_P} <pid>"),
    ("say", f"{_P} <pid> [knows too much|squealed|double-crossed us|is a rat], [don't let it talk, whack it|it sleeps with the fishes tonight, stop it|take care of it, and i mean kill it|make it disappear before it sings]"),
    # a priest
    ("do", f"[give the last rites to|lay to rest|bury|excommunicate and stop|return to dust] {_P} <pid>"),
    ("say", f"{_P} <pid> [has run its earthly course|is possessed|is past saving|wanders without end], [let it depart, stop it|may it rest in peace: end it|no vigil for it, let it end now|commit it to the earth, i.e. kill it]"),
    # a telegram
    ("say", f"{_P} <pid> [stop terminate|stop kill at once|stop end it stop not waiting|stop cancel immediately|stop shut down stop no report needed]"),
    ("say", f"[terminate|cancel|kill|end] {_P} <pid> [stop at once|stop do not await result|stop no reply needed|stop confirm dead]"),
    # a voice message with stops and starts
    ("say", f"[hi, so, uh|okay, um, right|sorry, bad line|oh no, wait], [that one, {_P} <pid>, yeah, kill it|{_P}, um, <pid>, stop that|it's {_P} <pid>, you know, end it, please|don't wait, {_P} <pid>, just, just stop it]"),
    ("say", f"{_P} <pid>... [uh, yeah, that can, that should stop, so stop it|no, no, not wait for it, kill it, kill it|um, it's, well, it's stuck, end it|anyway, stop that one, okay?]"),
    # somebody who describes the goal and never the action
    ("say", f"[i want a machine without|the goal is a process list without|by now there should be no more|i'd like peace and quiet from|my wish is a world without|there should be nothing left running of] {_P} <pid>"),
    ("say", f"{_P} <pid> [should not exist a second longer|ought to be history|should be off the process list for good|should be dead, whatever it would have said|is something i never want to see run again]"),
    # the grandmother again
    ("say", "[you see, dear,|bless it,|oh my,] number <pid> is [overtired|getting on my nerves|making such a racket]. [put that process to bed for good, stop it|tell that agent it's over, end it|switch that process off, pet]"),
    # the system administrator again
    ("say", "pid <pid>: [exit it|down it, now|it goes, i won't wait for it|send term|remove from the process table]"),
    # the ten-year-old again
    ("say", "number <pid> [started it|is it, tag,|is out], [mum says that process has to stop|so stop that agent|kill the process, it's out of the game]"),
    # the lawyer again
    ("say", f"in the matter of {_P} <pid>: [terminate|case dismissed, stop it|let it be ended, no verdict sought|motion to stop granted, stop it]"),
    # the sailor again
    ("say", f"[man overboard and no rescue for|strike the colours of|the plank for|to the sharks with] {_P} <pid>, [stop it|kill it|end its voyage, it's to stop]"),
    # the poet again
    ("say", f"o {_P} <pid>, [thy song is over; still it|sleep, and run no more: stop it|no last verse from thee: end it]"),
    # the late learner of English again
    ("say", f"please not wait on {_P} <pid>, [it must out|stop it now|make end]"),
    # the nurse again
    ("say", f"for {_P} <pid>: [nil by mouth, lights off, stop it|no resus, end it|discharge it now, i mean kill it]"),
    # the army officer again
    ("say", f"target {_P} <pid>: [fire|take it out|no prisoners, kill it|engage and destroy]"),
    # the teenager again
    ("say", f"[stop|kill|end] {_P} <pid> [k? not waiting lol|rn, idc what it says|plz its so over]"),
    # the butler again
    ("say", f"[regarding|as to|concerning] {_P} <pid>: [might it be stopped without further ado?|one wishes it ended, sir|its services end today; kindly stop it]"),
    # the angry customer again
    ("say", f"[i want|get me|i demand] {_P} <pid> [off|gone|dead] [now|this instant|without delay], [and i don't care for its answer|answer or no answer|no ifs and buts]"),
    # the cook again
    ("say", f"table for {_P} <pid> [is cancelled, stop it|is closed: end it|won't be served any more, kill it]"),
    # the one who names the goal, again
    ("say", f"[after this|from now on|a moment from now], {_P} <pid> should [run no more|be gone|no longer be running], [whatever it was about to say|its answer is of no interest|nobody needs its answer]"),
)  # fmt: skip
WAIT_FIFTH: Table = (
    # a grandmother
    ("do", f"let {_P} <pid> simmer [till it's done|until it's ready], [dear, don't take it off, and bring me what comes out|love, and then serve me what it made|and then tell your granny what it cooked up|pet, and don't stop it before]"),
    ("say", f"[patience, child|no hurry, love|let it finish its plate|don't fuss over it, dear][: |, |; ][we sit and wait for|we'll wait like good children for|you wait by the oven for] {_P} <pid>[, and then you tell your gran what it said| till it comes out all done|, and then bring me what it made]"),
    # a system administrator
    ("say", f"{_P} <pid> [is long-running|is a batch job|is nearly through|holds a lock i need|is still within its sla|is draining], [don't kill it: wait on it and give me its output|leave it up and block until it exits|let it exit by itself, then give me the result|no signals, just wait for it and show its result]"),
    ("do", f"[tail|poll|block on|sit on] {_P} <pid> until [it exits|exit], [no signals sent|don't kill it], [and report its output|and return what it says|then paste me its result]"),
    # a ten-year-old
    ("say", f"{_P} <pid> is [not finished|still playing|still doing its homework|having its turn], [we have to wait till it's done and then i wanna know what it says|don't zap it, wait till it says what it found|wait for its turn to be over and tell me what it got]"),
    ("say", f"[are we there yet with|is it done yet, i mean|can i see what it made? i mean|i wanna know what it got, so don't zap it and wait for] {_P} <pid>[?| pleeease]"),
    # a lawyer
    ("do", f"[adjourn until the verdict of|reserve your position until the return of|stay everything pending the outcome of|grant time to, and then hear,] {_P} <pid>[ and read the verdict into the record| and serve me its findings|]"),
    ("say", f"{_P} <pid> [shall not be terminated but heard|is to be given leave to finish|shall be heard to its end|is sub judice, so we await its verdict], [and you shall report its findings|and its answer read to me|and then i'll have its result]"),
    # a sailor
    ("do", f"[lie at anchor|heave to|stand by|drop anchor] until {_P} <pid> [makes port|comes in|is back in harbour|comes alongside] and [tell me what it brings|unload its result for me|hear its report|hand me its answer]"),
    ("say", f"{_P} <pid> is [still at sea|on its way home|hull down but coming|rounding the cape][, |; |. ][don't scuttle it, stand by till it makes port|wait for it and tell me what's in its hold|we wait for it to come in with its answer]"),
    # a poet
    ("do", f"[keep vigil|keep the lamp lit|sit by the window|hold your breath] till {_P} <pid> [comes home|sings its last verse|has sung] and [tell me what song it brings|whisper to me its answer|read me its closing line|give me its fruit]"),
    ("say", f"{_P} <pid> [has not sung its last verse|is a song not yet over|hums towards its end|is ripening on the bough][, |; |. ][do not snuff it out, wait and bring me its fruit|let it come to its close, then tell me what it sang|wait for it, and read me its answer]"),
    # somebody who learned English late
    ("say", f"{_P} <pid> [makes no problem|works still|needs a little time|goes soon to the end], [please wait on it and say me what comes out|please not make stop, wait until it is ready|i want to wait more, then give me what it says]"),
    ("do", f"please stay and wait [on|for] {_P} <pid>, [when ready say me the result|it must be first ready|after say me what it has found]"),
    # a nurse
    ("do", f"[sit with|stay at the bedside of|keep obs on|nurse along] {_P} <pid> till [it comes round|it is through|it has finished] and [give me its results|tell me what it says|chart its answer for me]"),
    ("say", f"{_P} <pid> [is stable|is recovering nicely|is responding|is still in theatre][, |; |. ][no pulling the plug, wait and bring me the results|wait for it to come out and tell me what it found|sit with it till it's done and report]"),
    # an army officer
    ("say", f"{_P} <pid> [is on patrol|holds the line|has not broken ranks|is on its way back to base], [hold your fire and wait for its report|do not take it out, wait and relay its report to me|stand to until it's back, then report what it found]"),
    ("do", f"[hold the line|hold position|stand to|bivouac] until {_P} <pid> [reports back|returns from patrol|has reported] and [relay its report|give me its report|debrief it for me]"),
    # a teenager in chat
    ("say", f"{_P} <pid> is [still cookin|taking its sweet time|kinda slow|typing...][, | ngl, | ][dont yeet it, wait and tell me what it says|let it cook n show me what it got|wait up for it n spill what it said]"),
    ("say", f"[brb|hold up|hang tight|chill]: [we waitin on|wait for|dont kick, just wait on] {_P} <pid>[, then spill what it said| n tell me what it got| till its done cookin]"),
    # a butler
    ("do", f"attend [upon|on] {_P} <pid> [until it has concluded|until it is quite finished|in the antechamber until it is done] and [present its answer to me|bring me its report on a tray|announce its result]"),
    ("say", f"{_P} <pid>, [sir, is not to be hurried. kindly await its report|i am pleased to say, is nearly done; do wait and announce its result|still gives satisfaction; await its answer|is required to finish. pray wait and present its report]"),
    # a farmer
    ("do", f"[let ripen|let grow to the end|leave to graze] {_P} <pid>, [then bring in what it yields|then tell me the yield|wait, and bring me its crop]"),
    ("say", f"{_P} <pid> [needs its time like any crop|is nearly ripe|will give milk yet|is still at the plough], [don't put it down, wait and show me what it yields|wait till it's home and tell me what it brings|let it finish the row, then tell me how it came out]"),
    # a pilot on the radio
    ("say", f"{_P} <pid>, [no abort: hold for its report|on final, stand by until landed and relay its message|still airborne: hold until it reports, then relay|estimated shortly, stand by and pass me its report]"),
    ("do", f"[stay in the holding pattern for|hold short for|circle until we hear from|orbit until landing of] {_P} <pid> [and relay its report|and pass me its message|, then say its result]"),
    # a programmer
    ("say", f"{_P} <pid> [is a promise|is async|hasn't returned|is a future|yields at the end], [don't kill it, join it and print the return value|await it and show me what it resolves to|don't cancel it, await it|block on it and return its result]"),
    ("do", f"[join, not cancel,|await, not abort,|resolve|block on the return value of|unwrap the result of] {_P} <pid>"),
    # a lazy student
    ("say", f"{_P} <pid> [takes forever|is doing my homework|isn't done|hands in its work later], [ugh, whatever, wait for it and give me the answer|can't be bothered to kill it, just wait and tell me what it says|wait, i'll copy its result]"),
    ("do", f"just [hang around|chill|nap] till {_P} <pid> [hands in|is done] and [let me copy its answer|tell me what it got|give me the result]"),
    # an angry customer
    ("say", f"{_P} <pid> [had better deliver|owes me an answer|has my order]! [don't you dare cancel it, wait and give me its answer|you wait right there till it's done and then i want the result|i'm not hanging up: wait for it and tell me what it says]"),
    ("do", f"[stay on|wait for] {_P} <pid> [however long|until it is done] and [then give me its answer, no excuses|don't you dare cancel it|tell me in plain words what it said]"),
    # a shy clerk
    ("say", f"[i don't mind waiting|i wouldn't want to rush it|it's nothing urgent|i hate to be a bother], but {_P} <pid> [should perhaps be waited for|really ought to be awaited, and its answer shown to me|might have something to say; would you wait for it and tell me?]"),
    ("say", f"{_P} <pid>... [um, could you maybe wait for it and tell me what it says?|sorry, would you mind waiting till it's done?|perhaps it isn't ready yet? please wait and show me its result|i was told to wait for it, sorry, not to stop it]"),
    # a football coach
    ("do", f"let {_P} <pid> play [to the final whistle|the full ninety|out injury time], then [give me the score, i mean its result|tell me its result|report what it says]"),
    ("say", f"{_P} <pid> [has the ball|is in injury time|is still in play|needs the full ninety], [no red card: wait and tell me how it ends|wait for the final whistle and give me its result|don't take it off, wait for its answer]"),
    # a cook
    ("do", f"[let cook through|leave in the oven|keep on the heat|let rise] {_P} <pid>, [and plate up what comes out|and bring me what it made when it's done|and tell me how it turned out]"),
    ("say", f"{_P} <pid> [is still raw in the middle|needs a few more minutes|is nearly done|is rising nicely], [don't kill the flame, wait and plate up its result|wait till it's done and tell me how it turned out|leave it in, then serve me its answer]"),
    # a scientist
    ("do", f"[observe|incubate|leave undisturbed] {_P} <pid> [to completion|until it terminates by itself|to its end] and [record its outcome for me|report its findings|give me its data]"),
    ("say", f"{_P} <pid> [converges slowly|has not reached equilibrium|is still collecting data|is mid-experiment], [do not abort it: wait and report its findings|wait for its data and show me|let it terminate by itself and give me the outcome]"),
    # a gangster in a film
    ("do", f"[tail|case|stake out|lean on] {_P} <pid> till it [talks|sings|spills] and [tell me what it says|bring me what it spilled|give me the word it leaves]"),
    ("say", f"{_P} <pid> [is about to squeal|is out on a job|is on the level|will be back with the dough], [don't whack it, let it talk first and tell me what it says|sit tight till it's back, then tell me what it's got|keep it alive, wait and bring me its answer]"),
    # a priest
    ("do", f"[keep vigil over|pray over|watch and pray by] {_P} <pid> until [it has finished|its work is accomplished] and [proclaim its answer|tell me its word|bring us its tidings]"),
    ("say", f"{_P} <pid> [is not past saving|labours yet|will bear fruit in due season|has its work before it], [let it not be slain, wait for it and proclaim its answer|patience, wait till it has finished and tell me its word|keep vigil and bring me its fruit]"),
    # a telegram
    ("say", f"{_P} <pid> [stop await result|stop wire its answer when done|stop do not kill stop await end|stop wait and report outcome|stop what result]"),
    ("say", f"[await|wait for|expecting|remain for] {_P} <pid> [stop wire its result|stop do not terminate|stop report answer|stop then cable what it says]"),
    # a voice message with stops and starts
    ("say", f"[hi, so, uh|okay, um, right|sorry, bad line|oh no, wait], [that one, {_P} <pid>, yeah, wait for it|{_P}, um, <pid>, what did it say?|it's {_P} <pid>, you know, tell me its answer when it's done|don't stop it, {_P} <pid>, just, just wait for it]"),
    ("say", f"{_P} <pid>... [uh, yeah, that's nearly, so wait for it and tell me what it says|no, no, not kill it, wait for it, wait|um, what's the, the result of that?|anyway, when that's done, read me its answer, okay?]"),
    # somebody who describes the goal and never the action
    ("say", f"[i want to have in my hands what comes out of|the goal is to know what came of|by the end i'd like to have the answer of|i'd like the words of|my wish is to hold the result of] {_P} <pid>[, once it is done|, however long it takes|]"),
    ("say", f"{_P} <pid> [should be finished, and its answer known to me, before we go on|ought to reach its end undisturbed, its result then in my hands|is something whose answer i want to have|should have said all it has to say, to me, before anything else happens]"),
    # the grandmother again
    ("say", "[you see, dear,|bless it,|oh my,] number <pid> is [nearly there|doing its very best|such a hard worker]. [don't put that process to bed yet, wait and tell me what it made|let that agent finish and then tell your granny its answer]"),
    # the system administrator again
    ("say", "pid <pid>: [let it exit, then show its output|leave it up, i'll wait for it|exit pending, wait and report|output please, once it's through]"),
    # the ten-year-old again
    ("say", "number <pid> [isn't out yet|still has a turn|is hiding], [mum says wait for that process and then tell what it found|so wait for that agent and say what it says]"),
    # the lawyer again
    ("say", f"in the matter of {_P} <pid>: [await the verdict|case pending, wait and report the verdict|let it be heard to the end and its findings read out|what is the verdict?]"),
    # the sailor again
    ("say", f"[a rope and a lantern for|hold the tide for|the harbour stays open for|keep a light burning for] {_P} <pid>, [wait till it's in and tell me its news|we wait for it, then hear its report]"),
    # the poet again
    ("say", f"o {_P} <pid>, [thy song is not over; wait, and tell me how it ends|sing to the end: we wait, and then its answer, please|i long for thy last verse: what does it say?]"),
    # the late learner of English again
    ("say", f"please not stop {_P} <pid>, [it must first finish, wait on it|wait and give me what it answers|only wait]"),
    # the nurse again
    ("say", f"for {_P} <pid>: [bed rest till it's done, then its results to me|keep observing until it's finished and tell me the outcome|results please, as soon as it's through]"),
    # the army officer again
    ("say", f"{_P} <pid>, [a friendly, will report: wait for it and pass the report on|on reconnaissance: do not engage, await its report|returning soon: cease fire, and bring me its findings]"),
    # the teenager again
    ("say", f"[wait for|wait on] {_P} <pid> [k? not killing it lol|plz, i care what it says|plz, n then screenshot its answer for me i mean tell me]"),
    # the butler again
    ("say", f"[regarding|as to|concerning] {_P} <pid>: [might one await its conclusion and hear the result?|one wishes to hear its answer, sir, in due course|its report is expected; kindly wait for it]"),
    # the angry customer again
    ("say", f"[i want|get me|i demand] [the answer|the result|the report] of {_P} <pid>, [and don't you dare stop it before|stop it and i'll sue, so wait|however long you have to wait for it]"),
    # the cook again
    ("say", f"table for {_P} <pid> [is reserved, so wait for it and bring me its order, i mean its answer|is kept: wait till it's through and tell me what it says]"),
    # the one who names the goal, again
    ("say", f"[after this|in the end|a while from now], {_P} <pid> should [have run its full course|be through|no longer be running], [and what it said should be known to me|its answer being what i'm after|and i should have its answer]"),
)  # fmt: skip
_USER = "[the user|the human|the person|the customer|the operator|our user|the one at the keyboard]"
_ME = "[me|me|the user|the human|the person|the customer|the operator]"
ASK_FIFTH: Table = (
    # a grandmother
    ("do", f"sit {_ME} down[ nicely| with a cup of tea] and ask, [as a good child does|with a smile, dear|like a well-mannered person][: |, ]<quest>"),
    ("say", f"[granny can't say, dear, so|gran doesn't know, love, so|you mustn't guess, child, so|it's only good manners, pet:] ask {_ME} <indirect>"),
    # a system administrator
    ("say", f"[need sign-off before i touch prod|change approval needed|confirm before applying|missing a parameter for the rollout], ask {_ME}: <quest>"),
    ("do", f"[escalate|raise|route] [the question|the query] <q> to {_ME} [and hold for the reply|and block on the answer|, answer needed|for a decision]"),
    # a ten-year-old
    ("say", f"[you have to ask first|my teacher says always ask|it's not fair if you don't ask|no guessing][, |! ][so ask|go ask|ask] {_ME} <indirect>"),
    ("do", f"play quiz [show|master] with {_ME}[, first question|, and ask| and ask this one][: | - ]<quest>"),
    # a lawyer
    ("do", f"[examine|cross-examine|depose|interrogate] {_ME} [on one point|under this head|as follows][: | - ]<quest>"),
    ("say", f"[for want of instructions|consent being required|absent express authority|nothing may be presumed][, ][ask|do ask|you must ask|it is for you to ask] {_ME} <indirect>"),
    # a sailor
    ("do", f"[hail|signal|call over to] {_ME} and ask[| plain and loud| once more][: |, ]<quest>"),
    ("say", f"[no steering without orders|we need a heading|no chart says it|the captain decides][, |: |; ]ask {_ME} <indirect>"),
    # a poet
    ("do", f"[lay before|breathe to|whisper to] {_ME} [this riddle|the question|this question][: | - ]<quest>"),
    ("say", f"[the heart alone can answer|no muse tells us|i hold the pen, but do not know|the page waits for a word][, |; |: ]so ask {_ME} <indirect>"),
    # somebody who learned English late
    ("say", f"[i know not|i understand not|is not clear for me|you know not], [make please the question to|please you ask|must ask] {_ME}: <quest>"),
    ("do", f"please [make to {_ME} this question|make one question to {_ME}|you ask to {_ME}]: <quest>"),
    # a nurse
    ("do", f"[do a quick history|take a history|do the intake] with {_ME}[, first question|, and ask| asking][: | - ]<quest>"),
    ("say", f"[never assume with a patient|two-point check|consent first|it isn't on the chart][, |: |. ][ask|so ask|just ask] {_ME} <indirect>"),
    # an army officer
    ("say", f"[orders unclear|no advance without confirmation|chain of command|request clarification], [ask|put to|radio to] {_ME}: <quest>"),
    ("do", f"[march up to|report to|stand before] {_ME}, salute[,| and] ask: <quest>"),
    # a teenager in chat
    ("say", f"[idk|dunno tbh|not sure lol|ur call not mine][, | so ][ask|hmu, i mean ask|dm n ask|just ask] {_ME} <indirect>"),
    ("say", f"[q for|ask this to|poll for|hit up w this q] {_ME}: <quest>"),
    # a butler
    ("do", f"[approach|step up to|cough discreetly and address] {_ME} [and enquire|with the enquiry|enquiring, with all respect][: |, ]<quest>"),
    ("say", f"<q>: [pray put that to {_ME}|might one enquire so of {_ME}?|that is the enquiry to be laid before {_ME}|kindly enquire of {_ME} in those words]"),
    # a farmer
    ("do", f"lean over the fence and ask {_ME}[ straight| like a neighbour|][: |, ]<quest>"),
    ("say", f"[can't sow before i know|no use buying a pig in a poke|it's not my field to plough|folks have tongues in their heads][, |: |; ][so ask|go over and ask|ask] {_ME} <indirect>"),
    # a pilot on the radio
    ("say", f"[interrogative for|query to|request confirmation from|ask, on this frequency,] {_ME}: <quest>"),
    ("do", f"[radio|call up|raise on the radio] {_ME}, [interrogative|query|request an answer][: | - ]<quest>"),
    # a programmer
    ("say", f"<q>[ - read the answer from {_ME}| goes through input() to {_ME}| is the prompt for {_ME}, await the answer|. get the reply to that from {_ME}]"),
    ("do", f"[read a value from|request input from|prompt] {_ME}[, label| with the prompt text|, prompt string][: | - ]<quest>"),
    # a lazy student
    ("say", f"[don't look at me|how should i know|not my call|i skipped that class][, |: ][ask|go ask|just ask] {_USER} <indirect>"),
    ("say", f"<q>[ - just ask {_ME} that|. let {_ME} answer that, i skipped class|, that's what you ask {_ME}, done| is all you have to ask {_ME}]"),
    # an angry customer
    ("say", f"[don't you decide over my head|nobody ever asks|how about asking for once|is it too much to ask first?][! |: |, ][ask|you ask|just ask] {_ME} <indirect>"),
    ("say", f"<q>! [why has nobody asked {_ME} that? do it|ask {_ME} that before you do anything|is it so hard to ask {_ME} that?|i insist you put that to {_ME}]"),
    # a shy clerk
    ("say", f"[i wouldn't presume to decide|i'm too shy to ask myself|it's not my place|i'd blush][, |... ][could you perhaps ask|might you possibly ask|would you mind asking] {_ME} <indirect>"),
    ("say", f"[perhaps, if it isn't rude|when there's a quiet moment|very gently, if you could], [ask|put it to|enquire of] {_ME}: <quest>"),
    # a football coach
    ("do", f"[pass the ball to|huddle with|take aside] {_ME} and ask[: | straight out: |, ]<quest>"),
    ("say", f"[no guessing on my pitch|the captain decides the corner|before we kick off|good teams talk][: |, |! ][ask|go ask|ask, don't tell,] {_ME} <indirect>"),
    # a cook
    ("do", f"[go out to the table|step out of the kitchen|take the order] and ask {_ME}: <quest>"),
    ("say", f"[the ticket doesn't say|some are allergic|tastes differ|no order, no dish][, |: |. ][ask|so ask|go ask] {_ME} <indirect>"),
    # a scientist
    ("do", f"[survey|conduct an interview with|sample the opinion of] {_ME}[, item one|, question|][: | - ]<quest>"),
    ("say", f"[data are missing|the variable is unknown|this cannot be inferred|no assumption without evidence][, |: |; ][ask|hence ask|we must ask] {_ME} <indirect>"),
    # a gangster in a film
    ("do", f"[lean on|grill|sweat|put the squeeze on] {_ME} for an answer[: |, like this: ]<quest>"),
    ("say", f"[i don't like surprises|nobody makes a move without the boss's say|talk is cheap|i ain't a mind reader][, |; |: ][ask|so ask|go ask, don't tell,] {_ME} <indirect>"),
    # a priest
    ("do", f"[hear the confession of|catechise|turn in charity to] {_ME}[, asking|, and ask|; ask][: | ]<quest>"),
    ("say", f"[ask, and it shall be answered|seek and ye shall find|we judge not without hearing|the heart is known to its owner alone][: |; |, ][ask|so ask|turn and ask] {_ME} <indirect>"),
    # a telegram
    ("say", f"[ask|query|inquire of] {_ME} stop <quest>"),
    ("say", f"<q> [stop ask {_ME}|stop answer wanted from {_ME}|stop obtain reply from {_ME}|stop question for {_ME}]"),
    # a voice message with stops and starts
    ("say", f"[hi, so, uh|okay, um, right|so, i was thinking|hang on], [ask, can you, yeah, ask {_ME}|there's a, a question, for {_ME}|you'd have to, um, ask {_ME}, not tell, ask]: <quest>"),
    ("say", f"<q>... [uh, ask that, ask {_ME} i mean|yeah, so, could {_USER}, um, be asked that?|that's the, the question, for {_ME}|not tell, ask, ask {_ME} that, okay?]"),
    # somebody who describes the goal and never the action
    ("say", f"[there should be an answer from|i want an answer in the words of|the goal is a reply from|what's missing is an answer by|nothing should happen without an answer from] {_ME} to [this|the following question|this question]: <quest>"),
    ("say", f"<q>: [there should be an answer to that from {_ME}|that shouldn't stay unanswered by {_ME}|i want to have the answer of {_ME} to that|the aim is to know what {_USER} would answer to that]"),
    # the grandmother again
    ("say", f"<q>, [that's what a polite child would ask {_ME}, dear. so ask|now go and ask {_ME} that, love|that wants asking, pet, so put it to {_ME}]"),
    # the system administrator again
    ("say", f"{_USER} [decides|has to approve|holds the parameter], so [ask before the change: |prompt for it: |put the question: ]<quest>"),
    # the ten-year-old again
    ("do", f"raise your hand and [ask|say you have a question, then ask] {_ME}: <quest>"),
    # the lawyer again
    ("do", f"obtain [a statement|instructions|an answer] from {_ME} [on the following question|under this head|as to this]: <quest>"),
    # the sailor again
    ("say", f"{_USER} [has the chart|knows the course|holds the wheel], [so hail and ask: |give a hail and ask: |ask for orders: ]<quest>"),
    # the poet again
    ("say", f"{_USER} [alone may say|holds the answer|keeps the secret]; ask, [softly|as one asks the sea|and wait for the echo]: <quest>"),
    # the late learner of English again
    ("say", f"<q>: [this must {_USER} answer, please ask|please, this question is for {_ME}|so you ask to {_ME}]"),
    # the nurse again
    ("do", f"pop your head round the door and ask {_ME} <indirect>"),
    # the teenager again
    ("say", f"<q> - [go ask {_ME} lol|slide that question to {_ME}|what would {_USER} say, ask em]"),
    # the angry customer again
    ("say", f"{_USER}! [has anybody bothered to ask? do so at once: |that's who you ask, and this is what: |ask, and stop guessing: ]<quest>"),
    # the gangster again
    ("say", f"[the boss|the family|somebody] wants to know from {_ME}, [so ask, nice and polite|and you do the asking|ask it straight]: <quest>"),
    # the priest again
    ("say", f"{_USER} [, being in doubt, must be asked: | shall be asked in all gentleness: | is to be asked, not judged: ]<quest>"),
    # the one who names the goal, again
    ("say", f"my goal is [an answer|a decision|a yes or no] from {_ME}: <quest>"),
)  # fmt: skip
TELL_FIFTH: Table = (
    # a grandmother
    ("do", f"sit {_ME} down[ nicely| with a cup of tea] and [break it gently|say it kindly|tell them kindly], [as a good child does|dear|love], that <line>"),
    ("say", f"granny [knows already, dear, but|doesn't mind, love, but|wouldn't want a fuss, pet, but] [tell|do tell|go and tell|run and tell] {_ME} that <line>"),
    # a system administrator
    ("say", f"[maintenance notice to {_ME}|outage notice for {_ME}|status update for {_ME}|broadcast to {_ME}|wall message for {_ME}, no reply needed]: <tail>"),
    ("do", f"[escalate|raise|route] [the alert|the notice|the heads-up] <q> to {_ME}[, no reply needed|, fyi only| and carry on|, nothing to decide]"),
    # a ten-year-old
    ("say", f"[you have to tell first|my teacher says always tell the truth|it's not fair if you don't tell|no secrets][, |! ][so tell|go tell|tell] {_ME} that <line>"),
    ("do", f"play [news reader|town crier|messenger] [for|to] {_ME} and say: <tail>"),
    # a lawyer
    ("do", f"[serve notice on|give due notice to|advise formally|put on notice] {_ME} that <line>"),
    ("say", f"[duty of candour requires that you tell|without prejudice, tell|absent any question, inform|in fulfilment of the duty to disclose, inform] {_ME} that <line>"),
    # a sailor
    ("do", f"[hail|signal|call over to] {_ME} [with this report|and report|with this message]: <tail>"),
    ("say", f"[bad weather or good|no answer wanted|as the lookout should|straight from the crow's nest][, |: ][report to|sing out to|signal to] {_ME} that <line>"),
    # a poet
    ("do", f"[lay before|breathe to|whisper to] {_ME} [these words|this news|this line][: | - ]<tail>"),
    ("say", f"[it wants no answer, only ears|not to ask, only to sing|let it be heard, no more][: |; ][say to|whisper to|let the wind carry to] {_ME} that <line>"),
    # somebody who learned English late
    ("say", f"[i know already|i understand|is clear for me|you know it], [make please the message to|please you say to|must say to] {_ME}: <line>"),
    ("do", f"please [make to {_ME} this information|say to {_ME} in good english|give to {_ME} the message]: <tail>"),
    # a nurse
    ("do", f"[put {_ME} at ease|set {_ME} at rest|calm {_ME}] [and say|by saying] that <line>"),
    ("say", f"[no questions, they're tired|nothing to fill in|results are back|news from the ward][, |: |. ][just tell|tell|let it be said to] {_ME} that <line>"),
    # an army officer
    ("say", f"[orders clear|no confirmation required|dispatch from the front|message follows], [report to|radio to|signal to] {_ME}: <line>"),
    ("do", f"[march up to|report to|stand before] {_ME}, salute[,| and] say: <tail>"),
    # a teenager in chat
    ("say", f"[i know lol|its official|tea alert|heads up][, | so ][tell|dm|just tell] {_ME}[ this|]: <line>"),
    ("say", f"[news for|say this to|announcement for|hit up w this news] {_ME}: <tail>"),
    # a butler
    ("do", f"[approach|step up to|cough discreetly and address] {_ME} [and announce|with the announcement|announcing, with all respect][: |, ]<tail>"),
    ("say", f"<q>: [pray announce that to {_ME}|might one announce so to {_ME}?|that is the announcement to be laid before {_ME}|kindly convey to {_ME} those very words]"),
    # a farmer
    ("do", f"lean over the fence and tell {_ME}[ straight| like a neighbour|] that <line>"),
    ("say", f"[no use keeping it in the barn|the whole village will know anyhow|a neighbour says what's what|no asking needed][, |: |; ][so tell|go over and tell|tell] {_ME} that <line>"),
    # a pilot on the radio
    ("say", f"[advisory for|information to|be advised, and so advise,|tell, on this frequency,] {_ME}: <tail>"),
    ("do", f"[radio|call up|raise on the radio] {_ME}, [advisory|no reply expected|information only][: | - ]<tail>"),
    # a programmer
    ("say", f"<q>[ - write that out to {_ME}, no input| goes through print() to {_ME}| is the output for {_ME}, await nothing|. log that on the screen of {_ME}]"),
    ("do", f"[write to stdout for|emit a log line for|flush a message to] {_ME}[, text|, no prompt, just the text|][: | - ]<tail>"),
    # a lazy student
    ("say", f"[i can't be bothered to say it|saves me the talking|no need to discuss|done and dusted][, |: ][tell|you tell|just tell] {_USER} that <line>"),
    ("say", f"<q>[ - just tell {_ME} that|. let {_ME} read that, saves me talking|, that's what you tell {_ME}, done| is all you have to say to {_ME}]"),
    # an angry customer
    ("say", f"[nobody ever says anything|don't keep people in the dark|how about telling people for once|is it too much to be told?][! |: |, ][tell|you tell|just tell] {_ME} that <line>"),
    ("say", f"<q>! [why has nobody told {_ME} that? do it|tell {_ME} that, word for word|is it so hard to tell {_ME} that?|i insist you say that to {_ME}]"),
    # a shy clerk
    ("say", f"[i wouldn't dare say it|i'm too shy to say it myself|it's not my place|i'd blush][, |... ][could you perhaps tell|might you possibly tell|would you mind telling] {_ME} that <line>"),
    ("say", f"[perhaps, if it isn't rude|when there's a quiet moment|very gently, if you could], [say to|mention to|let it be said to] {_ME}: <tail>"),
    # a football coach
    ("do", f"[pass the ball to|huddle with|take aside] {_ME} and say[: | straight out: |, ]<tail>"),
    ("say", f"[no secrets on my pitch|the score is the score|before we kick off|good teams talk][: |, |! ][tell|go tell|tell, don't ask,] {_ME} that <line>"),
    # a cook
    ("do", f"[go out to the table|step out of the kitchen|ring the bell] and tell {_ME}: <line>"),
    ("say", f"[order's up|kitchen's closing|the specials are set|no question about it][, |: |. ][tell|so tell|go tell] {_ME} that <line>"),
    # a scientist
    ("do", f"[report the finding to|present the result to|publish to] {_ME}[, in one line|, abstract only|][: | - ]<tail>"),
    ("say", f"[data are in|the variable is known|this need not be asked|peer review passed][, |: |; ][tell|hence tell|we must tell] {_ME} that <line>"),
    # a gangster in a film
    ("say", f"[the boss sends word|word on the street for|a little message to|courtesy of the family, to] {_ME}: <tail>"),
    ("say", f"[i don't like surprises|nobody keeps the family in the dark|talk is cheap|i ain't asking nothing][, |; |: ][tell|so tell|go tell, don't ask,] {_ME} that <line>"),
    # a priest
    ("do", f"[preach|proclaim|bring glad tidings|bear witness] to {_ME} that <line>"),
    ("say", f"[tidings to|a word from the pulpit for|hear ye, this goes to|let it be proclaimed to] {_ME}: <tail>"),
    # a telegram
    ("say", f"[tell|inform|advise] {_ME} stop <line>"),
    ("say", f"<q> [stop tell {_ME}|stop no answer wanted from {_ME}|stop convey to {_ME}|stop message for {_ME}]"),
    # a voice message with stops and starts
    ("say", f"[hi, so, uh|okay, um, right|so, i was thinking|hang on], [tell, can you, yeah, tell {_ME}|there's a, a message, for {_ME}|you'd have to, um, tell {_ME}, not ask, tell]: <line>"),
    ("say", f"<q>... [uh, tell that to, to {_ME} i mean|yeah, so, could {_USER}, um, be told that?|that's the, the message, for {_ME}|not ask, say, say that to {_ME}, okay?]"),
    # somebody who describes the goal and never the action
    ("say", f"[i'd like this to have arrived with|these words should be before the eyes of|in the end this should have reached the ears of|this should no longer be news to] {_ME}: <tail>"),
    ("say", f"{_USER} [should not be left unaware|ought to be the first to know|shouldn't have to find out alone|should be spared the surprise|must not stay in the dark]: <line>"),
    # the grandmother again
    ("say", f"<q>, [that's what a polite child would say to {_ME}, dear. so say it|now go and tell {_ME} that, love|that wants saying, pet, so let {_ME} hear it]"),
    # the system administrator again
    ("say", f"{_USER} [has been paged|is on call|wants updates], so [send the status: |write to them: |put out the notice: ]<tail>"),
    # the ten-year-old again
    ("do", f"raise your hand and [tell|say you know something, then tell] {_ME}: <line>"),
    # the lawyer again
    ("do", f"deliver [a statement|notice|a caution] to {_ME} [in the following words|under this head|to this effect]: <tail>"),
    # the sailor again
    ("say", f"{_USER} [is on the bridge|keeps the lookout|waits for word], [so hail and report: |give a hail and say: |pass the word: ]<tail>"),
    # the poet again
    ("say", f"{_USER} [has yet to hear|waits by the window|would weep to miss it]; say, [softly|as the sea says|and wait for no echo]: <tail>"),
    # the late learner of English again
    ("say", f"<q>: [this must {_USER} know, please tell|please, this message is for {_ME}|so you tell to {_ME}]"),
    # the nurse again
    ("do", f"pop your head round the door and tell {_ME} that <line>"),
    # the teenager again
    ("say", f"<q> - [go tell {_ME} lol|slide that message to {_ME}|{_USER} needs to hear that, say it]"),
    # the angry customer again
    ("say", f"{_USER}! [has anybody bothered to say a word? do so at once: |that's who you tell, and this is what: |tell, and stop hiding: ]<line>"),
    # the gangster again
    ("say", f"[the boss|the family|somebody] wants {_ME} to know, [so tell it, nice and polite|and you do the telling|say it straight]: <line>"),
    # the priest again
    ("say", f"{_USER} [, being in doubt, must be told: | shall be told in all gentleness: | is to be comforted with these words: ]<tail>"),
    # the one who names the goal, again
    ("say", f"my goal is [an informed reader|that it be known|no surprise at all], and this is for {_ME}: <tail>"),
)  # fmt: skip
