import type { DriftFinding } from '../../schemas/types.gen.ts';
import { modelInRelease, readRelease, type ReleaseText } from '../document/release-file.ts';
import { quoteWord } from '../document/quote-name.ts';
import { shownSource } from '../document/url-secrets.ts';
import { isUnheard, isUnproved, markedModel } from '../plan/endpoint-proof.ts';
import type { Facts } from '../plan/facts.ts';
import { digestProperty, entityId } from '../plan/identity.ts';
import { nameOf, newestBaseModel, sameModel, transcribesUntil } from '../plan/models.ts';
import { originOf } from '../plan/released-model.ts';
import type { Endpoint } from '../plan/speech-entities.ts';
import type { DeclaredEndpoint } from './declared.ts';

/** A release file that is there. */
export interface Release {
  /** Its path from the current folder. */
  readonly file: string;
  readonly text: Exclude<ReleaseText, undefined>;
}

/** An endpoint that is there, with what is declared of it. */
export interface Found {
  readonly endpoint: Endpoint;
  /** Undefined when no file names it. */
  readonly declared: DeclaredEndpoint | undefined;
  readonly release: Release | undefined;
}

interface World {
  readonly facts: Pick<Facts, 'observedAt' | 'projects' | 'models' | 'baseModels'>;
  readonly withinSeconds: number;
}

type Told = Pick<DriftFinding, 'kind' | 'declared' | 'there' | 'advice'> &
  Partial<Pick<DriftFinding, 'level' | 'since' | 'command'>>;

/** What an endpoint is or serves otherwise than its files and its own mark say. */
export function ofEndpoint(found: Found, world: World): readonly DriftFinding[] {
  const { endpoint, declared } = found;
  const { self, displayName, locale } = endpoint;
  const told = [
    ...identity(found),
    ...state(endpoint),
    ...servedModel(found, world),
    ...proof(found, world),
    ...expiry(found, world),
    ...settings(found, world),
  ];
  return told.map(({ level = 'drift', ...rest }) => ({
    ...rest,
    level,
    object: { kind: 'endpoint', name: shownSource(displayName), id: entityId(self), locale },
    ...(declared === undefined ? {} : { file: declared.file }),
  }));
}

/** Callers use the id of an endpoint, and pipelines its name. */
function identity({ endpoint, declared, release }: Found): readonly Told[] {
  const { displayName, self, createdDateTime } = endpoint;
  const { name = displayName } = declared ?? {};
  const recorded = typeof release?.text === 'string' ? readRelease(release.text)?.endpoint?.['id'] : undefined;
  const isReplaced = recorded !== undefined && recorded !== entityId(self);
  const isRenamed = displayName !== name && entityId(name) !== entityId(self);
  return [
    ...(isReplaced
      ? [
          {
            kind: 'endpoint-replaced',
            declared: `the endpoint ${recorded}, says ${release?.file}`,
            there: `another one of this name, ${entityId(self)}`,
            ...sinceOf(createdDateTime),
            advice: 'Give callers the new id, and swap it again, which writes its release',
            ...repairOf(declared),
          } as const,
        ]
      : []),
    ...(isRenamed
      ? [
          {
            kind: 'setting-changed',
            declared: `display name ${name}`,
            there: `display name ${shownSource(displayName)}`,
            advice: 'Name it so again, or change the file: a run does not find it, or makes another one of the name',
          } as const,
        ]
      : []),
  ];
}

function state({ status, properties, lastActionDateTime }: Endpoint): readonly Told[] {
  if (status !== 'Failed') return [];
  const why = properties?.error?.message;
  return [
    {
      kind: 'endpoint-failed',
      declared: 'an endpoint that answers',
      there: `one that the service has failed${why === undefined ? '' : `: ${shownSource(why)}`}`,
      ...sinceOf(lastActionDateTime),
      advice: 'Swap it again, which deploys its model anew',
    },
  ];
}

