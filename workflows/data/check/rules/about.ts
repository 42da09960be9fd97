import { quoteName } from '../../../document/quote-name.ts';
import { rule } from './rule.ts';

/** What `data.yaml` says of a set. */
export const aboutRules = {
  'about-set': rule<{ what: string; hint?: string | undefined }>({
    costs: 'nothing',
    means: 'What is known of a set cannot be read from its `data.yaml`, which is then taken for empty.',
    advice: 'Write it as [its schema](../schemas/data.schema.json) says.',
    source: 'ours',
    tell: (p) => ({ message: p.what, ...(p.hint === undefined ? {} : { hint: p.hint }) }),
  }),
  'unmatched-file': rule<{ pattern: string; of: string; name: string; nearest?: string | undefined }>({
    costs: 'nothing',
    means: 'A name or pattern in `data.yaml` is that of no recording of the set.',
    advice: 'Write the name of the file, with `*` for any characters and `?` for one, or remove the line.',
    source: 'ours',
    tell: (p) => ({
      message: `No recording is called ${quoteName(p.pattern)}, as ${p.of} ${quoteName(p.name)} says`,
      ...(p.nearest === undefined ? {} : { hint: `Did you mean ${quoteName(p.nearest)}?` }),
    }),
  }),
  'retention-over': rule<{ day: string }>({
    costs: 'nothing',
    means: 'The last day on which the data may be kept, by `retention` of their `data.yaml`, has passed.',
    advice:
      'Delete them, and what was made of them: `speechops data forget` with `--online` names the datasets and models. Where they may be kept longer, write the new day.',
    source: 'ours',
    tell: (p) => ({
      message: `These data were to be kept until ${p.day}, which has passed`,
      hint: 'Delete them and what was made of them, or write the new day',
    }),
  }),
  'two-speakers': rule<{ recording: string; speakers: readonly string[] }>({
    costs: 'nothing',
    means: 'By `data.yaml` two speakers have one recording, so that both have to be on the same side of a test.',
    advice: 'Name each recording once; a conversation of two has a speaker of its own.',
    source: 'ours',
    tell: (p) => ({
      message: `${quoteName(p.recording)} is a recording of ${p.speakers
        .slice(0, 3)
        .map((one) => quoteName(one))
        .join(' and ')}`,
      hint: 'Leave one of them',
    }),
  }),
} as const;
