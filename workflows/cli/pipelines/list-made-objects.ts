import { madeObjects, type ListedObjects, type MadeByPipeline } from '../../plan/made-objects.ts';
import type { Plan } from '../../plan/plan.ts';
import { resourceOf } from '../../plan/resources.ts';
import type { Ports } from '../../engine/ports.ts';
import { connect, type Connection } from '../connect/connection.ts';
import type { PipelineOptions } from '../options.ts';
import type { Io } from '../session.ts';
import { openPipeline } from './open-pipeline.ts';

/** What pipelines have made in a Speech resource. */
export interface MadeInResource {
  readonly resource: string;
  readonly pipelines: readonly MadeByPipeline[];
}

/**
 * The objects that pipelines have made in the Speech resources of the pipeline in `file`, with the steps of it that would use
 * them now, or in the resource of the environment. Undefined when the pipeline has faults, which are printed.
 */
export async function listMadeObjects(
  file: string | undefined,
  options: PipelineOptions & { readonly io: Io },
): Promise<readonly MadeInResource[] | undefined> {
  const { io, emulator = false } = options;
  if (file === undefined) {
    const connection = await connect(io, { emulator, folder: io.cwd, knownAudio: [] });
    return await listAndClose(connection, { io });
  }
  const opened = await openPipeline(file, options);
  if (opened === undefined) return undefined;
  return await listAndClose(opened.connection, { io, plan: opened.plan });
}

async function listAndClose(
  connection: Connection,
  { io, plan }: { readonly io: Io; readonly plan?: () => Promise<Plan> },
): Promise<readonly MadeInResource[]> {
  try {
    const planned = await plan?.();
    const { target } = connection;
    const steps = planned?.pipeline.steps ?? [];
    const named = steps.map((step) => [connection.portsOf(step), resourceOf(step, { target })] as const);
    const names = new Map<Ports, string>([[connection.ports, resourceOf({}, { target })], ...named]);
    return await Promise.all(
      connection.resources.map(async (ports): Promise<MadeInResource> => {
        const resource = names.get(ports) ?? '';
        const listed = await list(ports, io);
        const ofSteps = planned?.steps.filter((step) => step.resource === resource) ?? [];
        return { resource, pipelines: madeObjects(listed, { planned: ofSteps }) };
      }),
    );
  } finally {
    await connection.close();
  }
}

async function list({ speech }: Ports, { signal }: Io): Promise<ListedObjects> {
  const [project, dataset, model, evaluation, endpoint] = await Promise.all([
    speech.projects.list({ signal }),
    speech.datasets.list({ signal }),
    speech.models.list({ signal }),
    speech.evaluations.list({ signal }),
    speech.endpoints.list({ signal }),
  ]);
  return { project, dataset, model, evaluation, endpoint };
}
