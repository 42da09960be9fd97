import { InvalidArgumentError } from 'commander';
import { type Io, UsageError } from '../session.ts';

const leastCharacters = 16;

/** The public address of `--webhooks`; throws what commander prints when it is none. */
export function webhookUrl(text: string): string {
  const url = URL.parse(text);
  const isLoopback = url !== null && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback)) return url.href;
  throw new InvalidArgumentError('Allowed is an https URL; http is allowed for a service on this machine.');
}

/** What callbacks are signed with. Without it anybody could wake the fleet, so that there is no default. */
export function webhookSecret({ env }: Io): string {
  const secret = env['SPEECHOPS_WEBHOOK_SECRET'] ?? '';
  if (secret.length >= leastCharacters) return secret;
  throw new UsageError(
    `Set SPEECHOPS_WEBHOOK_SECRET to the same secret for all workers: it ${secret === '' ? 'is not set' : 'is too short'}, --webhooks needs at least ${leastCharacters} characters (openssl rand -hex 32)`,
  );
}
