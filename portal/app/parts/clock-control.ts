import { useEffect, useRef, useState } from 'preact/hooks';
import { markup, type View } from '../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../workflows/report/html/views/shown-text.ts';
import type { ClockMove, ClockState } from '../../api/clock.ts';
import type { Overview } from '../../api/overview.ts';
import { send } from '../ask.ts';
import { dayText, momentView } from './said.ts';

/** The clock of the emulator, and how it is moved on, so that one can watch what expires. */
export function ClockControl({ now, readOnly }: { readonly now: string } & Pick<Overview, 'readOnly'>): View {
  const [said, setSaid] = useState('');
  const [isMoving, setMoving] = useState(false);
  const move = async (days: number): Promise<void> => {
    setMoving(true);
    setSaid('');
    try {
      const body: ClockMove = { advanceSeconds: days * 86_400 };
      const { now: moved } = await send<ClockState>('clock', body);
      setSaid(`It is ${dayText(moved)} now.`);
    } catch (error) {
      setSaid(error instanceof Error ? error.message : String(error));
    } finally {
      setMoving(false);
    }
  };
  const place = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (): void => place.current?.removeAttribute('open');
    const onKeyDown = ({ key }: KeyboardEvent): void => {
      if (key === 'Escape') close();
    };
    const onClick = ({ target }: MouseEvent): void => {
      if (place.current?.contains(target as Node) === false) close();
    };
    document.addEventListener('keydown', onKeyDown);
    document.addEventListener('click', onClick);
    return () => {
      document.removeEventListener('keydown', onKeyDown);
      document.removeEventListener('click', onClick);
    };
  }, []);
  const shown = markup`<span class="words">Emulator's clock </span>${momentView(now, { by: 'service' })}`;
  if (readOnly) return markup`<span class="clock emulated">${shown}</span>`;
  return markup`<details class="clock emulated" ref=${place}>
    <summary title="The clock of the emulator can be moved on">${shown}</summary>
    <div class="panel">
      <p>The clock of the emulator decides what has expired, and dates all its objects: these times bear the mark <span class="clock-mark" aria-hidden="true"></span>. Times without it, as those of runs, are by the clock of this machine.</p>
      <p>It can be moved on, and never back:</p>
      <p class="choices">
        ${steps.map(
          ([days, name]) =>
            markup`<button key=${days} type="button" aria-disabled=${isMoving} onClick=${() => isMoving || void move(days)}>${name}</button>`,
        )}
      </p>
      <p class="quiet" role="status">${isMoving ? 'It is moved …' : shownText(said)}</p>
    </div>
  </details>`;
}

const steps = [
  [1, '+ 1 day'],
  [30, '+ 30 days'],
  [180, '+ 180 days'],
] as const;
