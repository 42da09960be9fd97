import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Microsoft's public sample data for Custom Speech on this machine, or why they are not there. */
export type SampleData = { readonly folder: string; readonly files: readonly string[] } | { readonly absent: string };

const repository = 'Azure-Samples/cognitive-services-speech-sdk';
const under = 'sampledata/customspeech/';
/** Recordings that are larger take too long to fetch for what they prove. */
const mostBytes = 20_000_000;
const longestMilliseconds = 120_000;

/**
 * The sample data in the folder that SPEECHOPS_SAMPLE_DATA names, a copy of the folder `sampledata/customspeech`, or fetched from GitHub into
 * `scratch`. They are Microsoft's and are kept nowhere.
 */
export async function findSampleData(scratch: string): Promise<SampleData> {
  const given = process.env['SPEECHOPS_SAMPLE_DATA'] ?? '';
  if (given !== '') return { folder: given, files: filesIn(given) };
  const signal = AbortSignal.timeout(longestMilliseconds);
  try {
    const tree = await fetched(`https://api.github.com/repos/${repository}/git/trees/master?recursive=1`, signal);
    const { tree: entries } = (await tree.json()) as {
      readonly tree: readonly { readonly path: string; readonly type: string; readonly size?: number }[];
    };
    const wanted = entries.filter(
      ({ path: name, type, size = 0 }) => type === 'blob' && name.startsWith(under) && size <= mostBytes,
    );
    for (const { path: name } of wanted) {
      const address = `https://raw.githubusercontent.com/${repository}/master/${name.split('/').map(encodeURIComponent).join('/')}`;
      const file = path.join(scratch, name.slice(under.length));
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, Buffer.from(await (await fetched(address, signal)).arrayBuffer()));
    }
  } catch (error) {
    const why = error instanceof Error ? ((error.cause as Error | undefined)?.message ?? error.message) : String(error);
    return { absent: `SKIPPED: Microsoft's sample data could not be fetched from GitHub (${why})` };
  }
  return { folder: scratch, files: filesIn(scratch) };
}

async function fetched(address: string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(address, { signal });
  if (!response.ok) throw new Error(`${new URL(address).host} answers ${response.status}`);
  return response;
}

/** Those below the folder of a locale. */
function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true })
    .map((name) => String(name).split(path.sep).join('/'))
    .filter((name) => name.includes('/') && statSync(path.join(folder, name)).isFile())
    .toSorted();
}
