import { spawn } from 'node:child_process';
import { DataError, type SpeakingVoice, type TextToSpeechPort } from '../../engine/ports.ts';
import { MonoDecoder } from '../sound/decode-samples.ts';
import { Resampler } from '../sound/resampler.ts';

/**
 * The program espeak-ng of this machine as what speaks. Its voices are languages (`en-us`), and each with a variant (`en-us+f2`), so that
 * several speak. A DataError where it is not on the PATH, or does not know a voice.
 */
export function espeakSpeech({ toolPath }: { readonly toolPath: string | undefined }): TextToSpeechPort {
  const env = { PATH: toolPath ?? '', LC_ALL: 'C.UTF-8' };
  return {
    async voices({ signal } = {}) {
      const { output } = await call(['--voices'], { env, signal });
      return output.toString('utf8').split('\n').slice(1).flatMap(voicesIn);
    },
    async speak(text, { voice, signal }) {
      // `[[` would begin phonemes.
      const said = `${text.replaceAll('[[', '[ [')}\n`;
      const { output } = await call(['-v', voice, '-b', '1', '--stdin', '--stdout'], { env, signal, input: said });
      return resampled(output);
    },
  };
}

const variants = ['', '+f2', '+m3', '+f4'];
const sampleRate = 16_000;
const headerBytes = 44;

/** A row of its table: priority, language, age and gender, name, file, and other languages with their priorities. */
function voicesIn(row: string): readonly SpeakingVoice[] {
  const [, , language = '', , , , ...others] = row.split(/\s+/);
  const also = others.join(' ').match(/[a-z][\w-]*/gi) ?? [];
  return [language, ...also].flatMap((locale) =>
    locale === '' ? [] : variants.map((variant) => ({ name: `${language}${variant}`, locale, isGeneral: true })),
  );
}

/** Its WAV is a stream whose header has no sizes. */
function resampled(wav: Buffer): Uint8Array {
  if (wav.length <= headerBytes || wav.toString('latin1', 0, 4) !== 'RIFF' || wav.toString('latin1', 36, 40) !== 'data')
    throw new DataError('Look at espeak-ng: it wrote no sound');
  const samples = new MonoDecoder({
    encoding: 1,
    bits: wav.readUInt16LE(34),
    channels: wav.readUInt16LE(22),
  }).samplesOf(wav.subarray(headerBytes));
  const resampler = new Resampler({ from: wav.readUInt32LE(24), to: sampleRate });
  const pieces = [resampler.push(samples), resampler.end()];
  const bytes = Buffer.alloc(2 * pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces)
    for (const sample of piece)
      at = bytes.writeInt16LE(Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768))), at);
  return bytes;
}

async function call(
  args: readonly string[],
  {
    env,
    signal,
    input = '',
  }: { readonly env: Record<string, string>; readonly signal: AbortSignal | undefined; readonly input?: string },
): Promise<{ readonly output: Buffer }> {
  return await new Promise((resolve, reject) => {
    const child = spawn('espeak-ng', args, { env, stdio: ['pipe', 'pipe', 'pipe'], ...(signal && { signal }) });
    const output: Buffer[] = [];
    let said = '';
    child.stdout.on('data', (bytes: Buffer) => output.push(bytes));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(0, 2000)));
    // It may end before it has read all.
    child.stdin.on('error', () => undefined).end(input);
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (signal?.aborted === true) reject(signal.reason as Error);
      else
        reject(
          error.code === 'ENOENT'
            ? new DataError('Install espeak-ng, or leave out --engine espeak-ng: it is not on the PATH')
            : error,
        );
    });
    child.on('close', (code) => {
      if (code === 0) resolve({ output: Buffer.concat(output) });
      else
        reject(new DataError(`Look at espeak-ng: it says ${said.trim().split('\n')[0]?.slice(0, 200) ?? 'nothing'}`));
    });
  });
}
