import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { loadPipeline } from '../../../workflows/language/load-pipeline.ts';
import { migrateFiles, type Migrated, type OldFile } from '../../../workflows/migrate/migrate-files.ts';
import { requests, restBody, restScript, script, workflow } from './old-files.ts';
import type { MigrationNote } from '../../../workflows/migrate/old-call.ts';

interface Step {
  readonly id: string;
  readonly uses: string;
  readonly needs?: readonly string[];
  readonly if?: string;
  readonly with: Readonly<Record<string, unknown>>;
}

interface Document {
  readonly name: string;
  readonly locale: string;
  readonly project?: string;
  readonly inputs?: object;
  readonly env?: object;
  readonly steps: readonly Step[];
}

/** The pipeline of files of before, in which lint finds nothing, and the notes. */
function migrated(...files: readonly OldFile[]): { readonly document: Document; readonly notes: Migrated['notes'] } {
  const { pipeline, notes, faults } = migrateFiles(files, { dataRoot: '..' });
  expect(faults).toEqual([]);
  const { diagnostics } = loadPipeline(pipeline?.content ?? '', { path: 'pipeline.yaml' });
  expect(diagnostics.map(({ code, line, message }) => `${line}: ${message} [${code}]`)).toEqual([]);
  return { document: load(pipeline?.content ?? '') as Document, notes };
}

function told(notes: readonly MigrationNote[], outcome: MigrationNote['outcome']): readonly string[] {
  return notes
    .filter((note) => note.outcome === outcome)
    .map(({ line, what, to }) => `${line} ${what}${to === undefined ? '' : ` -> ${to}`}`);
}

