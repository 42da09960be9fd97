import { counted } from '../../../document/counted.ts';
import { quoteName } from '../../../document/quote-name.ts';
import { type DataRule, rule } from './rule.ts';

const transcriptions = 'Human-labeled transcriptions';

type WithoutTab = { is: 'comment' | 'wrapped' | 'other' } | { is: 'separator'; separator: string; name: string };

/** A line names a recording otherwise than it is called. */
function otherName(differs: string): DataRule<{ name: string; is: string }> {
  return {
    costs: 'line',
    fixed: 'always',
    means: `A line of the transcript names a recording that is there by another name: ${differs}.`,
    advice: 'Write the name of the file as it is in the set.',
    source: transcriptions,
    tell: (p) => ({
      message: `The service rejects this line: there is no recording ${quoteName(p.name)}`,
      hint: `The file is called ${quoteName(p.is)}: write it so`,
    }),
  };
}

/** The lines `file.wav<TAB>text` of a transcript, and the recordings that they name. */
export const transcriptRules = {
  'no-tab': rule<WithoutTab>({
    costs: 'line',
    fixed: 'where-clear',
    means: 'A line of a transcript has no tab between the name of the recording and what is said.',
    advice: 'Write `file.wav<TAB>text`, one line for each recording; editors may turn tabs into spaces.',
    source: transcriptions,
    tell: (p) => ({
      message: 'The service rejects this line: it has no tab after the name of a recording',
      hint: hintForTab(p),
    }),
  }),
  'header-line': rule<Record<never, never>>({
    costs: 'line',
    fixed: 'always',
    means: 'The first line of the transcript is a heading or a comment, which the service takes for a recording.',
    advice: 'Remove the line: a transcript has no heading and no comments.',
    source: transcriptions,
    tell: () => ({
      message: 'The service rejects this line: it names no recording, and headings are not known',
      hint: 'Remove it',
    }),
  }),
  'missing-recording': rule<{ name: string; nearest?: string }>({
    costs: 'line',
    fixed: 'where-clear',
    means: 'A line of the transcript names a recording that is not there.',
    advice: 'Add the recording, or remove the line.',
    source: transcriptions,
    tell: (p) => ({
      message: `The service rejects this line: there is no recording ${quoteName(p.name)}`,
      hint:
        p.nearest === undefined
          ? `Add the recording${/\.wav$/i.test(p.name) ? '' : ', as WAV'}, or remove the line`
          : `Did you mean ${quoteName(p.nearest)}?`,
    }),
  }),
  'recording-case': otherName('with other capitals'),
  'recording-ending': otherName('the line leaves out `.wav`'),
  'path-in-name': otherName('the line has a path before it'),
  'repeated-recording': rule<{ name: string; first: number }>({
    costs: 'line',
    fixed: 'where-clear',
    means: 'Two lines of the transcript are about one recording. The service takes the first.',
    advice: 'Keep the line that is right.',
    source: transcriptions,
    tell: (p) => ({
      message: `The service rejects this line: line ${p.first} has the text of ${quoteName(p.name)} already`,
      hint: 'Remove one of the two',
    }),
  }),
  'recording-without-line': rule<{ name: string }>({
    costs: 'nothing',
    means: 'The transcript has no line for a recording, which is then not used.',
    advice: 'Add its line to the transcript, or take the recording out of the set.',
    source: transcriptions,
    tell: (p) => ({
      message: `The recording ${quoteName(p.name)} is not used: the transcript has no line for it`,
      hint: 'Add its line, or leave it out',
    }),
  }),
  'several-tabs': rule<Record<never, never>>({
    costs: 'nothing',
    fixed: 'always',
    means: 'A line of the transcript has more than one tab. The first ends the name, the others become spaces.',
    advice: 'Write spaces within what is said. A table with more columns than two is no transcript.',
    source: transcriptions,
    tell: () => ({
      message: 'There is another tab within what is said',
      hint: 'Keep the one behind the name of the recording',
    }),
  }),
  pace: rule<{ words: number; seconds: number }>({
    costs: 'nothing',
    means:
      'Nobody speaks so fast (over 8 words a second), or so slowly (over 30 seconds a word): the text is probably of another recording.',
    advice: 'Listen to the recording, and correct its line.',
    source: 'seen',
    tell: (p) => ({
      message: `${counted(p.words, 'word')} in ${p.seconds.toFixed(1)} seconds cannot be what is said in the recording`,
      hint: 'Listen to it: the text may belong to another, or lines may have moved',
    }),
  }),
  'no-byte-order-mark': rule<Record<never, never>>({
    costs: 'nothing',
    fixed: 'always',
    means:
      'The transcript in an archive has no byte order mark, which Microsoft asks for in other languages than English. An archive is sent as it is.',
    advice:
      'Save the transcript as UTF-8 with byte order mark, or give the folder in place of the archive: it is added where a folder is packed.',
    source: transcriptions,
    tell: () => ({
      message:
        'The transcript does not begin with the byte order mark of UTF-8, which the service asks for in this language',
      hint: 'Give the folder in place of the archive: speechops adds it',
    }),
  }),
} as const;

function hintForTab(p: WithoutTab): string {
  switch (p.is) {
    case 'separator': {
      const found = p.separator === ' ' ? 'spaces' : `\`${p.separator}\``;
      return `Write a tab in place of ${found} after ${quoteName(p.name)}`;
    }
    case 'comment':
      return 'Remove it: a transcript has no headings and no comments';
    case 'wrapped':
      return 'It seems to go on with the line before: write both as one line';
    case 'other':
      return 'Write file.wav, a tab, and what is said';
  }
}
