import { isRestError, type PipelinePolicy, type PipelineResponse, type RestError } from '@azure/core-rest-pipeline';
import type { ClockPort } from '../time/clock.ts';
import { isRegionalHost, isSpeechHost } from './credential.ts';
import { readProblem } from './service-answer.ts';

/**
 * Patience with a Speech resource that was made a moment ago: its name is known everywhere, and a role on it holds, some minutes
 * after that. It ends with the first answer of the resource: for requests that begin later both are faults to report.
 */
export class FirstContact {
  readonly #options: FirstContactOptions;
  #isOver = false;
  readonly #told = new Set<Lack>();

  constructor(options: FirstContactOptions) {
    this.#options = options;
  }

  /** A policy that sends a request again as long as the resource is not ready for it. Rejects with the reason of the signal. */
  policy(signal: AbortSignal | undefined): PipelinePolicy {
    return {
      name: 'speechFirstContactPolicy',
      sendRequest: async (request, next) => {
        const mayBeNew = !this.#isOver;
        let waited = 0;
        for (;;) {
          const ended = await next(request).then(
            (response): Ended => ({ response }),
            (error: unknown): Ended => ({ error }),
          );
          const lack = mayBeNew ? this.#lackOf(ended) : undefined;
          if (lack === undefined || waited >= patienceMilliseconds[lack]) {
            if (lack === undefined && ended.response !== undefined) this.#end();
            if (ended.response === undefined) throw ended.error;
            return ended.response;
          }
          this.#tell(lack);
          await this.#options.sleep(pauseMilliseconds, signal);
          waited += pauseMilliseconds;
        }
      },
    };
  }

  #lackOf({ response, error }: Ended): Lack | undefined {
    const { endpoint, signedWith } = this.#options;
    // The hosts of regions are not made with a resource, and other names are mistakes.
    const isOfResource = isSpeechHost(endpoint) && !isRegionalHost(endpoint);
    if (response === undefined) return isOfResource && codeOf(error) === 'ENOTFOUND' ? 'name' : undefined;
    // A key is right or wrong from the beginning.
    return signedWith === 'Entra ID' && lacksRole(response) ? 'role' : undefined;
  }

  #tell(lack: Lack): void {
    if (this.#told.has(lack)) return;
    this.#told.add(lack);
    const { host } = this.#options.endpoint;
    const most = `at most ${patienceMilliseconds[lack] / 60_000} minutes`;
    this.#options.tell(
      lack === 'name'
        ? `waiting for the name ${host} to be known, as after the resource was made (${most}; check the address meanwhile)`
        : `waiting for the role of the identity on ${host}, as after it was granted (${most})`,
    );
  }

  #end(): void {
    if (!this.#isOver && this.#told.size > 0) this.#options.tell(`${this.#options.endpoint.host} answers`);
    this.#isOver = true;
  }
}

export interface FirstContactOptions {
  /** Base URL of the Speech resource. */
  readonly endpoint: URL;
  readonly signedWith: 'key' | 'Entra ID';
  readonly sleep: ClockPort['sleep'];
  /** Gets what people are to know about a wait, once. */
  tell(message: string): void;
}

type Lack = 'name' | 'role';

interface Ended {
  readonly response?: PipelineResponse;
  readonly error?: unknown;
}

const pauseMilliseconds = 10_000;
/** A role may take ten minutes until it holds (Microsoft Learn, "Troubleshoot Azure RBAC"); a name takes less until resolvers know it. */
const patienceMilliseconds: Readonly<Record<Lack, number>> = { name: 300_000, role: 600_000 };

function codeOf(error: unknown): RestError['code'] {
  return isRestError(error) ? error.code : undefined;
}

/** The gateway refuses an identity without a role. What the service itself forbids, and network rules, are there to stay. */
function lacksRole({ status, bodyAsText }: PipelineResponse): boolean {
  if (status !== 401 && status !== 403) return false;
  const { fromService, message = '' } = readProblem(bodyAsText ?? '');
  return !fromService && !/network|firewall/i.test(message);
}
