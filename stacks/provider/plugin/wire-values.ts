import { escapeControls, escapeLines } from '../../../workflows/document/quote-name.ts';
import type { Diagnostic, PathStep } from '../schema/diagnostic.ts';
import { decodeObject, encodeObject } from '../schema/encoding.ts';
import { objectOf, type Schema } from '../schema/schema.ts';
import type { ObjectValue } from '../schema/value.ts';
import type * as Message from './messages.ts';

/** The object in a message, undefined when it says that there is none. */
export function objectIn(schema: Schema, value: Message.DynamicValue | null | undefined): ObjectValue | undefined {
  if (value?.msgpack !== undefined && value.msgpack.length > 0) return decodeObject(schema, value.msgpack);
  throw new Error('Use Terraform 1.0 or newer: a value did not come as MessagePack');
}

/** The object in a message; one in which nothing is set when there is none. */
export function existingIn(schema: Schema, value: Message.DynamicValue): ObjectValue {
  return objectIn(schema, value) ?? objectOf(schema, {});
}

/** An object, or that there is none, for a message. */
export function wireObject(schema: Schema, value: ObjectValue | undefined): Message.DynamicValue {
  return { msgpack: encodeObject(schema, value) };
}

export function wireDiagnostics(diagnostics: readonly Diagnostic[]): readonly Message.DiagnosticMessage[] {
  return diagnostics.map(({ severity, summary, detail, path }) => ({
    severity: severity === 'error' ? 1 : 2,
    // Terraform prints them as they are, and they repeat what names, files and the service say.
    summary: escapeControls(summary),
    detail: escapeLines(detail),
    ...(path === undefined ? {} : { attribute: wirePath(path) }),
  }));
}

export function wirePath(path: readonly PathStep[]): Message.PathMessage {
  return {
    steps: path.map((step) => {
      if ('name' in step) return { attributeName: step.name };
      return 'key' in step ? { elementKeyString: step.key } : { elementKeyInt: step.index };
    }),
  };
}
