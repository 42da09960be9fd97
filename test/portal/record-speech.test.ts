import { afterEach, expect, it, vi } from 'vitest';

/** The page is of another project of TypeScript, which knows browsers. */
const page = new URL('../../portal/app/tabs/deployment/record-speech.ts', import.meta.url).href;
const { recordSpeech } = (await import(page)) as { recordSpeech(): Promise<unknown> };

afterEach(() => void vi.unstubAllGlobals());

it.each(['the constructor', 'start'])('gives the microphone back where %s of the recorder fails', async (fails) => {
  const stop = vi.fn<() => void>();
  const getUserMedia = async () => ({ getTracks: () => [{ stop }] });
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia } });
  const recorder = class extends EventTarget {
    constructor() {
      super();
      if (fails === 'the constructor') throw new DOMException('No such codec', 'NotSupportedError');
    }
    start(): void {
      throw new DOMException('No such codec', 'NotSupportedError');
    }
  };
  vi.stubGlobal('MediaRecorder', recorder);
  await expect(recordSpeech()).rejects.toThrow('The microphone cannot be used: No such codec');
  expect(stop).toHaveBeenCalledOnce();
});
