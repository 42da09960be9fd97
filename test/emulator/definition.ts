import { existsSync, readFileSync } from 'node:fs';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { definitionFile } from '../../scripts/generate-coverage.ts';

interface Schema {
  readonly allOf?: readonly { readonly $ref?: string }[];
  readonly properties?: object;
  readonly [keyword: string]: unknown;
}

interface OpenApi {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<Record<string, { readonly responses: Readonly<Record<string, { readonly schema?: Schema }>> }>>
    >
  >;
  readonly definitions: Readonly<Record<string, Schema>>;
}

/** Not `skipWithout`: the definition is Microsoft's and not ours to ship, so that CI may lack it. */
export const hasDefinition = existsSync(definitionFile);
if (!hasDefinition) {
  console.log(
    `Answers are not checked against the API definition: ${definitionFile} is not there (SPEECHOPS_SPECS can name its folder)`,
  );
}

/** One answer of the emulator to a request below `/speechtotext`. */
export interface CheckedAnswer {
  readonly method: string;
  /** Below `/speechtotext`, without query. */
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}

/**
 * What is wrong with an answer by the published definition: an undeclared status, a missing body, a member that the
 * definition does not know or that has the wrong type. Null members of errors are what the service sends, though the
 * definition does not say so. Empty when all is right, and where the definition is not there.
 */
export function faultsOf(answer: CheckedAnswer): readonly string[] {
  if (!hasDefinition) return [];
  checker ??= createChecker(JSON.parse(readFileSync(definitionFile, 'utf8')) as OpenApi);
  return checker(answer);
}

let checker: ((answer: CheckedAnswer) => readonly string[]) | undefined;

function createChecker(api: OpenApi): (answer: CheckedAnswer) => readonly string[] {
  const ajv = new Ajv2019({ strict: false, allErrors: true });
  for (const [name, format] of Object.entries(formats)) ajv.addFormat(name, format);
  const bases = new Set(Object.values(api.definitions).flatMap(({ allOf }) => (allOf ?? []).map(({ $ref }) => $ref)));
  const definitions = Object.entries(api.definitions).map(([name, schema]) => {
    const isClosed = schema.properties !== undefined && !bases.has(`#/definitions/${name}`);
    return [name, isClosed ? { ...schema, unevaluatedProperties: false } : schema];
  });
  ajv.addSchema({ $id: 'api', definitions: Object.fromEntries(definitions) });
  return ({ method, path, status, body }) => {
    const route = Object.keys(api.paths).find(
      (candidate) => matches(candidate, path) && api.paths[candidate]?.[method.toLowerCase()],
    );
    if (route === undefined) return status >= 400 ? [] : [`${method} ${path} is not in the definition`];
    const responses = api.paths[route]?.[method.toLowerCase()]?.responses ?? {};
    const response = responses[String(status)] ?? (status >= 400 ? responses['default'] : undefined);
    if (!response) return [`${method} ${route} does not declare ${status}`];
    if (!response.schema)
      return body === undefined ? [] : [`${method} ${route} ${status} has a body, none is declared`];
    const schema = JSON.parse(JSON.stringify(response.schema).replaceAll('"#/', '"api#/')) as Schema;
    const validate = ajv.compile(schema);
    if (validate(status >= 400 ? withoutNulls(body) : body)) return [];
    return (validate.errors ?? []).map(
      (error) => `${method} ${route} ${status}: ${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
    );
  };
}

const formats = {
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  uri: (text: string) => URL.canParse(text),
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  int32: true,
  int64: true,
  double: true,
  float: true,
  binary: true,
} as const;

function matches(route: string, path: string): boolean {
  const pattern = route.replaceAll(/\{\w+\}/g, '[^/:]+');
  return new RegExp(`^${pattern}$`).test(path);
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)]));
}
