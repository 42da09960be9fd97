import { counted } from '../../document/counted.ts';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { Command, Option } from 'commander';
import packageFile from '../../../package.json' with { type: 'json' };
import type { Diagnostic, Findings } from '../../document/diagnostics/diagnostics.ts';
import { jsonText } from '../../document/json-text.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { formatDiagnostics } from '../../document/diagnostics/format-diagnostics.ts';
import { type Session, UsageError } from '../session.ts';
import { type LoadedFile, loadListedFile } from '../pipelines/pipeline-file.ts';
import { isEnvironment } from '../pipelines/environment-file.ts';
import { compileLess, keepHeapSmall } from '../small-heap.ts';
import { type ToolFormat, toolFormats } from '../../report/diagnostics/tool-formats.ts';
import { wantsColor } from '../wants-color.ts';
import { addVariableOptions, allowedVariables, type VariableOptions } from '../pipelines/variables.ts';
import { pathInRepository } from '../repository.ts';

interface LintOptions extends VariableOptions {
  readonly online?: boolean;
  readonly emulator?: boolean;
  readonly format: 'text' | 'json' | ToolFormat;
}

/**
 * `speechops lint`: what is wrong with pipelines and environments, without running anything, and without the network unless
 * `--online` asks for it.
 */
export function lintCommand(session: Session): Command {
  return addVariableOptions(
    new Command('lint'),
    'with the name of a credential that the pipelines may read all the same',
  )
    .argument(
      '<file...>',
      'pipeline files, environment.yaml, prices.yaml, policies.yaml, or folders: then every .yaml and .yml file directly in them',
    )
    .addOption(
      new Option('--format <format>', 'how the result is printed')
        .choices(['text', 'json', ...toolFormats])
        .default('text'),
    )
    .option(
      '--online',
      'also ask the Speech resource which steps of the pipelines would fail, and change nothing there',
    )
    .option('--emulator', 'with --online: ask the embedded emulator')
    .addHelpText(
      'after',
      `
Example:
  speechops lint pipelines/ examples/call-center/pipeline.yaml
  speechops lint --online pipelines/calls.yaml

  speechops lint pipelines/ --format sarif > lint.sarif

Diagnostics go to stdout as path:line:column: message [code], of each file the first 200; warnings do not count as
failures. Formats for a pull request: sarif (code scanning), github (annotations), gitlab (Code Quality), azure-devops
(logging commands), junit (test results). A file that cannot be read is a diagnostic, and the others are checked.
Exit status: 0 no errors, 1 errors, 2 no such file.`,
    )
    .action(async (names: readonly string[], options: LintOptions) => {
      await lint(names, { ...options, session });
    });
}

async function lint(names: readonly string[], options: LintOptions & { readonly session: Session }): Promise<void> {
  const { format, session } = options;
  const { io } = session;
  if (options.emulator === true && options.online !== true)
    throw new UsageError('Add --online, or leave out --emulator: without it lint asks no resource');
  keepHeapSmall();
  if (options.online !== true) compileLess();
  const files = await pipelineFiles(names, io.cwd);
  const allowed = await allowedVariables(options, { io, files });
  const sources: Record<string, string> = {};
  const diagnostics: Diagnostic[] = [];
  let errors = 0;
  let warnings = 0;
  for (const file of files) {
    const loaded = await loadDocument(file, { io, allowedVariables: allowed, online: options });
    sources[file] = loaded.text;
    diagnostics.push(...loaded.diagnostics);
    errors += loaded.counts.errors;
    warnings += loaded.counts.warnings;
  }
  const omitted = errors + warnings - diagnostics.length;
  const summary = { files: files.length, errors, warnings, omitted };
  if (format === 'json') io.stdout.write(jsonText({ ...summary, diagnostics }));
  else if (format !== 'text') {
    // Loaded where it is asked for: people mostly ask for text.
    const { diagnosticsAs } = await import('../../report/diagnostics/formats.ts');
    const inRepository = (file: string): string => pathInRepository(file, io.cwd);
    const checked = {
      files: files.map(inRepository),
      diagnostics: diagnostics.map((one) => ({ ...one, path: inRepository(one.path) })),
      omitted,
    };
    io.stdout.write(diagnosticsAs[format](checked, { version: packageFile.version }));
  } else {
    const color = wantsColor(io.stdout, io);
    io.stdout.write(formatDiagnostics(diagnostics, { sources, color, omitted }));
  }
  io.stderr.write(
    `${counted(summary.files, 'file')}: ${counted(errors, 'error')}, ${counted(summary.warnings, 'warning')}\n`,
  );
  session.exitCode = errors > 0 ? 1 : 0;
}

