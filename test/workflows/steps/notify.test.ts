import { describe, expect, it } from 'vitest';
import type { NotifyWith } from '../../../schemas/types.gen.ts';
import type { MessagePort } from '../../../workflows/engine/ports.ts';
import { loadPipeline } from '../../../workflows/language/load-pipeline.ts';
import { notify } from '../../../workflows/steps/notify.ts';
import { createFakeWorld } from './fake-world.ts';
import { type Ran, runStep } from './run-step.ts';

const teams = 'https://teams.example/secret';
const slack = 'https://slack.example/secret';

async function told(settings: NotifyWith, failing = ''): Promise<Ran & { readonly sent: readonly unknown[] }> {
  const sent: unknown[] = [];
  const messages: MessagePort = {
    async post(address, body) {
      if (address === failing) throw new Error('slack.example answers 404');
      sent.push([address, body]);
    },
    mail: async (message) => void sent.push(message),
  };
  const world = createFakeWorld();
  const ran = await runStep(notify, settings, { world: { ports: { ...world.ports, messages } }, id: 'tell' });
  return { ...ran, sent };
}

describe('notify', () => {
  it('posts a card to Teams in which nothing is formatted, line by line', async () => {
    const { sent } = await told({ message: 'One [link](https://evil.example)\n\nTwo', teams });
    const [[address, body]] = sent as [[string, { readonly attachments: readonly { readonly content: object }[] }]];
    expect(address).toBe(teams);
    const run = (text: string, style = {}) => ({
      type: 'RichTextBlock',
      inlines: [{ type: 'TextRun', text, ...style }],
    });
    expect(body.attachments[0]?.content).toMatchObject({
      type: 'AdaptiveCard',
      body: [
        run('pipeline', { weight: 'Bolder', size: 'Medium' }),
        run('One [link](https://evil.example)'),
        run(' '),
        run('Two'),
      ],
    });
  });

  it('posts plain text to Slack, in pieces that it takes', async () => {
    const message = `<!channel> ${'x'.repeat(4000)}`;
    const { sent } = await told({ message, slack, title: 'Calls' });
    const [[, body]] = sent as [
      [string, { readonly text: string; readonly blocks: readonly { readonly text: { readonly text: string } }[] }],
    ];
    expect(body.text.slice(0, 30)).toMatch(/^Calls: &lt;!channel&gt; x/);
    const [title, ...pieces] = body.blocks.map(({ text }) => text);
    expect(title).toMatchObject({ type: 'plain_text', text: 'Calls' });
    expect(pieces.map(({ text }) => text).join('')).toBe(message);
    expect(pieces.every(({ text }) => text.length <= 3000)).toBe(true);
  });

  it('posts as much to Slack as it takes of a long message, and shows that there is more', async () => {
    const { sent } = await told({ message: `It failed: ${'😀'.repeat(100_000)}`, slack });
    const [[, { blocks }]] = sent as [
      [string, { readonly blocks: readonly { readonly text: { readonly text: string } }[] }],
    ];
    expect(blocks.length).toBeLessThanOrEqual(50);
    expect(blocks.every(({ text: { text } }) => text.length > 0 && text.length <= 3000)).toBe(true);
    expect(blocks.at(-1)?.text.text).toMatch(/^(?:😀)+…$/u);
  });

  it('cuts no character apart, and takes lines as Windows ends them', async () => {
    const message = `${'x'.repeat(2998)}😀${'y'.repeat(5)}\r\nTwo`;
    const { sent } = await told({ message, slack, teams, title: `${'t'.repeat(149)}😀&` });
    const texts = JSON.stringify(sent);
    expect(texts).not.toMatch(/\\ud[89a-f]/i);
    expect(texts).not.toContain('\\r"');
    const [, [, body]] = sent as [
      unknown,
      [string, { readonly blocks: readonly { readonly text: { readonly text: string } }[] }],
    ];
    const [, ...pieces] = body.blocks.map(({ text }) => text.text);
    expect(pieces.join('')).toBe(message);
  });

  it.each([
    ['long', 'lorem 😀 '.repeat(10_000)],
    ['of many lines', '\n'.repeat(50_000)],
    ['of characters of three bytes', '漢'.repeat(19_000)],
  ])('posts as much to Teams as it takes of a message that is %s', async (_, text) => {
    const message = `It failed: ${text}end`;
    const { sent } = await told({ message, teams, title: 't'.repeat(5000) });
    const [[, body]] = sent as [[string, unknown]];
    const card = JSON.stringify(body);
    expect(Buffer.byteLength(card)).toBeLessThan(20_001);
    expect(Buffer.byteLength(card)).toBeGreaterThan(15_000);
    expect(card).toContain('It failed: ');
    expect(card).toContain('…');
    expect(card).not.toMatch(/\\ud[89a-f]/i);
  });

  it('sends a mail, and JSON to a webhook', async () => {
    const { sent, outcome } = await told({ message: 'Live', webhook: 'https://ops.example', email: ['a@b.example'] });
    expect(sent).toEqual([
      ['https://ops.example', { title: 'pipeline', message: 'Live', pipeline: 'pipeline', run: 'run', step: 'tell' }],
      { to: ['a@b.example'], subject: 'pipeline', text: 'Live\n' },
    ]);
    expect(outcome).toEqual({ kind: 'done', outputs: { told: 'webhook, email' } });
    expect(notify.summarise?.({ told: 'webhook, email' })).toEqual(['told by webhook, email']);
  });

  it('goes all ways also when one fails, and fails then', async () => {
    const failed = told({ message: 'Live', teams, slack, email: ['a@b.example'] }, slack);
    await expect(failed).rejects.toMatchObject({
      message: 'slack: slack.example answers 404',
      outputs: { told: 'teams, email' },
    });
  });

  it('says in plans what is told by which ways, and no address', () => {
    const about = { step: { id: 'tell' }, pipeline: { name: 'p', locale: 'en-US' }, waitsFor: [] };
    const facts = { ...createFakeWorld().objects, observedAt: '2026-06-01T00:00:00Z', localData: {}, urls: {} };
    const settings = { message: 'The model is live.\nMore', teams };
    expect(notify.plan({ ...about, known: settings, with: settings }, facts)).toMatchObject({
      action: 'at-run-time',
      summary: 'tell people by teams: The model is live.',
    });
    const long = { message: `${'x'.repeat(78)}😀 is live`, teams };
    expect(notify.plan({ ...about, known: long, with: long }, facts).summary).toBe(
      `tell people by teams: ${'x'.repeat(78)}…`,
    );
    const waiting = { ...about, waitsFor: ['go'], known: { teams }, with: undefined };
    expect(notify.plan(waiting, facts).summary).toBe('tell people by teams, with what go found');
  });

  it('takes a secret as an address and not in its message, and needs a way', () => {
    const codes = (settings: string): readonly string[] =>
      loadPipeline(
        `name: p\nlocale: en-US\nenv: { TEAMS: { secret: true } }\nsteps:\n  - { id: a, uses: notify, with: ${settings} }\n`,
        { path: 'p.yaml', env: { TEAMS: 'x' } },
      ).diagnostics.map(({ code }) => code);
    expect(codes('{ message: "Go", teams: "${{ env.TEAMS }}" }')).toEqual([]);
    expect(codes('{ message: "${{ env.TEAMS }}", slack: "https://x.example" }')).toEqual(['misplaced-secret']);
    expect(codes('{ message: "Go" }')).toEqual(['missing-companion']);
  });
});
