import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { quoteWord } from '../../../workflows/document/quote-name.ts';
import { FirstRun, Overview, Session } from '../../api/overview.ts';
import { answer } from '../answer.ts';
import type { PortalContext } from '../portal-context.ts';
import type { Snapshot } from '../snapshots.ts';

/** What the frame of the page shows; and asking the resources anew. */
export function overviewRoutes(app: FastifyInstance, context: PortalContext): void {
  const { sources, snapshots, program, readOnly } = context;
  answer(app, { url: '/api/overview', answer: Overview }, async (request) => {
    const [commit, branch] = await Promise.all([
      told(sources.repository.git(['rev-parse', 'HEAD'])),
      told(sources.repository.git(['symbolic-ref', '--short', 'HEAD'])),
    ]);
    // The emulator is not opened for it: a page would wait for that.
    const seen = sources.clock === undefined ? undefined : snapshots.all.find(({ objects }) => objects !== undefined);
    const now = seen?.objects?.observedAt;
    return {
      program,
      repository: { name: folderName(sources.repository.root), ...(commit && { commit }), ...(branch && { branch }) },
      person: context.personOf(request),
      readOnly,
      resources: snapshots.all.map(stateOf),
      ...(now !== undefined && { clock: { now } }),
    };
  });
  answer(app, { method: 'POST', url: '/api/session', isQuestion: true, answer: Session }, async () => ({
    key: context.sessionKey,
  }));
  answer(app, { url: '/api/first-run', answer: FirstRun }, async () => {
    const pipelines = (await sources.repository.pipelines()).filter(({ pipeline }) => pipeline !== undefined);
    const [only] = pipelines.length === 1 ? pipelines : [];
    const isEmbedded = sources.resources.some(({ endpoint }) => endpoint === 'embedded-emulator');
    const file = only === undefined ? 'PIPELINE.yaml' : quoteWord(only.file);
    return { command: `npx speechops run ${file}${isEmbedded ? ' --emulator' : ''}` };
  });
  answer(app, { method: 'POST', url: '/api/refresh', isQuestion: true, answer: Type.Object({}) }, async () => {
    await Promise.all(sources.resources.map(async ({ id }) => await snapshots.refresh(id)));
    return {};
  });
}

function stateOf({ source, objects, trouble, isBusy }: Snapshot): Overview['resources'][number] {
  const { id, name, endpoint } = source;
  return {
    id,
    name,
    endpoint,
    isBusy,
    ...(objects && { observedAt: objects.observedAt }),
    ...(trouble !== undefined && { trouble }),
  };
}

/** What Git prints, undefined where there is none. */
async function told(printed: Promise<string>): Promise<string | undefined> {
  const text = await printed.catch(() => '');
  return text.trim() || undefined;
}

function folderName(root: string): string {
  return root.split(/[\\/]/).findLast((part) => part !== '') ?? root;
}
