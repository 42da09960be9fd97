import type { Readable } from 'node:stream';
import type { SpeechResource } from '../state/speech-resource.ts';

/** One request to an operation, after the request chain has let it through. */
export interface Call {
  readonly resource: SpeechResource;
  /** Scheme, host and port as the client addressed them: what absolute links start with. */
  readonly origin: string;
  readonly params: Readonly<Record<string, string>>;
  /** A parameter that is given more than once has its last value. */
  readonly query: Readonly<Record<string, string>>;
  /** Parsed JSON; a stream where the operation takes bytes, `FormData` where it takes a form. */
  readonly body: unknown;
  /** The id of the operation. */
  readonly operation: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** One operation of the Speech-to-text REST API 2025-10-15, by its id in the definition. */
export interface Operation {
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/speechtotext`, as the definition writes it: `/datasets/{id}/blocks:commit`. */
  readonly path: string;
  /** What its body is. @default JSON, or bytes */
  readonly takes?: 'form';
  /** Refuses with a ServiceError. */
  run(call: Call): Answer | Promise<Answer>;
}

/** The body of an operation that takes bytes. */
export function streamOf(call: Call): Readable | undefined {
  const body = call.body as Partial<Readable> | null | undefined;
  return typeof body?.pipe === 'function' ? (body as Readable) : undefined;
}
