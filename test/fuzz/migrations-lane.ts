import { loadPipeline } from '../../workflows/language/load-pipeline.ts';
import { migrateFiles, type OldFile } from '../../workflows/migrate/migrate-files.ts';
import { requests, restBody, restScript, script, workflow } from '../workflows/migrate/old-files.ts';
import type { Draws } from './draws.ts';
import { type FuzzLane, fuzzDocuments } from './fuzz-lane.ts';
import { hostileTexts } from './hostile-texts.ts';
import { mutateText, smallerTexts } from './mutate.ts';

/**
 * Workflows and scripts of before, with mistakes in them: reading them never throws, each note has a line of the text, lint finds no
 * error in the pipeline that comes of them, and no credential is in what comes of them.
 */
export const fuzzMigrations: FuzzLane = async (lane) =>
  await fuzzDocuments(
    {
      draw,
      check,
      *smaller(file): Generator<OldFile> {
        for (const text of smallerTexts(file.text)) yield { ...file, text };
      },
      show: (file) => JSON.stringify(file),
    },
    lane,
  );

const credential = 'hunter2hunter2';
const seeds = [workflow, script, restScript, requests].map((file) => ({
  ...file,
  text: file.text.replaceAll(/deadbeefdeadbeef|0123456789abcdef|(?<=sig=)abc/g, credential),
}));

/** What shells, the Speech CLI and editors take for something, besides what all lanes know. */
const ofScripts = [
  '$(',
  ')',
  '`',
  '"',
  "'",
  '\\\n',
  '${',
  '}',
  '<<E\n',
  ' | ',
  ' > f',
  '$A',
  '{{',
  '}}',
  ' --name ',
  '@',
  '\uE0000\uE001',
  '${{ secrets.A }}',
  '###\n',
];

function draw(draws: Draws): OldFile {
  const seed = draws.pick(seeds);
  const pieces = draws.chance(0.7) ? ofScripts : hostileTexts;
  // A credential that is torn apart is none any more.
  const text = mutateText(seed.text, { draws, pieces });
  return { ...seed, text: text.includes(credential) ? text : seed.text };
}

function check(file: OldFile): string | undefined {
  const { pipeline, notes, faults } = migrateFiles([file, restBody], { dataRoot: '..' });
  const lines = file.text.split('\n').length;
  const astray = notes.find(({ line }) => !(line >= 1 && line <= lines));
  if (astray !== undefined) return `a note at line ${astray.line}, which is not there: ${astray.what}`;
  if (notes.some(({ outcome, why = '' }) => outcome === 'left' && why === '')) return 'a note without what to do';
  if (faults.length > 0 && pipeline !== undefined) return 'a pipeline of what cannot be read';
  // Words stand for credentials only at their places.
  if (JSON.stringify(notes).includes(credential)) return 'a credential in the notes';
  if (pipeline === undefined) return undefined;
  const { diagnostics } = loadPipeline(pipeline.content, { path: 'pipeline.yaml' });
  const error = diagnostics.find(({ severity }) => severity === 'error');
  return error === undefined ? undefined : `lint: ${error.line}: ${error.message} [${error.code}]\n${pipeline.content}`;
}
