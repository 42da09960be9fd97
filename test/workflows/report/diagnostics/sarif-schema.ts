/**
 * What OASIS asks of the parts of a SARIF 2.1.0 log that are written here ("Static Analysis Results Interchange Format (SARIF) Version 2.1.0",
 * sections 3.13 to 3.49), as JSON Schema; no other part is allowed, so that one that is written in addition is looked up there, too.
 */
const text = { type: 'string', minLength: 1 } as const;
const natural = { type: 'integer', minimum: 1 } as const;
const message = object({ text, markdown: text }, ['text']);
/** A relative reference (RFC 3986) without a scheme. */
const address = object({ uri: { type: 'string', pattern: String.raw`^(?:[\w\-.~!$&'()*+,;=@/]|%[\dA-F]{2})+$` } }, [
  'uri',
]);
const level = { enum: ['none', 'note', 'warning', 'error'] } as const;

export const sarifSchema = object(
  {
    $schema: text,
    version: { const: '2.1.0' },
    runs: list(
      object(
        {
          tool: object(
            {
              driver: object(
                {
                  name: text,
                  semanticVersion: text,
                  rules: list(
                    object({ id: text, shortDescription: message, fullDescription: message, help: message }, ['id']),
                  ),
                },
                ['name'],
              ),
            },
            ['driver'],
          ),
          columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
          invocations: list(
            object(
              {
                executionSuccessful: { type: 'boolean' },
                toolExecutionNotifications: list(object({ level, message }, ['message'])),
              },
              ['executionSuccessful'],
            ),
          ),
          artifacts: list(object({ location: address }, [])),
          results: list(
            object(
              {
                ruleId: text,
                ruleIndex: { type: 'integer', minimum: -1 },
                level,
                message,
                locations: list(
                  object(
                    {
                      physicalLocation: object(
                        {
                          artifactLocation: address,
                          region: object(
                            { startLine: natural, startColumn: natural, endLine: natural, endColumn: natural },
                            [],
                          ),
                        },
                        ['artifactLocation'],
                      ),
                    },
                    [],
                  ),
                ),
              },
              ['message'],
            ),
          ),
        },
        ['tool'],
      ),
    ),
  },
  ['version', 'runs'],
);

function object(properties: Readonly<Record<string, object>>, required: readonly string[]): object {
  return { type: 'object', additionalProperties: false, properties, required };
}

function list(items: object): object {
  return { type: 'array', items };
}
