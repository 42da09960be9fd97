import { encodeWav, isSpeechWav, sampleRate } from './encode-wav.ts';

/** Speech as it is sent, and what was done to make it so. */
export interface Speech {
  readonly wav: Blob;
  readonly note: string;
}

/** A recording that goes on. */
export interface Recording {
  /** Ends it, and answers what was said. */
  stop(): Promise<Speech>;
  /** Ends it, and keeps nothing. */
  drop(): void;
}

/** Records the microphone. Rejects with what a person can do where the browser gives none. */
export async function recordSpeech(): Promise<Recording> {
  // Browsers give a microphone to pages of this machine and of https alone.
  if (navigator.mediaDevices === undefined)
    throw new Error('Open the portal on this machine, or through https: browsers give no microphone to other pages');
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } }).catch((error: unknown) => {
    throw refused(error);
  });
  try {
    return recordingOf(stream);
  } catch (error) {
    // Until this page stops its tracks, the browser keeps the microphone open, and shows that.
    stopTracks(stream);
    throw refused(error);
  }
}

function recordingOf(stream: MediaStream): Recording {
  const recorder = new MediaRecorder(stream);
  const parts: Blob[] = [];
  recorder.addEventListener('dataavailable', ({ data }) => parts.push(data));
  const ended = new Promise<void>((resolve) => recorder.addEventListener('stop', () => resolve(), { once: true }));
  recorder.start();
  const release = (): void => {
    if (recorder.state !== 'inactive') recorder.stop();
    stopTracks(stream);
  };
  return {
    drop: release,
    async stop() {
      release();
      await ended;
      const wav = await converted(await new Blob(parts).arrayBuffer()).catch(() => undefined);
      // Stopped at once, a recorder gives no sound, or too little of it to be played.
      if (wav === undefined || wav.size <= leastSentBytes)
        throw new Error('Record again, and stop once you have spoken: nothing was recorded');
      return { wav, note: 'From the microphone, as 16 kHz mono.' };
    },
  };
}

function stopTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** The speech of a file: a WAV as it is where the service takes that, anything else that the browser can play as 16 kHz mono. */
export async function speechOfFile(file: File): Promise<Speech> {
  if (file.size > mostFileBytes) throw tooLong(file.name, `is of ${Math.round(file.size / 2 ** 20)} MB`);
  const audio = await file.arrayBuffer();
  if (isSpeechWav(new Uint8Array(audio))) {
    if (audio.byteLength > mostSentBytes) throw tooLong(file.name, minutesOf(audio));
    return { wav: new Blob([audio], { type: 'audio/wav' }), note: `${file.name}, as it is.` };
  }
  const wav = await converted(audio).catch(() => {
    throw new Error(`Take another file: the browser cannot play ${file.name}`);
  });
  if (wav.size > mostSentBytes) throw tooLong(file.name, minutesOf(await wav.arrayBuffer()));
  return { wav, note: `${file.name}, made 16 kHz mono in this browser.` };
}

/** The head of a WAV and a tenth of a second: a person says no word in less. */
const leastSentBytes = 44 + sampleRate / 5;
/** More is not even decoded: a minute of the finest sound is of some 35 MB. */
const mostFileBytes = 40 * 2 ** 20;
/** A minute has 2 MB as it is sent; what is a little longer is judged by the portal. */
const mostSentBytes = 4 * 2 ** 20;

function tooLong(name: string, what: string): Error {
  return new Error(
    `Take a recording of at most a minute: ${name} ${what}, and the service recognises a minute at once. Cut a part out of it; whole recordings are for the test set of an evaluate step`,
  );
}

/** The length of a WAV that the service takes, by its size. */
function minutesOf(wav: ArrayBuffer): string {
  const seconds = Math.round(wav.byteLength / (2 * new DataView(wav).getUint32(24, true)));
  return `lasts ${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

async function converted(audio: ArrayBuffer): Promise<Blob> {
  // What a context decodes has the rate of the context.
  const decoded = await new OfflineAudioContext(1, 1, sampleRate).decodeAudioData(audio);
  const channels = Array.from({ length: decoded.numberOfChannels }, (_, index) => decoded.getChannelData(index));
  const mixed = new Float32Array(decoded.length);
  for (const samples of channels)
    for (const [index, sample] of samples.entries()) mixed[index] = (mixed[index] ?? 0) + sample / channels.length;
  return new Blob([encodeWav(mixed)], { type: 'audio/wav' });
}

function refused(error: unknown): Error {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError')
    return new Error(
      'Allow the microphone beside the address of the page, and record again: the browser has refused it',
    );
  if (name === 'NotFoundError') return new Error('Connect a microphone, and record again: the browser finds none');
  return new Error(`The microphone cannot be used: ${error instanceof Error ? error.message : String(error)}`);
}
