/**
 * The JSON of an answer without its null members, at any depth: the service sends `null` for what is not set. Undefined
 * when the text is not JSON, as a cut answer is. Members and enumeration values that nobody knows are kept as they came.
 */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text, (_key, value: unknown) => {
      // A reviver that returns undefined deletes the member; in a list it leaves a hole, which filter skips.
      if (Array.isArray(value)) return value.filter((item) => item !== undefined);
      return value ?? undefined;
    });
  } catch {
    return undefined;
  }
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What an answer says about a failure. */
export interface Problem {
  /** The innermost code: it is the most telling one. */
  readonly code: string | undefined;
  readonly message: string | undefined;
  /** The Speech service itself said it, not the gateway, a proxy or another server in front of it. */
  readonly fromService: boolean;
}

/**
 * Reads the body of a failed answer: the service's own Error at top level with nested innerError (Speech-to-text REST API
 * 2025-10-15 definition, Error and InnerError), the gateway's `{"error":{…}}`, the XML of blob storage, or whatever a
 * proxy sends, of which a short text is kept.
 */
export function readProblem(text: string): Problem {
  const body = readJson(text);
  if (!isJsonObject(body)) return readForeignProblem(text);
  const wrapped = isJsonObject(body['error']) ? body['error'] : undefined;
  const inner = innermostError(wrapped ?? body);
  return { ...inner, fromService: wrapped === undefined && codeOf(body['code']) !== undefined };
}

function innermostError(error: JsonObject): Pick<Problem, 'code' | 'message'> {
  let found: Pick<Problem, 'code' | 'message'> = { code: undefined, message: undefined };
  let current: unknown = error;
  while (isJsonObject(current)) {
    found = {
      code: codeOf(current['code']) ?? found.code,
      message: textOf(current['message'] ?? current['Message']) ?? found.message,
    };
    current = current['innerError'] ?? current['innererror'];
  }
  return found;
}

/** Codes are words or numbers; anything else in their place is not one. */
function codeOf(value: unknown): string | undefined {
  const code = typeof value === 'number' ? String(value) : value;
  return typeof code === 'string' && /^[\w.-]{1,80}$/.test(code) ? code : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function readForeignProblem(text: string): Problem {
  const start = text.slice(0, 10_000);
  const code = /<Code>([\w.-]+)<\/Code>/.exec(start)?.[1];
  const said =
    /<Message>([^<\n]+)/.exec(start)?.[1] ?? /<title[^>]*>([^<]+)/i.exec(start)?.[1] ?? start.replace(/<[^>]*>/g, ' ');
  const message = said.replace(/\s+/g, ' ').trim().slice(0, 120);
  return { code, message: message === '' ? undefined : message, fromService: false };
}
