import { describe, expect, it } from 'vitest';
import { loadPipeline } from '../../../workflows/language/load-pipeline.ts';
import type { Pipeline } from '../../../workflows/language/pipeline.ts';

const head = 'name: p\nlocale: en-US\nenv: { TEAMS: { secret: true } }\n';
const steps = `steps:
  - { id: text, uses: upload, with: { kind: Language, from: a.txt } }
  - { id: ask, uses: approve, if: steps.text.outputs.accepted > 1, with: { message: "Use \${{ steps.text.outputs.dataset }}?" } }
`;

function load(
  notify: string,
  more = '',
): { readonly codes: readonly string[]; readonly pipeline: Pipeline | undefined } {
  const text = `${head}notify: ${notify}\n${more}${steps}`;
  const { diagnostics, pipeline } = loadPipeline(text, { path: 'p.yaml', inputs: {}, env: { TEAMS: 'x' } });
  return { codes: diagnostics.map(({ code }) => code), pipeline };
}

describe('notify of a pipeline', () => {
  it('tells when a person is to answer, and when a run has failed, and fails no run itself', () => {
    const { codes, pipeline } = load('{ teams: "${{ env.TEAMS }}", email: [a@b.example] }');
    expect(codes).toEqual([]);
    expect(pipeline?.layers).toEqual([['text'], ['ask', 'notify-ask'], ['notify-failed']]);
    const [, ask, waiting, failed] = pipeline?.steps ?? [];
    expect(waiting).toMatchObject({
      uses: 'notify',
      needs: ask?.needs,
      if: ask?.if,
      continueOnError: true,
      with: {
        message: 'Use ${{ steps.text.outputs.dataset }}?\nTo answer: speechops approve ${{ run.id }} ask',
        teams: '${{ env.TEAMS }}',
        email: ['a@b.example'],
      },
    });
    expect(failed).toMatchObject({ finally: true, if: "${{ run.status == 'failed' }}", continueOnError: true });
  });

  it('tells only what it is to, under ids that are free, in every combination', () => {
    const ids = (notify: string, more?: string) => load(notify, more).pipeline?.steps.map(({ id }) => id);
    expect(ids('{ on: [failed], slack: "https://x.example" }')).toEqual(['text', 'ask', 'notify-failed']);
    expect(ids('{ on: [waiting], slack: "https://x.example" }')).toEqual(['text', 'ask', 'notify-ask']);
    const matrix = 'strategy: { matrix: { region: [west, east] } }\n';
    expect(ids('{ on: [waiting], slack: "https://x.example" }', matrix)).toEqual([
      'text-west',
      'ask-west',
      'notify-ask-west',
      'text-east',
      'ask-east',
      'notify-ask-east',
    ]);
    const taken = 'finally: [{ id: notify-ask, uses: approve, with: { message: m } }]\n';
    expect(ids('{ on: [waiting], slack: "https://x.example" }', taken)).toEqual([
      'text',
      'ask',
      'notify-ask-2',
      'notify-ask',
      'notify-notify-ask',
    ]);
  });

  it('is checked: its ways, what they read, and that there is one', () => {
    expect(load('{ on: [failed] }').codes).toEqual(['missing-companion']);
    expect(load('{ teams: "${{ env.TEAM }}" }').codes).toEqual(['undeclared-variable']);
    expect(load('{ teams: "${{ steps.text.outputs.dataset }}" }').codes).not.toEqual([]);
    expect(load('{ team: "https://x.example" }').codes).toEqual(['unknown-key']);
  });
});
