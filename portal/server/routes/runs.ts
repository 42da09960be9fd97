import { createReadStream } from 'node:fs';
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { cancelRun, RunHasEnded } from '../../../workflows/durable/cancel-run.ts';
import type { RunDetails } from '../../../workflows/durable/journal.ts';
import { nextTick } from '../../../workflows/fleet/schedules/due-tick.ts';
import { AnswerRefused, approveStep, mayAnswer, waitsForResume } from '../../../workflows/report/approval-answer.ts';
import {
  ApprovalAnswer,
  FleetView,
  GoOn,
  LogPage,
  RunDetail,
  RunList,
  RunObjects,
  type RunFile,
  SeenRun,
  Steered,
} from '../../api/runs.ts';
import { answer } from '../answer.ts';
import { DoneOnce } from '../done-once.ts';
import { type PortalContext, PortalProblem } from '../portal-context.ts';
import { objectsNamedIn } from '../run-objects.ts';
import { detailOf, rowOf } from '../run-view.ts';
import { sendProblem } from '../send-problem.ts';
import type { FleetState, RunsAccess } from '../sources.ts';

const params = Type.Object({ run: Type.String({ maxLength: 200, description: 'The id of a run.' }) });

/** The runs of the repository, whichever Speech resource they work on, and what steers them. */
export function runRoutes(app: FastifyInstance, context: PortalContext): void {
  const { runs: source } = context.sources;
  answer(app, { url: '/api/runs', answer: RunList }, async () => {
    const rows = await source.borrow(async (runs) => {
      const found = await runs.runs({ limit: mostRuns });
      const open = found.filter(({ status }) => status === 'running').slice(0, mostOpen);
      const details = new Map<string, RunDetails | undefined>();
      for (const { runId } of open) details.set(runId, await runs.details(runId));
      return found.map((run) => rowOf(run, details.get(run.runId)));
    });
    const now = new Date().toISOString();
    return { now, runs: rows, most: mostRuns, hasFleet: source.fleet !== undefined };
  });
  answer(app, { url: '/api/runs/:run', params, answer: RunDetail }, async (request) => {
    const { run: runId } = request.params;
    const person = context.personOf(request);
    const detail = await source.borrow(async (runs) => {
      const run = await runIn(runs, runId);
      const log = run.status === 'running' ? await runs.log(runId, { limit: linesThatTell }) : [];
      return detailOf(run, { log, now: new Date(), person, root: context.sources.repository.root });
    });
    return { ...detail, files: await filesOf(context, runId) };
  });
  const inResource = Type.Object({ ...params.properties, resource: Type.String({ maxLength: 200 }) });
  answer(
    app,
    // Apart from the run, which does not wait for a Speech resource.
    { url: '/api/resources/:resource/runs/:run/objects', params: inResource, answer: RunObjects },
    async (request) => {
      const { run: runId, resource } = request.params;
      const person = context.personOf(request);
      const { steps } = await source.borrow(async (runs) =>
        detailOf(await runIn(runs, runId), { log: [], now: new Date(), person, root: context.sources.repository.root }),
      );
      const found = await context.snapshots.of(resource);
      if (found === undefined) throw new PortalProblem(`There is no Speech resource ${resource} here`, { status: 404 });
      return { objects: found.objects === undefined ? [] : objectsNamedIn(steps, found.objects) };
    },
  );
  const query = Type.Object({
    after: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'Only lines behind the one of this number.',
      }),
    ),
  });
  answer(
    app,
    { url: '/api/runs/:run/log', params, query, answer: LogPage },
    async ({ params: { run: runId }, query: { after = 0 } }) => {
      const lines = await source.borrow(async (runs) => {
        await runIn(runs, runId);
        return await runs.log(runId, { after, limit: linesOfPage });
      });
      return {
        lines: lines.map(({ stepId, ...line }) => ({ ...line, ...(stepId !== undefined && { step: stepId }) })),
        isCut: lines.length === linesOfPage,
      };
    },
  );
  fileRoute(app, context);
  steerRoutes(app, context);
  answer(app, { url: '/api/fleet', answer: FleetView }, async () => {
    if (source.fleet === undefined)
      throw new PortalProblem(
        'Workers and schedules need a PostgreSQL: set SPEECHOPS_DATABASE_URL where the portal is started',
        { status: 404 },
      );
    return fleetViewOf(await source.fleet());
  });
}