describe('migrateFiles', () => {
  it('makes of the workflow of the DevOps template what it does: train, measure against what serves, go live when better', () => {
    const { document, notes } = migrated(workflow);
    expect(document).toMatchObject({ name: 'train', locale: 'en-GB' });
    expect(document.steps).toEqual([
      { id: 'words', uses: 'upload', with: { kind: 'Language', from: '../training/words.txt' } },
      { id: 'model', uses: 'train', with: { datasets: ['${{ steps.words.outputs.dataset }}'] } },
      { id: 'test', uses: 'upload', with: { kind: 'Acoustic', from: '../testing/calls.zip' } },
      {
        id: 'e',
        uses: 'evaluate',
        with: {
          dataset: '${{ steps.test.outputs.dataset }}',
          model: '${{ steps.model.outputs.model }}',
          against: 'endpoint/train',
        },
      },
      {
        id: 'go-live',
        uses: 'swap',
        if: '${{ steps.e.outputs.better }}',
        with: { endpoint: 'train', create: true, model: '${{ steps.model.outputs.model }}' },
      },
    ]);
    expect(told(notes, 'carried')).toEqual([
      '26 dataset create -> step words',
      '35 model create -> step model',
      '43 dataset create -> step test',
      '44 evaluation create -> step e',
      '48 the comparison of rates -> step go-live',
      '55 endpoint create -> step go-live',
    ]);
    expect(told(notes, 'unneeded')).toContain('22 the dataset');
    expect(told(notes, 'left')).toEqual([
      '2 what starts the workflow',
      '14 uses: azure/login',
      '19 spx config @key',
      '55 the name of the endpoint',
      '56 uses: actions/create-release',
    ]);
  });

  it('makes steps of `spx csr` in a shell script: continued lines, variables, ids in variables and files', () => {
    const { document, notes } = migrated(script);
    expect(document).toMatchObject({
      locale: 'de-DE',
      project: 'Calls',
      inputs: { 'words-url': { type: 'string' } },
      steps: [
        { id: 'test-data', with: { from: 'https://contoso.com/test.zip', name: 'Test data' } },
        { id: 'words', with: { from: '${{ inputs.words-url }}' } },
        {
          id: 'calls',
          with: {
            datasets: ['${{ steps.words.outputs.dataset }}', '5988d691-0893-472c-851e-8e36a0fe7aaf'],
            'base-model': 'aaaabbbb-0000-cccc-1111-dddd2222eeee',
          },
        },
        { id: 'gate', with: { model: '${{ steps.calls.outputs.model }}' } },
        { id: 'go-live', needs: ['gate'], with: { endpoint: 'Calls', create: true } },
        { id: 'go-live-2', needs: ['go-live'], with: { endpoint: 'Calls' } },
      ],
    });
    expect(document.steps[3]?.with).not.toHaveProperty('against');
    expect(document.steps[5]?.with).not.toHaveProperty('create');
    expect(told(notes, 'left')).toEqual([
      '3 spx csr dataset create --email',
      '6 the value of `WORDS_URL`',
      '8 spx csr model create --key',
      '8 the condition or loop around the model',
      '10 spx csr evaluation create --frobnicate',
      '11 spx csr endpoint create --logging',
      '12 spx csr endpoint update --timeToLive',
      '13 spx csr endpoint list (logs)',
      '14 spx csr webhook create',
    ]);
    expect(JSON.stringify(notes)).not.toContain('0123456789abcdef');
  });

  it('makes steps of REST calls with curl and az: bodies in quotes, here-documents, forms and files', () => {
    const { document, notes } = migrated(restScript, restBody);
    expect(document).toMatchObject({
      inputs: { base: { type: 'string' } },
      env: { TERMS_ACCESS: { secret: true } },
      steps: [
        { id: 'terms', with: { kind: 'Language', from: 'https://contoso.com/terms.txt?${{ env.TERMS_ACCESS }}' } },
        { id: 'model', with: { datasets: ['${{ steps.terms.outputs.dataset }}'], weight: 40 } },
        { id: 'audio', with: { kind: 'Acoustic', from: '../data/test.zip' } },
        {
          id: 'e',
          with: {
            dataset: '${{ steps.audio.outputs.dataset }}',
            model: '${{ steps.model.outputs.model }}',
            against: '${{ inputs.base }}',
          },
        },
        { id: 'go-live', with: { endpoint: 'calls', create: true, model: 'aaaabbbb-0000-cccc-1111-dddd2222eeee' } },
      ],
    });
    expect(told(notes, 'left')).toEqual([
      '3 the credential in a header',
      '3 POST datasets: email',
      '3 the query of the URL of the data',
      '12 POST models: text',
      '15 the value of `BASE`',
      '16 POST endpoints: timeToLive',
      '16 the Speech resource',
      '17 GET endpoints/…/files/logs',
    ]);
    expect(JSON.stringify([document, notes])).not.toMatch(/deadbeef|sig=abc/);
  });

  it('makes steps of the requests in an .http file', () => {
    const { document, notes } = migrated(requests);
    expect(document).toMatchObject({
      name: 'calls',
      locale: 'fr-FR',
      steps: [
        { id: 'test', with: { from: 'https://contoso.com/a.zip' } },
        { id: 'e', with: { dataset: '${{ steps.test.outputs.dataset }}', model: '${{ inputs.model }}' } },
      ],
    });
    expect(told(notes, 'carried')).toEqual(['4 dataset create -> step test', '10 evaluation create -> step e']);
  });

  it('makes one pipeline of several files, in which the same data is one step', () => {
    const upload = 'spx csr dataset upload --kind acoustic --data testing/calls.zip --name "$1" --output url @test\n';
    const { document, notes } = migrated(
      {
        name: 'a.sh',
        text: `${upload}spx csr evaluation create --name a --dataset @test --model1 aaaabbbb-0000-cccc-1111-dddd2222eeee`,
      },
      {
        name: 'b.yml',
        text: `steps:\n  - bash: |\n      ${upload}      echo hi\n    env: { SPEECH_LANGUAGE: it-IT }\n`,
      },
    );
    expect(document.steps.map(({ id }) => id)).toEqual(['acoustic', 'a']);
    expect(document.locale).toBe('it-IT');
    expect(notes.filter(({ to }) => to === 'step acoustic').map(({ file, line }) => `${file}:${line}`)).toEqual([
      'a.sh:1',
      'b.yml:3',
    ]);
  });

  it.each([
    [
      'another locale',
      'spx csr model create --name m --language en-US --datasets 1\nspx csr model create --name n --language de-DE --datasets 2',
      'the model in another locale',
    ],
    ['data in blocks', 'curl -X PUT "$H/speechtotext/v3.1/datasets/1/blocks?blockid=1" -d x', 'PUT datasets/…/blocks'],
    ['a copy', 'curl -X POST "$H/speechtotext/v3.1/models/1:copyto" -d "{}"', 'POST models/…'],
    ['a transcription', 'curl -d "{}" "$H/speechtotext/v3.2/transcriptions"', 'POST transcriptions'],
    ['version 2.0', 'curl -d "{}" "$H/api/speechtotext/v2.0/models"', 'POST models'],
    ['a body that is not there', 'curl -d @gone.json "$H/speechtotext/v3.2/models"', 'POST models'],
    ['a model without data', 'spx csr model create --name m', 'the model'],
    ['an endpoint without a model', 'spx csr endpoint create --name e', 'the endpoint'],
    ['a kind that is not known', 'spx csr dataset create --name d --kind Music --content https://a.b/c', 'the dataset'],
    [
      'an absolute path',
      'spx csr dataset upload --kind Language --data /srv/words.txt --name w',
      'the path of the data',
    ],
  ])('leaves %s, and says so', (_, text, what) => {
    const { notes, faults } = migrateFiles([{ name: 'x.sh', text }], { dataRoot: '..' });
    expect(faults).toEqual([]);
    expect(notes.filter(({ outcome }) => outcome === 'left').map((note) => note.what)).toContain(what);
    expect(notes.every(({ outcome, why }) => outcome === 'carried' || (why ?? '').length > 10)).toBe(true);
  });

  it.each([
    [
      'a key in the name',
      'spx csr dataset create --kind Language --name "https://u:hunter2hunter2@h/" --content https://a.b/c',
    ],
    ['a user in the URL', 'spx csr dataset create --kind Language --name n --content "https://u:hunter2hunter2@h/x"'],
    ['a secret of the workflow', 'spx csr dataset create --kind Language --name n --content "${{ secrets.hunter2 }}"'],
    ['what stands where a collection does', 'curl $H/speechtotext/v3.1/hunter2hunter2/hunter'],
    ['a flag before the command', 'spx --key hunter2hunter2 csr model list'],
    ['a token in a variable', 'curl -H "Authorization: Bearer hunter2hunter2" -d "{}" "$H/speechtotext/v3.2/models"'],
  ])('copies no secret: %s', (_, text) => {
    expect(JSON.stringify(migrateFiles([{ name: 'x.sh', text }], { dataRoot: '..' }))).not.toContain('hunter2');
  });

  it.each([
    [
      'a script that doubles a value',
      'x.sh',
      `A=xx\n${'A=$A$A\n'.repeat(100)}spx csr dataset create --name "$A" --kind Language --content https://a.b/c`,
    ],
    ['substitutions in substitutions', 'x.sh', '$('.repeat(50_000)],
    ['quotes without an end', 'x.sh', `spx csr dataset create --name "${'`$('.repeat(20_000)}`],
    ['documents without an end', 'x.sh', 'cat <<A\n'.repeat(20_000)],
    ['a long value in every word', 'x.sh', `A=${'x'.repeat(60_000)}\n${'echo $A\n'.repeat(50_000)}`],
    [
      'characters that stand for marks',
      'x.sh',
      'spx csr evaluation create --name e --dataset \uE0000\uE001 --model1 \uE0000\uE001',
    ],
    [
      'names of what every object has',
      'x.sh',
      'spx constructor\nspx csr toString create\nspx csr model create --constructor x --__proto__ y',
    ],
    ['a body as deep as a text', 'x.sh', `curl -d '${'['.repeat(100_000)}' $H/speechtotext/v3.2/models`],
    ['an .http file of marks', 'x.http', `${'###\n'.repeat(50_000)}POST {{{{h}}/speechtotext/v3.1/models\n\n{`],
  ])('bears %s', (_, name, text) => {
    const { pipeline, faults } = migrateFiles([{ name, text }], { dataRoot: '..' });
    expect(faults).toEqual([]);
    if (pipeline === undefined) return;
    const { diagnostics } = loadPipeline(pipeline.content, { path: 'pipeline.yaml' });
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it.each([
    ['YAML that is none', 'x.yml', 'a: [', /line 1/],
    ['YAML as deep as a text', 'x.yml', '['.repeat(10_000), /64/],
    ['bytes', 'x.sh', 'ELF\0', /it is no text/],
    ['what is too long', 'x.sh', 'x'.repeat(1024 * 1024 + 1), /characters/],
    ['more calls than anybody looks through', 'x.sh', 'spx csr project create --name x\n'.repeat(1001), /1000 calls/],
  ])('refuses %s, and says why', (_, name, text, reason) => {
    const { pipeline, faults } = migrateFiles([{ name, text }], { dataRoot: '..' });
    expect(pipeline).toBeUndefined();
    expect(faults).toEqual([{ file: name, reason: expect.stringMatching(reason) }]);
  });
});
