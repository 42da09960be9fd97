import type { Span } from '../../workflows/document/diagnostics/diagnostics.ts';
import { entryAt } from '../../workflows/document/yaml/plain-value.ts';
import type { SourceMap, SourceNode } from '../../workflows/document/yaml/read-document.ts';
import type { PropertyPath } from '../guards/fault.ts';
import { kebabCase } from './environment.ts';

/** Where a property is written. */
export interface Place {
  /** Its value, or the name of the nearest part around it that is there. */
  readonly span: Span;
  /** Where the key of the property stands in the document; where the document has no such key, where the key of the nearest section around it stands. */
  readonly nameSpan: Span;
  /** How many steps of the path are there. */
  readonly depth: number;
}

/** Finds a property in an environment. */
export function locate(
  { source, nameSpan }: { readonly source: SourceMap; readonly nameSpan: Span },
  path: PropertyPath,
): Place {
  let node: SourceNode = source;
  let name = nameSpan;
  for (const [depth, step] of path.entries()) {
    const found: Part | undefined = typeof step === 'number' ? itemAt(node, step) : valueAt(node, step);
    if (found === undefined) return { span: name, nameSpan: name, depth };
    ({ node, name } = found);
  }
  const span = node.kind === 'scalar' && node.end > node.start ? node : name;
  return { span, nameSpan: name, depth: path.length };
}

interface Part {
  readonly node: SourceNode;
  readonly name: Span;
}

function itemAt(node: SourceNode, index: number): Part | undefined {
  const item = node.kind === 'list' ? node.items[index] : undefined;
  return item && { node: item, name: { start: item.start, end: item.start + 1 } };
}

/** Names that people choose stand as they are, others in kebab-case. */
function valueAt(node: SourceNode, name: string): Part | undefined {
  if (node.kind !== 'map') return undefined;
  const entry = entryAt(node, name) ?? entryAt(node, kebabCase(name));
  return entry && { node: entry.value, name: entry.keySpan };
}
