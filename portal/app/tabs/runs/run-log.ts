import { h } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import type { LogLine, LogPage } from '../../../api/runs.ts';
import { ask } from '../../ask.ts';
import { onChange, whenTried } from '../../live.ts';

/** So many of the newest lines are kept here: a run that goes on for days does not fill the memory of the page. */
const mostLines = 2000;

/** The log of a run, which follows what is written until it is paused, or the run has ended; also of the chosen step alone. */
export function RunLog({
  runId,
  step,
  isOver,
}: {
  readonly runId: string;
  readonly step: string | undefined;
  readonly isOver: boolean;
}): View {
  const [isPaused, setPaused] = useState(false);
  const [isOfStep, setOfStep] = useState(false);
  const { lines, isCut, isRead, problem } = useLog(runId, { isPaused });
  const place = useRef<HTMLDivElement>(null);
  /** Whether the end is in view, so that new lines push it on. */
  const isAtEnd = useRef(true);
  const shown = isOfStep ? lines.filter((line) => line.step === step) : lines;
  useLayoutEffect(() => {
    const { current } = place;
    if (current !== null && isAtEnd.current && !isPaused) current.scrollTop = current.scrollHeight;
  }, [shown.length, isPaused]);
  const look = (event: Event): void => {
    const { scrollTop, scrollHeight, clientHeight } = event.target as HTMLElement;
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < 40;
  };
  return markup`<section class="panel log" aria-label="Log">
    <header>
      <h2>Log</h2>
      <label><input type="checkbox" checked=${isOfStep} onChange=${() => setOfStep(!isOfStep)} /> the chosen step alone</label>
      ${isOver ? null : markup`<button type="button" aria-pressed=${isPaused} onClick=${() => setPaused(!isPaused)}>Pause</button>`}
    </header>
    ${problem === undefined ? null : markup`<p class="bad" role="alert">${shownText(problem.message)}</p>`}
    ${h(
      'div',
      { class: 'lines', ref: place, onScroll: look, tabIndex: 0, role: 'region', 'aria-label': 'Lines of the log' },
      markup`${isCut ? markup`<p class="quiet">Older lines are left out; <code>speechops show</code> has them.</p>` : null}
        ${shown.length === 0 && problem === undefined ? markup`<p class="quiet">${isRead ? nothingWritten({ isOver }) : 'Reading the log …'}</p>` : null}
        <ol>${shown.map(lineView)}</ol>`,
    )}
  </section>`;
}

function nothingWritten({ isOver }: { readonly isOver: boolean }): string {
  return isOver ? 'Nothing was written.' : 'Nothing is written yet.';
}

function lineView({ number, at, step, message }: LogLine): View {
  const date = new Date(at);
  return markup`<li key=${number}><time datetime=${at} title=${at}>${clock.format(date)}</time> ${
    step === undefined ? null : markup`<bdi class="of">${shownText(step)}</bdi> `
  }<bdi>${shownText(message)}</bdi></li>`;
}

const clock = new Intl.DateTimeFormat('sv-SE', { timeStyle: 'medium' });

interface Known {
  readonly lines: readonly LogLine[];
  readonly isCut: boolean;
  /** Whether the portal has answered at all. */
  readonly isRead: boolean;
  readonly problem?: Error | undefined;
}

/** What is written, asked for after each change behind the last line that is known. */
function useLog(runId: string, { isPaused }: { readonly isPaused: boolean }): Known {
  const [known, setKnown] = useState<Known>({ lines: [], isCut: false, isRead: false });
  const newest = useRef(0);
  useEffect(() => {
    if (isPaused) return undefined;
    const ended = new AbortController();
    const { signal } = ended;
    let isAsking = false;
    let isAskedAgain = false;
    const read = async (): Promise<void> => {
      isAskedAgain = isAsking;
      if (isAsking) return;
      isAsking = true;
      try {
        const page = await ask<LogPage>(`runs/${encodeURIComponent(runId)}/log?after=${newest.current}`, { signal });
        if (signal.aborted) return;
        newest.current = page.lines.at(-1)?.number ?? newest.current;
        setKnown((before) => {
          if (page.lines.length === 0 && before.problem === undefined && before.isRead) return before;
          const all = [...before.lines, ...page.lines];
          const lines = all.slice(-mostLines);
          return { lines, isCut: before.isCut || page.isCut || lines.length < all.length, isRead: true };
        });
      } catch (error) {
        if (signal.aborted) return;
        const problem = error instanceof Error ? error : new Error(String(error));
        setKnown((before) => ({ ...before, problem }));
      } finally {
        isAsking = false;
        if (isAskedAgain && !signal.aborted) void read();
      }
    };
    const stop = onChange((change) => {
      if (change === 'runs') void read();
    });
    void whenTried.then(async () => !signal.aborted && (await read()));
    return () => {
      ended.abort();
      stop();
    };
  }, [runId, isPaused]);
  return known;
}
