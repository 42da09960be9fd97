import type { PlanDocument, ResultsDocument, SavedPipeline, SavedStep } from '../../../schemas/types.gen.ts';
import { formatRate } from '../../document/rates.ts';
import { quoteWord } from '../../document/quote-name.ts';
import { shortHash } from '../../plan/plan.ts';
import { deadText } from '../dead-text.ts';
import { list, table } from '../markdown-table.ts';
import { isDeleting } from '../commands/plan-text.ts';
import { hostOf } from '../endpoint-change-text.ts';
import { namedAt } from '../../document/named-at.ts';
import { baseOf, type CommentState, type EndpointPlace, hideState, type StateForm } from './comment-state.ts';
import { announcedSections, policyText } from './announced-sections.ts';
import { decidingSet, headlineOf, isSwapping, markdownHeadline, plainHeadline, shortName } from './headline.ts';
import { notYours } from './not-yours.ts';
import { type OtherRequest, otherLine } from './other-requests.ts';
import { fitSections, type Room, type Section, whole } from './sections.ts';
import { stepsGraph } from './steps-graph.ts';
import { worstUtterances } from './worst-utterances.ts';
import { beginningOf } from '../../document/beginning-of.ts';

export interface Review {
  readonly plan: PlanDocument;
  /** What evaluations have told. */
  readonly results?: ResultsDocument | undefined;
  /** Which of the comments of a pull request it is, for people, too. */
  readonly environment: string;
  /** What the comment said before. */
  readonly previous?: CommentState | undefined;
  /** Other pull requests that would change the same endpoints. */
  readonly others: readonly OtherRequest[];
  /** What is not known of others: a sentence. */
  readonly othersNote?: string | undefined;
  readonly planFile: string;
  /** Of `report.html`, where utterances are played. */
  readonly reportUrl?: string | undefined;
  readonly jobUrl?: string | undefined;
  readonly commit?: string | undefined;
  /** ISO 8601, UTC. */
  readonly now: string;
}

/** What the place takes where the text is shown. */
export interface ReviewForm {
  readonly room: Room;
  /** `<details>` and HTML comments. */
  readonly html: boolean;
  readonly mermaid: boolean;
  readonly numberSign: '#' | '!';
}

/** A plan for the people who review a pull request, in Markdown: one headline, what would go wrong first, and what there is room for. */
export function reviewComment(review: Review, form: ReviewForm): string {
  const state = stateOf(review);
  const headline = `**${markdownHeadline(headlineOf(review.plan, review.results))}**`;
  const head = [hideState(state, hiding(form)), titleOf(review.environment), headline];
  const others = review.others.map((other) => otherLine(other, form)).join('\n\n');
  return fitSections(
    [...head, ...(others === '' ? [] : [others])].join('\n\n'),
    sectionsOf(review, { form, state }),
    form.room,
  );
}

/** Whether the title of a comment says that it is of this environment; undefined when it has none. */
export function isTitled(body: string, environment: string): boolean | undefined {
  const title = body.split(/\r?\n/).find((line) => line.startsWith(titleStart));
  return title === undefined ? undefined : title.trimEnd() === titleOf(environment);
}

function titleOf(environment: string): string {
  return `${titleStart}${deadText(shortName(environment))}`;
}

const titleStart = '### speechops: ';

/** What the comment will remember. The first one stays what the plan is held against. */
export function stateOf({ plan, results, environment, previous, commit }: Review): CommentState {
  const [first] = plan.pipelines;
  const { planHash, plannedAt, headline, base, history = [] } = previous ?? {};
  const now = {
    planHash: plan.hash,
    plannedAt: first?.observedAt ?? '',
    headline: plainHeadline(headlineOf(plan, results)),
  };
  const isAnother = previous !== undefined && (planHash !== now.planHash || headline !== now.headline);
  const earlier =
    isAnother && planHash !== undefined && plannedAt !== undefined && headline !== undefined
      ? [{ planHash, plannedAt, headline, ...(previous.commit === undefined ? {} : { commit: previous.commit }) }]
      : [];
  return {
    environment: shortName(environment),
    ...now,
    ...(commit === undefined ? {} : { commit: commit.slice(0, 40) }),
    endpoints: endpointsOf(plan).slice(0, 30),
    base: base ?? baseOf(plan, results),
    history: [...earlier, ...history],
  };
}

/** The endpoints that would or may get another model, on resources that others can reach. */
export function endpointsOf({ pipelines }: PlanDocument): readonly EndpointPlace[] {
  return pipelines.flatMap(({ steps, target }) =>
    steps
      .filter(isSwapping)
      .flatMap(({ endpointChange, resource = target }) =>
        endpointChange === undefined || resource === 'embedded-emulator'
          ? []
          : [{ resource: shortName(resource), name: shortName(endpointChange.endpoint) }],
      ),
  );
}

function hiding({ html }: ReviewForm): StateForm {
  return html ? 'comment' : 'definition';
}

