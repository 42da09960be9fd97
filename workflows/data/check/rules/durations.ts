import { counted } from '../../../document/counted.ts';
import { named } from './named.ts';
import { rule, type SharedBy } from './rule.ts';

const datasets = 'Training and testing datasets';
const shortAudio = 'Speech to text REST API for short audio';

/** How long recordings are, and how much of them there is. */
export const durationRules = {
  'too-long': rule<{ seconds: number }>({
    costs: 'line',
    fixed: 'where-clear',
    means: 'A recording is longer than two hours.',
    advice: 'Cut it where nobody speaks, and its transcript with it.',
    source: datasets,
    tell: (p) => ({
      message: `The service rejects this recording: it has ${duration(p.seconds)}, and at most 2:00:00 is taken`,
      hint: 'Cut it where nobody speaks, and its transcript with it',
    }),
  }),
  'too-long-for-smoke': rule<{ seconds: number }>({
    costs: 'line',
    means: 'Smoke audio is recognised as a whole, and the service recognises at most 60 s at once.',
    advice: 'Take a shorter recording: a swap wants to know soon.',
    source: shortAudio,
    tell: (p) => ({
      message: `The service does not recognise this recording at once: it has ${Math.ceil(p.seconds)} s, and at most 60 s are taken`,
      hint: 'Take a shorter recording',
    }),
  }),
  'too-long-for-training': rule<SharedBy>({
    costs: 'nothing',
    fixed: 'where-clear',
    means: 'Training uses sound of at most 40 s a recording; of longer ones only the transcript is used.',
    advice: 'Cut them where nobody speaks, and their transcripts with them, where training is to use their sound.',
    source: datasets,
    tell: (p) => ({
      message: `Training uses the text alone of ${recordings(p)} longer than 40 s: ${named(p)} (the longest has ${duration(p.worst)})`,
      hint: 'Cut them where nobody speaks, and their transcripts with them',
    }),
  }),
  'all-too-long': rule<{ recordings: number }>({
    costs: 'set',
    fixed: 'where-clear',
    means: 'All recordings are longer than the 40 s that training uses, and then it fails.',
    advice:
      'Cut them where nobody speaks, and their transcripts with them; or give their text as a dataset of kind Language.',
    source: datasets,
    tell: (p) => ({
      message: `Training fails with this: ${p.recordings === 1 ? 'the one recording is' : `all ${p.recordings.toLocaleString('en-US')} recordings are`} longer than 40 s`,
      hint: 'Cut them where nobody speaks, and their transcripts with them',
    }),
  }),
  'too-short': rule<SharedBy>({
    costs: 'nothing',
    means: 'A recording is shorter than a tenth of a second, in which no word fits.',
    advice: 'Look whether it was cut by mistake, and take it out of the set.',
    source: 'seen',
    tell: (p) => ({
      message: `No word fits into ${recordings(p)} shorter than 0.1 s: ${named(p)}`,
      hint: 'Look whether they were cut by mistake, and take them out of the set',
    }),
  }),
  'too-much-to-train': rule<{ hours: number }>({
    costs: 'nothing',
    means: 'There is more sound than the 100 hours that a training uses.',
    advice: 'Choose the recordings that are most like what will be recognised.',
    source: datasets,
    tell: (p) => ({
      message: `Training uses up to 100 hours of sound, and this has ${p.hours.toFixed(1)}`,
      hint: 'Choose the recordings that are most like what will be recognised',
    }),
  }),
  'too-much-to-test': rule<{ hours: number }>({
    costs: 'nothing',
    means:
      'There is more sound than the 0.5 to 5 hours that are recommended for a test: it takes longer and tells hardly more.',
    advice: 'Test with a part that is like the whole, and keep the rest for training.',
    source: datasets,
    tell: (p) => ({
      message: `This is much for a test: it has ${p.hours.toFixed(1)} hours, and 0.5 to 5 are recommended`,
      hint: 'Test with a part of it, and keep the rest for training',
    }),
  }),
} as const;

function recordings({ recordings: count }: SharedBy): string {
  return `${counted(count, 'recording', { shown: (one) => one.toLocaleString('en-US') })} ${count === 1 ? 'that is' : 'that are'}`;
}

/** As `41 s` or `2:00:01`. */
function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 3600) return `${whole} s`;
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}
