import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../../../workflows/document/diagnostics/diagnostics.ts';
import type { CheckedFiles } from '../../../../workflows/report/diagnostics/checked-files.ts';
import { diagnosticsAs } from '../../../../workflows/report/diagnostics/formats.ts';
import { type ToolFormat, toolFormats } from '../../../../workflows/report/diagnostics/tool-formats.ts';
import { hostileTexts } from '../../../fuzz/hostile-texts.ts';
import { sarifSchema } from './sarif-schema.ts';

const unknownStep: Diagnostic = {
  code: 'unknown-step',
  severity: 'error',
  path: 'pipelines/a b%.yaml',
  line: 9,
  column: 33,
  endLine: 9,
  endColumn: 35,
  message: 'Cannot find the step `zz`',
  hint: 'Did you mean `z`?',
};
const rate: Diagnostic = {
  ...unknownStep,
  code: 'rate-of-one',
  severity: 'warning',
  message: 'A rate of 100 %',
  line: 3,
  column: 5,
  endLine: 4,
  endColumn: 2,
};
/** Of a catalogue that is not the pipelines'. */
const foreign: Diagnostic = { ...unknownStep, code: 'no-such-sku', path: 'environment.yaml' };
const files = ['pipelines/a b%.yaml', 'environment.yaml', 'good.yaml'];

function printed(format: ToolFormat, of: Partial<CheckedFiles> = {}): string {
  return diagnosticsAs[format](
    { files, diagnostics: [unknownStep, rate, foreign], omitted: 0, ...of },
    { version: '1.2.3' },
  );
}

function sarifOf(of?: Partial<CheckedFiles>): {
  readonly runs: readonly [
    Readonly<Record<'results' | 'artifacts' | 'invocations', readonly object[]>> & {
      readonly tool: { readonly driver: object };
    },
  ];
} {
  return JSON.parse(printed('sarif', of)) as ReturnType<typeof sarifOf>;
}

describe('diagnostics as SARIF', () => {
  const isValid = new Ajv({ strict: false }).compile(sarifSchema);

  it('keep to the schema, whatever was found', () => {
    for (const of of [{}, { diagnostics: [] }, { omitted: 7 }, { files: [], diagnostics: [foreign] }])
      expect(isValid(sarifOf(of)), JSON.stringify(isValid.errors)).toBe(true);
    const { runs } = sarifOf();
    expect(isValid({ version: '2.1.0', runs: [{ ...runs[0], results: [{ level: 'fatal' }] }] })).toBe(false);
  });

  it('have a rule for each code, with what it means and what to do', () => {
    const [{ tool, results }] = sarifOf().runs;
    expect(tool.driver).toMatchObject({
      semanticVersion: '1.2.3',
      rules: [
        {
          id: 'unknown-step',
          fullDescription: { text: 'needs, measured-by or an expression names a step that does not exist.' },
          help: {
            markdown:
              '`needs`, `measured-by` or an expression names a step that does not exist. Take one of those in the message.',
          },
        },
        { id: 'rate-of-one' },
        { id: 'no-such-sku' },
      ],
    });
    expect(results.map((result) => (result as { readonly ruleIndex: number }).ruleIndex)).toEqual([0, 1, 2]);
  });

  it('say where, in addresses from the root of the repository', () => {
    const [{ results, artifacts }] = sarifOf().runs;
    expect(results[1]).toMatchObject({
      level: 'warning',
      message: { text: 'A rate of 100 %. Did you mean `z`?' },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'pipelines/a%20b%25.yaml' },
            region: { startLine: 3, startColumn: 5, endLine: 4, endColumn: 2 },
          },
        },
      ],
    });
    expect(artifacts).toHaveLength(3);
  });

  it('say how many are not listed', () => {
    expect(JSON.stringify(sarifOf({ omitted: 1234 }).runs[0].invocations)).toContain('1,234 more findings');
  });
});

