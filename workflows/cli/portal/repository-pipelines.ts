import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { RepositoryPipeline } from '../../../portal/server/sources.ts';
import { createFindings } from '../../document/diagnostics/diagnostics.ts';
import { scalarText, valueAt, writtenSteps } from '../../document/yaml/plain-value.ts';
import { readDocument } from '../../document/yaml/read-document.ts';
import type { PipelineStep } from '../../language/pipeline.ts';
import { loadListedFile } from '../pipelines/pipeline-file.ts';
import { pathInRepository } from '../repository.ts';
import type { Io } from '../session.ts';
import { findPipelines } from './find-pipelines.ts';

/** The pipelines of a repository, each read and checked again when its file has changed. */
export class RepositoryPipelines {
  readonly #root: string;
  readonly #io: Io;
  #known: ReadonlyMap<string, Known> = new Map();

  constructor(root: string, { io }: { readonly io: Io }) {
    this.#root = root;
    this.#io = io;
  }

  /** In the order of their files. */
  async read(): Promise<readonly RepositoryPipeline[]> {
    const { pipelines: files } = await findPipelines(this.#root);
    const known = new Map<string, Known>();
    for (const file of files) {
      const version = await versionOf(file);
      const before = this.#known.get(file);
      known.set(file, before?.version === version ? before : { version, pipeline: await this.#load(file) });
    }
    this.#known = known;
    return [...known.values()].map(({ pipeline }) => pipeline);
  }

  async #load(file: string): Promise<RepositoryPipeline> {
    const loaded = await loadListedFile(path.relative(this.#io.cwd, file), { io: this.#io });
    const { pipeline, counts, folder, text } = loaded;
    return {
      file: pathInRepository(file, this.#root),
      folder,
      text,
      ...(pipeline && { pipeline }),
      diagnostics: counts,
      lines: linesOfSteps(text, pipeline?.steps ?? []),
    };
  }
}

interface Known {
  /** What is another one when the file is written. */
  readonly version: string;
  readonly pipeline: RepositoryPipeline;
}

async function versionOf(file: string): Promise<string> {
  const found = await stat(file).catch(() => undefined);
  return found === undefined ? '' : `${found.mtimeMs} ${found.size}`;
}

/** Where the id of each step stands; the copies of a step for the combinations of a matrix are of one place. */
function linesOfSteps(text: string, steps: readonly PipelineStep[]): ReadonlyMap<string, number> {
  const findings = createFindings('', text);
  const document = readDocument(text, findings);
  if (document?.kind !== 'map') return new Map();
  const written = new Map(
    writtenSteps(document).flatMap(({ node }) => {
      const id = valueAt(node, 'id');
      const name = scalarText(id);
      return id === undefined || name === undefined ? [] : [[name, findings.lineOf(id.start)] as const];
    }),
  );
  return new Map(
    steps.flatMap(({ id, combination }) => {
      const own = combination === undefined ? id : id.slice(0, -`-${combination.id}`.length);
      const line = written.get(own) ?? written.get(id);
      return line === undefined ? [] : [[id, line] as const];
    }),
  );
}
