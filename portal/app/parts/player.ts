import { useEffect, useRef, useState } from 'preact/hooks';
import { markup, type View } from '../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../workflows/report/html/views/shown-text.ts';
import '../style/player.css';
import { useMedia } from './use-media.ts';
import type { Waveform } from './waveform.ts';

interface Props {
  /** Where the recording is, with its ticket. */
  readonly address: string;
  /** What the recording is called, for those who do not see it. */
  readonly name: string;
}

/**
 * Plays a recording: the browser's own player at once, and the waveform when it has been loaded, in a place that is kept for it. The space
 * bar plays and pauses, wherever on the page it means nothing else.
 */
export function Player({ address, name }: Props): View {
  const audio = useRef<HTMLAudioElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const [said, setSaid] = useState('');
  const isDark = useMedia('(prefers-color-scheme: dark)');
  useEffect(() => {
    const ended = new AbortController();
    const { signal } = ended;
    let drawn: Waveform | undefined;
    setSaid('');
    void (async () => {
      const { drawWaveform } = await import('./waveform.ts');
      if (signal.aborted || place.current === null || audio.current === null) return;
      drawn = await drawWaveform(place.current, { audio: audio.current, signal });
      if (signal.aborted) drawn.remove();
    })().catch(() => signal.aborted || setSaid('No waveform: the browser cannot decode this recording'));
    return () => {
      ended.abort();
      drawn?.remove();
    };
  }, [address, isDark]);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== ' ' || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
      if ((event.target as Element).closest(takesSpace) !== null || audio.current === null) return;
      event.preventDefault();
      if (!audio.current.paused) audio.current.pause();
      else audio.current.play().catch(() => setSaid('The browser cannot play this recording'));
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
  return markup`<div class="player">
    <div class="waveform" ref=${place} aria-hidden="true">${said === '' ? null : markup`<p class="quiet">${said}</p>`}</div>
    <audio ref=${audio} controls preload="metadata" src=${address} aria-label=${`Recording ${shownText(name)}`}></audio>
  </div>`;
}

/** Elements for which the space bar has a meaning of its own. */
const takesSpace = 'input, select, textarea, button, a, audio, summary, [contenteditable]';
