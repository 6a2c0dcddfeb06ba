/** A wording that readers who are not native speakers stumble over, and what to write instead. */
export type Phrase = {
  /** Matches the phrase. A space matches any white space, and the start of a further comment line as well. */
  pattern: string;
  /** Where a match counts: anywhere, at the start of a comment or sentence, or at the start of a test title. */
  at?: 'anywhere' | 'start' | 'title';
  /** Files that the phrase is judged in; everywhere by default. */
  only?: RegExp;
  instead: string;
};

/** Messages, descriptions and documents that users of the API read. */
const API_TEXT = /^(lib\/(api|domain)\/|docs\/guide\/|README)/;

/** Openings that hide the subject. */
const openings: Phrase[] = [
  { pattern: 'Of', at: 'start', instead: 'start with the thing itself, or with a verb' },
  { pattern: 'Those', at: 'start', instead: 'name the thing: "Executions that …"' },
  { pattern: '(?:That|Which) (?:is|are) (?:none|one)', at: 'start', instead: 'name the thing' },
  { pattern: 'Who (?!am|are)', at: 'start', instead: '"The caller", "Anyone who", "A user who"' },
  {
    pattern: '(?:of|that|which|whose|who|is|are|was|has|have|may|can|cannot|does|will|must|in|by|when|with) ',
    at: 'title',
    instead: 'a full sentence that makes sense alone: "a paused job is not dispatched"',
  },
];

/** Words in place of the name of a thing. */
const unnamed: Phrase[] = [
  { pattern: 'what (?:is|was|are|were) (?:over)?due', instead: '"due executions", "due schedules"' },
  {
    pattern: 'what (?:is|was) (?:to come|there|open|out|stored|sealed|late|queued|claimed|under way)',
    instead: 'name it: "upcoming executions", "open requests", "the stored value"',
  },
  {
    pattern:
      'what (?:waits|runs|came|comes|goes|went|fails|failed|waited|remains|ends|ended|lies|stays|vanished|leaves|left)',
    instead: 'name it: "waiting executions", "failed requests"',
  },
  { pattern: 'what (?:becomes|became) of', instead: '"the outcome of", "the result of"' },
  { pattern: 'whatever', instead: '"any error", "regardless of"' },
  {
    pattern: 'however (?:much|far|long|small|little|many|late|few|often|old|large|short|it)',
    instead: '"regardless of the number of", "even if … is long"',
  },
  { pattern: 'of what', instead: 'name the thing' },
  { pattern: 'all that (?!we\\b|you\\b)', instead: '"everything that", or name it: "every execution that"' },
  {
    pattern: 'those (?:that|of|which|who|it|they)',
    instead: 'repeat the noun: "executions that", "the keys of"',
  },
  { pattern: '(?:as|by|for|of|to|than) who', instead: '"the caller", "the user who", "the operator"' },
  {
    pattern: '(?<!anyone |user |someone )who (?:calls|deploys|reads|holds)',
    instead: '"the caller", "the operator", "the reader", "the holder"',
  },
  { pattern: 'whoever', instead: '"anyone who", "the process that"' },
  { pattern: 'nobody(?![\'"`])', instead: '"no one", or name it: "no worker", "no caller"' },
  { pattern: '(?:any|every)body', instead: '"anyone", "everyone", or name it: "all other workers"' },
  { pattern: 'somebody', instead: '"someone", or name it: "another worker", "another process"' },
  { pattern: 'that (?:is|are) none', instead: '"invalid", "not a …"' },
  { pattern: 'that (?:is|are) there', instead: '"existing"' },
  { pattern: "of one's own", instead: '"your own"' },
];

