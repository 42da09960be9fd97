import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { ProjectAnswers } from './project-files.ts';
import type { ProjectFile } from './write-project.ts';

/** The CIs that have workflows under `examples/ci/`. */
export const cis = ['github', 'gitlab', 'azure-pipelines'] as const;
export type Ci = (typeof cis)[number];

/** The workflows of a CI, as the examples have them, for the pipeline of a new project. */
export async function ciFiles(ci: Ci, { name, hasEnvironment }: ProjectAnswers): Promise<readonly ProjectFile[]> {
  return await Promise.all(
    workflows[ci].map(async ({ from, to, what }) => {
      const text = await readFile(new URL(from, examples()), 'utf8');
      const content = text
        .replaceAll('pipelines/calls.yaml', `pipelines/${name}.yaml`)
        .replaceAll('pipelines/*.yaml', hasEnvironment ? 'pipelines/*.yaml environment.yaml' : 'pipelines/*.yaml');
      return { name: to, content, what };
    }),
  );
}

const workflows: Readonly<
  Record<Ci, readonly { readonly from: string; readonly to: string; readonly what: string }[]>
> = {
  github: (
    [
      ['plan', 'says in a pull request what it would do'],
      ['run', 'does that after the merge, once it is approved'],
      ['watch', 'tells each morning what differs or ends'],
    ] as const
  ).map(([job, what]) => {
    return { from: `github/speechops-${job}.yaml`, to: `.github/workflows/speechops-${job}.yaml`, what };
  }),
  gitlab: [
    { from: 'gitlab/.gitlab-ci.yml', to: '.gitlab-ci.yml', what: 'plans merge requests, runs, tells what differs' },
  ],
  'azure-pipelines': [
    {
      from: 'azure-pipelines/azure-pipelines.yml',
      to: 'azure-pipelines.yml',
      what: 'plans pull requests, runs, tells what differs',
    },
  ],
};

/** In the sources, and compiled in `dist/`. */
function examples(): URL {
  const places = ['../../../examples/ci/', '../../../../examples/ci/'].map((place) => new URL(place, import.meta.url));
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new Error('Install speechops anew: the folder examples/ci of the package is missing');
  return found;
}
