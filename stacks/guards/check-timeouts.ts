import type { TimeoutsSettings } from '../../schemas/index.ts';
import { type Fault, fault, isLiteral, type PropertyPath } from './fault.ts';

/** Finds durations that Terraform does not read. */
export function checkTimeouts(timeouts: TimeoutsSettings | undefined, path: PropertyPath): readonly Fault[] {
  return Object.entries(timeouts ?? {}).flatMap(([name, value]: readonly [string, string]) =>
    !isLiteral(value) || /^(?=\d)(\d+h)?(\d+m)?(\d+s)?$/.test(value)
      ? []
      : [fault('timeout', { path: [...path, name], value })],
  );
}