function sectionsOf(
  review: Review,
  { form, state }: { readonly form: ReviewForm; readonly state: CommentState },
): readonly Section[] {
  const { plan, results } = review;
  const foreign = review.previous === undefined ? [] : notYours(state.base, baseOf(plan, results));
  return [
    whole('what would fail or be deleted', 100, urgent(plan)),
    whole('what policies say', 99, policyText(plan.pipelines)),
    whole(
      'what others changed',
      98,
      foreign.length === 0
        ? ''
        : `**Not yours**, changed since the first of these comments:\n\n${list(foreign.slice(0, 20).map(cell))}`,
    ),
    whole('the note about other pull requests', 97, review.othersNote ?? ''),
    ...plan.pipelines.map((pipeline) => stepTable(pipeline, plan.pipelines.length > 1)),
    endpointTable(plan),
    setTable(results),
    ...announcedSections(plan.pipelines),
    expiryTable(results),
    ...utterances(review, form),
    ...graphs(plan, form),
    whole('the next command', 95, nextCommand(review)),
    whole('where this comes from', 96, origin(review)),
    historySection(state, form),
  ];
}

/** Steps that fail, and those that delete something. */
function urgent({ pipelines }: PlanDocument): string {
  const all = pipelines.flatMap(({ steps }) => steps);
  const said = (title: string, steps: readonly SavedStep[]): readonly string[] =>
    steps.length === 0
      ? []
      : [`**${title}:**\n\n${list(steps.slice(0, 20).map(({ id, summary }) => cell(`${id}: ${summary}`)))}`];
  return [
    ...said(
      'Would fail',
      all.filter(({ action }) => action === 'fail'),
    ),
    ...said('Would delete', all.filter(isDeleting)),
  ].join('\n\n');
}

function stepTable({ name, steps }: SavedPipeline, isSeveral: boolean): Section {
  const rank = (step: SavedStep): number => {
    if (step.action === 'fail') return 0;
    if (isDeleting(step)) return 1;
    return step.action === 'reuse' || step.action === 'skip' ? 3 : 2;
  };
  const rows = steps
    .toSorted((one, other) => rank(one) - rank(other))
    .map(({ id, action, summary, condition }) => [
      cell(id),
      action === 'at-run-time' ? 'at run time' : action,
      cell(summary),
      cell(condition ?? ''),
    ]);
  const title = isSeveral ? `#### Steps of ${deadText(shortName(name))}` : '#### Steps';
  return tableSection({
    name: 'steps',
    importance: 80,
    title,
    header: ['step', 'action', 'what, and why', 'decided on'],
    rows,
  });
}

/** Where the endpoints are of several Speech resources, as those of one name in many regions, each says of which. */
function endpointTable({ pipelines }: PlanDocument): Section {
  const swaps = pipelines
    .flatMap(({ steps }) => steps)
    .filter((step) => isSwapping(step) && step.endpointChange !== undefined);
  const isOfSeveral = new Set(swaps.map(({ resource }) => resource)).size > 1;
  const rows = swaps.flatMap(({ endpointChange: change, action, resource }) =>
    change === undefined
      ? []
      : [
          [
            cell(namedAt(change.endpoint, isOfSeveral && resource !== undefined ? { resource: hostOf(resource) } : {})),
            modelCell(change.before, change.beforeEnds) || 'none',
            action === 'at-run-time' ? 'at run time' : modelCell(change.after, change.afterEnds) || 'at run time',
            cell(change.rollback ?? '') || 'none',
          ],
        ],
  );
  const header = ['endpoint', 'serves', 'would serve', 'a rollback gives back'];
  return tableSection({ name: 'endpoints', importance: 85, title: '#### Endpoints', header, rows });
}

function modelCell(name = '', ends: string | undefined): string {
  return ends === undefined || name === '' ? cell(name) : `${cell(name)}, until ${ends}`;
}

function setTable(results: ResultsDocument | undefined): Section {
  const rows = (results?.sets ?? []).flatMap(({ id, title, model, against, rate, againstRate, passed, comparison }) => {
    const beside = [rate.value, againstRate?.value].filter((value) => typeof value === 'number');
    const row = (name: string, one: typeof rate, verdict: string): readonly string[] => [
      cell(id),
      cell(title),
      cell(name),
      one.value === null ? 'none' : formatRate(one.value, beside),
      one.low === undefined || one.high === undefined ? '' : `${formatRate(one.low)} to ${formatRate(one.high)}`,
      one.words === undefined ? '' : String(one.words),
      verdict,
    ];
    const bound = passed === undefined ? '' : passed ? 'within' : 'beyond';
    return [
      row(model, rate, comparison?.verdict ?? bound),
      ...(againstRate === undefined ? [] : [row(against ?? '', againstRate, '')]),
    ];
  });
  const header = ['step', 'set', 'model', 'rate', '95 % interval', 'words', 'verdict'];
  return tableSection({ name: 'measurements', importance: 75, title: '#### Measured', header, rows });
}