function steerRoutes(app: FastifyInstance, context: PortalContext): void {
  const { runs: source } = context.sources;
  const post = { method: 'POST', params, query: SeenRun, answer: Steered } as const;
  const once = new DoneOnce<Steered>();
  answer(app, { ...post, url: '/api/runs/:run/answers', body: ApprovalAnswer }, async (request) => {
    const { run: runId } = request.params;
    const { step: stepId, approved, comment = '', planHash } = request.body;
    const by = context.personOf(request);
    const at = new Date().toISOString();
    const said = approved ? 'approved' : 'rejected';
    const act = async (runs: RunsAccess): Promise<Steered> => {
      const run = await runIn(runs, runId);
      const step = approveStep(run, stepId);
      if (run.status === 'succeeded')
        throw new AnswerRefused(`Cannot answer ${stepId}: the run ${runId} has succeeded`);
      if (planHash !== undefined && planHash !== run.plan?.hash)
        throw new AnswerRefused('Look at the plan again: the run is of another one than the page has shown');
      const { isUnsure } = mayAnswer(step, { run, by });
      const kept = await runs.decide(runId, stepId, {
        approved,
        by,
        at,
        ...(comment.trim() !== '' && { comment: comment.trim() }),
        ...(isUnsure && { isUnsure }),
      });
      if (kept.at !== at || kept.by !== by)
        throw new PortalProblem(
          `Nothing changed: ${kept.by} ${kept.approved ? 'approved' : 'rejected'} ${stepId} at ${kept.at} already`,
          { status: 409 },
        );
      const rest = [
        ...(isUnsure ? [`It counts if ${stepId} lets ${by} answer: that is known when the step asks.`] : []),
        ...(waitsForResume(run, kept) ? ['Resume the run, so that it goes on.'] : []),
      ];
      return { said: [`${by} ${said} ${stepId}.`, ...rest].join(' ') };
    };
    const key = JSON.stringify(['answer', runId, stepId, approved, by, planHash]);
    return await once.of(key, async () => await steered(context, act), request.query);
  });
  answer(
    app,
    { ...post, url: '/api/runs/:run/cancel' },
    async ({ params: { run: runId }, query }) =>
      await once.of(
        JSON.stringify(['cancel', runId]),
        async () =>
          await steered(context, async (runs) => ({ said: `${await cancelRun(await runIn(runs, runId), runs)}.` })),
        query,
      ),
  );
  answer(
    app,
    { ...post, url: '/api/runs/:run/continue', body: GoOn },
    async ({ params: { run: runId }, body, query }) =>
      await once.of(
        JSON.stringify(['continue', runId, body.from, body.allow]),
        async () => await goOn(runId, body),
        query,
      ),
  );

  async function goOn(runId: string, { from, allow = [] }: GoOn): Promise<Steered> {
    const known = await source.borrow(async (runs) => {
      const { secrets, forkFrom, canResume } = detailOf(await runIn(runs, runId), {
        log: [],
        now: new Date(),
        person: '',
        root: '/',
      });
      return { secrets, can: from === undefined ? canResume : forkFrom.includes(from) };
    });
    if (!known.can)
      throw new PortalProblem(
        from === undefined
          ? `Leave ${runId} as it is: it cannot be resumed now`
          : `Choose another step of ${runId}: no new run can begin with ${from} now`,
        { status: 409 },
      );
    const allowed = allow.filter((name) => known.secrets.includes(name)).flatMap((name) => ['--allow-env', name]);
    const args = from === undefined ? ['resume', runId, ...allowed] : ['fork', runId, '--from', from, ...allowed];
    try {
      const { runId: goesOn } = await source.start(args);
      context.changes.tell('runs');
      const verb = from === undefined ? 'goes on' : `goes on from ${from}`;
      return goesOn === undefined
        ? { said: `It is started, and still waits for its turn: ${runId} is shown as it stands.` }
        : { said: `${goesOn} ${verb}.`, runId: goesOn };
    } catch (error) {
      throw new PortalProblem(error instanceof Error ? error.message : String(error), { status: 409, cause: error });
    }
  }
}

