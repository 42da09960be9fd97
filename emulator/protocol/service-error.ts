/** `ErrorCode` of the Speech-to-text REST API 2025-10-15 definition, with the HTTP status the emulator answers for it. */
const httpStatus = {
  InvalidRequest: 400,
  InvalidArgument: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotAllowed: 403,
  NotFound: 404,
  Conflict: 409,
  UnsupportedMediaType: 415,
  UnprocessableEntity: 422,
  TooManyRequests: 429,
  InternalServerError: 500,
  PipelineError: 500,
  ServiceUnavailable: 503,
  InternalCommunicationFailed: 503,
} as const;

export type ErrorCode = keyof typeof httpStatus;

/** Those of `DetailedErrorCode` that the emulator uses. */
export type DetailedErrorCode =
  | 'DataImportFailed'
  | 'DeleteNotAllowed'
  | 'DeployingFailedModel'
  | 'EmptyRequest'
  | 'AudioLengthLimitExceeded'
  | 'EmptyAudioFile'
  | 'InvalidChannelSpecification'
  | 'EndpointLoggingNotSupported'
  | 'EndpointNotUpdatable'
  | 'ExceededNumberOfRecordingsUris'
  | 'FailedDataset'
  | 'InUseViolation'
  | 'InvalidAdaptationMapping'
  | 'InvalidAudioFormat'
  | 'InvalidBaseModel'
  | 'InvalidCallbackUri'
  | 'InvalidDataset'
  | 'InvalidLocale'
  | 'InvalidModel'
  | 'InvalidParameter'
  | 'InvalidParameterValue'
  | 'InvalidPayload'
  | 'InvalidPrerequisite'
  | 'InvalidRequestBodyFormat'
  | 'InvalidRecordingsUri'
  | 'InvalidSasValidityDuration'
  | 'InvalidTimeToLive'
  | 'InvalidWebHookEventKind'
  | 'InvalidSourceAzureResourceId'
  | 'ModelCopyAuthorizationExpired'
  | 'ModelDeprecated'
  | 'OnlyOneOfUrlsOrContainerOrDataset'
  | 'QuotaViolation'
  | 'UnexpectedError'
  | 'UnsupportedDelta'
  | 'UnsupportedFilter'
  | 'UnsupportedPagination';

/** The body of an error as the service sends it: absent members are `null`. */
export interface ErrorBody {
  readonly code: string;
  readonly details: null;
  readonly message: string;
  readonly target: string | null;
  readonly innerError: {
    readonly code: string;
    readonly details: null;
    readonly message: string;
    readonly target: string | null;
    readonly innerError: null;
  } | null;
}

/** A request that the service refuses, with everything its answer says. Thrown by handlers, answered in one place. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly status: number;
  readonly body: ErrorBody;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, body: ErrorBody, retryAfterSeconds?: number) {
    super(body.message);
    this.status = status;
    this.body = body;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/**
 * The one place where errors are made. The mapping of codes to HTTP statuses is the emulator's choice: the definition
 * does not state it.
 */
export function serviceError(
  code: ErrorCode,
  options: {
    readonly message: string;
    readonly inner?: DetailedErrorCode;
    readonly target?: string;
    readonly retryAfterSeconds?: number;
  },
): ServiceError {
  return new ServiceError(httpStatus[code], errorBody(code, options), options.retryAfterSeconds);
}

/** An error with any status and code, as an injected fault asks for it. */
export function injectedError(
  status: number,
  options: { readonly code?: string | undefined; readonly retryAfterSeconds?: number | undefined },
): ServiceError {
  const code = options.code ?? codeOf(status);
  const message =
    status === httpStatus.TooManyRequests
      ? rateLimitMessage
      : `The emulator was asked to answer this request with ${status}.`;
  return new ServiceError(status, errorBody(code, { message }), options.retryAfterSeconds);
}

/**
 * The body of an error of recognition, which is no part of the REST API's definition: the page of short audio tells statuses alone, and
 * answers of the service that people have shown have one member (azure-docs #23489: `{"Message": "Invalid CID or language"}`).
 */
export function recognitionError(error: ServiceError): { readonly Message: string } {
  return { Message: error.body.message };
}

/** What the service says when too many requests come (seen from the same service family). */
export const rateLimitMessage =
  'The rate limit has been reached. The timeout in seconds can be found in the Retry-After header.';

function errorBody(
  code: string,
  {
    message,
    inner,
    target = null,
  }: { readonly message: string; readonly inner?: string; readonly target?: string | null },
): ErrorBody {
  const innerError = inner ? { code: inner, details: null, message, target, innerError: null } : null;
  return { code, details: null, message, target, innerError };
}

function codeOf(status: number): ErrorCode {
  const known = (Object.keys(httpStatus) as ErrorCode[]).find((code) => httpStatus[code] === status);
  return known ?? (status < 500 ? 'InvalidRequest' : 'InternalServerError');
}
