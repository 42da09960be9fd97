import type { DatasetKind } from './speech-entities.ts';

/** Local data that a step reads; `path` as the pipeline writes it. */
export interface LocalDataRequest {
  readonly path: string;
  readonly kind: DatasetKind;
}

export function localDataKey(request: LocalDataRequest): string {
  return `${request.kind}:${request.path}`;
}