/** What a person does to a run, and what is wrong with it as an answer to the person. */
async function steered(
  { sources, changes }: PortalContext,
  act: (runs: RunsAccess) => Promise<Steered>,
): Promise<Steered> {
  try {
    return await sources.runs.borrow(act);
  } catch (error) {
    const isRefused = error instanceof AnswerRefused || error instanceof RunHasEnded;
    throw isRefused ? new PortalProblem(error.message, { status: 409, cause: error }) : error;
  } finally {
    changes.tell('runs');
  }
}

async function runIn(runs: RunsAccess, runId: string): Promise<RunDetails> {
  const found = isRunId(runId) ? await runs.details(runId) : undefined;
  if (found === undefined) throw new PortalProblem(`There is no run ${runId} here`, { status: 404 });
  return found;
}

/** As runs are named; others are no parts of paths. */
function isRunId(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/.test(text);
}

async function filesOf({ sources, ticketed }: PortalContext, runId: string): Promise<RunFile[]> {
  const folder = path.join(sources.repository.runsFolder, runId);
  const found = await Promise.all(
    Object.keys(fileTypes).map(async (name) => ((await isFile(folder, name)) ? [name] : [])),
  );
  return found.flat().map((name) => ({ name, address: ticketed(`/api/runs/${runId}/files/${name}`) }));
}

/** A link could lead anywhere. */
async function isFile(folder: string, name: string): Promise<boolean> {
  const entries = [folder, path.join(folder, name)].map(async (place) => await lstat(place).catch(() => undefined));
  const [around, file] = await Promise.all(entries);
  return around?.isDirectory() === true && file?.isFile() === true;
}

/** What a run leaves for people, with the types that browsers show. */
const fileTypes: Readonly<Record<string, string>> = {
  'report.html': 'text/html; charset=utf-8',
  'results.json': 'application/json; charset=utf-8',
  'run.json': 'application/json; charset=utf-8',
  'report.md': 'text/plain; charset=utf-8',
  'junit.xml': 'text/plain; charset=utf-8',
};

/** A file of a run, which a browser opens by its ticket. A report has a policy of its own, and no more rights than an unknown page. */
function fileRoute(app: FastifyInstance, { sources }: PortalContext): void {
  app.get('/api/runs/:run/files/:name', async (request, reply) => {
    const { run, name } = request.params as { readonly run: string; readonly name: string };
    const folder = path.join(sources.repository.runsFolder, run);
    const type = Object.hasOwn(fileTypes, name) ? fileTypes[name] : undefined;
    if (type === undefined || !isRunId(run) || !(await isFile(folder, name)))
      return await sendProblem(reply, { status: 404, error: `The run ${run} has left no ${name} here` });
    return await reply
      .header('content-security-policy', reportPolicy)
      .type(type)
      .send(createReadStream(path.join(folder, name)));
  });
}

/** Whoever has made the report: it loads nothing, and sends nothing. */
const reportPolicy =
  "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

function fleetViewOf({ schedules, executors, queued }: FleetState): FleetView {
  const now = new Date();
  return {
    queued,
    executors: executors.map(({ name, isAlive, runIds }) => ({ name, isAlive, runIds: [...runIds] })),
    schedules: schedules.map((schedule) => {
      const { pipeline, name, cron, timeZone, file, isPaused, lastTick, lastRunId, lastRunStatus, failure } = schedule;
      const next = nextTick(schedule, now);
      return {
        pipeline,
        ...(name !== undefined && { name }),
        cron,
        timeZone,
        file,
        isPaused,
        ...(next !== undefined && { nextAt: next.toISOString() }),
        ...(lastTick !== undefined && { lastAt: lastTick.toISOString() }),
        ...(lastRunId !== undefined && { lastRunId }),
        ...(lastRunStatus !== undefined && { lastRunState: lastRunStatus }),
        ...(failure !== undefined && {
          trouble: `No run for ${failure.tick.toISOString()}: ${failure.message}`,
        }),
      };
    }),
  };
}

const mostRuns = 2000;
/** Of so many it is told whether they ask. */
const mostOpen = 30;
/** The newest lines, in which the beginnings of the steps under way are looked for. */
const linesThatTell = 2000;
const linesOfPage = 1000;
