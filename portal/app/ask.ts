import type { Problem } from '../api/common.ts';
import { forgetToken, token } from './token.ts';

/** What helps where the portal does not know the token of this page, as after it was started again. */
export const openAnew =
  'Open the address that speechops portal has printed: it was started again, or this page has no token.';

/** Why the portal has not answered, as people are told. */
export class AskProblem extends Error {
  override readonly name = 'AskProblem';
  /** Absent when the portal cannot be reached. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

/** The answer of the portal's API to a path below `/api/`. Throws an {@link AskProblem}, and the reason of the signal. */
export async function ask<T>(path: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<T> {
  return await answerOf<T>(path, { signal: signal ?? null });
}

/** Changes something through the portal's API. Throws as {@link ask} does. */
export async function send<T>(path: string, body: unknown): Promise<T> {
  return await answerOf<T>(path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
}

/**
 * The answer to any request, which is JSON. Throws as {@link ask} does, also when none comes for longer than the portal takes for anything: a
 * connection may be dead without an end.
 */
export async function answerOf<T>(path: string, init: RequestInit): Promise<T> {
  const late = new AbortController();
  // Not `AbortSignal.timeout`, whose timers would outlive thousands of answers.
  const timer = setTimeout(() => late.abort(), mostMinutes * 60_000);
  const signal = AbortSignal.any([late.signal, ...(init.signal ? [init.signal] : [])]);
  try {
    const response = await request(path, { ...init, signal });
    return (await response.json()) as T;
  } catch (error) {
    if (!late.signal.aborted || error instanceof AskProblem || init.signal?.aborted === true) throw error;
    const lost = `The portal has not answered in ${mostMinutes} minutes: look whether speechops portal still runs`;
    throw new AskProblem(
      init.method === undefined ? `${lost}, and ask again` : `${lost}, and whether it was done before you do it again`,
    );
  } finally {
    clearTimeout(timer);
  }
}

/** The portal itself gives up after ten, when it reads what models recognised in a large test set. */
const mostMinutes = 11;

/** The answer as it comes, which is a good one. Throws as {@link ask} does. */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const known = token();
  const headers = {
    ...(init.headers as Record<string, string> | undefined),
    ...(known && { authorization: `Bearer ${known}` }),
  };
  let response: Response;
  try {
    response = await fetch(`/api/${path}`, { ...init, headers });
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    throw new AskProblem('The portal does not answer: is speechops portal still running?');
  }
  if (response.ok) return response;
  if (response.status === 401) forgetToken();
  const said = (await response.json().catch(() => ({}))) as Partial<Problem>;
  throw new AskProblem(said.error ?? `The portal answers with ${response.status}`, response.status);
}