function expiryTable(results: ResultsDocument | undefined): Section {
  const rows = (results?.expiry ?? []).map(({ kind, name, resource, ends, consequence }) => [
    cell(kind),
    cell(namedAt(name, { resource })),
    cell(ends.slice(0, 10)),
    cell(consequence),
  ]);
  return tableSection({
    name: 'ends',
    importance: 50,
    title: '#### Ends',
    header: ['what', 'name', 'ends', 'then'],
    rows,
  });
}

function utterances({ plan, results, reportUrl }: Review, form: ReviewForm): readonly Section[] {
  const needs = plan.pipelines.flatMap(({ steps }) => steps.filter(isSwapping).flatMap((step) => step.needs ?? []));
  const set = decidingSet(results, needs) ?? results?.sets.find((one) => one.utterances.length > 0);
  const worst = set === undefined ? [] : worstUtterances(set, { reportUrl, most: 5 });
  return [
    {
      name: 'utterances',
      importance: 40,
      rows: worst.length,
      render: (rows) => (rows === 0 ? '' : folded('The worst utterances', worst.slice(0, rows).join('\n'), form)),
    },
  ];
}

function graphs({ pipelines }: PlanDocument, form: ReviewForm): readonly Section[] {
  if (!form.mermaid) return [];
  return pipelines.flatMap(({ steps }) => {
    const graph = stepsGraph(steps);
    return graph === undefined
      ? []
      : [whole('the graph of the steps', 20, folded('The steps as a graph', graph, form))];
  });
}

/** No command where something would fail, or policies stop the plan, because that run would be refused. */
function nextCommand({ plan: { pipelines }, planFile }: Review): string {
  const isFailing = pipelines.some(({ steps }) => steps.some(({ action }) => action === 'fail'));
  const verdicts = new Set(pipelines.flatMap(({ policies = [] }) => policies.map(({ verdict }) => verdict)));
  const mended = [
    ...(isFailing ? ['mend what would fail'] : []),
    ...(verdicts.has('denied') ? ['change what policies deny, or the policies'] : []),
    ...(verdicts.has('needs-acknowledgement')
      ? ['let somebody acknowledge in `policies.yaml` what needs it, or change it']
      : []),
  ];
  if (mended.length > 0) return `Next: ${[...mended, 'plan again'].join(', and ')}.`;
  const commands = pipelines.flatMap(({ file }) =>
    file === undefined
      ? []
      : [
          [
            'speechops',
            'run',
            ...(pipelines.length > 1 ? [quoteWord(file.path)] : []),
            '--plan',
            quoteWord(planFile),
          ].join(' '),
        ],
  );
  if (commands.length === 0) return '';
  return `To do exactly this, once it is merged:\n\n${list(commands.slice(0, 20).map(cell))}`;
}

function origin({ plan, commit, now, jobUrl, environment }: Review): string {
  const plannedAt = plan.pipelines[0]?.observedAt ?? now;
  const minutes = Math.max(0, Math.round((Date.parse(now) - Date.parse(plannedAt)) / 60_000));
  const age = minutes < 1 ? 'just before this was written' : `${spanOf(minutes)} before this was written`;
  const job = jobUrl !== undefined && URL.canParse(jobUrl) ? `, by [this job](<${new URL(jobUrl).href}>)` : '';
  const at = commit === undefined ? '' : `, of commit ${deadText(commit.slice(0, 12))}`;
  return `Plan ${deadText(shortHash(plan.hash))} for ${deadText(shortName(environment))}${at}, planned ${deadText(plannedAt.slice(0, 16).replace('T', ' '))} UTC, ${age}${job}.`;
}

function spanOf(minutes: number): string {
  if (minutes < 120) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`;
}

function historySection({ history: earlier }: CommentState, form: ReviewForm): Section {
  const lines = earlier.slice(0, 10).map(({ headline, commit, plannedAt, planHash }) => {
    const at = commit === undefined ? '' : `, commit ${deadText(commit.slice(0, 12))}`;
    return `- ${deadText(cell(headline)) || 'nothing'} (plan ${deadText(planHash.slice(0, 12))}${at}, ${deadText(plannedAt.slice(0, 16).replace('T', ' '))} UTC)`;
  });
  return {
    name: 'earlier plans',
    importance: 30,
    rows: lines.length,
    render: (rows) => (rows === 0 ? '' : folded('What this said before', lines.slice(0, rows).join('\n'), form)),
  };
}

/** Folded where the place can, else below a heading. The title is ours. */
function folded(title: string, text: string, { html }: ReviewForm): string {
  return html ? `<details><summary>${title}</summary>\n\n${text}\n\n</details>` : `#### ${title}\n\n${text}`;
}

function tableSection(of: {
  readonly name: string;
  readonly importance: number;
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}): Section {
  const { name, importance, title, header, rows } = of;
  return {
    name,
    importance,
    rows: rows.length,
    render: (count) => (count === 0 ? '' : `${title}\n\n${table(header, rows.slice(0, count))}`),
  };
}

/** A text as long as a person reads it in a table. */
function cell(text: string): string {
  return text.length > longestCell ? `${beginningOf(text, longestCell)}…` : text;
}

const longestCell = 300;
