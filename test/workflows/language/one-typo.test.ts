import { expect, it } from 'vitest';
import { loadPipeline } from '../../../workflows/language/load-pipeline.ts';

const pipeline = `
name: call-center-en-us
locale: \${{ matrix.locale }}
timeout: 12h
strategy:
  matrix:
    locale: [en-US, de-DE]
    size: [1, 20]
    exclude: [{ locale: de-DE, size: 20 }]
    include: [{ locale: sv-SE, size: 1 }]
  max-parallel: 2
  fail-fast: false
inputs:
  max-wer: { type: rate, default: 15%, description: Retrain above this. }
schedule:
  - cron: '0 3 * JAN-MAR MON'
    time-zone: Europe/Berlin
    missed: skip
    inputs: { max-wer: 12% }
    name: weekly
  - { cron: '0 5 * * *', name: daily }
steps:
  - id: test-data
    uses: upload
    with: { kind: Acoustic, from: data/test, max-rejected: 1% }
    timeout: 2h
    retry: { attempts: 3, delay: 10s, max-delay: 5m, on: [world, step] }
  - id: train-data
    uses: upload
    with: { kind: Acoustic, from: data/train }
  - id: baseline
    uses: evaluate
    with: { dataset: "\${{ steps.test-data.outputs.dataset }}", model: endpoint/call-center }
  - id: retrain
    uses: train
    needs: [baseline]
    continue-on-error: true
    with:
      datasets: ["\${{ steps.train-data.outputs.dataset }}"]
      if-wer-above: \${{ inputs.max-wer }}
      measured-by: baseline
      base-model: newest
      weight: 30
  - id: candidate
    uses: evaluate
    with: { dataset: "\${{ steps.test-data.outputs.dataset }}", model: "\${{ steps.retrain.outputs.model }}", against: base }
  - id: go-live
    uses: swap
    if: \${{ steps.candidate.outputs.better && startsWith(run.id, 'nightly') }}
    with:
      endpoint: call-center
      model: \${{ steps.retrain.outputs.model }}
      verify: { audio: data/smoke, max-wer: 20%, every: 2s }
      settle-timeout: 30m
finally:
  - id: tell
    uses: approve
    if: run.status == 'failed'
    with: { message: "WER \${{ steps.baseline-de-de-1.outputs.wer }}", expires: 1h }
`;

const typos: Readonly<Record<string, (word: string) => string>> = {
  'a letter left out': (word) => word.slice(0, word.length >> 1) + word.slice((word.length >> 1) + 1),
  'a letter twice': (word) => word + word.slice(-1),
  'two letters swapped': (word) => [word[1], word[0], word.slice(2)].join(''),
};

it('finds nothing wrong without a typo', () => {
  expect(loadPipeline(pipeline, { path: 'p.yaml', inputs: {} }).diagnostics).toEqual([]);
});

it.each(Object.keys(typos))('gives at most one diagnostic for %s, wherever it is', (kind) => {
  let faults = 0;
  for (const { 0: word, index } of pipeline.matchAll(/[A-Za-z%]{2,}|\d+[%a-z]*/g)) {
    const misspelt = typos[kind]?.(word) ?? word;
    const text = pipeline.slice(0, index) + misspelt + pipeline.slice(index + word.length);
    const { diagnostics } = loadPipeline(text, { path: 'p.yaml', inputs: {} });
    const context = `${word} -> ${misspelt} at ${index}: ${JSON.stringify(diagnostics.map(({ message }) => message))}`;
    expect(diagnostics.length, context).toBeLessThanOrEqual(1);
    faults += diagnostics.length;
  }
  expect(faults).toBeGreaterThan(90);
});
