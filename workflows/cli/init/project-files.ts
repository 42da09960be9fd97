import type { PackedProgram } from './packed-program.ts';
import type { ProjectFile } from './write-project.ts';
import { sampleRecording } from './sample-recordings.ts';

/** What a person says about a new project. */
export interface ProjectAnswers {
  /** Of the pipeline, of its file and of the endpoint whose model it keeps good: lower-case letters, digits and hyphens. */
  readonly name: string;
  /** BCP 47, as in en-US. */
  readonly locale: string;
  /** Whether the Azure resources are code in this repository, too. */
  readonly hasEnvironment: boolean;
}

/** The files of a new project, which gets this program from a package file in it, or has it installed already. */
export function projectFiles(answers: ProjectAnswers, packed: PackedProgram | undefined): readonly ProjectFile[] {
  const { name, hasEnvironment } = answers;
  return [
    { name: `pipelines/${name}.yaml`, content: pipeline(answers), what: 'keeps the model behind the endpoint good' },
    { name: 'data/README.md', content: readme, what: 'which data goes where, and in which format' },
    ...recordings('data/test', testSentences),
    ...recordings('data/smoke', smokeSentences),
    {
      name: 'data/related-text.txt',
      content: `${relatedText.join('\n')}\n`,
      what: 'sentences with the words of your trade',
    },
    {
      name: '.gitignore',
      content: lines(ignored),
      what: 'keeps .speechops and node_modules out of Git',
      completed: withLines,
    },
    packageFile(packed),
    ...(hasEnvironment ? [environment(answers), cdktf(answers)] : []),
  ];
}

function pipeline({ name, locale }: ProjectAnswers): string {
  return `# yaml-language-server: $schema=../node_modules/speechops/schemas/pipeline.schema.json

# Keeps the model behind the endpoint "${name}" good: measures what the endpoint serves, retrains when that is not good
# enough, and swaps the endpoint's model only when the new one is better on the same recordings.
# Every key, step kind, output and function: node_modules/speechops/docs/pipeline.md
name: ${name}
locale: ${locale}

inputs:
  max-wer: { type: rate, default: 15%, description: Retrain when the word error rate is above this. }

concurrency: ${name} # one run at a time

steps:
  # Recordings with what was said. They are measured with and never trained on: that keeps the measurement honest.
  - id: test-data
    uses: upload
    with: { kind: Acoustic, from: ../data/test }

  # Sentences with the words of your trade. Text needs no audio, and it trains in minutes.
  - id: related-text
    uses: upload
    with: { kind: Language, from: ../data/related-text.txt }

  # How good is what people get today? Until the endpoint exists, that is the newest base model.
  - id: baseline
    uses: evaluate
    with:
      dataset: \${{ steps.test-data.outputs.dataset }}
      model: endpoint/${name}

  # Skipped while that is good enough, and then everything that needs the new model is skipped with it.
  - id: retrain
    uses: train
    if: \${{ steps.baseline.outputs.wer > inputs.max-wer }}
    with:
      datasets: ["\${{ steps.related-text.outputs.dataset }}"]

  # Both models on the same recordings: \`better\` is whether the new one makes fewer errors, and not by chance.
  - id: candidate
    uses: evaluate
    with:
      dataset: \${{ steps.test-data.outputs.dataset }}
      model: \${{ steps.retrain.outputs.model }}
      against: endpoint/${name}
      min-improvement: 8% # from 15.0 % to 7.0 % or less: the sample shows no less, recordings of 7,000 words show 1%
      min-words: 100 # for the sample recordings: leave this out once yours have 700 words

  # The endpoint answers while its model changes. Recordings that no model has seen are recognised before and after; when
  # that fails or has too many errors, the previous model comes back and the run fails.
  - id: go-live
    uses: swap
    if: \${{ steps.candidate.outputs.better }}
    with:
      endpoint: ${name}
      create: true # when it does not exist; without this a wrong name is refused
      model: \${{ steps.retrain.outputs.model }}
      verify: { audio: ../data/smoke, max-wer: 30% }
`;
}

const drugs = ['apixaban', 'metoprolol', 'furosemide', 'ramipril', 'enoxaparin', 'tamsulosin'];

const testSentences = drugs.flatMap((drug) => [
  `please give the patient ten milligrams of ${drug} this evening`,
  `she has been taking ${drug} at home for many years`,
]);
const smokeSentences = ['good morning how did you sleep last night', 'can you tell me where the pain is now'];
const relatedText = drugs.flatMap((drug) => [
  `the doctor has written up ${drug} for the new patient`,
  `start ${drug} after breakfast and watch the blood pressure`,
  `ask the pharmacy whether ${drug} can be crushed`,
]);

