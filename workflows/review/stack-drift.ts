import type { DriftFinding } from '../../schemas/types.gen.ts';
import { quoteWord } from '../document/quote-name.ts';

/**
 * What Terraform has found to be otherwise than its state says: `resource_drift` in the JSON of `terraform show -json PLANFILE`
 * (https://developer.hashicorp.com/terraform/internals/json-format), or the messages of that type in the lines of
 * `terraform plan -refresh-only -json` (https://developer.hashicorp.com/terraform/internals/machine-readable-ui). Values are not
 * told, for they may be secret. A text says why it is neither. What pipelines and the service change in Custom Speech objects
 * is no drift.
 */
export function stackDrift(text: string, { file }: { readonly file: string }): readonly DriftFinding[] | string {
  const changes = changesIn(text);
  return typeof changes === 'string' ? changes : changes.flatMap((change) => findingOf(change, { file }));
}

interface Change {
  readonly address: string;
  readonly type: string;
  readonly actions: readonly string[];
  /** Names of attributes; undefined where the format does not tell them. */
  readonly attributes: readonly string[] | undefined;
}

type Loose = Readonly<Record<string, unknown>>;

function changesIn(text: string): readonly Change[] | string {
  const whole = parsed(text);
  if (whole !== undefined && 'format_version' in whole) return changesOfPlan(whole);
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const messages = lines.map(parsed);
  const [first] = messages;
  if (first?.['type'] !== 'version' || messages.includes(undefined))
    return 'it is neither the JSON of `terraform show -json PLANFILE` nor that of `terraform plan -refresh-only -json`';
  const fault = whyUnread(first['ui'], 1);
  if (fault !== undefined) return fault;
  const failed = messages.find((message) => message?.['@level'] === 'error');
  if (failed !== undefined) return failedEarly;
  if (!messages.some((message) => message?.['type'] === 'change_summary'))
    return 'its end is missing (`change_summary`): Terraform was stopped, or the output is not all of it';
  const drift = messages.filter((message) => message?.['type'] === 'resource_drift');
  return allOf(drift, (message) => {
    const { resource, action } = asObject(message['change']);
    const { addr, resource_type: type } = asObject(resource);
    return { address: addr, type, actions: [action], attributes: undefined };
  });
}

function changesOfPlan(plan: Loose): readonly Change[] | string {
  const fault = whyUnread(plan['format_version'], 1);
  if (fault !== undefined) return fault;
  if (!('resource_changes' in plan) && !('resource_drift' in plan) && !('planned_values' in plan))
    return 'it is the JSON of a state, and only that of a plan has drift (`terraform plan -refresh-only -out=PLANFILE`)';
  if ((plan['errored'] ?? false) !== false) return failedEarly;
  if ((plan['complete'] ?? true) !== true)
    return 'the plan is not complete (`complete`), so that Terraform did not look at everything: make it without -target, and once nothing is deferred';
  const drift = plan['resource_drift'] ?? [];
  if (!Array.isArray(drift)) return '`resource_drift` is no list';
  return allOf(drift, ({ address, type, change }) => {
    const { actions, before, after } = asObject(change);
    return { address, type, actions, attributes: changedAttributes(asObject(before), asObject(after)) };
  });
}

const failedEarly = 'Terraform has failed, so that it did not look at everything';

/** All entries as changes, or why one is none: what is left out would count as the same. */
function allOf(
  entries: readonly unknown[],
  changeOf: (entry: Loose) => { readonly [K in keyof Change]: K extends 'attributes' ? Change[K] : unknown },
): readonly Change[] | string {
  const changes: Change[] = [];
  for (const [index, entry] of entries.entries()) {
    const { address, type, actions, attributes } = changeOf(asObject(entry));
    if (!isText(address) || !isText(type) || !Array.isArray(actions) || actions.length === 0 || !actions.every(isText))
      return `entry ${index + 1} of \`resource_drift\` does not say which object differs, and how`;
    changes.push({ address, type, actions, attributes });
  }
  return changes;
}

/** The formats promise that what they add to a version is no harm, and that another major version is. */
function whyUnread(version: unknown, known: number): string | undefined {
  const [major] = asText(version).split('.');
  return major === String(known) || (major === '0' && asText(version) !== '')
    ? undefined
    : `its format has another version, ${asText(version)}`;
}

function changedAttributes(before: Loose, after: Loose): readonly string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name])).toSorted();
}

function findingOf(
  { address, type, actions, attributes }: Change,
  { file }: { readonly file: string },
): readonly DriftFinding[] {
  const isGone = actions.includes('delete');
  const isChanged = actions.includes('update');
  if (!isGone && !isChanged) return [];
  const told = type.startsWith('customspeech_') ? attributes?.filter((name) => !others.has(name)) : attributes;
  if (!isGone && told?.length === 0) return [];
  return [
    {
      kind: isGone ? 'stack-object-gone' : 'stack-changed',
      // It may be a swap.
      level: !isGone && type === 'customspeech_endpoint' && told === undefined ? 'note' : 'drift',
      object: { kind: 'terraform', name: address },
      file,
      declared: 'as Terraform has left it',
      there: isGone
        ? 'nothing'
        : told === undefined
          ? 'something else, of which this format does not say what'
          : `another ${told.join(', ')}`,
      advice: 'Deploy the stack, which makes it as it was, or change environment.yaml',
      command: `npx speechops-stacks cdktf deploy${stackOf(file)}`,
    },
  ];
}

/** The stack in whose folder a file lies, as the end of the command. */
function stackOf(file: string): string {
  const name = /(?:^|[/\\])stacks[/\\]([^/\\]+)[/\\]/.exec(file)?.[1];
  return name === undefined ? '' : ` ${quoteWord(name)}`;
}

/** The attributes of our provider that change without anybody's doing, or by pipelines. */
const others: ReadonlySet<string> = new Set([
  'custom_properties',
  'last_action_date_time',
  'model',
  'model_expires_date_time',
  'status',
]);

function parsed(text: string): Loose | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : undefined;
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Loose {
  return typeof value === 'object' && value !== null ? (value as Loose) : {};
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
