import { rule } from './rule.ts';

const datasets = 'Training and testing datasets';

/** What recordings are. */
export const audioRules = {
  'audio-format': rule<{ is: string }>({
    costs: 'line',
    means: 'A recording is not RIFF/WAV with PCM of 16 bits, one channel, and 8 or 16 kHz.',
    advice: 'Convert it, for example with `ffmpeg -i in.wav -ac 1 -ar 16000 -c:a pcm_s16le out.wav`.',
    source: datasets,
    tell: (p) => ({
      message: `The service rejects this recording: it ${p.is}`,
      hint: 'Convert it: ffmpeg -i in.wav -ac 1 -ar 16000 -c:a pcm_s16le out.wav',
    }),
  }),
} as const;
