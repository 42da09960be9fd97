import { rule } from './rule.ts';

const datasets = 'Training and testing datasets';

/** Archives. */
export const zipRules = {
  'zip-damaged': rule<{ why: string }>({
    costs: 'set',
    means:
      'The archive cannot be read: it is cut off, or no zip at all, or a file in it is not what its checksum says.',
    advice: 'Make it anew, with `speechops data pack` for example, or copy it again from where it came.',
    source: datasets,
    tell: (p) => ({ message: `Cannot read the archive: ${p.why}`, hint: 'Make it anew: speechops data pack FOLDER' }),
  }),
} as const;
