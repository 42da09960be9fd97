import { createHash } from 'node:crypto';
import { createTwoFilesPatch } from 'diff';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { quoteWord } from '../../../workflows/document/quote-name.ts';
import { resourcesOf } from '../../../workflows/plan/resources.ts';
import { knownObject } from '../../../workflows/review/wishes/known-object.ts';
import { offeredWishes } from '../../../workflows/review/wishes/offered-wishes.ts';
import { suggestedStep } from '../../../workflows/review/wishes/suggested-step.ts';
import type { SourcePipeline } from '../../../workflows/review/wishes/source-pipeline.ts';
import { whereDeclared } from '../../../workflows/review/wishes/where-declared.ts';
import { wishedChange } from '../../../workflows/review/wishes/wished-change.ts';
import type {
  RefusedWish,
  Wish as KnownWish,
  WishedChange as KnownChange,
} from '../../../workflows/review/wishes/wish.ts';
import { AsCode, ObjectKind, ProposedWish, TakenWish, Wish, WishedChange, WrittenWish } from '../../api/as-code.ts';
import { answer } from '../answer.ts';
import { DoneOnce } from '../done-once.ts';
import { type PortalContext, PortalProblem, resourceIn } from '../portal-context.ts';
import { proposeFiles } from '../repository/propose.ts';
import type { Snapshot } from '../snapshots.ts';
import { readFileIn } from '../repository/write-files.ts';

/** Where files say what there is, and wishes as changes of files: shown, written into the working tree, and proposed. */
export function asCodeRoutes(app: FastifyInstance, context: PortalContext): void {
  const { sources } = context;
  const { repository } = sources;
  const resource = { resource: Type.String({ maxLength: 200 }) };
  const once = new DoneOnce<ProposedWish>();
  answer(
    app,
    {
      url: '/api/resources/:resource/as-code/:kind/:id',
      params: Type.Object({ ...resource, kind: ObjectKind, id: Type.String({ maxLength: 200 }) }),
      answer: AsCode,
    },
    async ({ params }) => {
      const snapshot = await resourceIn(context, params.resource);
      const object = knownObject(params, snapshot.objects);
      if (object === undefined)
        throw new PortalProblem(`Look again: ${snapshot.source.name} has no such ${params.kind} any more`, {
          status: 404,
        });
      const found = whereDeclared(object, await pipelinesOf(snapshot, context));
      const suggestion = found.some(({ role }) => role === 'makes') ? undefined : suggestedStep(object);
      return {
        declarations: found.map(({ lines: [from, to], ...one }) => ({ ...one, from, to })),
        wishes: offeredWishes(object, snapshot.objects).map(({ label, choices, whyNot }) => ({
          label,
          choices: [...choices],
          ...(whyNot !== undefined && { whyNot }),
        })),
        readOnly: context.readOnly,
        ...(suggestion !== undefined && { suggestion }),
      };
    },
  );
  answer(
    app,
    { url: '/api/resources/:resource/wishes', params: Type.Object(resource), query: Wish, answer: WishedChange },
    async ({ params, query }) => {
      const { change, digest } = await changeOf(query, params.resource, context);
      return shown(change, { digest, isEmbedded: isEmbedded(context, params.resource) });
    },
  );
  answer(
    app,
    {
      method: 'POST',
      url: '/api/resources/:resource/wishes/write',
      params: Type.Object(resource),
      body: TakenWish,
      answer: WrittenWish,
    },
    async ({ params, body }) => {
      const { files } = await takenChange(body, params.resource, context);
      await context.workingTree.write(files);
      context.changes.tell('repository');
      return { files: files.map(({ file }) => file) };
    },
  );
  answer(
    app,
    {
      method: 'POST',
      url: '/api/resources/:resource/wishes/propose',
      params: Type.Object(resource),
      body: TakenWish,
      answer: ProposedWish,
    },
    async (request) => {
      const { params, body } = request;
      const change = await takenChange(body, params.resource, context);
      const run = commandOf(change, isEmbedded(context, params.resource));
      const proposal = {
        title: change.title,
        name: `${slugOf(change.title)}-${body.digest.slice(0, 8)}`,
        body: [
          ...change.notes,
          ...(run === undefined ? [] : [`When it is merged: \`${run}\``]),
          `Wished by ${context.personOf(request)} on the page of \`speechops portal\`.`,
        ].join('\n\n'),
        files: change.files,
      };
      return await once.of(proposal.name, async () => await proposeFiles(proposal, repository), {});
    },
  );
}

interface SeenChange {
  readonly change: KnownChange | RefusedWish;
  readonly digest: string;
}

