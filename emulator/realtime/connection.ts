import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { RawData, WebSocket } from 'ws';
import { readWavStart } from '../recognition/read-wav.ts';
import type { FaultOrder } from '../state/faults.ts';
import type { Ending } from '../state/request-counts.ts';
import type { SpeechResource } from '../state/speech-resource.ts';
import { learnDueAudio } from '../work/known-audio.ts';
import { unknownAudio } from '../work/unknown-audio.ts';
import { pinModel } from '../work/pinned-model.ts';
import { recogniserOf } from '../work/recognition-models.ts';
import { type Message, ProtocolFault, readMessage, readObject, writeMessage } from './message.ts';
import { Turn } from './turn.ts';
import { type RecognitionMode, turnSettings } from './turn-settings.ts';
import type { RecognitionLimits } from './recognition-limits.ts';

export interface ConnectionParts {
  readonly resource: SpeechResource;
  readonly limits: RecognitionLimits;
  /** Undefined in the second version of the protocol, where the context names it. */
  readonly pathMode: RecognitionMode | undefined;
  readonly query: URLSearchParams;
  /** Below the web socket. */
  readonly stream: Duplex;
  /** What was to go wrong with the upgrade, and goes wrong with the first turn. */
  readonly fault: FaultOrder | undefined;
}

/** What a turn is begun with: the context that the client sent for it. */
interface Request {
  readonly id: string;
  readonly context: Readonly<Record<string, unknown>>;
}

/** So many finished requests are known, whose late audio is passed over. */
const mostFinished = 32;
/** A client that takes so much less than it causes is cut off. */
const mostUnsent = 4 * 1024 ** 2;

/**
 * One connection: reads its messages in order, one at a time, and has at most one turn. A message that breaks the protocol closes it with
 * 1002 or 1007 and a reason.
 */
export class Connection {
  readonly #socket: WebSocket;
  readonly #parts: ConnectionParts;
  readonly #waiting: { readonly frame: Uint8Array; readonly isBinary: boolean }[] = [];
  readonly #finished: string[] = [];
  readonly #idle: NodeJS.Timeout;
  readonly #whole: NodeJS.Timeout;
  #isReading = false;
  #isConfigured = false;
  #request: Request | undefined;
  #turn: Turn | undefined;
  /** Frees the place of the turn among the recognitions at a time. */
  #free: () => void = () => undefined;
  #fault: FaultOrder | undefined;
  #isFirstTurn = true;
  #isHeldBack = false;

  constructor(socket: WebSocket, parts: ConnectionParts) {
    this.#socket = socket;
    this.#parts = parts;
    this.#fault = parts.fault;
    const { connectionIdleSeconds, connectionSeconds } = parts.limits;
    this.#idle = this.#closeAfter(connectionIdleSeconds, 'idle duration');
    this.#whole = this.#closeAfter(connectionSeconds, 'duration');
    socket.on('message', (data, isBinary) => {
      this.#idle.refresh();
      this.#waiting.push({ frame: bytesOf(data), isBinary });
      if (!this.#isReading) void this.#read();
    });
    // The library closes connections whose frames are wrong, with a code of its own.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(this.#idle);
      clearTimeout(this.#whole);
      this.#waiting.length = 0;
      this.#free();
    });
  }

  #closeAfter(seconds: number, what: string): NodeJS.Timeout {
    const reason = `Exceeded maximum websocket connection ${what}(> ${seconds * 1000}ms)`;
    return setTimeout(() => this.#socket.close(1000, reason), seconds * 1000).unref();
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
        if (this.#socket.readyState !== this.#socket.OPEN) return;
        const done = this.#take(readMessage(next.frame, next.isBinary));
        if (done === undefined) continue;
        // Nothing more is read from the network meanwhile, so that what waits stays small.
        this.#socket.pause();
        await done;
        this.#socket.resume();
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isReading = false;
    }
  }