/** The model that it serves, and those that its release file and its mark name. */
function servedModel({ endpoint, declared, release }: Found, { facts }: World): readonly Told[] {
  const { displayName, locale, self, model } = endpoint;
  const id = entityId(self);
  const said = release && modelInRelease(release.text, { name: displayName, locale, id, resource: originOf(self) });
  const isOwn = release === undefined || idInRelease(release) === id;
  const recorded = said !== undefined && 'model' in said && isOwn ? said.model : undefined;
  const marked = markedModel(endpoint);
  const wanted = [
    ...(recorded === undefined ? [] : [{ model: recorded, by: release?.file ?? '' }]),
    ...(marked === undefined ? [] : [{ model: marked, by: 'its mark' }]),
  ].filter((one) => model === undefined || !sameModel(model.self, one.model));
  const named = (reference: string): string => `${shownSource(nameOf(reference, facts))} (${entityId(reference)})`;
  const [first] = wanted;
  return [
    ...(said !== undefined && 'fault' in said
      ? [
          {
            kind: 'release-unreadable',
            declared: `what ${release?.file} says`,
            there: `a file that says nothing of this endpoint: ${said.fault}`,
            advice: 'Take the file back from Git, or swap the endpoint again, which writes it',
          } as const,
        ]
      : []),
    ...(first === undefined
      ? []
      : [
          {
            kind: 'other-model',
            level: isAtWork(endpoint) ? 'note' : 'drift',
            declared: [...Map.groupBy(wanted, (one) => entityId(one.model)).values()]
              .map((same) => `${named(same[0]?.model ?? '')}, says ${same.map(({ by }) => by).join(' and ')}`)
              .join('; '),
            there: model === undefined ? 'no model' : named(model.self),
            ...sinceOf(endpoint.lastActionDateTime),
            ...wayBack({ endpoint, declared }, { to: first.model, isGone: !isKnown(first.model, facts) }),
          } as const,
        ]),
  ];
}

function idInRelease({ text }: Release): string | undefined {
  return typeof text === 'string' ? readRelease(text)?.endpoint?.['id'] : undefined;
}

function isKnown(reference: string, { models, baseModels }: World['facts']): boolean {
  return [...models, ...baseModels].some(({ self }) => sameModel(self, reference));
}

/** How the endpoint gets the model again that was proved there. */
function wayBack(
  { endpoint, declared }: Pick<Found, 'endpoint' | 'declared'>,
  { to, isGone }: { readonly to: string; readonly isGone: boolean },
): Pick<Told, 'advice' | 'command'> {
  if (isAtWork(endpoint)) return { advice: 'Wait: the service is giving it a model' };
  if (isGone)
    return {
      advice: 'Run the pipeline, or name a model with --to: the declared model is gone',
      ...repairOf(declared),
    };
  if (declared?.swap?.isReleased === true)
    return { advice: 'Run the pipeline, which gives it the released model again', ...repairOf(declared) };
  const { displayName, locale } = endpoint;
  const { swap } = declared ?? {};
  const step = swap?.step === undefined ? '' : ` --step ${quoteWord(swap.step)}`;
  const file = swap?.isNamed === true ? ` ${quoteWord(declared?.file ?? '')}${step}` : '';
  const flag = declared?.repair.endsWith(' --emulator') === true ? ' --emulator' : '';
  return {
    advice: 'Give it that model again; if the other one is meant, give it that by a run, which proves it',
    command: `speechops rollback ${quoteWord(displayName)}${file} --to ${quoteWord(entityId(to))}${file === '' ? ` --locale ${quoteWord(locale)}` : ''}${flag}`,
  };
}

/** What the mark of the model that it serves says. */
function proof({ endpoint, declared }: Found, { facts }: World): readonly Told[] {
  const since = sinceOf(endpoint.lastActionDateTime);
  const there = shownSource(nameOf(endpoint.model?.self, facts));
  if (isUnproved(endpoint)) {
    const isWorking = isAtWork(endpoint) || isFresh(endpoint.lastActionDateTime, facts);
    return [
      {
        kind: 'unproved-model',
        level: isWorking ? 'note' : 'drift',
        declared: 'a model that was proved there',
        there: `${there}, whose swap ended before it was proved`,
        ...since,
        advice: isWorking ? 'Wait for the swap that may be at work' : 'Run the pipeline, which proves it or goes back',
        ...(isWorking ? {} : repairOf(declared)),
      },
    ];
  }
  if (!isUnheard(endpoint)) return [];
  return [
    {
      kind: 'unheard-model',
      level: 'note',
      declared: 'a model that was heard there',
      there: `${there}: nothing told it from the model before when it was swapped`,
      ...since,
      advice: 'Let the swap have `verify`, and an evaluation of both models on recordings on which they differ',
    },
  ];
}

