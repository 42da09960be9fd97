import type { NotifyWith } from '../../schemas/types.gen.ts';
import type { PlainValue } from '../document/yaml/plain-value.ts';
import { beginningOf } from '../document/beginning-of.ts';
import type { PipelineStep } from '../language/pipeline.ts';
import type { MessagePort } from '../engine/ports.ts';
import { StepFailure, type StepInput, type StepKind } from '../engine/step-kind.ts';

/** `notify`: people have been told. A way that fails does not keep the others from being gone. */
export const notify: StepKind<NotifyWith> = {
  uses: 'notify',
  effects: [],

  plan({ known, waitsFor }) {
    const ways = waysOf(known).map((way) => (way === 'email' ? `email to ${known.email?.join(', ')}` : way));
    const by = ways.length === 0 ? '' : ` by ${ways.join(', ')}`;
    const what =
      known.message === undefined ? `, with what ${waitsFor.join(' and ')} found` : `: ${firstLine(known.message)}`;
    return { action: 'at-run-time', summary: `tell people${by}${what}`, effects: [], outputs: {} };
  },

  async run(input, { ports, signal, runId, report }) {
    const { messages } = ports;
    if (messages === undefined) throw new StepFailure('Tell them in another way: no messages can be sent from here');
    const told: string[] = [];
    const failures: string[] = [];
    for (const way of waysOf(input.with)) {
      try {
        await senders[way](input, { messages, signal, runId });
        told.push(way);
      } catch (error) {
        signal.throwIfAborted();
        failures.push(`${way}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    const outputs = { told: told.join(', ') };
    if (failures.length > 0) throw new StepFailure(failures.join('; '), outputs);
    report(`told by ${outputs.told}`);
    return { kind: 'done', outputs };
  },

  summarise: ({ told }) => (typeof told === 'string' && told !== '' ? [`told by ${told}`] : []),
};

/** Whether a step sends a mail. */
export function sendsMail({ uses, with: wanted }: Pick<PipelineStep, 'uses' | 'with'>): boolean {
  return uses === notify.uses && wanted['email'] !== undefined;
}

type Way = 'teams' | 'slack' | 'webhook' | 'email';

const allWays: readonly Way[] = ['teams', 'slack', 'webhook', 'email'];

function waysOf(settings: Partial<NotifyWith>): readonly Way[] {
  return allWays.filter((way) => settings[way] !== undefined);
}

function firstLine(message: string): string {
  const [line = ''] = message.trim().split('\n');
  return line.length > 80 ? `${beginningOf(line, 79)}…` : line;
}

interface Sending {
  readonly messages: MessagePort;
  readonly signal: AbortSignal;
  readonly runId: string;
}

const senders: Readonly<Record<Way, (input: StepInput<NotifyWith>, by: Sending) => Promise<void>>> = {
  async teams(input, { messages, signal }) {
    const { message, teams = '' } = input.with;
    await messages.post(teams, teamsCard({ title: titleOf(input), message }), { signal });
  },
  async slack(input, { messages, signal }) {
    const { message, slack = '' } = input.with;
    await messages.post(slack, slackMessage({ title: titleOf(input), message }), { signal });
  },
  async webhook(input, { messages, signal, runId }) {
    const { message, webhook = '' } = input.with;
    const body = { title: titleOf(input), message, pipeline: input.pipeline.name, run: runId, step: input.step.id };
    await messages.post(webhook, body, { signal });
  },
  async email(input, { messages, signal }) {
    const { message, email = [] } = input.with;
    await messages.mail({ to: email, subject: titleOf(input), text: `${message}\n` }, { signal });
  },
};

function titleOf({ with: { title }, pipeline }: StepInput<NotifyWith>): string {
  return title ?? pipeline.name;
}

/**
 * The request of a workflow of Teams, with as much of the message as Teams posts. A workflow accepts a longer one, too, and fails after
 * its answer, so that the step would take people for told.
 */
function teamsCard({ title, message }: { readonly title: string; readonly message: string }): PlainValue {
  // A character takes a byte at least.
  for (let length = Math.min(message.length, longestCard); ; length = Math.floor(length * 0.9)) {
    const shown = length < message.length ? `${beginningOf(message, length)}…` : message;
    const card = cardOf({ title: beginningOf(title, 150), message: shown });
    if (Buffer.byteLength(JSON.stringify(card)) <= longestCard) return card;
  }
}

/** In bytes. Teams says about 28 KB (Microsoft Learn: "Microsoft Teams", the connector); people report that it refuses more than 21 KB. */
const longestCard = 20_000;

/**
 * A card (Microsoft Learn: "Create incoming webhooks with Workflows for Microsoft Teams"). A TextRun takes its
 * text as it is, where a TextBlock takes Markdown: the text may be somebody else's.
 */
function cardOf({ title, message }: { readonly title: string; readonly message: string }): PlainValue {
  const block = (text: string, style: { readonly [key: string]: PlainValue } = {}): PlainValue => ({
    type: 'RichTextBlock',
    inlines: [{ type: 'TextRun', text: text === '' ? ' ' : text, ...style }],
  });
  const lines = message.trimEnd().split(/\r?\n/);
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [block(title, { weight: 'Bolder', size: 'Medium' }), ...lines.map((line) => block(line))],
        },
      },
    ],
  };
}

/** Blocks of plain text, which Slack does not look for links, names and formatting in; `text` is what notifications show. */
function slackMessage({ title, message }: { readonly title: string; readonly message: string }): PlainValue {
  const shown = beginningOf(`${title}: ${message}`, 500);
  const long = message.length > longestInSlack ? `${beginningOf(message, longestInSlack)}…` : message;
  // No character of two code units is cut apart: half of one is no text.
  const pieces = long.match(/[^]{1,2999}(?![\uDC00-\uDFFF])/g) ?? [];
  return {
    text: shown.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: beginningOf(title, 150), emoji: false } },
      ...pieces.map((text) => ({ type: 'section', text: { type: 'plain_text', text, emoji: false } })),
    ],
  };
}

/** In code units: forty blocks, of fifty that a message of Slack may have, each of 3,000 at most (Slack: "Block Kit", section and limits). */
const longestInSlack = 39 * 2999;
