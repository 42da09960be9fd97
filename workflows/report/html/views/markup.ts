import htm from 'htm';
import { type ComponentChild, h } from 'preact';

/** A part of a page: what a component answers, and what another one may have in it. */
export type View = ComponentChild;

/** Makes a part of a page of a template; every value in it is text or another part, and never markup. */
export const markup: (strings: TemplateStringsArray, ...values: readonly unknown[]) => View = htm.bind(h);
