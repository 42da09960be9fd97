import type { ServiceError } from '../../engine/ports.ts';
import type { Endpoint } from '../../plan/speech-entities.ts';
import { assertMayBeSent } from '../http.ts';
import { type SettingNames, serviceFailure } from '../failure.ts';
import { authenticationOf, SignInError, type SpeechCredential } from '../credential.ts';
import { recognitionAddress } from '../recognition-address.ts';
import { internalError, internalFailure } from '../recognise.ts';
import { createRedactor } from '../redaction.ts';
import { idOf } from '../references.ts';
import { requestReporter, type RequestObserver } from '../request-observer.ts';
import { openSdkRecogniser, type PcmFormat, type SdkRecogniser } from './sdk-recogniser.ts';
import { signInFailed } from '../../engine/sign-in.ts';
import type { sdkFailureFacts } from './sdk-failure.ts';

/** The way to the endpoints of a Speech resource through Microsoft's SDK. */
export interface SdkChannel {
  /** The longest that one recording may take. */
  readonly timeLimitMilliseconds: number;
  /** A recognition that begins now. `purpose` completes "Cannot …". Throws a {@link ServiceError} when the endpoint has no usable address. */
  begin(endpoint: Endpoint, purpose: string): SdkRequest;
}

/** One recognition: its recogniser, what its failure is, and its place in logs and measurements. */
export interface SdkRequest {
  /** As http(s). */
  readonly url: URL;
  open(options: { readonly format: PcmFormat; readonly reconnects: boolean }): Promise<SdkRecogniser>;
  /** The error without anything secret. */
  failure(facts: ReturnType<typeof sdkFailureFacts>): ServiceError;
  /** Tells the observer. */
  end(outcome: { readonly isFailure: boolean; readonly failure?: unknown }): void;
}

export function createSdkChannel(options: {
  readonly endpoint: URL;
  readonly credential: SpeechCredential;
  readonly timeLimitMilliseconds: number;
  readonly observer: RequestObserver;
  readonly settings: SettingNames | undefined;
}): SdkChannel {
  const { endpoint: resource, credential, observer, settings } = options;
  const redactor = createRedactor();
  const signedWith = 'key' in credential ? 'key' : 'token';
  const authentication = authenticationOf(credential, { endpoint: resource, learn: redactor.learn });
  return {
    timeLimitMilliseconds: options.timeLimitMilliseconds,
    begin(endpoint, purpose) {
      const url = recognitionAddress(endpoint, { channel: 'sdk', signedWith, resource });
      assertMayBeSent({ purpose, method: 'GET', url }, { endpoint: resource, isSigned: true });
      const attempts: { attempts: number; last?: { status?: number; code?: string } } = { attempts: 1 };
      const started = performance.now();
      const report = requestReporter({ method: 'GET', url }, { attempts, redactor, observer });
      const facts = { purpose, method: 'GET', url, endpoint: resource, settings, attempts: 1 } as const;
      const failure: SdkRequest['failure'] = (trouble) => {
        if (trouble.code === internalError) return internalFailure({ purpose, method: 'GET', url });
        return serviceFailure(
          { ...facts, ...trouble, signedWith: signedWith === 'key' ? 'key' : 'Entra ID' },
          redactor,
        );
      };
      return {
        url,
        failure,
        async open(how) {
          try {
            // The SDK keeps the reason to itself when there is no token.
            if ('token' in authentication) await authentication.token();
          } catch (error) {
            if (!(error instanceof SignInError)) throw error;
            throw failure({ code: signInFailed, detail: error.message, mayHaveActed: false });
          }
          const { locale, self } = endpoint;
          return await openSdkRecogniser({ url, endpointId: idOf(self), locale, authentication, ...how });
        },
        end({ isFailure, failure: error }) {
          const { status, code } = (error ?? {}) as Partial<ServiceError>;
          const line = isFailure
            ? { ...(status === undefined ? {} : { status }), ...(code === undefined ? {} : { code }) }
            : { status: 101 };
          attempts.last = line;
          const { host, pathname } = url;
          const milliseconds = Math.round(performance.now() - started);
          observer.afterAttempt?.({
            method: 'GET',
            host,
            path: pathname,
            template: pathname,
            attempt: 1,
            ...line,
            milliseconds,
          });
          report({ isFailure });
        },
      };
    },
  };
}
