import type { HostPlace } from './host-place.ts';
import { HostError, type ReviewHost } from './review-host.ts';

export function gitLab({ kind }: HostPlace, _options: object): ReviewHost {
  throw new HostError(`Cannot comment on ${kind} yet`);
}