  /** A promise when it takes a while. */
  #take(message: Message): Promise<void> | undefined {
    switch (message.path) {
      case 'speech.config':
        readObject(message);
        this.#isConfigured = true;
        return undefined;
      case 'speech.context':
        this.#takeContext(message);
        return undefined;
      case 'audio':
        return this.#takeAudio(message);
      default:
        // Telemetry, and what newer clients say.
        return undefined;
    }
  }

  #takeContext(message: Message): void {
    if (!this.#isConfigured) throw new ProtocolFault(1002, 'The first message must be speech.config');
    const context = readObject(message);
    if (this.#finished.includes(message.requestId)) throw new ProtocolFault(1002, 'This X-RequestId was used before');
    if (this.#turn !== undefined && this.#request !== undefined && this.#request.id !== message.requestId) {
      this.#leave(this.#request.id);
    }
    if (this.#turn === undefined) this.#request = { id: message.requestId, context };
  }

  #takeAudio({ requestId, body }: Message): Promise<void> | undefined {
    if (!this.#isConfigured) throw new ProtocolFault(1002, 'The first message must be speech.config');
    if (this.#finished.includes(requestId)) return undefined;
    if (this.#turn === undefined || this.#request?.id !== requestId) return this.#begin(requestId, body);
    this.#hear(this.#turn, body);
    return undefined;
  }

  #hear(turn: Turn, bytes: Uint8Array): void {
    if (bytes.length === 0) turn.finish();
    else turn.hear(bytes);
    // A fault may have cut it off.
    if (turn.isOver && this.#turn === turn) this.#finish(200);
  }

  async #begin(requestId: string, start: Uint8Array): Promise<void> {
    const { resource, pathMode, query } = this.#parts;
    if (this.#request?.id !== requestId) {
      if (pathMode === undefined)
        throw new ProtocolFault(1002, 'Audio came before the speech.context of its X-RequestId');
      if (this.#turn !== undefined && this.#request !== undefined) this.#leave(this.#request.id);
      this.#request = { id: requestId, context: {} };
    }
    const wav = readWavStart(start);
    if (wav.kind === 'fault') throw new ProtocolFault(1007, `The first audio is no WAV header: it ${wav.message}`);
    const settings = turnSettings(this.#request.context, { pathMode, query });
    this.#say('turn.start', { context: { serviceTag: requestId.replaceAll('-', '') } });
    if (!(await this.#passesFault())) return;
    const cid = query.get('cid') ?? undefined;
    const language = query.get('language') ?? undefined;
    const pinned = await pinModel(resource, {
      ...(cid === undefined ? {} : { cid }),
      ...(language === undefined ? {} : { language }),
      ...(settings.language === undefined ? {} : { otherwise: settings.language }),
    });
    if (pinned.kind === 'refused') return this.#refuse(400, pinned.message);
    const free = resource.openRecognitions.begin(pinned.place, resource.quotas.concurrentRecognitions);
    if (free === undefined) return this.#refuse(429, 'Quota exceeded');
    this.#free = free;
    await learnDueAudio(resource);
    const model = await recogniserOf(resource, pinned.model).catch(() => undefined);
    if (this.#socket.readyState !== this.#socket.OPEN) return free();
    if (model === undefined) return this.#failTurn(500);
    const say = (path: string, body: object): void => this.#say(path, body);
    const { library, settings: own } = resource;
    const onUnknown = (): void => own.log(unknownAudio);
    const turn = new Turn({ model, library, sampleRate: wav.sampleRate, settings, say, onUnknown });
    this.#turn = turn;
    if (start.length > wav.samplesAt) this.#hear(turn, start.subarray(wav.samplesAt));
  }

  /** Does what a fault wants of this turn; false when there is nothing left to recognise. */
  async #passesFault(): Promise<boolean> {
    const { resource } = this.#parts;
    // The first turn shares its fault with the upgrade.
    if (!this.#isFirstTurn) this.#fault = resource.faults.takeForCall('Recognise');
    const isFirst = this.#isFirstTurn;
    this.#isFirstTurn = false;
    const { kind, status = 500, delayMilliseconds = 1000 } = this.#fault ?? {};
    if (isFirst) return true;
    if (kind === 'status') this.#failTurn(status);
    if (kind === 'cut') this.#cut('cut');
    if (kind === 'slow') await pause(delayMilliseconds, undefined, { signal: resource.closing });
    return kind !== 'status' && kind !== 'cut';
  }

  /** A phrase that tells of an error, as the service tells it within a turn, and the end of the turn. */
  #failTurn(status: number): void {
    this.#say('speech.phrase', { RecognitionStatus: statusNames[status] ?? 'Error', Offset: 0, Duration: 0 });
    this.#say('turn.end', {});
    this.#finish(status);
  }

  /** The client has to have sent audio by now: one that is refused earlier tells a wrong reason. */
  #refuse(ending: Ending, reason: string): void {
    this.#finish(ending);
    this.#close(1007, reason);
  }

  #cut(ending: Ending): void {
    this.#finish(ending);
    this.#socket.terminate();
  }

  /** The turn is over: it is counted, its place is free, and late audio of it is passed over. */
  #finish(ending: Ending): void {
    this.#parts.resource.requests.add('Recognise', ending);
    if (this.#request !== undefined) this.#leave(this.#request.id);
  }

  #leave(id: string): void {
    this.#free();
    this.#turn = undefined;
    this.#request = undefined;
    this.#finished.push(id);
    if (this.#finished.length > mostFinished) this.#finished.shift();
  }

  #say(path: string, body: object): void {
    const id = this.#request?.id;
    if (id === undefined || this.#socket.readyState !== this.#socket.OPEN) return;
    const { kind } = this.#fault ?? {};
    if (path === 'speech.phrase' && (kind === 'lost' || kind === 'truncated')) {
      this.#cut(kind);
      return;
    }
    if (this.#socket.bufferedAmount > mostUnsent) {
      this.#socket.terminate();
      return;
    }
    this.#holdBack();
    this.#socket.send(writeMessage(path, id, body));
  }

  /** What is said to one piece of the network's goes out together: single small writes would be most of the cost of a recognition. */
  #holdBack(): void {
    if (this.#isHeldBack) return;
    this.#isHeldBack = true;
    this.#parts.stream.cork();
    process.nextTick(() => {
      this.#isHeldBack = false;
      this.#parts.stream.uncork();
    });
  }

  #fail(error: unknown): void {
    if (error instanceof ProtocolFault) {
      this.#close(error.code, error.message);
      return;
    }
    if (this.#parts.resource.closing.aborted) return;
    this.#parts.resource.settings.log(`Recognise: ${error instanceof Error ? error.stack : String(error)}`);
    this.#close(1011, 'An unexpected error occurred');
  }

  #close(code: number, reason: string): void {
    this.#waiting.length = 0;
    this.#free();
    this.#turn = undefined;
    this.#socket.resume();
    // A reason has at most 123 bytes.
    this.#socket.close(code, Buffer.from(reason).subarray(0, 123).toString('latin1'));
  }
}

/** The statuses of phrases that tell of an error. */
const statusNames: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  403: 'Forbidden',
  429: 'TooManyRequests',
};

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
