import { readFileSync } from 'node:fs';

/**
 * Imported first into a process (and its threads), it makes the date follow the file that SIMULATED_TIME names, whenever that
 * changes. Timers stay real, as they do when a machine sleeps.
 */
globalThis.Date = following(process.env['SIMULATED_TIME'] ?? '');

function following(file: string): DateConstructor {
  const real = Date.now.bind(Date);
  let time: Anchor = { real: 0, simulated: 0, speed: 1 };
  let readAt = Number.NEGATIVE_INFINITY;
  const now = (): number => {
    if (performance.now() - readAt > 5) {
      time = JSON.parse(readFileSync(file, 'utf8')) as Anchor;
      readAt = performance.now();
    }
    return Math.floor(time.simulated + (real() - time.real) * time.speed);
  };
  return new Proxy(Date, {
    construct: (date, args, newTarget) =>
      Reflect.construct(date, args.length === 0 ? [now()] : args, newTarget) as Date,
    apply: (date) => new date(now()).toString(),
    get: (date, name, receiver) => (name === 'now' ? now : (Reflect.get(date, name, receiver) as unknown)),
  });
}

/** A moment of real time, in milliseconds since 1970, and what the date was then. */
export interface Anchor {
  readonly real: number;
  readonly simulated: number;
  readonly speed: number;
}