async function changeOf(wish: Wish, resource: string, context: PortalContext): Promise<SeenChange> {
  const snapshot = await resourceIn(context, resource);
  const { root } = context.sources.repository;
  const pipelines = await pipelinesOf(snapshot, context);
  const known = knownWish(wish);
  // What a change would write is read first, and then the change is made of it: a release, and files of their own.
  const texts = new Map<string, string>();
  const world = {
    pipelines,
    seen: snapshot.objects,
    textOf: (file: string): string | undefined => texts.get(file),
    resource: snapshot.source.endpoint === 'embedded-emulator' ? undefined : snapshot.source.endpoint,
  };
  const first = wishedChange(known, world);
  if ('refused' in first) return { change: first, digest: '' };
  for (const { file, before } of first.files) {
    const text = before === undefined ? await readFileIn(root, file) : undefined;
    if (text !== undefined) texts.set(file, text);
  }
  const change = withLineEnds(texts.size === 0 ? first : wishedChange(known, world));
  // When it was written does not make a release another change.
  const stable = JSON.stringify('refused' in change ? change : change.files).replaceAll(/writtenAt: [^\\]*/g, '');
  return { change, digest: createHash('sha256').update(stable).digest('hex') };
}

/** A file whose lines all end as on Windows keeps that. */
function withLineEnds(change: KnownChange | RefusedWish): KnownChange | RefusedWish {
  if ('refused' in change) return change;
  const files = change.files.map((one) => {
    const { before = '', after } = one;
    const isOfWindows = before.includes('\r\n') && !/(?<!\r)\n/.test(before);
    return isOfWindows ? { ...one, after: after.replaceAll(/\r?\n/g, '\r\n') } : one;
  });
  return { ...change, files };
}

/** The change that was seen. Throws a {@link PortalProblem} when it would be another one by now. */
async function takenChange(
  { wish, digest }: { readonly wish: Wish; readonly digest: string },
  resource: string,
  context: PortalContext,
): Promise<KnownChange> {
  const seen = await changeOf(wish, resource, context);
  if ('refused' in seen.change) throw new PortalProblem(seen.change.refused, { status: 409 });
  if (seen.digest !== digest)
    throw new PortalProblem('Look again: what is there has changed meanwhile, and so has the change', { status: 409 });
  return seen.change;
}

function knownWish({ kind, endpoint, model, of, id }: Wish): KnownWish {
  const missing = (what: string): PortalProblem => new PortalProblem(`Say which ${what}`);
  if (kind === 'delete') {
    if (of === undefined || id === undefined) throw missing('object');
    return { kind, of, id };
  }
  if (kind === 'retrain') {
    if (model === undefined) throw missing('model');
    return { kind, model };
  }
  if (endpoint === undefined) throw missing('endpoint');
  if (kind === 'roll-back') return { kind, endpoint };
  if (model === undefined) throw missing('model');
  return { kind, endpoint, model };
}

function shown(
  change: KnownChange | RefusedWish,
  { digest, isEmbedded: embedded }: { readonly digest: string; readonly isEmbedded: boolean },
): WishedChange {
  if ('refused' in change) return { refused: change.refused, title: '', files: [], notes: [], digest };
  const run = commandOf(change, embedded);
  return {
    title: change.title,
    files: change.files.map(({ file, before, after }) => ({
      file,
      isNew: before === undefined,
      diff: diffOf({ file, before, after }),
    })),
    notes: [...change.notes],
    ...(run !== undefined && { run }),
    digest,
  };
}

/** As `git apply` takes it. */
function diffOf({
  file,
  before,
  after,
}: {
  readonly file: string;
  readonly before: string | undefined;
  readonly after: string;
}): string {
  const from = before === undefined ? '/dev/null' : `a/${file}`;
  return createTwoFilesPatch(from, `b/${file}`, before ?? '', after, undefined, undefined, { context: 3 }).replace(
    /^=+\n/,
    '',
  );
}

function commandOf({ run }: KnownChange, embedded: boolean): string | undefined {
  return run === undefined ? undefined : `npx speechops run ${quoteWord(run)}${embedded ? ' --emulator' : ''}`;
}

function isEmbedded({ sources }: PortalContext, resource: string): boolean {
  return sources.resources.some(({ id, endpoint }) => id === resource && endpoint === 'embedded-emulator');
}

/** The pipelines that work on the resource: those that name it, and those that leave it to the environment. */
async function pipelinesOf({ source }: Snapshot, { sources }: PortalContext): Promise<readonly SourcePipeline[]> {
  const found = await sources.repository.pipelines();
  return found.flatMap(({ file, text, pipeline }) => {
    if (pipeline === undefined) return [];
    const named = resourcesOf(pipeline);
    const isIts =
      source.endpoint === 'embedded-emulator' ||
      named.length === 0 ||
      named.some((one) => isSameOrigin(one, source.endpoint));
    return isIts ? [{ file, text, pipeline }] : [];
  });
}

function isSameOrigin(one: string, other: string): boolean {
  return URL.parse(one)?.origin === URL.parse(other)?.origin;
}

function slugOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 60);
}