/** What there is to say of a file: most are pipelines, and some say what exists in Azure. */
async function loadDocument(
  file: string,
  { online, ...options }: Parameters<typeof loadListedFile>[1] & { readonly online: LintOptions },
): Promise<Pick<LoadedFile, 'text' | 'diagnostics' | 'counts'>> {
  const { io } = options;
  const loaded = await loadListedFile(file, options);
  const isText = !loaded.diagnostics.some(({ code }) => code === 'unreadable-file' || code === 'wrong-encoding');
  const readsOther = isText ? await readerOf(file, loaded.text) : undefined;
  if (readsOther !== undefined) {
    const { findings } = readsOther(loaded.text, { path: file });
    return { text: loaded.text, diagnostics: findings.diagnostics(), counts: findings.counts() };
  }
  if (!isText || io.environmentCheck === undefined || !isEnvironment(file, loaded.text))
    return await withFindingsAround(file, { loaded, io, online });
  const check = await io.environmentCheck();
  const { unchecked, ...told } = await check(loaded.text, { path: file });
  if (unchecked !== undefined) io.stderr.write(`${escapeControls(unchecked)}\n`);
  return { text: loaded.text, ...told };
}

/** What lint says of a pipeline, and of a good one what is found in its data, and what its Speech resource says. */
async function withFindingsAround(
  file: string,
  of: { readonly loaded: LoadedFile; readonly io: Session['io']; readonly online: LintOptions },
): Promise<LoadedFile> {
  const { loaded, io, online } = of;
  const { pipeline, env } = loaded;
  const uploads = pipeline?.steps.some(({ with: settings }) => 'from' in settings) ?? false;
  if (pipeline === undefined || loaded.counts.errors > 0 || !uploads)
    return online.online === true
      ? await withFailingSteps(file, { loaded, io, emulator: online.emulator === true })
      : loaded;
  const { lintData } = await import('../pipelines/lint-data.ts');
  const withData = withMore(loaded, await lintData(pipeline, { file, env, io }));
  return online.online === true
    ? await withFailingSteps(file, { loaded: withData, io, emulator: online.emulator === true })
    : withData;
}

function withMore(loaded: LoadedFile, more: readonly Diagnostic[]): LoadedFile {
  const errors = more.filter(({ severity }) => severity === 'error').length;
  const { counts, diagnostics } = loaded;
  return {
    ...loaded,
    diagnostics: [...diagnostics, ...more],
    counts: { errors: counts.errors + errors, warnings: counts.warnings + more.length - errors },
  };
}

/** What lint says of a pipeline, and of a good one what its Speech resource says. */
async function withFailingSteps(
  file: string,
  of: { readonly loaded: LoadedFile; readonly io: Session['io']; readonly emulator: boolean },
): Promise<LoadedFile> {
  const { loaded, io } = of;
  if (loaded.counts.errors > 0) return loaded;
  const { pipeline } = loaded;
  if (pipeline === undefined) {
    io.stderr.write(`${escapeControls(file)}: not asked, since an input has no value or a variable is not set\n`);
    return loaded;
  }
  // It knows the clients of services, which take long to load.
  const { withPlace } = await import('../runs/borrow-place.ts');
  const { failingSteps } = await import('../pipelines/failing-steps.ts');
  const failing = await withPlace(io, async () => await failingSteps(file, of));
  return withMore(withoutTable(loaded), failing);
}

/** The base models of the resource say themselves what they are trained with: what a dated table says of their locale is not told besides. */
function withoutTable(loaded: LoadedFile): LoadedFile {
  const diagnostics = loaded.diagnostics.filter(
    ({ code }) => code !== 'dataset-kind-locale' && code !== 'unknown-locale',
  );
  const { counts } = loaded;
  const left = loaded.diagnostics.length - diagnostics.length;
  return { ...loaded, diagnostics, counts: { ...counts, warnings: counts.warnings - left } };
}

/** What reads a `prices.yaml` or a `policies.yaml`: a text that has that name or their section, and no steps. Loaded where there is one. */
async function readerOf(
  file: string,
  text: string,
): Promise<((text: string, of: { readonly path: string }) => { readonly findings: Findings }) | undefined> {
  if (/^["']?steps["']?[ \t]*:/m.test(text)) return undefined;
  const name = path.basename(file);
  if (/^prices\.ya?ml$/i.test(name) || /^["']?prices["']?[ \t]*:/m.test(text))
    return (await import('../../review/prices.ts')).readPrices;
  return /^policies\.ya?ml$/i.test(name) || /^["']?rules["']?[ \t]*:/m.test(text)
    ? (await import('../../review/policies.ts')).readPolicies
    : undefined;
}

/** The files as they are named, a folder as its files; each once. */
async function pipelineFiles(names: readonly string[], cwd: string): Promise<readonly string[]> {
  const files = new Set<string>();
  for (const name of names) {
    const found = await stat(path.resolve(cwd, name)).catch(() => undefined);
    if (found === undefined) throw new UsageError(`Give the path of a pipeline file or folder: there is no ${name}`);
    if (!found.isDirectory()) files.add(name);
    else {
      const entries = await readdir(path.resolve(cwd, name), { withFileTypes: true });
      const inside = entries.flatMap((entry) =>
        /\.ya?ml$/i.test(entry.name) && !entry.isDirectory() ? [entry.name] : [],
      );
      if (inside.length === 0) throw new UsageError(`Give a folder with pipelines: ${name} has no .yaml or .yml file`);
      for (const file of inside.toSorted()) files.add(path.join(name, file));
    }
  }
  return [...files];
}
