import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeWardPipeline } from '../workflows/cli/ward-pipeline.ts';

/**
 * Pipelines that take days, in this folder with their data: `ten-days.yaml` trains twice, asks people and goes live on the
 * tenth day; `unanswered.yaml` asks somebody who does not answer; `two-months.yaml` may last as long.
 */
export async function writeTenDaysPipelines(folder: string): Promise<void> {
  await writeWardPipeline(folder);
  await writeFile(path.join(folder, 'flawed.txt'), 'the ward is quiet tonight\nread www.example.com first\n');
  const asks = (name: string, more: { readonly expires: string; readonly timeout?: string }): string =>
    `name: ${name}
locale: en-US
${more.timeout === undefined ? '' : `timeout: ${more.timeout}\n`}steps:
  - { id: ok, uses: approve, with: { message: 'Go on?', expires: ${more.expires} } }
`;
  await writeFile(path.join(folder, 'ten-days.yaml'), tenDays);
  await writeFile(path.join(folder, 'unanswered.yaml'), asks('unanswered', { expires: '7d' }));
  await writeFile(path.join(folder, 'two-months.yaml'), asks('two-months', { expires: '90d', timeout: '60d' }));
}

/** `late-look` reads the report of what was uploaded on the first day, whose address expires after 12 hours. */
const tenDays = `name: ten-days
locale: en-US
timeout: 12d
steps:
  - { id: endpoint, uses: swap, with: { endpoint: ward, model: base, create: true } }
  - { id: calls, uses: upload, with: { kind: Acoustic, from: calls } }
  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }
  - { id: flawed, uses: upload, with: { kind: Language, from: flawed.txt, max-rejected: 100% } }
  - { id: second-opinion, uses: approve, continue-on-error: true, with: { message: 'Any doubts?', expires: 7d } }
  - id: model
    uses: train
    needs: [endpoint, flawed]
    retry: { attempts: 3, delay: 12h, max-delay: 12h, on: [step] }
    with: { datasets: ["\${{ steps.text.outputs.dataset }}"] }
  - id: candidate
    uses: evaluate
    with: { dataset: "\${{ steps.calls.outputs.dataset }}", model: "\${{ steps.model.outputs.model }}" }
  - { id: approval, uses: approve, needs: [candidate], with: { message: 'Go live?', expires: 8d } }
  - { id: window, uses: approve, needs: [approval], with: { message: 'Now?', expires: 8d } }
  - id: late-look
    uses: upload
    needs: [window]
    continue-on-error: true
    with: { kind: Language, from: flawed.txt, max-rejected: 0% }
  - id: go-live
    uses: swap
    needs: [window]
    with: { endpoint: ward, model: "\${{ steps.model.outputs.model }}", verify: { audio: smoke, max-wer: 60%, every: 1s } }
`;
