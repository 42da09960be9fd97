import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { dump } from 'js-yaml';
import { lockSchema } from '../../../../schemas/documents.ts';
import type { JsonSchema } from '../../../../schemas/index.ts';
import type { LockDocument, LockedData, UploadWith } from '../../../../schemas/types.gen.ts';
import { counted } from '../../../document/counted.ts';
import { createFindings } from '../../../document/diagnostics/diagnostics.ts';
import { readBySchema } from '../../../document/schema/read-by-schema.ts';
import type { Ports } from '../../../engine/ports.ts';
import type { Facts } from '../../../plan/facts.ts';
import { knownInputs } from '../../../plan/known-input.ts';
import type { PlanSource } from '../../../plan/plan.ts';
import { resourceOf } from '../../../plan/resources.ts';
import { lockDifferences, lockedData, withOtherResources } from '../../../steps/upload/locked-data.ts';
import type { Connection } from '../../connect/connection.ts';
import { UsageError } from '../../session.ts';
import { lockFileName } from './lock-file-name.ts';

/** What a pipeline was observed with. */
export interface LockSource {
  readonly source: PlanSource;
  readonly facts: ReadonlyMap<Ports, Facts>;
  readonly connection: Pick<Connection, 'portsOf'>;
}

/** A lock file as it is to be after a pipeline was observed, and what it says otherwise than before. */
export interface RenewedLock {
  readonly document: LockDocument;
  readonly changes: readonly string[];
}

/** The lock file with the uploads of a pipeline as they are now. Those of other pipelines stay. */
export function renewLock(before: LockDocument | undefined, { source, facts, connection }: LockSource): RenewedLock {
  const { pipeline } = source;
  const byStep = new Map<string, LockedData>();
  const changes: string[] = [];
  const old = (before?.data ?? []).filter((entry) => entry.pipeline === pipeline.name);
  for (const { step, input } of knownInputs(source)) {
    const seen = facts.get(connection.portsOf(step));
    if (step.uses !== 'upload' || seen === undefined) continue;
    const resource = resourceOf(step, source);
    const wanted = input.with as UploadWith | undefined;
    const was = old.find((entry) => entry.step === step.id);
    const now = lockedData({ pipeline: pipeline.name, step: step.id, resource, wanted, facts: seen });
    // What only a run knows stays as it was.
    const entry = now === undefined ? was : withOtherResources(now, was, resource);
    if (entry === undefined) continue;
    byStep.set(step.id, entry);
    changes.push(...lockDifferences(was, entry));
  }
  const gone = old.filter((entry) => !byStep.has(entry.step)).map(({ step }) => `${step} is no upload any more`);
  const others = (before?.data ?? []).filter((entry) => entry.pipeline !== pipeline.name);
  const nameOf = (entry: LockedData): string => `${entry.pipeline}\0${entry.step}`;
  const data = [...others, ...byStep.values()].toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  return { document: { version: 1, data }, changes: [...changes, ...gone] };
}

/** The lock file in an absolute folder; undefined where there is none. Throws a {@link UsageError} for one with faults. */
export async function readLock(folder: string): Promise<LockDocument | undefined> {
  const file = path.join(folder, lockFileName);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new UsageError(`Check ${file}: it cannot be read (${error.code})`);
  });
  if (text === undefined) return undefined;
  const document = parseLock(text);
  if ('fault' in document)
    throw new UsageError(`Correct ${file}, or delete it and write it anew with speechops data lock: ${document.fault}`);
  return document;
}

/** The document that a text is, or what is wrong with it. */
export function parseLock(text: string): LockDocument | { readonly fault: string } {
  const conflict = /^<{7} /m.exec(text);
  if (conflict !== null) {
    const line = text.slice(0, conflict.index).split('\n').length;
    return { fault: `line ${line}: a merge has left its marks; keep the entries of both sides, each step once` };
  }
  const findings = createFindings(lockFileName, text);
  const read = readBySchema<LockDocument>(text, { schema: lockSchema as JsonSchema, what: 'the lock file', findings });
  const [first] = findings.diagnostics();
  if (read !== undefined) return read.document;
  if (first?.code === 'document-too-large')
    return { fault: `it is longer than what is read of one; ${fewerPipelines}` };
  return { fault: first === undefined ? 'it is no mapping' : `line ${first.line}: ${first.message}` };
}

/** The text of a lock file: the same for the same document. Throws a {@link UsageError} where nobody could read it again. */
export function lockText(document: LockDocument): string {
  const text = `${header}${dump(document, { lineWidth: -1, noRefs: true })}`;
  const read = parseLock(text);
  if ('fault' in read)
    throw new UsageError(
      `Leave ${lockFileName} as it is, with ${counted(document.data.length, 'upload')} it could not be read again: ${read.fault}`,
    );
  return text;
}

const fewerPipelines = 'put the pipelines into several folders: each folder has a lock file of its own';

const header =
  '# Which datasets have the data of the pipelines here. Written by `speechops data lock`: commit it with the data.\n';
