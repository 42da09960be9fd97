import { appendFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { Command, Option } from 'commander';
import type { PlanDocument, ResultsDocument } from '../../../schemas/types.gen.ts';
import { escapeControls, escapeLines } from '../../document/quote-name.ts';
import { readResults } from '../../evidence/read-results.ts';
import { hostOf, openHost, placeOf, type TokenlessPlace } from '../../hosts/host-of.ts';
import type { HostMarkup, ReviewHost } from '../../hosts/review-host.ts';
import { headlineOf, plainHeadline, shortName, wouldChange } from '../../report/review/headline.ts';
import type { OtherRequest } from '../../report/review/other-requests.ts';
import { endpointsOf, type Review, reviewComment } from '../../report/review/review-comment.ts';
import { readPlanDocument } from '../../review/read-plan-document.ts';
import { addHostOptions, hideCredentials, type HostFlags, pullRequestOption } from '../review/host-options.ts';
import { type OtherPullRequests, otherPullRequests, tellOthers } from '../review/other-pull-requests.ts';
import { commentsOf, ownComments, postComment, type Posted } from '../review/post-comment.ts';
import { type Io, type Session, UsageError } from '../session.ts';
import { readText } from '../transcripts.ts';

interface CommentOptions extends HostFlags {
  readonly plan: string;
  readonly results?: string;
  readonly reportUrl?: string;
  readonly environment?: string;
  readonly dryRun?: boolean;
  readonly format: 'text' | 'json';
}

/** `speechops comment`: tells a pull request what a saved plan would do, in one comment an environment that is kept up to date. */
export function commentCommand(session: Session): Command {
  return addHostOptions(
    new Command('comment')
      .requiredOption('--plan <file>', 'a plan that speechops plan --out has written')
      .option('--results <file>', 'what speechops plan --results has written: rates, intervals, the worst utterances')
      .option('--report-url <url>', 'where report.html of these results can be seen, which plays the utterances')
      .option(
        '--environment <name>',
        'which comment it is, where a pull request has several (default: the pipelines’ names)',
      )
      .option('--dry-run', 'print the comment, and write nothing')
      .addOption(
        new Option('--format <format>', 'how it is told what was done').choices(['text', 'json']).default('text'),
      )
      .addOption(pullRequestOption()),
  )
    .addHelpText(
      'after',
      `
Examples:
  speechops plan pipelines/calls.yaml --out plan.json --results results.json
  speechops comment --plan plan.json --results results.json --environment production
  speechops comment --plan plan.json --host gitlab --repository acme/wards --pull-request 12 --dry-run`,
    )
    .action(async (options: CommentOptions) => await comment(options, session.io));
}

async function comment(options: CommentOptions, io: Io): Promise<void> {
  const mask = hideCredentials(io);
  const plan = masked(await readPlan(options.plan, io), mask);
  const results = options.results === undefined ? undefined : masked(await readEvidence(options.results, io), mask);
  const place = await whereOf(options, io);
  const review: Review = {
    plan,
    results,
    environment: shortName(options.environment ?? plan.pipelines.map(({ name }) => name).join(', ')),
    others: [],
    planFile: options.plan,
    reportUrl: addressOf(options.reportUrl),
    jobUrl: place?.jobUrl,
    commit: place?.commit,
    now: new Date(io.clock?.now() ?? Date.now()).toISOString(),
  };
  const done = await post(review, { options, io, place });
  if (options.dryRun !== true) await leaveSummary({ ...review, others: done.others }, io);
  tell(done, { review, options, io, place });
}

interface Done extends Omit<Posted, 'action'> {
  readonly action: Posted['action'] | 'printed';
  readonly body: string;
  readonly others: readonly OtherRequest[];
  /** Pull requests that were told of this one. */
  readonly told: readonly number[];
}

async function post(
  review: Review,
  {
    options,
    io,
    place,
  }: { readonly options: CommentOptions; readonly io: Io; readonly place: TokenlessPlace | undefined },
): Promise<Done> {
  const { token, pullRequest } = place ?? {};
  const isDry = options.dryRun === true;
  if (place === undefined || token === undefined || pullRequest === undefined)
    return { action: 'printed', body: reviewComment(review, formOf(anyMarkup)), others: [], told: [] };
  const host = openHost({ ...place, token }, { signal: io.signal });
  const { environment } = review;
  const all = await ownComments(host, pullRequest);
  const found = commentsOf(environment, all);
  const ofOthers = all.filter((one) => !found.includes(one));
  const previous = found.find(({ state }) => state !== undefined)?.state;
  const isNothing = !wouldChange(review.plan);
  if (isNothing && found.length === 0) return { action: isDry ? 'printed' : 'silent', body: '', others: [], told: [] };
  const endpoints = endpointsOf(review.plan);
  const others = await othersOf(host, {
    io,
    pullRequest,
    endpoints,
    // A comment that remembers nothing does not say which other requests it has told.
    isAsked: endpoints.length > 0 || found.some(({ state }) => state?.endpoints.length !== 0),
  });
  const whole = { ...review, previous, others: others?.sharing ?? [], othersNote: others?.note };
  const body = reviewComment(whole, formOf(host.markup));
  if (isDry) return { action: 'printed', body, others: whole.others, told: [] };
  const posted = await postComment(host, { pullRequest, environment, body, found });
  const most = formOf(host.markup).room.most;
  const ofAll = [...endpoints, ...ofOthers.flatMap(({ state }) => state?.endpoints ?? [])];
  const told =
    others?.own === undefined
      ? []
      : await warned(io, async () => await tellOthers(host, { others, own: others.own!, endpoints: ofAll, most }));
  return { ...posted, body, others: whole.others, told: told ?? [] };
}

/** The comment is worth more than what it says of others: what they are may fail to be found out. */
async function othersOf(
  host: ReviewHost,
  of: {
    readonly io: Io;
    readonly pullRequest: number;
    readonly endpoints: ReturnType<typeof endpointsOf>;
    readonly isAsked: boolean;
  },
): Promise<OtherPullRequests | undefined> {
  if (!of.isAsked) return undefined;
  const others = await warned(of.io, async () => await otherPullRequests(host, of));
  return (
    others ?? { sharing: [], comments: [], note: 'Other pull requests could not be looked at for the same endpoints.' }
  );
}

async function warned<T>(io: Io, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    io.signal.throwIfAborted();
    io.stderr.write(`${escapeControls(`warning: ${error instanceof Error ? error.message : String(error)}`)}\n`);
    return undefined;
  }
}

