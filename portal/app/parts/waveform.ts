import WaveSurfer from 'wavesurfer.js';

/** A waveform beside an `<audio>`, which it plays, and where a click seeks. */
export interface Waveform {
  remove(): void;
}

/** Draws the sound of an `<audio>`, as far as the browser can decode it: rejects otherwise, and with the reason of the signal. */
export async function drawWaveform(
  container: HTMLElement,
  { audio, signal }: { readonly audio: HTMLAudioElement; readonly signal: AbortSignal },
): Promise<Waveform> {
  const response = await fetch(audio.src, { signal });
  if (!response.ok) throw new Error(`The portal answers with ${response.status}`);
  const encoded = await response.arrayBuffer();
  signal.throwIfAborted();
  const sound = await new OfflineAudioContext(1, 1, 16_000).decodeAudioData(encoded);
  signal.throwIfAborted();
  const color = (name: string): string => getComputedStyle(container).getPropertyValue(name).trim();
  const waves = WaveSurfer.create({
    container,
    media: audio,
    peaks: [peaksOf(sound.getChannelData(0))],
    duration: sound.duration,
    height: container.clientHeight,
    waveColor: color('--quiet'),
    progressColor: color('--accent'),
    cursorColor: color('--accent'),
    cspNonce: document.querySelector<HTMLMetaElement>('meta[name=style-nonce]')?.content ?? '',
    dragToSeek: true,
    hideScrollbar: true,
  });
  return { remove: () => waves.destroy() };
}

const mostPeaks = 1200;

/** The largest swing of each part of the sound, with its sign. */
function peaksOf(samples: Float32Array): Float32Array {
  const step = Math.max(1, Math.ceil(samples.length / mostPeaks));
  const peaks = new Float32Array(Math.ceil(samples.length / step));
  for (const [at, sample] of samples.entries()) {
    const part = Math.floor(at / step);
    if (Math.abs(sample) > Math.abs(peaks[part] ?? 0)) peaks[part] = sample;
  }
  return peaks;
}