/** Rare, old or ambiguous words, and German idioms in English words. */
const words: Phrase[] = [
  { pattern: '(?:the|its|each) begin', instead: '"the start"' },
  { pattern: 'beside', instead: '"next to", "in addition to", "besides"' },
  { pattern: 'ma(?:kes?|de|king) (?:\\w+ )?good', instead: '"repairs", "catches up on"' },
  { pattern: 'lean(?:s|t|ed|ing)? on', instead: '"depends on"' },
  { pattern: 'g(?:ives?|ave|iven) out', instead: '"saturates first", "runs out", "is assigned"' },
  { pattern: 'anew', instead: '"again"' },
  { pattern: 'nor', instead: '"and not", "or"' },
  { pattern: '(?:none|nothing|no \\w+) but', instead: '"only"' },
  { pattern: 'but (?:for|those|by|where)', instead: '"except"' },
  { pattern: '(?:is|are|was|were) (?:not )?to be', instead: '"must be", "should be", "is"' },
  { pattern: '(?<!happen )to come(?! (?:to|in|back|later))', instead: '"upcoming", "future"' },
  { pattern: 'com(?:es|e|ing) to (?:its|their|an) end', instead: '"ends", "finishes"' },
  { pattern: 'by way of', instead: '"through"' },
  { pattern: 'go(?:es)? by', instead: '"uses", "follows"' },
  {
    pattern: '(?:is|are|was|were) told(?! to| apart)',
    instead: '"reports", "the caller receives", "the message says"',
  },
  { pattern: 'at the latest', instead: '"no later than", "within"' },
  { pattern: 'held against', instead: '"checked against", "compared with"' },
  { pattern: '(?:hears?|heard) out', instead: '"waits for"' },
  { pattern: '(?:looks?|looking) after', instead: '"maintains"' },
  { pattern: 'sees? to', instead: '"repairs", "handles"' },
  { pattern: 'lets? \\w+ in', instead: '"accepts", "admits"' },
  { pattern: '(?:can|could|may|be) had', instead: '"is available", "can be obtained"' },
  { pattern: 'all the same', instead: '"even so"' },
  { pattern: 'the (?:one|ones) before', instead: '"the previous one"' },
  { pattern: 'for good', instead: '"permanently"' },
  {
    pattern:
      '(?<!(?:any|some|every|no)(?:thing|one|body|where) |what |who )(?<=[a-z,][^\\S\\n])else(?=[.,:])',
    instead: '"otherwise"',
  },
  { pattern: 'all else', instead: '"everything else"' },
  { pattern: '(?:if|where|when) wanted', instead: '"optionally", "if needed"' },
  { pattern: 'wants', instead: '"needs", "requires", "expects"' },
  { pattern: 'be it', instead: '"whether"' },
  { pattern: 'in (?:the )?clear', instead: '"unencrypted", "in plain text"' },
  { pattern: '(?:is|are|be) of use', instead: '"useful"' },
  { pattern: 'dearer', instead: '"more expensive"' },
  { pattern: 'mends?', instead: '"fix", "repair", "correct"' },
  { pattern: 'give or take', instead: '"within"' },
  { pattern: 'what to turn', instead: '"what to tune"' },
  { pattern: 'stands? in(?! for)', instead: '"is in"' },
  { pattern: '(?:there|here|where)(?:by|in|of|upon)', instead: 'a sentence of its own' },
  {
    pattern: '(?:amid|lest|albeit|whilst|amongst)',
    instead: '"during", "so that … not", "although", "while", "among"',
  },
  { pattern: 'hears? of', instead: '"receives", "learns about"' },
  { pattern: 'stands? at', instead: '"is", "its next execution time is"' },
  { pattern: 'slips? of the pen', instead: '"typing error"' },
  { pattern: 'goes without saying', instead: 'say it' },
  { pattern: '(?:is|are|was) no (?:number|JSON|ASCII|HTTP|URL|schema)', instead: '"is not a number"' },
  { pattern: 'as ever', instead: '"as usual"' },
  { pattern: 'now and then', instead: '"sometimes", "at intervals"' },
  { pattern: 'may well', instead: '"may"' },
  {
    pattern:
      '(?:after|when|for|in|out of|each) so many|so many (?:requests|minutes|seconds|milliseconds|faults|executions|jobs|parts|times)',
    instead: 'name the number: "`count` requests", "this number of executions"',
  },
  {
    pattern:
      '(?<!there )(?:is|are|was|were) no (?:error|success|wake-ups?|secret|string|integer|date|ARN|route|reason|limit;|UTF|misfire|herd|repetition|condition|standard|entry|dates|others)',
    instead: '"is not an error"',
  },
  {
    pattern: 'coming (?:executions|runs|load|weeks|occurrences)',
    instead: '"upcoming executions", "the next weeks"',
  },
  { pattern: 'any more(?=[.,;:)])', instead: '"no longer", "is left"' },
  { pattern: 'stored nowhere', instead: '"is not stored"' },
  { pattern: '(?:goes?|went|going) on(?! (?:the|a|an|port|line))', instead: '"continues"' },
  { pattern: '(?<!(?:package|Node|it) )runs? on(?=[.,;:)])', instead: '"continues to run"' },
  { pattern: 'alarms? (?:that |which |does not |do not )?rings?', instead: '"the alarm fires"' },
  { pattern: 'the version before(?! (?:it|that|this|`))', instead: '"the previous version"' },
  { pattern: 'in vain', instead: '"without effect", "for no reason"' },
  { pattern: 'is none of', instead: '"is not a", "is not one of"' },
  {
    pattern: 'the present (?:one|screen|zone|theme|data|version|state|page|tags|fields|connections)',
    instead: '"the current …"',
  },
  { pattern: '(?:for|each) so long', instead: '"for this time"' },
  { pattern: 'versions? of before', instead: '"the previous version", "an outdated version"' },
  { pattern: 'gives? (?:\\w+ )+free', instead: '"frees"' },
  { pattern: 'knows? (?:no|nothing of)(?! one)', instead: '"does not know", "has no"' },
  { pattern: 'stays? done', instead: '"its changes remain"' },
];

/** JSON has its own terms, and users know them. */
const jsonTerms: Phrase[] = [
  { pattern: 'whole numbers?', only: API_TEXT, instead: '"integer"' },
  {
    pattern: '(?:a|any|each|every|no|as|be) text|(?:of|all|other|these|their) texts',
    only: API_TEXT,
    instead: '"string"',
  },
  { pattern: 'not a field that exists', instead: '"unknown field"' },
];

export const phrases: readonly Phrase[] = [...openings, ...unnamed, ...words, ...jsonTerms];
