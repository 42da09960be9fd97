import { readFile, writeFile } from 'node:fs/promises';
import { writeWardPipeline } from '../workflows/cli/ward-pipeline.ts';

/**
 * The ward pipeline with a step before it that makes the endpoint serve a base model, so that a run makes every kind of
 * object and changes one: project, datasets, model, evaluations, endpoint, and the swap, whose canary it deletes again. Answers the path of its file.
 */
export async function writeCrashPipeline(folder: string): Promise<string> {
  const file = await writeWardPipeline(folder);
  const text = await readFile(file, 'utf8');
  const changed = text
    .replace(
      'steps:\n',
      'steps:\n  - id: endpoint\n    uses: swap\n    with: { endpoint: ward, model: base, create: true }\n',
    )
    .replace('id: baseline\n', 'id: baseline\n    needs: [endpoint]\n')
    .replace('create: true\n      model', 'create: true\n      strategy: canary\n      model');
  await writeFile(file, changed);
  return file;
}
