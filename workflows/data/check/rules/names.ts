import { counted } from '../../../document/counted.ts';
import { quoteName } from '../../../document/quote-name.ts';
import { rule } from './rule.ts';

const datasets = 'Training and testing datasets';
const transcriptions = 'Human-labeled transcriptions';

/** Which files there are, and what they are called. */
export const nameRules = {
  'no-data': rule<{ what: string }>({
    costs: 'set',
    means: 'There is nothing in the set that its kind is made of.',
    advice: 'Put the data there, or name the folder that has them.',
    source: datasets,
    tell: (p) => ({ message: `Cannot make a dataset of this: ${p.what}` }),
  }),
  'wrong-container': rule<{ kind: string; is: string; takes: string }>({
    costs: 'set',
    means: 'The kind of dataset is made of something else: audio of a folder or zip, text of one file.',
    advice:
      'Give what the kind takes, or another `kind`. Text of several files is several datasets: one `upload` step each.',
    source: datasets,
    tell: (p) => ({
      message: `Cannot make a dataset of kind ${p.kind} of ${p.is}`,
      hint: `${p.kind} takes ${p.takes}`,
    }),
  }),
  'no-transcript': rule<Record<never, never>>({
    costs: 'set',
    fixed: 'where-clear',
    means: 'Recordings with transcripts need a transcript, and there is none.',
    advice: 'Add `trans.txt`: a line for each recording, its name, a tab and what is said.',
    source: transcriptions,
    tell: () => ({
      message: 'Cannot find the transcript: there is no .txt and no .tsv beside the recordings',
      hint: 'Add trans.txt: a line for each recording, its name, a tab and what is said',
    }),
  }),
  'several-transcripts': rule<{ names: readonly string[] }>({
    costs: 'set',
    means: 'There is more than one `.txt` or `.tsv` beside the recordings, and the service takes one.',
    advice: 'Leave the transcript, and move the others out of the folder.',
    source: transcriptions,
    tell: (p) => ({
      message: `Cannot tell which is the transcript: ${p.names
        .slice(0, 5)
        .map((name) => quoteName(name))
        .join(', ')}${p.names.length > 5 ? ' and others' : ''} could be it`,
      hint: 'Leave one .txt or .tsv',
    }),
  }),
  'left-out': rule<{ name: string; why: string; hint: string }>({
    costs: 'nothing',
    fixed: 'where-clear',
    means: 'A file of the folder does not become part of the dataset.',
    advice: 'Bring recordings into WAV and to the top of the folder, or move the file elsewhere.',
    source: datasets,
    tell: (p) => ({ message: `${quoteName(p.name)} is left out: ${p.why}`, hint: p.hint }),
  }),
  'too-many-files': rule<{ files: number; most: number }>({
    costs: 'set',
    means: 'There are more files than the service takes in one dataset.',
    advice:
      'An upload divides a folder into several datasets by itself. Write an archive anew with `speechops data pack`, which makes parts of it.',
    source: datasets,
    tell: (p) => ({
      message: `Cannot take ${counted(p.files, 'file')} as one dataset: at most ${p.most.toLocaleString('en-US')} are allowed`,
      hint: 'An upload divides a folder by itself; of an archive make parts with `speechops data pack`',
    }),
  }),
} as const;
