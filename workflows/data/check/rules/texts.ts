import { rule } from './rule.ts';

const datasets = 'Training and testing datasets';

/** Bytes as text, and lines of text: of transcripts and of training text alike. */
export const textRules = {
  encoding: rule<{ is: string; byte?: number }>({
    costs: 'set',
    means: 'The text is not UTF-8, which is the one encoding that the service takes.',
    advice: 'Save it as UTF-8 with byte order mark; `speechops data fix` does that.',
    source: datasets,
    tell: (p) => ({
      message: `Cannot read this as UTF-8: it is ${p.is}${p.byte === undefined ? '' : ` (byte 0x${p.byte.toString(16).toUpperCase()})`}`,
      hint: 'Save it as UTF-8',
    }),
  }),
} as const;
