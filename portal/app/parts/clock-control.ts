import { useState } from 'preact/hooks';
import { markup, type View } from '../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../workflows/report/html/views/shown-text.ts';
import type { ClockMove, ClockState } from '../../api/clock.ts';
import type { Overview } from '../../api/overview.ts';
import { send } from '../ask.ts';
import { momentView } from './said.ts';

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
      setSaid(`It is ${moved.slice(0, 10)} now.`);
    } catch (error) {
      setSaid(error instanceof Error ? error.message : String(error));
    } finally {
      setMoving(false);
    }
  };
  if (readOnly) return markup`<span title="The clock of the emulator">${momentView(now)}</span>`;
  return markup`<details class="clock">
    <summary><span class="hidden">The clock of the emulator: </span>${momentView(now)}</summary>
    <div class="panel">
      <p>The clock of the emulator decides what has expired. It can be moved on, and never back.</p>
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
