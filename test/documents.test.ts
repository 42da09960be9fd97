import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
/** What a clone does not have: it comes from others, or is made. */
const foreign = new Set(['.git', 'node_modules', 'dist', 'coverage', 'cdktf.out', '.speechops', 'golden']);
const documents = markdownBelow('.').filter((file) => file !== 'CHANGELOG.md');
const readmes = documents.filter((file) => path.basename(file) === 'README.md');
/** Named by a document of the tree, and of another one: Microsoft's definition, a stack that was made, data of the emulator. */
const elsewhere = new Set(['2025-10-15/speechtotext.json', 'terraform.d/plugins/', 'contents/']);
/** The documents that speak of the tree; the others speak of a user's folders. */
const ofTheTree = documents.filter((file) => !file.startsWith('examples/') && file !== 'docs/getting-started.md');
/** Folders that hold rooms, and whose own files are one. */
const houses = ['schemas', 'emulator', 'stacks', 'workflows'];

describe('the documents', () => {
  it('name only files and folders that exist', () => {
    const wrong = ofTheTree.flatMap((file) =>
      namedPaths(textOf(file))
        .filter((name) => isInTree(path.join(path.dirname(file), name)))
        .filter((name) => !placesOf(name, file).some((place) => existsSync(place)))
        .map((name) => `${file} names ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it('link only to files and headings that exist', () => {
    const wrong = documents.flatMap((file) =>
      linksIn(textOf(file))
        .filter((link) => !leadsSomewhere(link, file))
        .map((link) => `${file} links to ${link}`),
    );
    expect(wrong).toEqual([]);
  });

  it('list in a README only files of its folder', () => {
    const wrong = readmes.flatMap((file) =>
      listedFiles(textOf(file))
        .filter((name) => !existsSync(path.join(root, path.dirname(file), name)))
        .map((name) => `${file} lists ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it('have a README for every room of more than three files', () => {
    const without = houses
      .flatMap((house) => [house, ...roomsBelow(house)])
      .filter((folder) => sourcesIn(folder).length > 3 && !readmes.includes(`${folder}/README.md`));
    expect(without).toEqual([]);
  });

  it('have every folder on the map of the README', () => {
    const folders = readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !foreign.has(entry.name))
      .map(({ name }) => `${name}/`);
    const [, map = ''] = textOf('README.md').split('## Map');
    expect(listedFiles(map).toSorted()).toEqual(folders.toSorted());
  });

  it('describe every environment variable that the programs read, and no other', () => {
    const named = (text: string): readonly string[] => text.match(/\bSPEECHOPS_[A-Z]+(?:_[A-Z]+)*\b/g) ?? [];
    const sources = ['workflows', 'stacks', 'emulator']
      .flatMap((house) =>
        readdirSync(path.join(root, house), { recursive: true, encoding: 'utf8' }).map((name) => `${house}/${name}`),
      )
      .filter((file) => file.endsWith('.ts'));
    const read = new Set(sources.flatMap((file) => named(textOf(file))));
    const described = new Set(
      [...textOf('docs/environment-variables.md').matchAll(/^\| `(SPEECHOPS_\w+)`/gm)].map(([, name = '']) => name),
    );
    expect([...described].toSorted()).toEqual([...read].toSorted());
  });

  it('have every room on the map, below its house', () => {
    const map = /```text\n([\s\S]*?)```/.exec(textOf('ARCHITECTURE.md'))?.[1] ?? '';
    const onTheMap = map.split(/\n(?=\S)/).flatMap((part) => {
      const [house = ''] = /^[\w-]+/.exec(part) ?? [];
      return [house, ...[...part.matchAll(/^ {2}([\w-]+)\//gm)].map((match) => `${house}/${match[1]}`)];
    });
    const rooms = houses.flatMap((house) => [house, ...roomsBelow(house)]).filter((room) => room.split('/').length < 3);
    expect(onTheMap.filter((name) => houses.includes(name.split('/')[0] ?? '')).toSorted()).toEqual(rooms.toSorted());
  });
});

function markdownBelow(folder: string): readonly string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return foreign.has(entry.name) ? [] : markdownBelow(name);
    return name.endsWith('.md') ? [name] : [];
  });
}

function textOf(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

/** What is in backticks, outside of blocks of code. */
function codeSpans(text: string): readonly string[] {
  return [...withoutBlocks(text).matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
}

function withoutBlocks(text: string): string {
  return text.replaceAll(/^( *)```[\s\S]*?^\1```/gm, '');
}

/** Code spans that are a TypeScript file, or a path in a folder of this repository. What a user has or makes is none. */
function namedPaths(text: string): readonly string[] {
  return codeSpans(text).filter((span) => {
    if (!/^[\w.-]+(?:\/[\w.-]+)*\/?$/.test(span)) return false;
    if (elsewhere.has(span) || foreign.has(span.split('/')[0] ?? '')) return false;
    return span.endsWith('.ts') || (span.includes('/') && (/\/$|\.\w+$/.test(span) || existsSync(firstFolder(span))));
  });
}

/** Whether a path from the root leads to a place below it: a clone need not have what lies around it. */
function isInTree(name: string): boolean {
  return !path.normalize(name).startsWith('..');
}

function firstFolder(name: string): string {
  return path.join(root, name.split('/')[0] ?? '');
}

/** A document names files from its own folder, from the root, or from `workflows/`. */
function placesOf(name: string, file: string): readonly string[] {
  return [path.dirname(file), '.', 'workflows'].map((folder) => path.join(root, folder, name));
}

/** Relative links; to places of the web others have to look. */
function linksIn(text: string): readonly string[] {
  return [...withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((link) => !/^[a-z]+:/.test(link));
}

function leadsSomewhere(link: string, file: string): boolean {
  const [target = '', anchor] = link.split('#');
  const place = target === '' ? file : path.posix.join(path.posix.dirname(file), target);
  if (!existsSync(path.join(root, place))) return false;
  return anchor === undefined || anchorsIn(textOf(place)).includes(anchor);
}

/** As GitHub makes them of headings. */
function anchorsIn(text: string): readonly string[] {
  return [...withoutBlocks(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** The files and folders that the rows of a table, or the items of a list, begin with. */
function listedFiles(text: string): readonly string[] {
  const beginnings = [...withoutBlocks(text).matchAll(/^(?:\| *|- )(`[^`|]+`(?:, `[^`|]+`)*)/gm)];
  return beginnings
    .flatMap((match) => codeSpans(match[1] ?? ''))
    .filter((name) => /^[\w.-]+(?:\/[\w.-]+)*(?:\/|\.(?:ts|md|json|ya?ml|sh|txt))$/.test(name));
}

/** The folders below one of the houses that hold TypeScript; what is deeper in a room of `stacks` is a part of that room. */
function roomsBelow(house: string): readonly string[] {
  return readdirSync(path.join(root, house), { withFileTypes: true, recursive: house === 'workflows' })
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .filter((folder) => sourcesIn(folder).length > 0);
}

function sourcesIn(folder: string): readonly string[] {
  return readdirSync(path.join(root, folder)).filter((name) => name.endsWith('.ts'));
}