/** Undefined for a dry run that knows no place: it prints what it would say anywhere. */
async function whereOf(options: CommentOptions, io: Io): Promise<TokenlessPlace | undefined> {
  if (options.dryRun === true) {
    const found = await placeOf(io.env, options);
    return 'place' in found ? found.place : undefined;
  }
  const found = await hostOf(io.env, options);
  if ('fault' in found) throw new UsageError(found.fault);
  if (found.place.pullRequest === undefined)
    throw new UsageError('Name the pull request with --pull-request: this job is not of one');
  return found.place;
}

async function readPlan(file: string, io: Io): Promise<PlanDocument> {
  const read = readPlanDocument(await readText(file, io.cwd));
  if ('document' in read) return read.document;
  throw new UsageError(`Give a plan that \`speechops plan --out\` has written: ${file} is none, ${read.fault}`);
}

async function readEvidence(file: string, io: Io): Promise<ResultsDocument> {
  const read = readResults(await readText(file, io.cwd));
  if ('results' in read) return read.results;
  throw new UsageError(
    `Give results that \`speechops plan --results\` or a run has written: ${file} has none, ${read.fault}`,
  );
}

/** Of a page that a browser can open. */
function addressOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.hash !== '')
    throw new UsageError(
      `Give --report-url as the address of a page, as in https://example.com/report.html, not ${text}`,
    );
  return url.href;
}

/** The same document with secrets taken out of every text in it. */
function masked<T>(document: T, mask: (text: string) => string): T {
  return JSON.parse(JSON.stringify(document), (_, part: unknown) =>
    typeof part === 'string' ? mask(part) : part,
  ) as T;
}

/** A comment that is longer than this is read by nobody, whatever the host takes. */
const mostCharacters = 65_536;
const anyMarkup: HostMarkup = { longestText: mostCharacters, html: true, mermaid: true, numberSign: '#' };

function formOf({ longestText, html, mermaid, numberSign }: HostMarkup) {
  return {
    room: { most: Math.min(longestText, mostCharacters), unit: 'characters' },
    html,
    mermaid,
    numberSign,
  } as const;
}

/** A summary may have 1 MiB, which all commands of a step share. */
const mostSummaryBytes = 900 * 1024;

async function leaveSummary(review: Review, io: Io): Promise<void> {
  const named = io.env['GITHUB_STEP_SUMMARY'] ?? '';
  if (named === '') return;
  const file = path.resolve(io.cwd, named);
  const { size = 0 } = (await stat(file).catch(() => undefined)) ?? {};
  const most = mostSummaryBytes - size;
  if (most < leastSummaryBytes) return;
  const text = reviewComment(review, { ...formOf(anyMarkup), room: { most, unit: 'bytes' } });
  await warned(io, async () => await appendFile(file, `${text}\n`));
}

/** What the head of a comment may need. */
const leastSummaryBytes = 50_000;

function tell(
  done: Done,
  of: {
    readonly review: Review;
    readonly options: CommentOptions;
    readonly io: Io;
    readonly place: TokenlessPlace | undefined;
  },
): void {
  const { review, options, io, place } = of;
  const { action, url, body, others, told } = done;
  const headline = plainHeadline(headlineOf(review.plan, review.results));
  const request = place?.pullRequest;
  const address = url === undefined ? '' : `: ${url}`;
  if (action === 'silent' || (action === 'printed' && body === ''))
    io.stderr.write('Nothing would change, and nothing was said before: no comment is made\n');
  if (told.length > 0) io.stderr.write(`Told of the same endpoint: ${told.map((number) => `#${number}`).join(', ')}\n`);
  if (options.format === 'json') {
    const { environment } = review;
    const document = { action, environment, pullRequest: request, url, headline, others, told, body };
    io.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
  } else if (action === 'printed') io.stdout.write(body);
  else if (action !== 'silent')
    io.stdout.write(`${escapeLines(`${actions[action]} pull request #${request}${address}\n${headline}`)}\n`);
}

const actions: Readonly<Record<'created' | 'updated' | 'unchanged', string>> = {
  created: 'Commented on',
  updated: 'Updated the comment on',
  unchanged: 'The comment is as it was on',
};
