import { spawn } from 'node:child_process';
import type { DataFile } from '../check/reading/data-file.ts';

/** A program of the machine that decodes what is no WAV file. */
export interface AudioTool {
  readonly name: 'ffmpeg' | 'sox';
  /** Writes the sound of a file as WAV of 16 bits, with its own channels and rate. Answers what went wrong, as the end of a sentence. */
  decode(
    source: string,
    how: { readonly target: string; readonly signal?: AbortSignal | undefined },
  ): Promise<string | undefined>;
}

/** The first of ffmpeg and sox that is on the PATH; undefined where neither is. */
export async function findAudioTool(path: string | undefined): Promise<AudioTool | undefined> {
  const env = { PATH: path ?? '', LC_ALL: 'C' };
  for (const [name, version] of [
    ['ffmpeg', '-version'],
    ['sox', '--version'],
  ] as const) {
    if ((await call(name, [version], { env })) !== undefined) continue;
    return {
      name,
      async decode(source, { target, signal }) {
        // What is decoded comes from strangers: a playlist in it may lead to no other file and to no server.
        const args =
          name === 'ffmpeg'
            ? [
                '-v',
                'error',
                '-nostdin',
                '-protocol_whitelist',
                'file',
                '-i',
                `file:${source}`,
                '-map',
                '0:a:0',
                '-c:a',
                'pcm_s16le',
                '-map_metadata',
                '-1',
                '-fflags',
                '+bitexact',
                '-f',
                'wav',
                `file:${target}`,
              ]
            : ['-V1', source, '-b', '16', '-e', 'signed-integer', '-t', 'wav', target];
        return await call(name, args, { env, signal });
      },
    };
  }
  return undefined;
}

/** The ending by which sox knows a format; ffmpeg looks at what is in the file. */
export function endingOf({ name }: DataFile, { is }: { readonly is: string }): string {
  const known = endings.find(([begin]) => is.startsWith(begin))?.[1];
  return known ?? /\.\w{1,5}$/.exec(name)?.[0] ?? '';
}

const endings = [
  ['Ogg with Opus', '.opus'],
  ['Ogg', '.ogg'],
  ['FLAC', '.flac'],
  ['MP3', '.mp3'],
  ['M4A', '.m4a'],
  ['MP4', '.mp4'],
  ['AIFF', '.aiff'],
  ['CAF', '.caf'],
  ['Sun audio', '.au'],
  ['NIST', '.sph'],
  ['AMR', '.amr'],
  ['WebM', '.webm'],
] as const;

/** Undefined where the program ended well, else why it did not. */
async function call(
  program: string,
  args: readonly string[],
  { env, signal }: { readonly env: Record<string, string>; readonly signal?: AbortSignal | undefined },
): Promise<string | undefined> {
  return await new Promise((resolve) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'], ...(signal && { signal }) });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(0, 2000)));
    child.on('error', (error) => resolve(`cannot be started: ${error.message}`));
    child.on('close', (code) =>
      resolve(code === 0 ? undefined : `says ${said.trim().split('\n')[0]?.slice(0, 200) ?? 'nothing'}`),
    );
  });
}