function expiry({ endpoint, declared }: Found, { facts, withinSeconds }: World): readonly Told[] {
  const { model, locale } = endpoint;
  const served = [...facts.models, ...facts.baseModels].find(({ self }) => sameModel(self, model?.self));
  const until = served && transcribesUntil(served);
  const end = Date.parse(until ?? '');
  const now = Date.parse(facts.observedAt);
  if (served === undefined || until === undefined || !(end <= now + withinSeconds * 1000)) return [];
  const newest = newestBaseModel({ ...facts, endpoints: [], locale })?.displayName;
  const instead = `the newest base model${newest === undefined ? '' : `, ${newest},`} answers`;
  const name = shownSource(served.displayName);
  const advice = 'Train a newer model and swap the endpoint to it';
  return end <= now
    ? [
        {
          kind: 'expired-model',
          declared: name,
          there: `${instead} in its place, and no error tells it`,
          since: until,
          advice,
          ...repairOf(declared),
        },
      ]
    : [
        {
          kind: 'expiring-model',
          declared: `${name}, which lasts`,
          there: `it ends on ${until.slice(0, 10)}, then ${instead}`,
          advice,
          ...repairOf(declared),
        },
      ];
}

/** What a swap or a stack sets, and nobody else should. */
function settings({ endpoint, declared }: Found, { facts }: World): readonly Told[] {
  const { stack, swap } = declared ?? {};
  const isMadeByPipeline = endpoint.customProperties?.[digestProperty] !== undefined;
  const project = stack === undefined ? (isMadeByPipeline ? swap?.project : undefined) : stack.project;
  const now = facts.projects.find(({ self }) => entityId(self) === entityId(endpoint.project?.self ?? ''))?.displayName;
  // That it is gone is told of the project.
  const isProjectThere = facts.projects.some(({ displayName }) => displayName === project);
  const logs = endpoint.properties?.loggingEnabled ?? false;
  const mayLog = stack?.contentLogging ?? (isMadeByPipeline ? false : logs);
  const inWords = (isOn: boolean): string => `content logging ${isOn ? 'on' : 'off'}`;
  const changes = [
    ...(project === undefined || !isProjectThere || now === project
      ? []
      : [[`project ${project}`, now === undefined ? 'no project' : `project ${shownSource(now)}`] as const]),
    ...(stack?.description === undefined || describedAs(stack.description) === describedAs(endpoint.description)
      ? []
      : [[describedAs(stack.description), describedAs(endpoint.description)] as const]),
    ...(logs === mayLog ? [] : [[inWords(mayLog), inWords(logs)] as const]),
  ];
  return changes.map(([wanted, there]) => ({
    kind: 'setting-changed',
    declared: wanted,
    there,
    advice:
      stack === undefined
        ? 'Set it back: no pipeline changes it'
        : 'Deploy the stack, which sets it back, or change environment.yaml',
    ...(stack === undefined ? {} : { command: stack.repair }),
  }));
}

function repairOf(declared: DeclaredEndpoint | undefined): { readonly command?: string } {
  return declared?.swap === undefined ? {} : { command: declared.repair };
}

function isAtWork({ status }: Endpoint): boolean {
  return status === 'NotStarted' || status === 'Running';
}

/** A description in words. */
export function describedAs(description: string | undefined): string {
  return description === undefined || description === '' ? 'no description' : `description ${shownSource(description)}`;
}

/** Whether a swap that began then may be at work still. Nothing on the resource tells of runs. */
export function isFresh(since: string, { observedAt }: Pick<Facts, 'observedAt'>): boolean {
  return Date.parse(observedAt) - Date.parse(since) < 2 * 3_600_000;
}

/** The property `since`, where the service tells a date-time. */
export function sinceOf(since: string | undefined): { readonly since?: string } {
  return since === undefined || since === '' ? {} : { since };
}