/** A folder of audio with what is said in it, as the service wants it: a byte order mark, and a tab before each text. */
function recordings(folder: string, sentences: readonly string[]): readonly ProjectFile[] {
  const named = sentences.map((sentence, index) => [`sample-${index + 1}.wav`, sentence] as const);
  const transcript = named.map(([name, sentence]) => `${name}\t${sentence}\n`).join('');
  const what = folder.endsWith('smoke')
    ? 'recordings that prove a swap, and what is said in them'
    : 'recordings to measure with, and what is said in them';
  return [
    { name: `${folder}/trans.txt`, content: `\u{FEFF}${transcript}`, what },
    ...named.map(([name, sentence]) => ({
      name: `${folder}/${name}`,
      content: sampleRecording(`${folder}/${name}`, sentence),
    })),
  ];
}

const readme = `# Data

The \`sample-*.wav\` files are noise with which the pipeline can be tried (\`--emulator\`), and the sentences are invented. Replace them.

| place | what | format |
|---|---|---|
| \`test/\` | recordings to measure with: an hour or more is worth having, never used for training | WAV, PCM 16 bit, mono, 8 or 16 kHz, under 40 s each, and \`trans.txt\` |
| \`smoke/\` | a few other recordings that prove that an endpoint answers well | the same, under 60 s each |
| \`related-text.txt\` | sentences as they are said, with the words that are misheard | UTF-8, a sentence a line |

\`trans.txt\` has a line for each recording: the file's name, a tab, what is said. It is UTF-8 with a byte order mark. Write words as
they are spoken: "ten milligrams", not "10 mg". All formats and their limits: \`node_modules/speechops/docs/pipeline.md\`.
`;

const ignored = ['node_modules/', '.speechops/', 'cdktf.out/', 'terraform.*.tfstate*'];

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}

function withLines(present: string): string | undefined {
  const has = new Set(present.split('\n').map((line) => line.trim().replace(/^\/|\/$/g, '')));
  const missing = ignored.filter((line) => !has.has(line.replace(/\/$/, '')));
  if (missing.length === 0) return undefined;
  return `${present}${present === '' || present.endsWith('\n') ? '' : '\n'}${lines(missing)}`;
}

/** The packages of the project: Node of the right version, and this program where it comes as a file. */
function packageFile(packed: PackedProgram | undefined): ProjectFile {
  const wanted = {
    node: '^24.0.0',
    ...(packed === undefined ? {} : { speechops: `file:${packed.file}` }),
  };
  return {
    name: 'package.json',
    content: written({ private: true, devDependencies: wanted }),
    what: 'Node 24 and speechops for this repository',
    completed: (present) => withPackages(present, wanted),
  };
}

function withPackages(present: string, wanted: Readonly<Record<string, string>>): string | undefined {
  const content = parsed(present);
  if (content === undefined) return undefined;
  const { dependencies = {}, devDependencies = {} } = content;
  const missing = Object.entries(wanted).filter(([name]) => !(name in dependencies) && !(name in devDependencies));
  if (missing.length === 0) return undefined;
  return written({ ...content, devDependencies: { ...devDependencies, ...Object.fromEntries(missing) } });
}

type Packages = Readonly<Record<string, unknown>> & {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
};

/** Undefined for a file that npm would refuse, too. */
function parsed(text: string): Packages | undefined {
  try {
    const content: unknown = JSON.parse(text);
    return typeof content === 'object' && content !== null && !Array.isArray(content)
      ? (content as Packages)
      : undefined;
  } catch {
    return undefined;
  }
}

function written(content: object): string {
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

function environment({ name, locale }: ProjectAnswers): ProjectFile {
  const content = `# yaml-language-server: $schema=node_modules/speechops/schemas/environment.schema.json
# What exists in Azure: a Speech account, its storage and network, and the endpoint whose model the pipeline swaps.
name: ${name}
environments:
  dev:
    location: westeurope
    account:
      ip-rules: [203.0.113.0/24] # the addresses from which pipelines run
    storage:
      ip-rules: [203.0.113.0/24]
    custom-speech:
      projects:
        main: { name: ${name}, locale: ${locale} }
      endpoints:
        ${name}: { locale: ${locale}, project: main }
`;
  return { name: 'environment.yaml', content, what: 'the resources in Azure; replace the addresses' };
}

function cdktf({ name }: ProjectAnswers): ProjectFile {
  const content = written({
    language: 'typescript',
    app: 'node node_modules/speechops/bin/speechops-stacks.js',
    projectId: name,
    sendCrashReports: 'false',
  });
  return { name: 'cdktf.json', content, what: 'for cdktf deploy' };
}
