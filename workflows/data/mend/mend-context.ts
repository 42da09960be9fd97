import type { UploadWith } from '../../../schemas/types.gen.ts';
import type { Purpose } from '../check/checked-set.ts';
import type { DataFile } from '../check/reading/data-file.ts';
import type { AudioTool } from './audio-tool.ts';
import type { ChangeLog } from './change-log.ts';

export interface MendOptions {
  readonly kind: UploadWith['kind'];
  readonly locale: string;
  /** For training, recordings of more than 40 s are divided. */
  readonly purpose?: Purpose | undefined;
  /** A folder that is new or empty. What was changed is written beside it, with the ending `.diff`. */
  readonly out: string;
  /** Paths are relative to it. */
  readonly cwd: string;
  /** Where ffmpeg and sox are looked for, as in the environment. */
  readonly toolPath: string | undefined;
  readonly onProgress?: (bytes: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** What every part of the work is given, and where it leaves what it has done. */
export interface MendContext extends MendOptions {
  readonly log: ChangeLog;
  readonly tool: () => Promise<AudioTool | undefined>;
  readonly done: { mended: number; same: number; readonly left: string[] };
}

/** Whether datasets of a kind are made of recordings. */
export function isAudioKind(kind: UploadWith['kind']): boolean {
  return kind === 'Acoustic' || kind === 'AudioFiles';
}

/** Counts a text that was written. */
export function countText(
  file: DataFile,
  {
    isChanged,
    unreadable,
    done,
  }: { readonly isChanged: boolean; readonly unreadable: number; readonly done: MendContext['done'] },
): void {
  if (isChanged) done.mended += 1;
  else done.same += 1;
  if (unreadable > 0)
    done.left.push(
      `${file.path} has lines whose bytes are of no one encoding (${unreadable.toLocaleString('en-US')}): convert it from where it came`,
    );
}