describe('diagnostics for the log of a CI', () => {
  it('are annotations on GitHub, with columns where they are on one line', () => {
    expect(printed('github', { omitted: 2 })).toBe(
      [
        '::error file=pipelines/a b%25.yaml,line=9,endLine=9,col=33,endColumn=35,title=unknown-step::Cannot find the step `zz`. Did you mean `z`?',
        '::warning file=pipelines/a b%25.yaml,line=3,endLine=4,title=rate-of-one::A rate of 100 %25. Did you mean `z`?',
        '::error file=environment.yaml,line=9,endLine=9,col=33,endColumn=35,title=no-such-sku::Cannot find the step `zz`. Did you mean `z`?',
        '::notice::2 more findings are not listed',
        '',
      ].join('\n'),
    );
  });

  it('are errors and warnings of the job on Azure DevOps', () => {
    expect(printed('azure-devops', { diagnostics: [rate], omitted: 1 })).toBe(
      [
        '##vso[task.logissue type=warning;sourcepath=pipelines/a b%AZP25.yaml;linenumber=3;columnnumber=5;code=rate-of-one;]A rate of 100 %AZP25. Did you mean `z`?',
        '##vso[task.logissue type=warning;]1 more findings are not listed',
        '',
      ].join('\n'),
    );
  });

  it.each(['github', 'azure-devops'] as const)(
    'are one command each on %s, whatever names and messages are',
    (format) => {
      const command = {
        github: /^::(?:error|warning) ([^:]*)::(.*)$/s,
        'azure-devops': /^##vso\[task\.logissue ([^\]]*)\](.*)$/s,
      };
      const escapes: Readonly<Record<string, string>> = {
        '%AZP25': '%',
        '%25': '%',
        '%0D': '\r',
        '%0A': '\n',
        '%3A': ':',
        '%2C': ',',
        '%3B': ';',
        '%5D': ']',
      };
      const read = (text: string): string =>
        text.replaceAll(
          format === 'github' ? /%(?:25|0D|0A|3A|2C)/g : /%(?:AZP25|0D|0A|3B|5D)/g,
          (found) => escapes[found]!,
        );
      for (const text of hostileTexts) {
        const lines = printed(format, {
          diagnostics: [{ ...unknownStep, path: `x${text}`, message: `y${text}`, hint: text }],
        });
        const [, properties = '', message = ''] = command[format].exec(lines.slice(0, -1)) ?? [];
        expect(lines.match(/[\r\n]/g), text).toEqual(['\n']);
        expect(lines.endsWith('\n'), text).toBe(true);
        expect(read(message), text).toBe(`y${text}. ${text}`);
        const separator = format === 'github' ? ',' : ';';
        const values = properties.split(separator).map((property) => read(property.slice(property.indexOf('=') + 1)));
        expect(values, text).toContain(`x${text}`);
      }
    },
  );
});

describe('diagnostics as GitLab reads them', () => {
  const issuesOf = (diagnostics: readonly Diagnostic[]): readonly Readonly<Record<string, unknown>>[] =>
    JSON.parse(printed('gitlab', { diagnostics })) as readonly Readonly<Record<string, unknown>>[];

  it('have a place, a severity and a fingerprint that stays when lines go', () => {
    const [issue] = issuesOf([unknownStep]);
    expect(issue).toMatchObject({
      check_name: 'unknown-step',
      severity: 'major',
      location: { path: 'pipelines/a b%.yaml', lines: { begin: 9, end: 9 } },
    });
    const [moved] = issuesOf([{ ...unknownStep, line: 40, endLine: 40 }]);
    expect(moved!['fingerprint']).toBe(issue!['fingerprint']);
  });

  it('are different ones where the same is found twice', () => {
    const issues = issuesOf([unknownStep, { ...unknownStep, line: 40 }, rate]);
    expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(3);
  });
});

describe('diagnostics as test results', () => {
  it('have a suite a file and a failure an error', () => {
    const xml = printed('junit');
    expect(xml).toContain('<testsuites name="speechops lint" tests="4" failures="2" errors="0">');
    expect(xml).toContain('<testsuite name="good.yaml" tests="1" failures="0" errors="0" skipped="0">');
    expect(xml).toContain('<failure type="unknown-step" message="Cannot find the step `zz`">');
    expect(xml.match(/<system-out>warning: /g)).toHaveLength(1);
  });
});

describe('every form', () => {
  it.each(toolFormats.filter((format) => format !== 'azure-devops'))(
    '%s has no command of Azure Pipelines in it',
    (format) => {
      const hostile = { ...unknownStep, path: 'a##vso[task.complete]b.yaml', message: '##vso[task.complete]##[error]' };
      expect(printed(format, { diagnostics: [hostile], files: [hostile.path] })).not.toContain(
        format === 'github' ? '\n##' : '##vso[',
      );
    },
  );

  it.each(toolFormats)('%s says of good files that nothing was found', (format) => {
    expect(printed(format, { diagnostics: [] })).not.toContain('unknown-step');
  });
});

describe('diagnostics as Markdown', () => {
  it('are a table in which texts of anybody do nothing, and say how many are left out', () => {
    const text = printed('markdown', { omitted: 3 });
    expect(text).toMatch(/^2 errors, 1 warning\.\n\n/);
    expect(text).toContain('`pipelines/a b%.yaml:9:33`');
    expect(text).toMatch(/3 more findings are not listed\.\n$/);
    for (const message of hostileTexts) {
      const lines = printed('markdown', { diagnostics: [{ ...unknownStep, message }] })
        .trimEnd()
        .split('\n');
      expect(lines).toHaveLength(5);
      expect(lines.at(-1)).toMatch(/^\| .* \|$/);
    }
    expect(printed('markdown', { diagnostics: [] })).toBe('No findings in 3 files.\n');
  });
});
